"""A change names the version that it is based on, and front ends make ids of their own."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

import pytest
from acting import (
    TAKEN_UP,
    Team,
    based,
    contents,
    day,
    deciding,
    found,
    holding,
    submission,
    written,
)

from api.sentences import SENTENCES

if TYPE_CHECKING:
    from conftest import Client

    from api.running import Urls
    from api.settings import Settings
    from api.store.engine import Store

MEETING = {"kind": "AD_HOC", "scheduledOn": "2024-04-10"}


@pytest.fixture(scope="module")
async def team(store: Store, settings: Settings, client: Client) -> Team:
    return await found(store, settings, client, "ver")


async def test_each_change_is_one_version_more(team: Team) -> None:
    meeting = await team.scheduled()
    request = await team.submitted()
    versions = [request["version"]]
    request = await team.done("officer", "triageRequest", based(request))
    versions.append(request["version"])
    request = await team.tabled(meeting, request)
    versions.append(request["version"])
    meeting = await team.held(meeting)
    request = (await team.decided(request, meeting, "DEFER"))["request"]
    versions.append(request["version"])
    assert versions == [1, 2, 3, 4]
    assert meeting["version"] == 2


async def test_another_version_is_a_conflict_with_the_row_as_it_is(team: Team, urls: Urls) -> None:
    submitted, triaged, coming, held = (
        await team.submitted(), await team.triaged(), await team.scheduled(), await team.scheduled()
    )  # fmt: skip
    tabled = await team.tabled(held)
    held, listed = await team.held(held), await team.tabled(await team.scheduled())
    acts: list[tuple[str, str, dict[str, Any], str]] = [
        ("officer", "triageRequest", based(submitted), submitted["id"]),
        ("officer", "tableRequest", based(triaged, meetingId=coming["id"]), triaged["id"]),
        ("officer", "takeOffAgenda", based(listed, reason="MEETING_CANCELLED"), listed["id"]),
        ("officer", "holdMeeting", holding(coming, team.seats()), coming["id"]),
        ("coordinator", "recordDecision", deciding(tabled, held), tabled["id"]),
    ]
    before = await contents(urls)
    for name, act, given, row_id in acts:
        now = given["version"]
        for version in (now - 1, now + 1, -now, 2**31 - 1, -(2**31)):
            outcome = await team.act(name, act, {**given, "version": version}, Accept_Language="en")
            assert (outcome["__typename"], outcome["code"]) == ("VersionConflict", "VERSION_CONFLICT")
            assert (outcome["field"], outcome["message"]) == ("version", SENTENCES["VERSION_CONFLICT"][1])
            assert outcome["current"] == {"__typename": row_id.partition(":")[0], "id": row_id}
    assert await written(urls, before) == {}
    for name, act, given, _ in acts:
        assert "code" not in await team.act(name, act, given)


async def test_a_conflict_shows_what_has_changed(team: Team) -> None:
    request = await team.submitted()
    await team.done("officer", "triageRequest", based(request, reliability="UNRELIABLE"))
    data = await team.ask(
        "coordinator",
        """mutation($id: ID!) { triageRequest(requestId: $id, version: 1) { ... on VersionConflict {
             current { ... on Request { state version triageNote { completeness } source { reliability } } } } } }""",
        {"id": request["id"]},
    )
    current = data["triageRequest"]["current"]
    assert (current["state"], current["version"], current["triageNote"]) == ("TRIAGED", 2, {"completeness": 100})
    assert current["source"] == {"reliability": "UNRELIABLE"}


async def test_of_two_clients_on_one_version_one_wins(team: Team, urls: Urls) -> None:
    for _ in range(3):
        request = await team.submitted()
        before = await contents(urls)
        outcomes = await asyncio.gather(
            team.act("officer", "triageRequest", based(request, note="Un.")),
            team.act("coordinator", "triageRequest", based(request, note="Deux.")),
        )
        assert sorted(outcome["__typename"] for outcome in outcomes) == ["Request", "VersionConflict"]
        changed = await written(urls, before)
        assert changed == {"requests": 0, "triage_notes": 1, "audit_lines": 1, "outbox_items": 1}


async def test_of_many_clients_on_one_version_one_wins(team: Team, urls: Urls) -> None:
    """More of them than times that an operation is tried again, and as many as the pool has connections."""
    meeting = await team.scheduled()
    before = await contents(urls)
    given = holding(meeting, team.seats())
    outcomes = await asyncio.gather(*(team.act("officer", "holdMeeting", given) for _ in range(10)))
    assert sorted(outcome["__typename"] for outcome in outcomes) == ["Meeting", *["VersionConflict"] * 9]
    assert await written(urls, before) == {"meetings": 0, "attendances": 5, "audit_lines": 1}


async def test_two_clients_on_two_rows_both_win(team: Team) -> None:
    requests = [await team.submitted() for _ in range(4)]
    outcomes = await asyncio.gather(*(team.act("officer", "triageRequest", based(request)) for request in requests))
    assert [outcome["state"] for outcome in outcomes] == ["TRIAGED"] * 4


STEP = {"kind": "STUDY", "done": day("2024-05-01")}


async def makers(team: Team) -> dict[str, Any]:
    """For each type that a front end makes ids of: who makes it, by which act, with what."""
    meeting = await team.scheduled()
    first, second = await team.tabled(meeting), await team.tabled(meeting)
    await team.held(meeting)
    return {
        "Request": ("cso", "submitRequest", submission(), submission()),
        "Meeting": ("officer", "scheduleMeeting", MEETING, MEETING),
        "Decision": ("coordinator", "recordDecision", deciding(first, meeting), deciding(second, meeting)),
        "Activity": ("officer", "logActivity", *[{**STEP, "caseId": await team.case()} for _ in range(2)]),
    }


async def test_front_ends_make_ids_and_a_taken_one_is_refused(team: Team, urls: Urls) -> None:
    for kind, (name, act, first, second) in (await makers(team)).items():
        made = f"{kind}:{uuid4()}"
        outcome = await team.done(name, act, {**first, "id": made})
        assert outcome["id"] == made
        before = await contents(urls)
        again = await team.act(name, act, {**second, "id": made})
        assert (again["__typename"], again["code"]) == ("InvalidInput", "ID_TAKEN")
        assert "lisez-le sous son identifiant" in again["message"]
        assert await written(urls, before) == {}
        data = await team.ask("officer", "query($id: ID!) { node(id: $id) { __typename id } }", {"id": made})
        assert data["node"] == {"__typename": kind, "id": made}


async def test_a_case_gets_the_id_that_the_front_end_made(team: Team) -> None:
    meeting = await team.scheduled()
    request, other = await team.tabled(meeting), await team.tabled(meeting)
    await team.held(meeting)
    made = f"Case:{uuid4()}"
    given = {**deciding(request, meeting), "case": {**TAKEN_UP, "id": made}}
    assert (await team.done("coordinator", "recordDecision", given))["request"]["case"]["id"] == made
    taken = {**deciding(other, meeting), "case": {**TAKEN_UP, "id": made}}
    assert (await team.act("coordinator", "recordDecision", taken))["code"] == "ID_TAKEN"


async def test_another_groups_id_may_be_taken_here(team: Team, client: Client) -> None:
    """Whether an id is taken elsewhere is no group's to learn."""
    data = await client.ask("sk.coordinator", "{ requests { nodes { id } } }")
    theirs = data["requests"]["nodes"][0]["id"]
    outcome = await team.done("cso", "submitRequest", submission(id=theirs, title="La nôtre"))
    assert outcome["id"] == theirs
    asked = "query($id: ID!) { node(id: $id) { ... on Request { title } } }"
    here = await team.ask("cso", asked, {"id": theirs})
    there = await client.ask("sk.coordinator", asked, {"id": theirs})
    assert (here["node"]["title"], there["node"]["title"] != "La nôtre") == ("La nôtre", True)


UUID_TEXT = "0192f7a4-5c31-7e1b-9f0e-3b0c7d52a641"
WRONG = [
    UUID_TEXT,
    f"Case:{UUID_TEXT}",
    f"request:{UUID_TEXT}",
    f"Request: {UUID_TEXT}",
    f"Request:{UUID_TEXT.upper()}",
    f"Request:{UUID_TEXT.replace('-', '')}",
    f"Request:{{{UUID_TEXT}}}",
    f"Request:urn:uuid:{UUID_TEXT}",
    f"Request:{UUID_TEXT}0",
    f"Request:{UUID_TEXT[:-1]}",
    f"Request:{UUID_TEXT}:",
    "Request:",
    "Request",
    ":",
    "Nothing:1",
    "\uff32equest:" + UUID_TEXT,
    7,
]


@pytest.mark.parametrize("wrong", WRONG)
async def test_what_is_no_id_of_the_type(team: Team, urls: Urls, wrong: Any) -> None:
    before = await contents(urls)
    made = await team.act("cso", "submitRequest", submission(id=wrong), Accept_Language="en")
    assert (made["__typename"], made["code"], made["field"]) == ("InvalidInput", "ID_INVALID", "id")
    assert made["message"] == "The id must be Request: followed by a UUID."
    referred = await team.act("officer", "triageRequest", {"requestId": wrong, "version": 1})
    missing = await team.act("officer", "triageRequest", {"requestId": f"Request:{uuid4()}", "version": 1})
    assert referred == missing
    data = await team.ask("officer", "query($id: ID!) { node(id: $id) { id } nodes(ids: [$id]) { id } }", {"id": wrong})
    assert data == {"node": None, "nodes": [None]}
    assert await written(urls, before) == {}


async def test_ids_made_here_are_of_version_7(team: Team) -> None:
    ids = [UUID((await team.submitted())["id"].partition(":")[2]) for _ in range(3)]
    assert {each.version for each in ids} == {7}
