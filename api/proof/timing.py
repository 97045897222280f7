"""Time: what is hidden takes as long as what is nowhere."""

from __future__ import annotations

import json
from statistics import median
from typing import TYPE_CHECKING, Any

from api.proof.acting import hidden_rows, own_rows
from api.proof.documents import TYPE
from api.proof.leaks import Kind
from api.proof.probing import BY_IDS, by_id
from api.proof.proof import first, nowhere, uuid_in
from api.proof.sights import PAGE_SIZE

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from api.proof.proof import Proof
    from api.proof.sights import Sight

    Pair = tuple[str, str, Mapping[str, Any], Mapping[str, Any]]
    """What is measured, the document, and its variables with what is hidden and with what is nowhere."""

APART = 0.005
"""Seconds that medians may be apart."""
WARMING = 3
ROUNDS = (1, 4, 8)
"""How often as many samples are taken, before a difference is believed."""


async def timing(proof: Proof) -> None:
    """One persona of each group, for each kind of operation; a difference is measured again before it is told."""
    for sight in proof.one_a_group():
        for what, document, there, elsewhere in pairs(proof, sight):
            apart = await _settled(proof, sight, (what, document, there, elsewhere))
            proof.widest[what] = max(apart, proof.widest.get(what, 0.0))
            if apart > APART:
                proof.leak(sight.persona, what, Kind.SLOW)


async def _settled(proof: Proof, sight: Sight, pair: Pair) -> float:
    """How far apart two times are, measured longer as long as they are too far."""
    apart = 0.0
    for times in ROUNDS:
        apart = await _apart(proof, sight, pair, proof.samples * times)
        if apart <= APART:
            break
    return apart


def pairs(proof: Proof, sight: Sight) -> Iterator[Pair]:
    """A row by each path, and an act on it."""
    ids = first(proof.unseen(sight), PAGE_SIZE)
    if not ids:
        return
    yield "node", by_id(1), {"i0": ids[0]}, {"i0": nowhere(ids[0])}
    yield "nodes", BY_IDS, {"ids": ids}, {"ids": [nowhere(each) for each in ids]}
    yield from _filters(proof, sight)
    yield from _acts(proof, sight)


def _filters(proof: Proof, sight: Sight) -> Iterator[Pair]:
    """A code that only a hidden row has, and one that none has."""
    for row_id in proof.unseen(sight, "Site"):
        document = f"query($code: [String!]) {{ sites(filter: {{code: $code}}) {{ totalCount nodes {{ {TYPE} }} }} }}"
        code = proof.truth.rows.get(row_id, {}).get("code")
        if code is not None:
            yield "filter", document, {"code": [code]}, {"code": [code[::-1]]}
            return


def _acts(proof: Proof, sight: Sight) -> Iterator[Pair]:
    """The first act that the persona may try on each type."""
    rows = own_rows(sight)
    for reference in proof.acts.every_reference():
        for row_id in first(hidden_rows(proof, sight, reference.type), 1):
            given = next(proof.acts.tries(reference.mutation, rows, but=reference))
            document = proof.acts.document(reference.mutation)
            keys = (uuid_in(row_id), uuid_in(nowhere(row_id)))
            there, elsewhere = (given | proof.acts.named(reference, {"id": key, "version": 1}) for key in keys)
            yield "act", document, there, elsewhere
            return


async def _apart(proof: Proof, sight: Sight, pair: Pair, samples: int) -> float:
    """How far apart the medians are, of two times that are measured in turn."""
    _, document, there, elsewhere = pair
    times: dict[str, list[float]] = {json.dumps(each): [] for each in (there, elsewhere)}
    for _ in range(samples + WARMING):
        for variables in (there, elsewhere):
            answer = await proof.asker(sight.persona.name, document, variables)
            times[json.dumps(variables)].append(answer.seconds)
    one, other = (median(each[WARMING:]) for each in times.values())
    return abs(one - other)
