"""The proof from beginning to end, and what it says."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from api.graph.declare import PUBLISHED
from api.proof.acting import acts
from api.proof.arguments import MADE, MADE_BY_NETWORK
from api.proof.leaks import Kind
from api.proof.listing import lists
from api.proof.probing import errors, ids, seats, together
from api.proof.proof import NOBODY
from api.proof.reading import read
from api.proof.sights import MOST_PAGES, PAGE_SIZE
from api.proof.timing import timing

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping

    from api.proof.proof import Proof

STAGES: Mapping[str, Callable[[Proof], Awaitable[None]]] = {
    "read": read,
    "ids": ids,
    "lists": lists,
    "acts": acts,
    "seats": seats,
    "errors": errors,
    "together": together,
    "timing": timing,
}
"""In their order; each but the first needs what the first has read."""

NOT_TRIED: Mapping[str, str] = {
    "acts that are done": "nothing is changed: acts are tried only where they must be refused",
    "the replay of another seat's answer under its Idempotency-Key": "only an act that is done is remembered",
    f"ids of rows to be ({len(MADE) + len(MADE_BY_NETWORK)} arguments)": "an act that takes one is done",
    "the network's own lists, as everybody": "every seat sees the same: they are tried as one persona of each group",
    "the codes of invitations": "to try one that is good is to use it",
    "a seat that ends between two requests": "to end one is a change; seats that have ended are tried",
    "who brought a request": "no field says so: of several organisations that read what only one may, all are told",
}
"""What no run tries, with the reason."""


async def prove(proof: Proof, stages: Iterable[str] = STAGES) -> None:
    """Run the stages, one line each."""
    for name in stages:
        begun, before = time.monotonic(), proof.asker.requests
        await STAGES[name](proof)
        count, seconds = proof.asker.requests - before, time.monotonic() - begun
        proof.say(f"{name}: {count:,} requests in {seconds:.1f} s, {len(proof.asker.found.leaks)} leaks so far")


def uncovered(proof: Proof) -> list[str]:
    """Root fields and mutations that were not tried."""
    contract, coverage = proof.contract, proof.asker.coverage
    kinds = (contract.schema.query_type, contract.schema.mutation_type)
    return [name for kind in kinds if kind is not None for name in sorted(set(kind.fields) - coverage.of(kind))]


def require_all(proof: Proof) -> None:
    """What a whole run has not covered is a finding."""
    for name in uncovered(proof):
        proof.asker.found.leak("nobody", name, Kind.UNANSWERED)


def unlooked(proof: Proof) -> dict[str, str]:
    """What this run could not look at."""
    lists = {name for sight in proof.seated() for name, listing in sight.lists.items() if listing.cut}
    without = [name for name, sight in proof.sights.items() if sight.seat is None]
    return {
        **{
            f"{name} beyond {MOST_PAGES * PAGE_SIZE:,} rows": "a run is to end within minutes" for name in sorted(lists)
        },
        **dict.fromkeys(without, "has no seat, or several"),
    }


def unnamed(proof: Proof) -> dict[str, str]:
    """Mutations in which nothing hidden can be named."""
    count = sum(not proof.acts.owned(name) for name in proof.acts.fields)
    why = f"they name no row of a group: they are tried as {NOBODY} alone"
    return {f"{count} mutations, from a seat": why}


def report(proof: Proof) -> Iterator[str]:
    """What was tried, what was not and why, and what leaked."""
    contract, coverage = proof.contract, proof.asker.coverage
    groups = {persona.group_code for persona in proof.personas}
    yield f"Tried as {len(proof.personas)} personas of {len(groups)} groups, and as {NOBODY}, who has no seat:"
    missing = set(uncovered(proof))
    for what, names in (("root fields", contract.query), ("mutations", contract.mutations)):
        yield f"  {len(set(names) - missing)} of {len(names)} {what}"
    fields = {f"{kind}.{name}" for kind in PUBLISHED for name in contract.kind(kind).fields}
    yield f"  {len(fields & coverage.fields)} of {len(fields)} fields of {len(PUBLISHED)} published types"
    every = proof.acts.every_reference()
    yield f"  {len(proof.referred)} of {len(every)} arguments of mutations that name a group's rows"
    rows = sum(len(each) for each in proof.hidden.values())
    yield f"  {rows:,} pairs of a persona and a row that it must not see"
    for what, apart in sorted(proof.widest.items()):
        yield f"  {what}: medians {1000 * apart:.1f} ms apart"
    yield "Not tried:"
    for what, why in {**NOT_TRIED, **unnamed(proof), **unlooked(proof), **proof.left_out}.items():
        yield f"  {what}: {why}"
    yield from map(str, sorted(proof.asker.found.leaks))
    count = len(proof.asker.found.leaks)
    yield f"{count} {'leak' if count == 1 else 'leaks'} in {proof.asker.requests:,} requests"
