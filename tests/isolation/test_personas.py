"""The table of DOMAIN 5, cell by cell: what each persona sees of each documented case of South Kivu."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

import pytest
from isolation.world import EVERYBODY

from api.demo.roster import PERSONAS, demo_id

if TYPE_CHECKING:
    from isolation.world import World

CASES = ("bitale", "kalimbi", "twangiza", "lugushwa", "maheshe")
SEEN = {
    "sk.coordinator": "S S S S S",
    "sk.officer": "S S S S S",
    "sk.custodian": "S S S S S",
    "sk.pmh": "P P D - P",
    "sk.mines": "P P P P P",
    "sk.company": "G G D - G",
    "sk.cooperative": "G Do G G G",
    "sk.cso": "P P P Po P",
    "sk.observer": "G G G G G",
    "sk.cls-kalehe": "Go G - - -",
}
"""S secretariat view, P GROUP and narrative, G GROUP only, D the header alone, o own request, - not found. Identities
(C) and taskforces (T) have no tables yet."""

CELLS = [
    (persona.name, case, cell)
    for persona in PERSONAS
    for case, cell in zip(CASES, SEEN.get(persona.name, "- - - - -").split(), strict=True)
]
READ = """query($case: ID!, $request: ID!) {
  case: node(id: $case) { ... on Case { id number title state incidentClass occurred { start } place { pcode }
    decision { kind } narrative { text } exactPlace { stated } risks { totalCount } activities(first: 5) { totalCount
    nodes { note { text } } } events(first: 5) { totalCount nodes { involvements(first: 5) { totalCount nodes { unit {
    stated } allegations(first: 2) { totalCount nodes { source { code } } } } } } } parties { totalCount }
    conflicts(first: 5) { totalCount nodes { known grounds { totalCount } } } disclosures { nodes { part organisation
    { id } } } timeline { totalCount } } } request: node(id: $request) { ... on Request { id title narrative { text }
    source { code } decisions(first: 3) { totalCount nodes { kind note { reasoning } recusals { totalCount } } }
    tablings { totalCount } } } }"""


def ids(case: str) -> dict[str, str]:
    return {"case": f"Case:{demo_id('case', case)}", "request": f"Request:{demo_id('request', case)}"}


@pytest.mark.parametrize(("persona", "case", "cell"), CELLS)
async def test_what_a_persona_sees_of_a_case(world: World, persona: str, case: str, cell: str) -> None:
    answer = await world.ask(persona, READ, ids(case))
    grade, own = cell[0], cell.endswith("o")
    if grade == "-":
        await not_there(world, persona, case)
        assert answer == {"case": None, "request": None}
        return
    seen = answer["case"]
    assert seen["number"].startswith("SK-")
    if grade == "D":
        header_alone(seen, persona)
        assert (answer["request"] is not None) == own
        assert seen["timeline"]["totalCount"] == (3 if own else 1), "what was decided on conflicts is not told"
        assert not own or [each["kind"] for each in answer["request"]["decisions"]["nodes"]] == ["ACCEPT"]
    else:
        whole(seen, grade)
        assert (answer["request"] is not None) == (grade != "G" or persona != "sk.cls-kalehe" or own)
    if own:
        assert answer["request"]["narrative"]["text"]


def whole(seen: dict[str, Any], grade: str) -> None:
    """The steps taken and what happened, and what the grade lets read of it."""
    assert seen["risks"]["totalCount"]
    assert seen["activities"]["totalCount"]
    assert seen["events"]["totalCount"]
    keeper, reads = grade == "S", grade in "SP"
    assert (seen["narrative"] is not None) == reads
    assert (seen["parties"]["totalCount"] > 0) == reads
    involved = [each for event in seen["events"]["nodes"] for each in event["involvements"]["nodes"]]
    assert bool(involved) == reads
    versions = [version for each in involved for version in each["allegations"]["nodes"]]
    assert bool(versions) == reads
    assert any(each["source"] for each in versions) == keeper
    assert all(each["note"] is not None for each in seen["activities"]["nodes"]) == reads
    assert (seen["exactPlace"] is not None) == keeper
    assert (seen["conflicts"]["totalCount"] > 0) == keeper
    assert bool(seen["disclosures"]["nodes"]) <= keeper


def header_alone(seen: dict[str, Any], persona: str) -> None:
    """Number, title, state, class, month, territory and decision; and that one is in conflict, not why."""
    assert seen["decision"] == {"kind": "ACCEPT"}
    assert seen["narrative"] is None
    assert seen["exactPlace"] is None
    for name in ("risks", "activities", "events", "parties"):
        assert seen[name]["totalCount"] == 0, name
    assert all(conflict == {"known": True, "grounds": {"totalCount": 0}} for conflict in seen["conflicts"]["nodes"])
    assert seen["conflicts"]["totalCount"] == 1
    own = f"Organisation:{demo_id('organisation', EVERYBODY[persona].organisation)}"
    assert {part["organisation"]["id"] for part in seen["disclosures"]["nodes"]} == {own}
    assert "HEADER" in {part["part"] for part in seen["disclosures"]["nodes"]}


async def not_there(world: World, persona: str, case: str) -> None:
    """The same bytes as for ids that are nowhere."""
    nowhere = {"case": f"Case:{uuid.uuid4()}", "request": f"Request:{uuid.uuid4()}"}
    answers = [await world.read(persona, READ, each) for each in (ids(case), nowhere)]
    assert answers[0].content == answers[1].content
    assert answers[0].headers == answers[1].headers
