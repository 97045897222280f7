"""No mutation tells, or touches, what is another group's: every reference, by everybody, made by walking the schema."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

import pytest
from isolation.contract import ACTS, SCHEMA
from isolation.world import GROUPS, OTHER, changed, one_of_each
from sizes import in_turn

from api.graph.declare import PUBLISHED
from api.proof.arguments import KNOWN, MADE, MADE_BY_NETWORK, Reference
from api.proof.documents import some

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractAsyncContextManager

    import httpx
    from isolation.world import Rows, World

    Copied = Callable[..., AbstractAsyncContextManager[World]]

REFERENCES = [
    pytest.param(reference, code, id=f"{reference.mutation}-{reference.argument}-{code}")
    for reference, code in in_turn(ACTS.every_reference(), sorted(GROUPS))
]
"""By a seat of one of two groups in turn; in `make prove` of both."""
CASE = {"title": "Texte", "incidentClass": "ROADBLOCK", "oecdRisks": ["O3"]}


def test_every_id_that_a_mutation_takes_is_tried() -> None:
    referred = {f"{each.mutation}.{each.argument}" for mutation in ACTS.fields for each in ACTS.references(mutation)}
    assert referred | set(MADE) | MADE_BY_NETWORK == ACTS.ids_in_arguments() | ACTS.ids_in_inputs()
    assert not referred & {*MADE, *MADE_BY_NETWORK}


def test_what_is_known_of_arguments_is_of_arguments_that_there_are() -> None:
    arguments = {f"{name}.{each}" for name, field in ACTS.fields.items() for each in field.args}
    assert {where for where in KNOWN if where[0].islower()} <= arguments
    inputs = {where.partition(".")[::2] for where in KNOWN if where[0].isupper()}
    assert all(name in SCHEMA.type_map[kind].fields for kind, name in inputs)


@pytest.mark.proof
@pytest.mark.parametrize(("reference", "code"), REFERENCES)
async def test_a_row_of_another_group_is_not_found(
    scratch: World, truth: dict[str, Rows], reference: Reference, code: str
) -> None:
    """With every combination of one's own rows beside it, so that the act comes as far as this reference."""
    before = await scratch.state()
    codes = set()
    for given in ACTS.tries(reference.mutation, truth[code], but=reference):
        for theirs in some(truth[OTHER[code]][reference.table])[:1]:
            answer = await alike(scratch, f"{code}.coordinator", given, reference, theirs)
            codes.add((answer.get("code"), answer.get("field")))
    assert ("NOT_FOUND", reference.argument) in codes
    assert changed(before, await scratch.state()) == set()


@pytest.mark.proof
@pytest.mark.parametrize(("reference", "code"), REFERENCES)
async def test_nobody_learns_of_a_row_of_another_group(
    scratch: World, truth: dict[str, Rows], reference: Reference, code: str
) -> None:
    """Whoever has no right to the act hears that, and it alone is written down."""
    before = await scratch.state()
    given = next(ACTS.tries(reference.mutation, truth[code], but=reference))
    for persona in one_of_each(code):
        theirs = truth[OTHER[code]][reference.table][0]
        await alike(scratch, persona, given, reference, theirs)
    assert changed(before, await scratch.state()) <= {f"{code}.audit_lines"}


async def test_an_id_that_another_group_has_is_free(copied: Copied, truth: dict[str, Rows]) -> None:
    """Making a row under another group's id is what it is under an id that nobody has, and leaves theirs alone."""
    async with copied("theirs") as theirs, copied("nobodys") as nobodys:
        for code in GROUPS:
            before = await theirs.state()
            for where in sorted(MADE):
                assert await made_alike(theirs, nobodys, truth, where, code), where
            assert {each.partition(".")[0] for each in changed(before, await theirs.state())} == {code}


async def made_alike(theirs: World, nobodys: World, truth: dict[str, Rows], where: str, code: str) -> bool:
    """Try every combination of one's own rows until the row is made, in both worlds the same."""
    mutation, kind = "recordDecision" if where == "CaseTakenUp.id" else where.partition(".")[0], MADE[where]
    turn = [each for each in sorted(MADE) if MADE[each] == kind].index(where)
    taken, free = truth[OTHER[code]][PUBLISHED[kind].table.__tablename__][turn]["id"], uuid.uuid4()
    for given in ACTS.tries(mutation, truth[code]):
        asked, persona = ACTS.document(mutation), f"{code}.coordinator"
        answer = await theirs.post(persona, asked, made(given, where, f"{kind}:{taken}"))
        same(answer, await nobodys.post(persona, asked, made(given, where, f"{kind}:{free}")))
        if answer.json()["data"][mutation]["__typename"] in PUBLISHED:
            return True
    return False


def made(given: dict[str, Any], where: str, row_id: str) -> dict[str, Any]:
    """The arguments with an id of the row to be."""
    if where != "CaseTakenUp.id":
        return {**given, "id": row_id}
    accepted = {**given["decision"], "kind": "ACCEPT", "reason": None}
    return {**given, "decision": accepted, "case": {**CASE, "id": row_id}}


async def test_a_key_of_another_seat_answers_nothing(scratch: World) -> None:
    """The same request under the same key, by others: each has its own answer, and nobody's is replayed."""
    asked = ACTS.document("scheduleMeeting", "... on Meeting { id venue }")
    given = {"scheduledOn": "2025-01-01", "kind": "AD_HOC", "venue": "Salle"}
    found = []
    for persona in ("sk.officer", "sk.officer", "sk.coordinator", "lub.officer"):
        answer = await scratch.post(persona, asked, given, Idempotency_Key="one")
        found.append(answer.json()["data"]["scheduleMeeting"]["id"])
    assert found[0] == found[1]
    assert len(set(found)) == 3


async def alike(world: World, persona: str, given: dict[str, Any], reference: Reference, row: Any) -> dict[str, Any]:
    """The act's refusal, which is the same for a row of another group and for one that is nowhere."""
    asked = ACTS.document(reference.mutation)
    theirs = await world.post(persona, asked, given | ACTS.named(reference, row))
    nobodys = await world.post(persona, asked, given | ACTS.named(reference, {**row, "id": uuid.uuid4()}))
    same(theirs, nobodys)
    assert "errors" not in theirs.json(), theirs.text
    return dict(theirs.json()["data"][reference.mutation])


def same(one: httpx.Response, other: httpx.Response) -> None:
    assert one.content == other.content
    assert one.status_code == other.status_code
    assert one.headers == other.headers
