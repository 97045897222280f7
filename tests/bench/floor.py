"""The floor: for each operation the best SQL that we could write by hand, behind a bare ASGI application.

Run as `python floor.py PORT` with the application's database in BENCH_DATABASE_URL, the seat to bind in BENCH_SEAT, and
the groups' keys in BENCH_KEYS. It believes whoever asks, and knows no GraphQL: a path an operation, variables as JSON.
How each statement came to be as it is: docs/performance.md.
"""

from __future__ import annotations

import json
import os
import sys
from datetime import UTC, date, datetime
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

import asyncpg
import orjson
import uvicorn

from api.store import sealing
from api.store.base import new_id
from api.store.binding import BEGIN

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

PLANNER = {"plan_cache_mode": "force_generic_plan", "enable_seqscan": "off", "jit": "off"}
"""Plans are made once a connection, not once an execution; 214 places are looked up by their key, not scanned."""

ACTIVITIES = """
  json_build_object('nodes', ARRAY(
    SELECT row_to_json(a) FROM (
      SELECT kind, recorded_at AS "recordedAt" FROM activities
      WHERE group_id = $1 AND case_id = c.id ORDER BY recorded_at, id LIMIT {most}) AS a)) AS activities
"""
HEADER = """
  'Case:' || c.id AS id, c.number, c.state, c.title, c.incident_class AS "incidentClass", c.opened_on AS "openedOn",
  (SELECT row_to_json(p) FROM (SELECT name FROM places WHERE pcode = c.pcode) AS p) AS place
"""
LIST = f"""
WITH page AS MATERIALIZED (
  SELECT id, number, state, title, incident_class, opened_on, pcode FROM cases
  WHERE group_id = $1 ORDER BY opened_on DESC, id DESC LIMIT {{size}} + 1)
SELECT '{{{{"data":{{{{"cases":{{{{"nodes":[' || string_agg(row_to_json(n)::text, ',')
  || '],"pageInfo":{{{{"hasNextPage":' || (SELECT count(*) > {{size}} FROM page)::text || ',"endCursor":"'
  || (SELECT encode(convert_to(opened_on || ' ' || id, 'UTF8'), 'base64') FROM page OFFSET {{size}} - 1 LIMIT 1)
  || '"}}}}}}}}}}}}}}}}'
FROM (SELECT {HEADER}, {ACTIVITIES.format(most=3)} FROM (SELECT * FROM page LIMIT {{size}}) AS c) AS n
"""
NARRATIVE = """,
  (SELECT row_to_json(t) FROM (SELECT encode(text, 'hex') AS text FROM case_narratives
    WHERE group_id = $1 AND case_id = c.id) AS t) AS narrative
"""
ONE = f"""
SELECT row_to_json(n)::text FROM (
  SELECT {HEADER},
    (SELECT row_to_json(r) FROM (SELECT title, state FROM requests WHERE group_id = $1 AND id = c.request_id) AS r)
      AS request,
    (SELECT row_to_json(d) FROM (SELECT kind FROM decisions WHERE group_id = $1 AND id = c.decision_id) AS d)
      AS decision,
    json_build_object('nodes', ARRAY(
      SELECT row_to_json(r) FROM (SELECT risk FROM case_risks WHERE group_id = $1 AND case_id = c.id
      ORDER BY risk LIMIT 20) AS r)) AS risks,
    {ACTIVITIES.format(most=20)}{{more}}
  FROM cases AS c WHERE c.group_id = $1 AND c.id = $2) AS n
"""
COUNTS = """
SELECT (SELECT count(*) FROM cases WHERE group_id = $1 AND state = 'OPEN') AS open,
  (SELECT count(*) FROM cases WHERE group_id = $1 AND state = 'MONITORING') AS monitoring,
  (SELECT count(*) FROM cases WHERE group_id = $1 AND state = 'STALEMATE') AS stalemate,
  (SELECT count(*) FROM requests WHERE group_id = $1 AND state = 'TABLED') AS tabled
"""
BRING = """
WITH request AS (
  INSERT INTO requests (group_id, id, state, title, request_type, requester, urgency, incident_class, pcode,
    occurred_from, occurred_precision, brought_on, brought_precision, submitted_at, version)
  VALUES ($1, $2, 'SUBMITTED', $3, $4, $5, 'NORMAL', $6, $7, $8, $9, date_trunc('month', $10::date), 'MONTH', $11, 1)),
author AS (
  INSERT INTO request_authors (group_id, request_id, organisation_id, seat_id) VALUES ($1, $2, $12, $13))
INSERT INTO audit_lines (group_id, id, at, seat_id, act, outcome, subject_ids)
VALUES ($1, $14, $11, $13, 'request.submit', 'DONE', ARRAY[$2::uuid])
"""
TELL = """
WITH arrival AS (
  INSERT INTO request_arrivals (group_id, request_id, channel, brought_on, brought_precision)
  VALUES ($1, $2, $3, $4, 'DAY')),
narrative AS (
  INSERT INTO request_narratives (group_id, request_id, audience, text, occurred_from, occurred_precision)
  VALUES ($1, $2, '{CSO,GOVERNMENT_INSTITUTION}', $5, $6, $7))
SELECT name FROM places WHERE pcode = $8
"""


ONE_OPEN, ONE_SEALED = ONE.format(more=""), ONE.format(more=NARRATIVE)


@cache
def _list(size: int) -> str:
    """A page's size stands in the statement, which is prepared once for each."""
    return LIST.format(size=size)


class Floor:
    """Operations over a pool of connections; what a transaction is bound to is the same for all of them."""

    def __init__(self) -> None:
        self.seat: dict[str, str] = json.loads(os.environ["BENCH_SEAT"])
        self.group = UUID(self.seat["baraza.group"])
        self.keyring = sealing.Keyring(Path(os.environ["BENCH_KEYS"]))
        self.operations: dict[str, Callable[[Any, dict[str, Any]], Awaitable[str]]] = {
            "/list": self.list,
            "/one": self.one,
            "/one_sealed": self.one_sealed,
            "/counts": self.counts,
            "/create": self.create,
        }

    @cached_property
    def bind(self) -> str:
        return ", ".join(f"set_config('{name}', '{value}', true)" for name, value in self.seat.items())

    @cache  # noqa: B019 - there is one
    def bound(self, read: str) -> str:
        """A statement that binds the seat and then reads is a transaction in one round trip."""
        return f"""
          SELECT read.* FROM (SELECT concat({self.bind}) AS seat OFFSET 0) AS bound,
            LATERAL (SELECT * FROM ({read}) AS found WHERE bound.seat <> '' OFFSET 0) AS read
        """

    async def start(self) -> None:
        pool = int(os.environ["BENCH_POOL"])
        self.pool = await asyncpg.create_pool(
            os.environ["BENCH_DATABASE_URL"],
            min_size=pool,
            max_size=pool,
            server_settings=PLANNER,
            reset=_nothing_to_reset,
        )

    async def answer(self, path: str, body: bytes) -> bytes:
        async with self.pool.acquire() as connection:
            return (await self.operations[path](connection, orjson.loads(body))).encode()

    async def list(self, connection: Any, asked: dict[str, Any]) -> str:
        return await connection.fetchval(self.bound(_list(int(asked["first"]))), self.group)

    async def one(self, connection: Any, asked: dict[str, Any]) -> str:
        found = await connection.fetchval(self.bound(ONE_OPEN), self.group, _uuid(asked["id"]))
        return f'{{"data":{{"node":{found}}}}}'

    async def one_sealed(self, connection: Any, asked: dict[str, Any]) -> str:
        case_id = _uuid(asked["id"])
        found = orjson.loads(await connection.fetchval(self.bound(ONE_SEALED), self.group, case_id))
        if found["narrative"]:
            place = sealing.place("case_narratives", "text", self.group, case_id)
            text = bytes.fromhex(found["narrative"]["text"])
            found["narrative"]["text"] = self.keyring.open(text, self.group, place)
        return orjson.dumps({"data": {"node": found}}).decode()

    async def counts(self, connection: Any, _: dict[str, Any]) -> str:
        row = await connection.fetchrow(self.bound(COUNTS), self.group)
        return orjson.dumps({"data": {name: {"totalCount": count} for name, count in row.items()}}).decode()

    async def create(self, connection: Any, asked: dict[str, Any]) -> str:
        request_id, now = new_id(), datetime.now(UTC)
        occurred, brought = asked["occurred"], date.fromisoformat(asked["brought"]["start"])
        happened = date.fromisoformat(occurred["start"])
        await connection.execute(f"{BEGIN[True]}; SELECT {self.bind}")
        await connection.execute(
            BRING,
            self.group,
            request_id,
            asked["title"],
            asked["requestType"],
            asked["requester"],
            asked["incidentClass"],
            asked["pcode"],
            happened,
            occurred["precision"],
            brought,
            now,
            UUID(self.seat["baraza.organisation"]),
            UUID(self.seat["baraza.seat"]),
            new_id(),
        )
        place = sealing.place("request_narratives", "text", self.group, request_id)
        sealed = self.keyring.seal(asked["told"]["narrative"], self.group, place)
        name = await connection.fetchval(
            TELL,
            self.group,
            request_id,
            asked["channel"],
            brought,
            sealed,
            happened,
            occurred["precision"],
            asked["pcode"],
        )
        await connection.execute("COMMIT")
        said = {"id": f"Request:{request_id}", "state": "SUBMITTED", "version": 1, "title": asked["title"]}
        return orjson.dumps({"data": {"submitRequest": {**said, "place": {"name": name}}}}).decode()


def _uuid(global_id: str) -> UUID:
    return UUID(global_id.partition(":")[2])


async def _nothing_to_reset(_: Any) -> None:
    """What is set is set for a transaction; asyncpg's own reset is a round trip."""


floor = Floor()


async def application(scope: Any, receive: Any, send: Any) -> None:
    """Enough of ASGI for a driver that sends whole bodies and waits for each answer."""
    if scope["type"] == "lifespan":
        await receive()
        await floor.start()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await send({"type": "lifespan.shutdown.complete"})
        return
    body, more = b"", True
    while more:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
    answer = await floor.answer(scope["path"], body)
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(answer)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": answer})


if __name__ == "__main__":
    uvicorn.run(
        application,
        port=int(sys.argv[1]),
        log_level="error",
        access_log=False,
        server_header=False,
        date_header=False,
    )
