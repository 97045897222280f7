"""Acts on what is hidden: each is refused, and in the same words as an act on what is nowhere."""

from __future__ import annotations

from collections import defaultdict
from itertools import islice
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from api.graph.declare import PUBLISHED
from api.proof.proof import uuid_in
from api.proof.sights import kind_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from api.proof.arguments import Reference, Rows
    from api.proof.asking import Answer
    from api.proof.proof import Proof
    from api.proof.sights import Sight

MOST_TRIES = 24
"""Of combinations of the persona's own rows beside the hidden one, until the act comes as far as that."""
FOUND_NOT = "NOT_FOUND"


async def acts(proof: Proof) -> None:
    """Every reference of every act, as everybody, to a row that is not theirs beside one that is nowhere."""
    for reference in proof.acts.every_reference():
        codes = set()
        for sight in proof.seated():
            for row_id in hidden_rows(proof, sight, reference.type):
                proof.referred.add(reference)
                codes.add(await _tried(proof, sight, reference, row_id, own_rows(sight)))
        if FOUND_NOT not in codes:
            came = ", ".join(sorted(codes)) or "nothing, as no row of the type is hidden from anybody"
            proof.left_out[f"{reference.mutation}({reference.argument}:) beyond its first checks"] = f"answered {came}"


async def _tried(proof: Proof, sight: Sight, reference: Reference, row_id: str, rows: Rows) -> str:
    """The code of the refusal that came furthest: NOT_FOUND where that is said of this argument."""
    code = "nothing"
    for given in islice(proof.acts.tries(reference.mutation, rows, but=reference), MOST_TRIES):
        code, about = await alike(proof, sight, reference, row_id, given)
        if code == "NOT_ALLOWED" or (code, about) == (FOUND_NOT, reference.argument):
            return code
    return f"{code} of another argument" if code == FOUND_NOT else code


async def alike(
    proof: Proof, sight: Sight, reference: Reference, row_id: str, given: Mapping[str, Any]
) -> tuple[str, str]:
    """The code of the refusal and what it is about; the same for the row and for one that is nowhere."""
    persona, path = sight.persona, f"mutation {reference.mutation}({reference.argument}:)"
    version = proof.truth.rows.get(row_id, {}).get("version", 1)
    document = proof.acts.document(reference.mutation)

    async def on(key: Any) -> Answer:
        named = proof.acts.named(reference, {"id": key, "version": version})
        return await proof.asker(persona.name, document, {**given, **named})

    there, nowhere = await on(uuid_in(row_id)), await on(uuid4())
    proof.compare(persona, path, there, nowhere)
    said = (there.said.get("data") or {}).get(reference.mutation) or {}
    return str(said.get("code", "nothing")), str(said.get("field"))


def hidden_rows(proof: Proof, sight: Sight, kind: str) -> Iterator[str]:
    """One row of another group, and one of its own."""
    ids = list(proof.unseen(sight, kind))
    for own in (False, True):
        yield from [row_id for row_id in ids if proof.truth.is_of(row_id, sight.persona.group_code) is own][:1]


def own_rows(sight: Sight) -> Rows:
    """By table, rows of the persona's, one in each state; one that is nowhere where it has none."""
    states: dict[tuple[str, Any], dict[str, Any]] = {}
    for row_id, row in sight.rows.items():
        states.setdefault((kind_of(row_id), row.get("state")), {**row, "id": uuid_in(row_id)})
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for (kind, _), row in states.items():
        found[PUBLISHED[kind].table.__tablename__].append(row)
    nobodys = {each.table.__tablename__: [{"id": str(uuid4()), "version": 1}] for each in PUBLISHED.values()}
    return {**nobodys, **found}
