"""What a seat is told of why it sees something is what it sees; of why it does not, nothing of the row."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

import pytest
from isolation.world import EVERYBODY, GROUPS, OTHER, one_of_each
from sizes import FULL

from api.sight.rules import HOLDERS, RULES, SightGround, SightPart

if TYPE_CHECKING:
    from isolation.world import Rows, World

WHY = """query($id: ID!) { whyCanISee(id: $id) { part ground } node(id: $id) {
  ... on Case { id sights { totalCount nodes { part ground } } narrative { occurred { start } } exactPlace { stated } }
  ... on Request { id sights { totalCount nodes { part ground } } asked: narrative { audience } exactPlace { stated }
    arrival { channel } source { code } triageNote { completeness } } } }"""
WHY_NOT = "query($id: ID!) { whyCanINot(id: $id) { part ground possible } }"
FIELDS = {
    "id": "HEADER",
    "narrative": "NARRATIVE",
    "asked": "NARRATIVE",
    "exactPlace": "EXACT_PLACE",
    "arrival": "ARRIVAL",
    "source": "SOURCE",
    "triageNote": "TRIAGE_NOTE",
}


def records(rows: Rows) -> list[str]:
    return [
        f"{kind}:{row['id']}" for kind, table in (("Case", "cases"), ("Request", "requests")) for row in rows[table]
    ]


def seen(node: dict[str, Any] | None) -> set[str]:
    """The parts that are there in an answer."""
    return {FIELDS[name] for name, value in (node or {}).items() if name in FIELDS and value is not None}


PERSONAS = [*one_of_each("sk"), "sk.pmh", "sk.company", "sk.cooperative", *one_of_each("lub"), "lub.company"]
"""Each role in both groups, and whoever is behind a wall."""


@pytest.mark.proof
@pytest.mark.parametrize(("turn", "persona"), list(enumerate(PERSONAS)))
async def test_there_is_a_ground_for_each_part_that_is_seen_and_for_no_other(
    world: World, truth: dict[str, Rows], turn: int, persona: str
) -> None:
    """Of every third record, and in `make prove` of all."""
    code = persona.partition(".")[0]
    every = 1 if FULL else 3
    for row_id in records(truth[code])[turn % every :: every]:
        answer = await world.ask(persona, WHY, {"id": row_id})
        told = answer["whyCanISee"]
        assert {each["part"] for each in told} == seen(answer["node"]), (persona, row_id)
        if answer["node"] is not None:
            assert answer["node"]["sights"] == {"totalCount": len(told), "nodes": told}
        of_type = {
            part.name: {ground.name for ground in grounds}
            for part, grounds in RULES[row_id[:4] + row_id[4:].partition(":")[0]].items()
        }
        for each in told:
            assert each["ground"] in of_type[each["part"]]
            assert EVERYBODY[persona].roles & HOLDERS[SightGround[each["ground"]]]


@pytest.mark.parametrize("code", sorted(GROUPS))
async def test_why_not_is_one_answer_for_what_is_seen_hidden_elsewhere_and_nowhere(
    world: World, truth: dict[str, Rows], code: str
) -> None:
    for persona in (f"{code}.company", f"{code}.observer", f"{code}.coordinator"):
        for kind, table in (("Case", "cases"), ("Request", "requests")):
            ids = [row["id"] for row in (*truth[code][table], *truth[OTHER[code]][table])]
            answers = [
                await world.read(persona, WHY_NOT, {"id": f"{kind}:{each}"}) for each in (*ids, uuid.uuid4(), "x")
            ]
            assert len({answer.content for answer in answers}) == 1
            assert len({str(answer.headers) for answer in answers}) == 1


@pytest.mark.parametrize("code", sorted(GROUPS))
async def test_why_is_one_answer_for_what_is_hidden_and_nowhere(
    world: World, truth: dict[str, Rows], code: str
) -> None:
    source = "query($id: ID!) { whyCanISee(id: $id) { part ground } }"
    for row_id in records(truth[OTHER[code]])[:20]:
        kind = row_id.partition(":")[0]
        answers = [
            await world.read(f"{code}.coordinator", source, {"id": each}) for each in (row_id, f"{kind}:{uuid.uuid4()}")
        ]
        assert answers[0].content == answers[1].content


async def test_of_other_types_nothing_is_told(world: World) -> None:
    for row_id in ("Meeting:x", f"Meeting:{uuid.uuid4()}", "", "Case"):
        answer = await world.ask("sk.coordinator", "query($id: ID!) { whyCanISee(id: $id) { part } }", {"id": row_id})
        assert answer == {"whyCanISee": []}


async def test_roles_tell_what_is_possible(world: World) -> None:
    rules = (await world.ask("sk.observer", WHY_NOT, {"id": "Case:x"}))["whyCanINot"]
    possible = {(each["part"], each["ground"]) for each in rules if each["possible"]}
    assert possible == {("HEADER", "MEMBER"), ("HEADER", "DISCLOSED"), ("NARRATIVE", "AUDIENCE")}
    assert {each["part"] for each in rules} == {part.name for part in RULES["Case"]}
    assert {part for parts in RULES.values() for part in parts} == set(SightPart)
