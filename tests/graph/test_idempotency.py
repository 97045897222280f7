"""A key gives one answer, whatever becomes of the link between."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest
from acting import Team, based, contents, deciding, found, holding, operation, owner, submission, written

from api.demo.roster import demo_id
from api.sentences import SENTENCES

if TYPE_CHECKING:
    from conftest import Client

    from api.running import Urls
    from api.settings import Settings
    from api.store.engine import Store

MEETING = {"kind": "AD_HOC", "scheduledOn": "2024-04-10"}
SUBMITTED = {
    "requests": 1,
    "request_arrivals": 1,
    "request_authors": 1,
    "request_narratives": 1,
    "request_places": 1,
    "request_sources": 1,
    "audit_lines": 1,
    "answered_keys": 1,
}


@pytest.fixture(scope="module")
async def team(store: Store, settings: Settings, client: Client) -> Team:
    return await found(store, settings, client, "key")


async def test_a_key_that_answered_answers_the_same(team: Team, urls: Urls) -> None:
    before = await contents(urls)
    first = await team.send("cso", ("submitRequest", submission()), Idempotency_Key="same")
    for _ in range(3):
        again = await team.send("cso", ("submitRequest", submission()), Idempotency_Key="same")
        assert (again.status_code, again.content) == (first.status_code, first.content)
    assert first.json()["data"]["a0"]["state"] == "SUBMITTED"
    assert await written(urls, before) == SUBMITTED


async def test_without_a_key_or_with_another_it_is_done_again(team: Team, urls: Urls) -> None:
    before = await contents(urls)
    for headers in ({}, {}, {"Idempotency_Key": "one"}, {"Idempotency_Key": "two"}, {"Idempotency_Key": "ONE"}):
        await team.done("officer", "scheduleMeeting", MEETING, **headers)
    assert (await written(urls, before))["meetings"] == 5


async def test_another_request_under_the_key_is_refused(team: Team, urls: Urls) -> None:
    await team.done("officer", "scheduleMeeting", MEETING, Idempotency_Key="taken")
    before = await contents(urls)
    source, variables = operation(("scheduleMeeting", MEETING))
    others: list[tuple[str, dict[str, Any]]] = [
        operation(("scheduleMeeting", {**MEETING, "venue": "Ailleurs"})),
        operation(("submitRequest", submission())),
        (source.replace("a0:", "a1:"), variables),
    ]
    for changed, given in others:
        answer = await team.post("officer", changed, given, Idempotency_Key="taken")
        (outcome,) = answer.json()["data"].values()
        assert (outcome["__typename"], outcome["code"]) == ("KeyReused", "IDEMPOTENCY_KEY_REUSED")
        assert (outcome["field"], outcome["message"]) == (None, SENTENCES["IDEMPOTENCY_KEY_REUSED"][0])
    both = await team.acts(
        "officer", ("scheduleMeeting", MEETING), ("scheduleMeeting", MEETING), Idempotency_Key="taken"
    )
    assert [outcome["code"] for outcome in both] == ["IDEMPOTENCY_KEY_REUSED"] * 2
    assert await written(urls, before) == {}


async def test_a_front_end_of_another_version_sends_the_same_acts(team: Team, urls: Urls) -> None:
    """What it was queued with weeks ago: it may ask back otherwise, spell it otherwise, and leave out what is null or
    the default."""
    source, variables = operation(("scheduleMeeting", MEETING))
    first = await team.post("officer", source, variables, Idempotency_Key="queued")
    before = await contents(urls)
    others: list[tuple[str, dict[str, Any]]] = [
        (source + " # of today", {**variables, "unused": 1}),
        operation(("scheduleMeeting", MEETING), ask="... on Meeting { agenda { totalCount } }"),
        operation(("scheduleMeeting", {**MEETING, "venue": None, "id": None})),
        (
            """mutation { ...f } fragment f on Mutation { a0: scheduleMeeting(kind: AD_HOC, scheduledOn: "2024-04-10")
            { ... on Meeting { id } } }""",
            {},
        ),
        (
            """mutation($on: Date = "2024-04-10", $not: Boolean!) { a0: scheduleMeeting(kind: AD_HOC, scheduledOn: $on)
            { ... on Meeting { id } } b: scheduleMeeting(kind: AD_HOC, scheduledOn: $on) @include(if: $not)
            { ... on Meeting { id } } }""",
            {"not": False},
        ),
    ]
    for changed, given in others:
        again = (await team.post("officer", changed, given, Idempotency_Key="queued")).json()
        assert again["data"]["a0"]["id"] == first.json()["data"]["a0"]["id"], again
    assert await written(urls, before) == {}


async def test_the_order_of_acts_is_part_of_the_request(team: Team) -> None:
    first, second = ("scheduleMeeting", MEETING), ("scheduleMeeting", {**MEETING, "venue": "Uvira"})
    await team.acts("officer", first, second, Idempotency_Key="ordered")
    outcomes = await team.acts("officer", second, first, Idempotency_Key="ordered")
    assert [outcome["code"] for outcome in outcomes] == ["IDEMPOTENCY_KEY_REUSED"] * 2


async def test_a_default_says_the_same_as_the_value(team: Team, urls: Urls) -> None:
    given = submission(brought={"precision": "DAY", "start": "2024-03-05", "end": None})
    first = await team.done("cso", "submitRequest", given, Idempotency_Key="default")
    before = await contents(urls)
    for same in (submission(), submission(urgency="NORMAL")):
        assert await team.done("cso", "submitRequest", same, Idempotency_Key="default") == first
    other = await team.act("cso", "submitRequest", submission(urgency="IMMEDIATE"), Idempotency_Key="default")
    assert other["code"] == "IDEMPOTENCY_KEY_REUSED"
    assert await written(urls, before) == {}


async def test_a_null_that_only_execution_refuses_is_refused_with_a_key_too(team: Team, urls: Urls) -> None:
    source = """mutation($on: Date = "2024-04-10") { scheduleMeeting(kind: AD_HOC, scheduledOn: $on) { __typename } }"""
    before = await contents(urls)
    for headers in ({}, {"Idempotency_Key": "null"}):
        answer = await team.post("officer", source, {"on": None}, **headers)
        assert [error["extensions"]["code"] for error in answer.json()["errors"]] == ["VARIABLES_INVALID"]
    assert await written(urls, before) == {}


async def test_an_act_that_was_only_refused_may_be_tried_again_under_its_key(team: Team, urls: Urls) -> None:
    """A queue sends it again as it was; once the cause is mended it is done, and from then on it answers the same."""
    meeting = await team.scheduled()
    request = await team.tabled(meeting)
    early = ("recordDecision", deciding(request, meeting))
    before = await contents(urls)
    for _ in range(2):
        outcome = await team.act("coordinator", *early, Idempotency_Key="early")
        assert outcome["code"] == "MEETING_NOT_HELD"
    assert await written(urls, before) == {}
    await team.held(meeting)
    done = await team.send("coordinator", early, Idempotency_Key="early")
    assert done.json()["data"]["a0"]["kind"] == "ACCEPT"
    before = await contents(urls)
    assert (await team.send("coordinator", early, Idempotency_Key="early")).content == done.content
    other = await team.act("coordinator", "scheduleMeeting", MEETING, Idempotency_Key="early")
    assert other["code"] == "IDEMPOTENCY_KEY_REUSED"
    assert await written(urls, before) == {}


async def test_a_key_that_was_only_refused_is_free(team: Team) -> None:
    refused = await team.act("officer", "submitRequest", submission(title=" "), Idempotency_Key="corrected")
    assert refused["code"] == "TEXT_LENGTH"
    assert (await team.done("officer", "submitRequest", submission(), Idempotency_Key="corrected"))["version"] == 1


async def test_the_order_of_variables_is_no_part_of_the_request(team: Team) -> None:
    source, variables = operation(("scheduleMeeting", MEETING))
    turned = dict(reversed(variables.items()))
    assert list(turned) != list(variables)
    answers = [await team.post("officer", source, given, Idempotency_Key="order") for given in (variables, turned)]
    assert answers[0].content == answers[1].content


async def test_a_key_is_the_seats_own(team: Team, urls: Urls) -> None:
    before = await contents(urls)
    outcomes = [
        await team.done(name, "submitRequest", submission(title=name), Idempotency_Key="shared")
        for name in ("cso", "pmh", "company", "officer")
    ]
    assert len({outcome["id"] for outcome in outcomes}) == 4
    assert (await written(urls, before))["requests"] == 4


async def test_refusals_and_conflicts_beside_an_act_that_was_done_answer_the_same(team: Team, urls: Urls) -> None:
    request, meeting = await team.submitted(), await team.scheduled()
    triaged = await team.done("officer", "triageRequest", based(request))
    undone: list[tuple[str, str, dict[str, Any]]] = [
        ("VERSION_CONFLICT", "triageRequest", based(request)),
        ("WRONG_STATE", "triageRequest", based(triaged)),
        ("NOT_FOUND", "triageRequest", {"requestId": f"Request:{uuid4()}", "version": 1}),
        ("ID_TAKEN", "submitRequest", submission(id=request["id"])),
        ("ID_INVALID", "submitRequest", submission(id="Case:1")),
        ("TEXT_LENGTH", "submitRequest", submission(title=" ")),
        ("NOT_ALLOWED", "recordDecision", deciding(triaged, meeting)),
    ]
    beside = ("scheduleMeeting", MEETING)
    first = {
        code: await team.send("officer", (act, given), beside, Idempotency_Key=code) for code, act, given in undone
    }
    assert [answer.json()["data"]["a0"]["code"] for answer in first.values()] == list(first)
    await team.tabled(meeting, triaged)
    await team.held(meeting)
    before = await contents(urls)
    for code, act, given in undone:
        again = await team.send("officer", (act, given), beside, Idempotency_Key=code)
        assert again.content == first[code].content
        english, _ = await team.acts("officer", (act, given), beside, Idempotency_Key=code, Accept_Language="en")
        assert english["message"] not in {"", first[code].json()["data"]["a0"]["message"]}
    assert await written(urls, before) == {}


async def test_two_acts_of_one_operation_answer_the_same(team: Team, urls: Urls) -> None:
    request_id = f"Request:{uuid4()}"
    acts = (
        ("submitRequest", submission(id=request_id)),
        ("triageRequest", {"requestId": request_id, "version": 1}),
        ("triageRequest", {"requestId": request_id, "version": 1}),
        ("scheduleMeeting", MEETING),
    )
    first = await team.acts("officer", *acts, Idempotency_Key="both")
    assert [outcome.get("code") for outcome in first] == [None, None, "VERSION_CONFLICT", None]
    before = await contents(urls)
    again = await team.acts("officer", *acts, Idempotency_Key="both")
    # Re-read as it is now: what was submitted has been triaged since, in the same operation.
    assert again == [first[1], *first[1:]]
    assert await written(urls, before) == {}


async def test_an_answer_is_read_again_as_it_is_now(team: Team) -> None:
    request = await team.submitted("cso")
    triaged = await team.done("officer", "triageRequest", based(request), Idempotency_Key="first")
    tabled = await team.tabled(await team.scheduled(), triaged)
    again = await team.done("officer", "triageRequest", based(request), Idempotency_Key="first")
    assert (again["state"], again["version"]) == ("TABLED", tabled["version"])


async def test_what_the_seat_may_no_longer_see_is_not_found(team: Team, urls: Urls) -> None:
    first = await team.done("neighbour", "submitRequest", submission(), Idempotency_Key="moved")
    moved = "UPDATE seats SET organisation_id = $2 WHERE id = $1"
    for organisation, code in (("Pact", "NOT_FOUND"), ("Justicia ASBL", None)):
        async with owner(urls, "seats") as connection:
            await connection.execute(moved, team.seat_id("neighbour"), demo_id("organisation", organisation))
        before = await contents(urls)
        again = await team.act("neighbour", "submitRequest", submission(), Idempotency_Key="moved")
        assert again.get("code") == code
        assert await written(urls, before) == {}
    assert again == first


async def test_of_many_at_once_with_one_key_one_acts(team: Team, urls: Urls) -> None:
    before = await contents(urls)
    answers = await asyncio.gather(
        *(team.send("cso", ("submitRequest", submission()), Idempotency_Key="race") for _ in range(6))
    )
    assert {answer.content for answer in answers} == {answers[0].content}
    assert answers[0].json()["data"]["a0"]["state"] == "SUBMITTED"
    assert await written(urls, before) == SUBMITTED


async def test_of_many_at_once_with_one_key_and_one_id_one_acts(team: Team, urls: Urls) -> None:
    given = submission(id=f"Request:{uuid4()}")
    before = await contents(urls)
    answers = await asyncio.gather(
        *(team.send("cso", ("submitRequest", given), Idempotency_Key="race-id") for _ in range(6))
    )
    assert {answer.content for answer in answers} == {answers[0].content}
    assert answers[0].json()["data"]["a0"]["id"] == given["id"]
    assert await written(urls, before) == SUBMITTED


async def test_of_many_at_once_with_one_key_and_one_row_one_acts(team: Team, urls: Urls) -> None:
    meeting = await team.scheduled()
    before = await contents(urls)
    holds = ("holdMeeting", holding(meeting, team.seats()))
    answers = await asyncio.gather(*(team.send("officer", holds, Idempotency_Key="race-row") for _ in range(5)))
    assert {answer.content for answer in answers} == {answers[0].content}
    assert answers[0].json()["data"]["a0"]["state"] == "HELD"
    assert await written(urls, before) == {"meetings": 0, "attendances": 5, "audit_lines": 1, "answered_keys": 1}


@pytest.mark.parametrize("key", ["", "a" * 201, "clé", "\x7f", "a\tb", "\u00a0", "one, two"])
async def test_what_is_no_key_is_refused(team: Team, urls: Urls, key: str) -> None:
    source, variables = operation(("scheduleMeeting", MEETING))
    before = await contents(urls)
    bearer = f"Bearer {team.token('officer')}".encode()
    headers = [(b"Authorization", bearer), (b"Idempotency-Key", key.encode())]
    answer = await team.client.http.post("/graphql", json={"query": source, "variables": variables}, headers=headers)
    assert [error["extensions"]["code"] for error in answer.json()["errors"]] == ["KEY_INVALID"]
    assert "data" not in answer.json()
    assert await written(urls, before) == {}


async def test_two_keys_are_no_key(team: Team, urls: Urls) -> None:
    """Taken for none, the act would be done again when it is sent again."""
    source, variables = operation(("scheduleMeeting", MEETING))
    before = await contents(urls)
    bearer = f"Bearer {team.token('officer')}"
    headers = [("Authorization", bearer), ("Idempotency-Key", "one"), ("Idempotency-Key", "two")]
    answer = await team.client.http.post("/graphql", json={"query": source, "variables": variables}, headers=headers)
    assert await written(urls, before) == {}
    assert [error["extensions"]["code"] for error in answer.json()["errors"]] == ["KEY_INVALID"]


async def test_the_longest_key_is_taken(team: Team) -> None:
    key = "".join(chr(33 + index % 94) for index in range(200)).replace(",", ".")
    first = await team.done("officer", "scheduleMeeting", MEETING, Idempotency_Key=key)
    assert await team.done("officer", "scheduleMeeting", MEETING, Idempotency_Key=key) == first


async def test_a_key_does_a_query_no_harm(team: Team, urls: Urls) -> None:
    before = await contents(urls)
    for source in ("{ actingSeat { id } }", "{ __typename }", "{ actingSeat { roles } }"):
        answer = await team.post("officer", source, Idempotency_Key="query")
        assert answer.status_code == 200
        assert "errors" not in answer.json()
    assert await written(urls, before) == {}
