"""An operation is one transaction: what is undone, what stays, what is tried again, and what the client hears of it."""

from __future__ import annotations

import asyncio
import logging
import re
from contextlib import asynccontextmanager
from datetime import date
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

import asyncpg
import pytest
from acting import Team, based, contents, day, found, holding, submission, written
from sqlalchemy import update

import api.requests.actions
from api.dates import DateWithPrecision, Precision
from api.identity import DEVELOPMENT_ISSUER, subject
from api.meetings import actions as meetings
from api.requests.tables import Request
from api.sentences import sentence
from api.store.engine import Rollback
from api.store.sealing import Keyring, SealBroken

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from conftest import Client

    from api.running import Urls
    from api.settings import Settings
    from api.store.engine import Store

SECRET = "Kahindo Mfano"
VENUE = "Salle du test"
MEETING = {"kind": "AD_HOC", "scheduledOn": "2024-04-10", "venue": VENUE}
ONE_MEETING = {"meetings": 1, "audit_lines": 1}


@pytest.fixture(scope="module")
async def team(store: Store, settings: Settings, client: Client) -> Team:
    return await found(store, settings, client, "ops")


@asynccontextmanager
async def at_commit(urls: Urls, body: str, event: str = "CONSTRAINT TRIGGER") -> AsyncIterator[None]:
    """Run `body` when a meeting at VENUE is committed; it may count its runs in the sequence `runs`."""
    owner = await asyncpg.connect(urls.owner.get_secret_value())
    when = (
        "AFTER INSERT ON meetings DEFERRABLE INITIALLY DEFERRED"
        if "CONSTRAINT" in event
        else "AFTER INSERT ON meetings"
    )
    try:
        await owner.execute(
            f"CREATE SEQUENCE runs; CREATE FUNCTION at_commit() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS"
            f" $$ DECLARE run bigint := nextval('runs'); BEGIN {body} RETURN NULL; END $$;"
            f"CREATE {event} at_commit {when} FOR EACH ROW WHEN (NEW.venue = '{VENUE}') EXECUTE FUNCTION at_commit()"
        )
        yield
    finally:
        await owner.execute("DROP TRIGGER at_commit ON meetings; DROP FUNCTION at_commit(); DROP SEQUENCE runs")
        await owner.close()


def told_of_nothing(answer: Any, caplog: pytest.LogCaptureFixture) -> None:
    """Neither the client nor the log learns what happened inside, or what was sent."""
    logged = "\n".join(f"{record.getMessage()} {record.exc_info or ''}" for record in ours(caplog))
    assert not re.search(r"asyncpg|SQLSTATE|\.py\W", answer.text)
    for text in (answer.text, logged):
        assert not re.search(r"Kahindo|Salle|SELECT|INSERT|at_commit|Traceback|scheduleMeeting", text), text


def ours(caplog: pytest.LogCaptureFixture) -> list[logging.LogRecord]:
    """Without what the tests' own client logs."""
    return [record for record in caplog.records if not record.name.startswith("httpx")]


async def test_a_refused_act_leaves_those_before_and_after_it(team: Team, urls: Urls) -> None:
    before = await contents(urls)
    unknown = {"requestId": f"Request:{uuid4()}", "version": 1}
    first, second, third = await team.acts(
        "officer", ("scheduleMeeting", MEETING), ("triageRequest", unknown), ("scheduleMeeting", MEETING)
    )
    assert (first["state"], second["code"], third["state"]) == ("SCHEDULED", "NOT_FOUND", "SCHEDULED")
    assert await written(urls, before) == {"meetings": 2, "audit_lines": 2}


async def test_an_act_may_be_done_after_it_was_refused_halfway(team: Team, urls: Urls) -> None:
    """The meeting was written as held before the unknown seat was found; nothing of that reaches the second."""
    meeting = await team.scheduled()
    before = await contents(urls)
    wrong, late, right = await team.acts(
        "officer",
        ("holdMeeting", holding(meeting, [*team.seats(), f"Seat:{uuid4()}"])),
        ("holdMeeting", holding(meeting, team.seats(), held=day("2999-01-01"))),
        ("holdMeeting", holding(meeting, team.seats())),
    )
    assert (wrong["code"], late["code"]) == ("NOT_FOUND", "DATE_IN_FUTURE")
    assert (right["state"], right["version"]) == ("HELD", 2)
    assert await written(urls, before) == {"meetings": 0, "attendances": 5, "audit_lines": 1}


async def test_an_act_refused_by_the_database_leaves_nothing(team: Team, urls: Urls) -> None:
    request = await team.submitted()
    before = await contents(urls)
    taken, unknown = await team.acts(
        "cso", ("submitRequest", submission(id=request["id"])), ("submitRequest", submission(pcode="CD0000"))
    )
    assert (taken["code"], unknown["code"]) == ("ID_TAKEN", "REFERENCE_UNKNOWN")
    assert await written(urls, before) == {}


async def test_acts_see_what_the_ones_before_them_did(team: Team) -> None:
    request_id = f"Request:{uuid4()}"
    judged = {"requestId": request_id, "version": 1, "reliability": "UNSURE"}
    submitted, triaged, again = await team.acts(
        "officer",
        ("submitRequest", submission(id=request_id)),
        ("triageRequest", judged),
        ("triageRequest", judged),
    )
    assert (submitted["version"], triaged["version"], triaged["state"]) == (1, 2, "TRIAGED")
    assert (again["code"], again["current"]) == ("VERSION_CONFLICT", {"__typename": "Request", "id": request_id})


async def test_an_unexpected_error_undoes_the_whole_operation(
    team: Team, urls: Urls, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    case_id = await team.case()
    step = {"caseId": case_id, "kind": "STUDY", "done": day("2024-05-01"), "note": SECRET}
    acts = (("scheduleMeeting", MEETING), ("logActivity", step))

    async def fail(*_: Any, **__: Any) -> None:
        raise RuntimeError(f"SELECT '{SECRET}'")

    before = await contents(urls)
    with monkeypatch.context() as patch, caplog.at_level(logging.DEBUG):
        patch.setattr("api.cases.actions.log_activity", fail)
        answer = await team.send("officer", *acts, Idempotency_Key="unexpected", Accept_Language="en")
    body = answer.json()
    (error,) = body["errors"]
    error_id = error["extensions"].pop("errorId")
    assert (answer.status_code, body.get("data"), error["path"]) == (500, None, ["a1"])
    assert error["extensions"] == {"code": "INTERNAL"}
    assert re.fullmatch(r"[0-9a-f]{12}", error_id)
    assert error["message"] == sentence("INTERNAL", "en", {"error_id": error_id})
    logged = [record.getMessage() for record in caplog.records if error_id in record.getMessage()]
    assert len(logged) == 1
    assert re.search(r"RuntimeError .*document [0-9a-f]{64}$", logged[0])
    assert not re.search(r"Kahindo|Salle|SELECT|mutation|Case:", caplog.text)
    assert SECRET not in answer.text
    assert await written(urls, before) == {}

    first, second = await team.acts("officer", *acts, Idempotency_Key="unexpected")
    assert (first["state"], second["kind"]) == ("SCHEDULED", "STUDY")


async def test_an_error_while_the_result_is_read_undoes_the_act(
    team: Team, urls: Urls, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: Any) -> str:
        raise SealBroken

    monkeypatch.setattr(Keyring, "open", broken)
    source = """mutation($id: ID!, $version: Int!) { triageRequest(requestId: $id, version: $version) {
                ... on Request { state narrative { text } } } }"""
    request = await team.submitted()
    before = await contents(urls)
    variables = {"id": request["id"], "version": request["version"]}
    answer = await team.post("officer", source, variables)
    assert answer.json()["data"] is None
    assert [error["extensions"]["code"] for error in answer.json()["errors"]] == ["INTERNAL"]
    assert await written(urls, before) == {}


async def test_a_failed_commit_is_heard(team: Team, urls: Urls, caplog: pytest.LogCaptureFixture) -> None:
    before = await contents(urls)
    for state in ("P0001", "23503", "XX000"):
        async with at_commit(urls, f"RAISE EXCEPTION '{SECRET}' USING ERRCODE = '{state}';"):
            answer = await team.send("officer", ("scheduleMeeting", MEETING), Idempotency_Key="commit")
        body = answer.json()
        assert (answer.status_code, body.get("data")) == (500, None)
        assert [error["extensions"]["code"] for error in body["errors"]] == ["INTERNAL"]
        assert await written(urls, before) == {}
    assert "P0001" in caplog.text
    told_of_nothing(answer, caplog)
    assert (await team.act("officer", "scheduleMeeting", MEETING, Idempotency_Key="commit"))["state"] == "SCHEDULED"
    assert await written(urls, before) == {**ONE_MEETING, "answered_keys": 1}


@pytest.mark.parametrize(
    ("acts", "code"), [(True, "OUTCOME_UNKNOWN"), (False, "DATABASE_AWAY")], ids=["an act", "a question"]
)
async def test_only_of_an_act_it_is_unknown_whether_it_was_recorded(
    team: Team, monkeypatch: pytest.MonkeyPatch, *, acts: bool, code: str
) -> None:
    """A question wrote nothing: it is asked again, and nobody has to look for what became of it. This one goes to the
    executor, since a compiled one has no commit of its own."""
    with monkeypatch.context() as patch:
        patch.setattr("api.store.engine.COMMIT", "SELECT pg_terminate_backend(pg_backend_pid())")
        asked = (
            team.send("officer", ("scheduleMeeting", MEETING))
            if acts
            else team.post("officer", '{ actingSeat { id } __type(name: "Seat") { name } }')
        )
        answer = await asked
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "2")
    assert [error["extensions"]["code"] for error in answer.json()["errors"]] == [code]


@pytest.mark.parametrize("state", ["40001", "40P01"])
async def test_a_commit_that_met_others_is_tried_again(team: Team, urls: Urls, state: str) -> None:
    before = await contents(urls)
    async with at_commit(urls, f"IF run < 3 THEN RAISE EXCEPTION '{SECRET}' USING ERRCODE = '{state}'; END IF;"):
        outcome = await team.act("officer", "scheduleMeeting", MEETING, Idempotency_Key=f"again-{state}")
    assert outcome["state"] == "SCHEDULED"
    assert await written(urls, before) == {**ONE_MEETING, "answered_keys": 1}


@pytest.mark.parametrize("event", ["CONSTRAINT TRIGGER", "TRIGGER"])
@pytest.mark.parametrize("state", ["40001", "40P01", "55P03"])
async def test_what_never_gets_through_is_told_to_come_back(
    team: Team, urls: Urls, caplog: pytest.LogCaptureFixture, state: str, event: str
) -> None:
    """Others were in the way each time: the service is busy, and nothing is broken that a secretariat could mend."""
    before = await contents(urls)
    async with at_commit(urls, f"RAISE EXCEPTION '{SECRET}' USING ERRCODE = '{state}';", event):
        answer = await team.send("officer", ("scheduleMeeting", MEETING))
    body = answer.json()
    assert await written(urls, before) == {}
    told_of_nothing(answer, caplog)
    assert (answer.status_code, body.get("data"), answer.headers.get("retry-after")) == (503, None, "1")
    assert [error["extensions"] for error in body["errors"]] == [{"code": "BUSY"}]


async def test_an_act_that_takes_too_long_is_told_so(team: Team, urls: Urls, caplog: pytest.LogCaptureFixture) -> None:
    before = await contents(urls)
    async with at_commit(urls, f"RAISE EXCEPTION '{SECRET}' USING ERRCODE = '57014';", "TRIGGER"):
        answer = await team.send("officer", ("scheduleMeeting", MEETING))
    assert (answer.status_code, answer.headers["retry-after"], answer.json().get("data")) == (503, "5", None)
    assert [error["extensions"] for error in answer.json()["errors"]] == [{"code": "TOO_SLOW"}]
    told_of_nothing(answer, caplog)
    assert await written(urls, before) == {}


def counted(monkeypatch: pytest.MonkeyPatch) -> list[UUID]:
    """Note each time that a triage is begun."""
    begun: list[UUID] = []
    triage = api.requests.actions.triage

    async def noted(op: Any, *, request_id: UUID, **given: Any) -> Any:
        begun.append(request_id)
        return await triage(op, request_id=request_id, **given)

    monkeypatch.setattr("api.requests.actions.triage", noted)
    return begun


async def blocked(urls: Urls) -> None:
    """Wait until somebody waits for a lock."""
    owner = await asyncpg.connect(urls.owner.get_secret_value())
    try:
        async with asyncio.timeout(5):
            while not await owner.fetchval(  # noqa: ASYNC110 - the server tells of no event
                "SELECT count(*) FROM pg_locks WHERE NOT granted"
            ):
                await asyncio.sleep(0.01)
    finally:
        await owner.close()


def uuid_of(row: Any) -> UUID:
    return UUID(row["id"].partition(":")[2])


async def test_an_act_that_met_another_on_its_row_is_done_again(
    team: Team, store: Store, urls: Urls, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The other one changed the row without changing its version: the act holds after all."""
    meeting, request = await team.scheduled(), await team.submitted()
    begun = counted(monkeypatch)
    bearer = subject(DEVELOPMENT_ISSUER, team.persona("officer"))
    async with store.operation(bearer, None, write=True) as op:
        changed = update(Request).where(Request.group_id == op.group_id, Request.id == uuid_of(request))
        await op.session.execute(changed.values(title=Request.title))
        acts = ("scheduleMeeting", MEETING), ("triageRequest", based(request))
        waiting = asyncio.create_task(team.acts("officer", *acts, Idempotency_Key="serialised"))
        await blocked(urls)
        before = len(begun)
    scheduled, triaged = await waiting
    assert (scheduled["state"], triaged["state"], triaged["version"]) == ("SCHEDULED", "TRIAGED", 2)
    assert scheduled["id"] != meeting["id"]
    assert (before, begun) == (1, [uuid_of(request)] * 2)
    data = await team.ask("officer", "{ meetings(first: 100) { nodes { id } } }")
    assert [node["id"] for node in data["meetings"]["nodes"]].count(scheduled["id"]) == 1


async def test_a_deadlock_is_done_again_as_a_whole(
    team: Team, store: Store, urls: Urls, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = await team.submitted(), await team.submitted()
    before, begun = await contents(urls), counted(monkeypatch)
    bearer = subject(DEVELOPMENT_ISSUER, team.persona("officer"))
    try:
        async with store.operation(bearer, None, write=True) as op:
            await op.fetch(Request, uuid_of(first), version=1)
            acts = ("triageRequest", based(second)), ("triageRequest", based(first))
            waiting = asyncio.create_task(team.acts("officer", *acts))
            await blocked(urls)
            await asyncio.sleep(0.2)  # whoever waits longest looks for a circle first, and gives way
            await op.fetch(Request, uuid_of(second), version=1)
            raise Rollback  # noqa: TRY301 - ends the operation as its own code would
    except Rollback:
        outcomes = await waiting
    assert [outcome["state"] for outcome in outcomes] == ["TRIAGED", "TRIAGED"]
    assert begun == [uuid_of(second), uuid_of(first)] * 2
    assert await written(urls, before) == {"requests": 0, "triage_notes": 2, "audit_lines": 2, "outbox_items": 2}


async def test_what_an_act_is_judged_by_stays_until_it_is_done(team: Team, store: Store, urls: Urls) -> None:
    """A request is being put on the agenda while the meeting is written down as held: one waits for the other."""
    meeting, request = await team.scheduled(), await team.triaged()
    bearer = subject(DEVELOPMENT_ISSUER, team.persona("officer"))
    async with store.operation(bearer, None, write=True) as op:
        at = {"request_id": uuid_of(request), "version": request["version"], "meeting_id": uuid_of(meeting)}
        await meetings.table(op, **at, incomplete_reason=None)
        waiting = asyncio.create_task(team.act("officer", "holdMeeting", holding(meeting, team.seats())))
        await blocked(urls)
        assert not waiting.done()
    assert (await waiting)["state"] == "HELD"
    request = {**request, "version": request["version"] + 1}
    assert (await team.decided(request, meeting, "DEFER"))["request"]["state"] == "DEFERRED"


async def test_an_act_waits_for_the_one_that_changes_what_it_is_judged_by(team: Team, store: Store, urls: Urls) -> None:
    """The meeting is being written down as held while a request is put on its agenda, which is closed by then."""
    meeting, request = await team.scheduled(), await team.triaged()
    bearer = subject(DEVELOPMENT_ISSUER, team.persona("officer"))
    async with store.operation(bearer, None, write=True) as op:
        held = DateWithPrecision(date(2024, 4, 10), None, Precision.DAY)
        await meetings.hold(op, meeting_id=uuid_of(meeting), version=1, held=held, seat_ids=[])
        tabled = ("tableRequest", based(request, meetingId=meeting["id"]))
        waiting = asyncio.create_task(team.acts("officer", tabled))
        await blocked(urls)
        assert not waiting.done()
    assert (await waiting)[0]["code"] == "MEETING_NOT_SCHEDULED"
