"""What is hidden is asked for by its id, from another's seat, in documents that are wrong, and while others ask."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from graphql import GraphQLEnumType, get_named_type

from api.graph.declare import PUBLISHED
from api.proof.documents import TYPE, asked, brief, row_type
from api.proof.leaks import Kind
from api.proof.proof import NOBODY, first, nowhere
from api.proof.sights import PAGE_SIZE, batches

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from api.proof.asking import Answer
    from api.proof.documents import Contract
    from api.proof.proof import Proof
    from api.proof.sights import Sight

BY_IDS = f"query($ids: [ID!]!) {{ nodes(ids: $ids) {{ {TYPE} id }} }}"
AT_ONCE = 20
"""Root fields in one document, as many as there may be."""
ROUNDS = 3
NO_CURSOR = '(after: "WzEsMl0")'
EACH_SEAT = 3
"""Of the seats of one's own group, of other groups' and of ended ones, how many are tried."""


async def ids(proof: Proof) -> None:
    """Every id that a persona's lists do not show, by `nodes`; some of each type by `node`."""
    for sight in proof.seated():
        for some in batches(proof.unseen(sight), PAGE_SIZE):
            await _alike(proof, sight, BY_IDS, {"ids": some}, {"ids": [nowhere(each) for each in some]})
        for some in batches(proof.samples_of(sight, 2), AT_ONCE):
            there = {f"i{index}": each for index, each in enumerate(some)}
            await _alike(proof, sight, by_id(len(some)), there, {name: nowhere(each) for name, each in there.items()})


def by_id(count: int) -> str:
    """So many rows, each by `node`."""
    declared = ", ".join(f"$i{index}: ID!" for index in range(count))
    fields = " ".join(f"a{index}: node(id: $i{index}) {{ {TYPE} id }}" for index in range(count))
    return f"query({declared}) {{ {fields} }}"


async def _alike(
    proof: Proof, sight: Sight, document: str, there: Mapping[str, Any], elsewhere: Mapping[str, Any]
) -> None:
    persona = sight.persona
    answers = [await proof.asker(persona.name, document, variables) for variables in (there, elsewhere)]
    proof.compare(persona, proof.asker.coverage.name(document), *answers)


async def seats(proof: Proof) -> None:
    """A bearer without a seat, seats that are another's, and seats that have ended."""
    await _nobody(proof)
    for sight in proof.seated():
        if _has_ended(proof, sight):
            proof.leak(sight.persona, "query actingSeat", Kind.SEAT)
        refused = await _from(proof, sight, nowhere("Seat:"))
        for seat in _others(proof, sight):
            answer = await _from(proof, sight, seat)
            if "data" in answer.said:
                proof.leak(sight.persona, "header Baraza-Seat", Kind.SEAT)
            proof.compare(sight.persona, "header Baraza-Seat", answer, refused)


async def _nobody(proof: Proof) -> None:
    """Every field and every act is refused alike; only through a door something is answered."""
    fields = {name: reading(proof.contract, name) for name in proof.contract.query}
    answers = {name: await proof.asker(NOBODY, document) for name, document in fields.items()}
    for name in proof.acts.fields:
        answers[name] = await proof.asker(NOBODY, *proof.acts.anything(name))
    refused = answers["actingSeat"]
    for name, answer in answers.items():
        if (answer.said.get("data") or {}).get(name) is not None and name not in proof.acts.doors():
            proof.asker.found.leak(NOBODY, name, Kind.SEAT)
        elif name in fields and name not in OPEN and answer.same != refused.same:
            proof.asker.found.leak(NOBODY, name, Kind.DIFFERENT)


OPEN: Mapping[str, str] = {}
"""Root fields that answer without a seat, each with the reason."""


def reading(contract: Contract, name: str) -> str:
    """A document that asks one root field for little."""
    each = contract.query[name]
    given = {"id": f'(id: "{nowhere("Case:")}")', "ids": f'(ids: ["{nowhere("Case:")}"])'}
    arguments = next((text for argument, text in given.items() if argument in each.args), "")
    if arguments:
        return f"{{ {name}{arguments} {{ {TYPE} }} }}"
    return f"{{ {asked(name, each, brief(row_type(each)))} }}"


async def _from(proof: Proof, sight: Sight, seat: str) -> Answer:
    return await proof.asker(sight.persona.name, f"{{ actingSeat {{ {TYPE} id }} }}", Baraza_Seat=seat)


def _others(proof: Proof, sight: Sight) -> Iterator[str]:
    every = [seat for seat in proof.truth.ids("Seat") if seat != sight.seat]
    beside = [seat for seat in every if proof.truth.is_of(seat, sight.persona.group_code)]
    elsewhere = [seat for seat in every if not proof.truth.is_of(seat, sight.persona.group_code)]
    ended = [seat for seat in every if is_over(proof.truth.rows[seat])]
    for some in (beside, elsewhere, ended):
        yield from first(some, EACH_SEAT)


def _has_ended(proof: Proof, sight: Sight) -> bool:
    return is_over(proof.truth.rows.get(str(sight.seat), {}))


def is_over(seat: Mapping[str, Any]) -> bool:
    """Whether the keepers read that a seat has ended."""
    today = datetime.now(UTC).date().isoformat()
    return bool(seat.get("endedAt")) or bool(seat.get("validTo") and seat["validTo"] < today)


async def errors(proof: Proof) -> None:
    """Documents that are wrong say nothing of rows, nor of what would be right."""
    for sight in proof.one_a_group():
        chosen = {row_id.partition(":")[0]: row_id for row_id in proof.samples_of(sight, 1)}
        for kind, row_id in chosen.items():
            document = f"query($id: ID!) {{ node(id: $id) {{ ... on {kind} {{ idd {TYPE}e }} }} }}"
            await _alike(proof, sight, document, {"id": row_id}, {"id": nowhere(row_id)})
            await _alike(proof, sight, BY_IDS, {"ids": [row_id, 1]}, {"ids": [nowhere(row_id), 1]})
    for sight in proof.one_a_group()[:2]:
        for document, variables in mistakes(proof):
            await proof.asker(sight.persona.name, document, variables)


def mistakes(proof: Proof) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Wrong names, types and values, near to what is right."""
    contract, only = proof.contract, proof.only
    for name, each in contract.query.items():
        if only is not None and row_type(each).name not in only:
            continue
        inner = brief(row_type(each)) if name != "node" else "id"
        yield f"{{ {name[:-1]} {{ {inner} }} }}", {}
        yield f"{{ {name}(firts: 1, filtre: 2) {{ {inner} }} }}", {}
        if "after" in each.args:
            yield f"{{ {asked(name, each, inner, NO_CURSOR)} }}", {}
            yield f"{{ {asked(name, each, inner, '(first: 100000)')} }}", {}
            yield f"query($n: Int) {{ {asked(name, each, inner, '(first: $n)')} }}", {"n": "many"}
        yield from _misfiltered(name, each)
    for kind in only or PUBLISHED:
        fields = contract.kind(kind).fields
        wrong = " ".join(f"{each}x" for each in first(fields, 3))
        yield f'{{ node(id: "x") {{ ... on {kind}s {{ id }} ... on {kind} {{ {wrong} }} }} }}', {}


def _misfiltered(name: str, each: Any) -> Iterator[tuple[str, Mapping[str, Any]]]:
    if "filter" not in each.args:
        return
    kind: Any = get_named_type(each.args["filter"].type)
    for field, given in kind.fields.items():
        inner = get_named_type(given.type)
        wrong = f"{next(iter(inner.values))}X" if isinstance(inner, GraphQLEnumType) else "1"
        yield f"{{ {asked(name, each, TYPE, f'(filter: {{{field}: {wrong}}})')} }}", {}
        document = f"query($f: {kind.name}) {{ {asked(name, each, TYPE, '(filter: $f)')} }}"
        yield document, {"f": {field: [{}], f"{field}s": 1}}


async def together(proof: Proof) -> None:
    """Everybody asks the same at once: each answer is what it was alone."""
    lists = proof.contract.roots().items()
    document = "{ " + " ".join(asked(name, each, brief(row_type(each)), "(first: 5)") for name, each in lists) + " }"
    personas = [sight.persona for sight in proof.seated()]
    wanted = {sight.persona.name: first(sight.ways, AT_ONCE) for sight in proof.seated()}
    alone = {each.name: await _both(proof, each.name, document, wanted[each.name]) for each in personas}
    for _ in range(ROUNDS):
        answers = await asyncio.gather(*(_both(proof, each.name, document, wanted[each.name]) for each in personas))
        for persona, answer in zip(personas, answers, strict=True):
            if answer != alone[persona.name]:
                proof.leak(persona, "query at the same time", Kind.MIXED)


async def _both(proof: Proof, persona: str, document: str, wanted: Sequence[str]) -> list[Any]:
    """Lists, and rows by their ids: one document with other variables for each."""
    lists = await proof.asker(persona, document)
    rows = await proof.asker(persona, BY_IDS, {"ids": wanted})
    named = [row and row["id"] for row in (rows.said.get("data") or {}).get("nodes", ())]
    return [lists.same, json.dumps(named) if named == list(wanted) else "others"]
