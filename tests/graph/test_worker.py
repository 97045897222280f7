"""What acts leave behind: audit lines that the worker chains, and notices that it carries."""

from __future__ import annotations

import asyncio
import hashlib
import json
import logging
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

import pytest
from acting import OGP, SEATS, Team, based, contents, day, deciding, found, holding, owner, submission, written

from api import worker
from api.identity import DEVELOPMENT_ISSUER, subject
from api.notices.tables import OutboxItem
from api.store.base import new_id

if TYPE_CHECKING:
    from conftest import Client

    from api.running import Urls
    from api.settings import Settings
    from api.store.engine import Store

NOTICES = "{ notices { nodes { kind request { id } } } }"


@pytest.fixture(scope="module")
async def team(store: Store, settings: Settings, client: Client) -> Team:
    return await found(store, settings, client, "wrk")


async def lines(urls: Urls, team: Team) -> list[Any]:
    """The group's audit in the order in which it was written."""
    async with owner(urls, "audit_lines") as connection:
        return await connection.fetch("SELECT * FROM audit_lines WHERE group_id = $1 ORDER BY at, id", team.group_id)


def uuid_of(row: Any) -> UUID:
    return UUID(row["id"].partition(":")[2])


async def test_each_act_writes_its_line_at_its_own_time(team: Team, urls: Urls) -> None:
    before = len(await lines(urls, team))
    request = await team.submitted()
    triaged = await team.done("officer", "triageRequest", based(request))
    meeting = await team.scheduled()
    tabled = await team.tabled(meeting, triaged)
    await team.done("officer", "holdMeeting", holding(meeting, team.seats()))
    decision = await team.done("coordinator", "recordDecision", deciding(tabled, meeting))
    case = decision["request"]["case"]
    step = {"caseId": case["id"], "kind": "STUDY", "done": day("2024-05-01")}
    activity = await team.done("officer", "logActivity", step)
    found_lines = (await lines(urls, team))[before:]
    wanted = [
        ("request.submit", "cso", [request]),
        ("request.triage", "officer", [request]),
        ("meeting.schedule", "officer", [meeting]),
        ("request.table", "officer", [request, meeting]),
        ("meeting.hold", "officer", [meeting]),
        ("case.open", "coordinator", [case, request]),
        ("decision.record", "coordinator", [decision, request, meeting]),
        ("activity.log", "officer", [activity, case]),
    ]
    assert [(line["act"], line["seat_id"], line["subject_ids"], line["outcome"]) for line in found_lines] == [
        (act, team.seat_id(name), [uuid_of(row) for row in rows], "DONE") for act, name, rows in wanted
    ]
    async with owner(urls, "requests", "activities") as connection:
        submitted_at = await connection.fetchval("SELECT submitted_at FROM requests WHERE id = $1", uuid_of(request))
        recorded_at = await connection.fetchval("SELECT recorded_at FROM activities WHERE id = $1", uuid_of(activity))
    assert (found_lines[0]["at"], found_lines[-1]["at"]) == (submitted_at, recorded_at)


async def test_a_refused_act_writes_no_line_but_that_of_a_refused_grant(team: Team, urls: Urls) -> None:
    before = len(await lines(urls, team))
    await team.act("officer", "triageRequest", {"requestId": f"Request:{uuid4()}", "version": 1})
    await team.act("cso", "triageRequest", {"requestId": f"Request:{uuid4()}", "version": 1})
    assert [(line["act"], line["outcome"]) for line in (await lines(urls, team))[before:]] == [
        ("request.triage", "REFUSED")
    ]


def link(before: bytes, line: Any) -> bytes:
    """The chain as docs/decisions says it, computed without the code."""
    facts = [
        str(line["group_id"]),
        str(line["id"]),
        line["at"].astimezone(UTC).isoformat(),
        str(line["seat_id"]),
        line["act"],
        line["outcome"],
        [str(each) for each in line["subject_ids"]],
    ]
    return hashlib.sha256(before + json.dumps(facts, separators=(",", ":")).encode()).digest()


async def test_the_worker_chains_every_line_once_in_order(team: Team, store: Store, urls: Urls) -> None:
    async def chained() -> list[Any]:
        async with owner(urls, "audit_links") as connection:
            return await connection.fetch(
                "SELECT * FROM audit_links WHERE group_id = $1 ORDER BY number", team.group_id
            )

    await asyncio.gather(worker.once(store), worker.once(store), worker.once(store))
    await worker.once(store)
    first = await chained()
    await team.submitted()
    await asyncio.gather(worker.once(store), worker.once(store))
    await worker.once(store)
    links, audit = await chained(), await lines(urls, team)
    assert links[: len(first)] == first
    assert [each["line_id"] for each in links] == [line["id"] for line in audit]
    assert [each["number"] for each in links] == list(range(1, len(audit) + 1))
    before = bytes(32)
    for each, line in zip(links, audit, strict=True):
        before = link(before, line)
        assert each["hash"] == before
    assert await worker.once(store) == 0


async def test_the_authors_organisation_is_told_and_nobody_else(team: Team, store: Store, urls: Urls) -> None:
    """What the secretariat entered for somebody has no organisation that could be told."""
    while await worker.once(store):
        pass
    known = {name: (await team.ask(name, NOTICES))["notices"]["nodes"] for name in SEATS}
    meeting = await team.scheduled()
    brought = {name: await team.submitted(name) for name in ("company", "focal", "officer")}
    for request in brought.values():
        triaged = await team.done("officer", "triageRequest", based(request))
        await team.tabled(meeting, triaged)
    unheard = await team.ask("company", NOTICES)
    assert unheard["notices"]["nodes"] == known["company"]
    before = await contents(urls)
    while await worker.once(store):
        pass
    assert (await written(urls, before))["notices"] == 4
    for name, (organisation, *_) in SEATS.items():
        told = (await team.ask(name, NOTICES))["notices"]["nodes"]
        fresh = ["REQUEST_TABLED", "REQUEST_TRIAGED"] if name in brought and organisation != OGP else []
        assert [notice["kind"] for notice in told if notice not in known[name]] == fresh, name
        assert all(notice["request"] == {"id": brought[name]["id"]} for notice in told[: len(fresh)])


async def test_an_item_that_fails_waits_alone(
    team: Team, store: Store, urls: Urls, caplog: pytest.LogCaptureFixture
) -> None:
    while await worker.once(store):
        pass
    request = uuid_of(await team.triaged("pmh"))
    payload = {"notice": "REQUEST_TRIAGED", "request": str(request), "organisation": str(uuid4())}
    wrong = [("notice", payload), ("notice", {}), ("no-such-kind", payload)]
    items = [
        OutboxItem(
            group_id=team.group_id, id=new_id(), kind=kind, payload=what, attempts=0, done_at=None,
            due_at=datetime.now(UTC) - timedelta(hours=1),
        )
        for kind, what in wrong
    ]  # fmt: skip
    async with store.operation(subject(DEVELOPMENT_ISSUER, team.persona("officer")), None, write=True) as op:
        await op.add(*items)
    begun = datetime.now(UTC)
    with caplog.at_level(logging.DEBUG):
        assert await worker.once(store) >= 4
    ended = datetime.now(UTC)
    ids = [item.id for item in items]
    looked_at = "SELECT attempts, done_at, due_at FROM outbox_items WHERE id = ANY($1) ORDER BY id"
    async with owner(urls, "outbox_items") as connection:
        rows = await connection.fetch(looked_at, ids)
        assert not await connection.fetchval(
            "SELECT count(*) FROM outbox_items WHERE done_at IS NULL AND id <> ALL($1)", ids
        )
    assert [(row["attempts"], row["done_at"]) for row in rows] == [(1, None)] * 3
    pause = timedelta(seconds=2)
    assert all(begun + pause <= row["due_at"] <= ended + pause for row in rows)
    told = [notice["request"] for notice in (await team.ask("pmh", NOTICES))["notices"]["nodes"]]
    assert told == [{"id": f"Request:{request}"}]
    logged = [record.getMessage() for record in caplog.records if record.name == "baraza.worker"]
    assert sorted(logged) == [
        "outbox item no-such-kind not carried: KeyError",
        "outbox item notice not carried: IntegrityError",
        "outbox item notice not carried: KeyError",
    ]
    async with owner(urls, "outbox_items") as connection:
        later = "UPDATE outbox_items SET due_at = now() + interval '1 minute' WHERE id = ANY($1)"
        await connection.execute(later, ids)
    assert await worker.once(store) == 0

    async with owner(urls, "outbox_items") as connection:
        await connection.execute("UPDATE outbox_items SET due_at = now() WHERE id = ANY($1)", ids[1:])
        await connection.execute("UPDATE outbox_items SET due_at = now(), attempts = 20 WHERE id = $1", ids[0])
    assert await worker.once(store) == 2
    async with owner(urls, "outbox_items") as connection:
        rows = await connection.fetch(looked_at, ids)
        await connection.execute("UPDATE outbox_items SET done_at = now() WHERE id = ANY($1)", ids)
    assert [row["attempts"] for row in rows] == [20, 2, 2]


async def test_the_loop_outlives_a_round_that_fails(
    store: Store, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    rounds = []

    async def fail(_: Store, **_whole: bool) -> int:
        rounds.append(1)
        if len(rounds) == 1:
            raise OSError("postgresql://baraza_app:password@127.0.0.1/baraza")
        return 0

    monkeypatch.setattr(worker, "once", fail)
    monkeypatch.setattr(worker, "PAUSE", 0.01)
    with caplog.at_level(logging.DEBUG), suppress(TimeoutError):
        await asyncio.wait_for(worker.work(store), 0.2)
    assert len(rounds) > 3
    assert [record.getMessage() for record in caplog.records if record.name == "baraza.worker"] == [
        "round not finished: OSError"
    ]


async def test_submitting_tells_nobody(team: Team, urls: Urls) -> None:
    """The organisation is told of what the secretariat does with what it brought."""
    before = await contents(urls)
    await team.done("observer", "submitRequest", submission())
    assert "outbox_items" not in await written(urls, before)
