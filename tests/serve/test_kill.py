"""Killed under writes, by `kill -9` and at any moment, nothing that was acknowledged is lost or there twice.

Writers are front ends on a poor link: each makes the id and the key of an act itself, and sends it until it is
acknowledged.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import random
import signal
from collections import Counter
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import asyncpg
import httpx
from serve.processes import (
    WITHIN,
    Baraza,
    bearer,
    comes_true,
    free_port,
    postmaster_of,
    processes_of,
    running,
    serving,
    wait_until,
)

from api.demo.roster import GROUPS, PERSONAS
from api.policy import BRINGS

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

VICTIMS = ("server", "postmaster", "server")
"""Who is killed, one after another; before them the server at its first start, and after them once more."""
AT_LEAST, AT_MOST = 0.2, 0.9
"""Seconds of writing before each kill."""
WRITERS = 6
TRANSIENT = {"BUSY", "DATABASE_AWAY", "OUTCOME_UNKNOWN"}
"""Codes that ask to send again."""

SUBMIT = """mutation ($id: ID!, $title: String!) {
  submitRequest(id: $id, title: $title, requestType: SITE_INCIDENT, requester: COMMUNITY, channel: PHONE,
    pcode: "CD6201", occurred: {start: "2019-05-01", precision: DAY}, brought: {start: "2019-05-02", precision: DAY},
    told: {narrative: "What was told.", statedPlace: "At the bend.", sourceCode: "S-1", sourceConnection: WITNESS})
  { __typename ... on Request { id title } ... on Refusal { code field } }
}"""
AUTHORS = [persona.name for persona in PERSONAS if persona.group_code == "sk" and persona.roles & BRINGS]


@dataclass
class Writer:
    """Submits one request after another."""

    url: str
    headers: dict[str, str]
    acknowledged: dict[str, dict[str, Any]] = field(default_factory=dict)
    sent_again: int = 0

    async def write(self, enough: asyncio.Event) -> None:
        async with httpx.AsyncClient(timeout=10, trust_env=False) as http:
            while not enough.is_set():
                request_id = f"Request:{uuid4()}"
                variables = {"id": request_id, "title": f"Request {request_id[-12:]}"}
                self.acknowledged[request_id] = await self.until_acknowledged(http, variables)

    async def until_acknowledged(self, http: httpx.AsyncClient, variables: dict[str, Any]) -> dict[str, Any]:
        while True:
            answer = await self.send(http, variables)
            if answer is not None:
                assert answer == {"__typename": "Request", **variables}
                return answer
            self.sent_again += 1
            await asyncio.sleep(0.05)

    async def send(self, http: httpx.AsyncClient, variables: dict[str, Any]) -> dict[str, Any] | None:
        """The act's answer, or none where nobody can know whether it was done."""
        try:
            response = await http.post(
                self.url,
                json={"query": SUBMIT, "variables": variables},
                headers={**self.headers, "Idempotency-Key": variables["id"]},
            )
        except httpx.TransportError:
            return None
        assert "json" in response.headers["content-type"], response.text
        said = response.json()
        if "errors" in said:
            codes = {error["extensions"]["code"] for error in said["errors"]}
            assert codes <= TRANSIENT, said
            return None
        answer: dict[str, Any] = said["data"]["submitRequest"]
        return answer


@asynccontextmanager
async def writing(url: str, data: Path) -> AsyncIterator[list[Writer]]:
    """Writers at work; leaving the block lets each finish what it has begun."""
    writers = [Writer(url, bearer(data, AUTHORS[number % len(AUTHORS)])) for number in range(WRITERS)]
    enough = asyncio.Event()
    async with asyncio.TaskGroup() as tasks:
        for writer in writers:
            tasks.create_task(writer.write(enough))
        try:
            yield writers
        finally:
            enough.set()


async def test_nothing_acknowledged_is_lost_or_doubled(tmp_path: Path) -> None:
    data, port = tmp_path / "data", str(free_port())
    with running(data, PORT=port) as server:
        await asyncio.to_thread(server.comes_to, (data / "keys.json").exists)
        server.kill()  # while the demonstration is loaded
    server = Baraza(data, PORT=port)
    try:
        await asyncio.to_thread(server.ready)
        async with writing(f"{server.address}/graphql", data) as writers:
            for victim in VICTIMS:
                before = _count(writers)
                await asyncio.sleep(random.uniform(AT_LEAST, AT_MOST))
                _kill(server, victim)
                await asyncio.to_thread(server.close)
                server = Baraza(data, PORT=port)
                await asyncio.to_thread(server.ready)
                await _written(writers, before + WRITERS)
        server.kill()
        await asyncio.to_thread(wait_until, lambda: not processes_of(data))
    finally:
        server.close()
    acknowledged = {name: answer for writer in writers for name, answer in writer.acknowledged.items()}
    with serving(data, PORT=port) as server:
        await _sent_once_more_answers_the_same(f"{server.address}/graphql", writers)
        await _each_is_there_once(data, acknowledged)
        await _the_chain_is_whole(data)


async def _written(writers: list[Writer], number: int) -> None:
    async with asyncio.timeout(WITHIN):
        while _count(writers) < number:  # noqa: ASYNC110 - what is waited for are many small events
            await asyncio.sleep(0.05)


def _count(writers: list[Writer]) -> int:
    return sum(len(writer.acknowledged) for writer in writers)


def _kill(server: Baraza, victim: str) -> None:
    if victim == "server":
        server.kill()
    else:
        os.kill(postmaster_of(server.data), signal.SIGKILL)


async def _sent_once_more_answers_the_same(url: str, writers: list[Writer]) -> None:
    async with httpx.AsyncClient(timeout=10, trust_env=False) as http:
        for writer in writers:
            writer.url = url
            for request_id in [*writer.acknowledged][-10:]:
                variables = {"id": request_id, "title": writer.acknowledged[request_id]["title"]}
                assert await writer.send(http, variables) == writer.acknowledged[request_id]


async def _superuser(data: Path) -> asyncpg.Connection[asyncpg.Record]:
    """Row security hides rows from everybody else, the owner included."""
    password = json.loads((data / "postgres.passwords").read_bytes())["postgres"]
    port = json.loads((data / "postgres.lock").read_bytes())[1]
    return await asyncpg.connect(host="127.0.0.1", port=port, user="postgres", password=password, database="baraza")


ROWS = {
    "requests": "SELECT id FROM requests",
    "their authors": "SELECT request_id FROM request_authors",
    "their narratives": "SELECT request_id FROM request_narratives",
    "their places": "SELECT request_id FROM request_places",
    "their sources": "SELECT request_id FROM request_sources",
    "their audit lines": "SELECT subject_ids[1] FROM audit_lines WHERE act = 'request.submit' AND outcome = 'DONE'",
    "their keys": "SELECT (outcomes->'submitRequest'->>'id')::uuid FROM answered_keys WHERE outcomes ? 'submitRequest'",
}


async def _each_is_there_once(data: Path, acknowledged: dict[str, Any]) -> None:
    """Every act was sent until it was acknowledged, so what is there and what was acknowledged are the same."""
    superuser = await _superuser(data)
    demonstration = {
        row[0] for row in await superuser.fetch("SELECT id FROM requests WHERE title NOT LIKE 'Request %'")
    }
    for rows, statement in ROWS.items():
        found = Counter(f"Request:{row[0]}" for row in await superuser.fetch(statement) if row[0] not in demonstration)
        assert found == Counter([*acknowledged]), rows
    await superuser.close()


LINES = """SELECT l.*, k.number, k.hash FROM audit_lines l
           LEFT JOIN audit_links k ON k.group_id = l.group_id AND k.line_id = l.id
           ORDER BY l.group_id, k.number"""


async def _the_chain_is_whole(data: Path) -> None:
    """Recomputed from what the lines say; the worker, killed as well, left no line out and none twice."""
    superuser = await _superuser(data)
    await comes_true(superuser, "SELECT (SELECT count(*) FROM audit_lines) = (SELECT count(*) FROM audit_links)")
    last: dict[Any, tuple[int, bytes]] = {}
    for line in await superuser.fetch(LINES):
        number, before = last.get(line["group_id"], (0, bytes(32)))
        assert (line["number"], line["hash"]) == (number + 1, _hash(before, line))
        last[line["group_id"]] = line["number"], line["hash"]
    assert len(last) == len(GROUPS) + 1  # and the network
    await superuser.close()


def _hash(before: bytes, line: asyncpg.Record) -> bytes:
    facts = [str(line[name]) for name in ("group_id", "id")]
    facts += [line["at"].astimezone(UTC).isoformat(), str(line["seat_id"]), line["act"], line["outcome"]]
    text = json.dumps([*facts, [str(subject) for subject in line["subject_ids"]]], separators=(",", ":"))
    return hashlib.sha256(before + text.encode()).digest()
