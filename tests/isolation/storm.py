"""Mixed groups on few connections, a third of them cancelled at random moments; and what must not be left of it."""

from __future__ import annotations

import asyncio
import gc
import random
import warnings
from collections import Counter
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import asyncpg
from isolation.living import SCHEDULE
from isolation.world import EVERYBODY, GROUPS, OTHER, bearer, of_group
from sqlalchemy.engine import make_url

from api.errors import RequestRefused
from api.proof.documents import UUID_TEXT
from api.store.binding import bind

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping, Sequence

    from isolation.world import Rows, World

SEED, AT_ONCE, POOL, CANCELLED = 20191, 20, 3, 0.3
LONGEST = 0.08
"""Seconds after which a request is cancelled at the latest: some are not begun then, most are somewhere in between."""

KINDS = {"read": 62, "execute": 8, "schedule": 12, "refused": 12, "unheard": 3, "vanish": 3}
"""What is asked, and how often of a hundred."""

READS = (
    "{ actingSeat { id } cases { totalCount nodes { id activities { nodes { id note { text } } } } } }",
    "{ actingSeat { id } requests { totalCount nodes { id title narrative { text } } } }",
    "{ actingSeat { id } seats(first: 100) { nodes { id person { id name } } } notices { nodes { id } } }",
)
SETTINGS = ("subject", "seat", "group", "organisation", "category", "roles", "area", "invitation")
REMEMBERED = f"""SELECT pg_backend_pid() AS pid, (SELECT count(*) FROM cases) AS cases,
    concat({", ".join(f"current_setting('baraza.{name}', true)" for name in SETTINGS)}) AS settings"""
STATES = """SELECT DISTINCT state FROM pg_stat_activity
    WHERE datname = current_database() AND usename = current_user AND pid <> pg_backend_pid()"""

SLOW = 0.3
"""Seconds that a statement may take while the storm lasts."""


@dataclass
class Storm:
    """What came of the requests."""

    world: World
    requests: int
    ids: Mapping[str, set[str]] = field(repr=False)
    """What belongs to each group alone."""
    chance: random.Random = field(default_factory=lambda: random.Random(SEED))
    ended: Counter[str] = field(default_factory=Counter)
    missed: Counter[str] = field(default_factory=Counter)
    """What every answer must be, and how often one was not."""
    scheduled: list[tuple[str, str]] = field(default_factory=list)

    async def rage(self) -> None:
        gate = asyncio.Semaphore(AT_ONCE)
        personas = [persona for code in GROUPS for persona in of_group(code)]
        async with asyncio.TaskGroup() as tasks:
            for number in range(self.requests):
                await gate.acquire()
                task = tasks.create_task(self.one(self.chance.choice(personas), number))
                task.add_done_callback(lambda _: gate.release())
                if self.chance.random() < CANCELLED:
                    asyncio.get_running_loop().call_later(self.chance.random() * LONGEST, task.cancel)
                if number % min(1_000, self.requests // 4) == AT_ONCE:
                    tasks.create_task(self.stand_in_the_way())

    async def one(self, persona: str, number: int) -> None:
        kind = self.chance.choices(list(KINDS), list(KINDS.values()))[0]
        try:
            await getattr(self, kind)(persona, number)
        except asyncio.CancelledError:
            self.ended["cancelled"] += 1
            raise

    async def read(self, persona: str, number: int) -> None:
        self.judge(persona, await self.world.post(persona, READS[number % len(READS)]))

    async def execute(self, persona: str, number: int) -> None:
        self.judge(persona, await self.world.executed(persona, READS[number % len(READS)]))

    def judge(self, persona: str, answer: Any) -> None:
        """Every answer is its own seat's and holds nothing of the other group."""
        if self.came_to(answer) == "OK":
            seat = answer.json()["data"]["actingSeat"]["id"]
            self.expect("its own seat", seat == f"Seat:{EVERYBODY[persona].seat_id}")
        others = self.ids[OTHER[persona.partition(".")[0]]]
        self.expect("no id of the other group", not set(UUID_TEXT.findall(answer.text)) & others)

    async def schedule(self, persona: str, number: int) -> None:
        code = persona.partition(".")[0]
        said = {"venue": f"Salle {number}", "day": "2025-01-01"}
        answer = await self.world.post(f"{code}.officer", SCHEDULE, said)
        if self.came_to(answer) == "OK":
            self.expect("a meeting", answer.json()["data"]["scheduleMeeting"]["__typename"] == "Meeting")
            self.scheduled.append((code, said["venue"]))

    async def refused(self, _: str, number: int) -> None:
        """Begun and refused: who has no seat, and who has two and names none."""
        who, refusal = (("nobody", "NO_SEAT"), ("twice", "SEAT_REQUIRED"))[number % 2]
        came_to = self.came_to(await self.world.post(who, READS[0]), refusal)
        self.expect(refusal, came_to != "OK")

    async def unheard(self, persona: str, number: int) -> None:
        """The client has left when the answer comes."""
        await self.world.unheard(persona, READS[number % len(READS)])
        self.ended["unheard"] += 1

    async def vanish(self, persona: str, _: int) -> None:
        """A process that is gone in the middle of its transaction."""
        connection = await connected(self.world)
        try:
            await bind(connection, bearer(persona), None, write=True)
            self.ended["vanished"] += 1
        except asyncpg.QueryCanceledError:
            self.ended["TOO_SLOW"] += 1
        except RequestRefused:
            self.expect("a seat", found=False)
        finally:
            connection.terminate()

    async def stand_in_the_way(self) -> None:
        """Let statements of others wait until they are cut off; a transaction that nobody ends would be waited for."""
        table = self.chance.choice(("cases", "meetings", "seats"))
        async with self.world.owner() as owner:
            with suppress(asyncpg.LockNotAvailableError):
                async with owner.transaction():
                    await owner.execute(f"SET LOCAL lock_timeout = '2s'; LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE")
                    await asyncio.sleep(SLOW * 1.5)

    def came_to(self, answer: Any, *refusals: str) -> str:
        """OK, or the code of a refusal that is expected: a storm makes statements too slow."""
        codes = {error["extensions"]["code"] for error in answer.json().get("errors", ())} or {"OK"}
        self.ended[" ".join(codes)] += 1
        self.expect(f"OK, not {' '.join(codes)}", codes <= {"OK", "TOO_SLOW", *refusals})
        return " ".join(codes)

    def expect(self, what: str, found: bool) -> None:
        if not found:
            self.missed[what] += 1

    async def doubled(self) -> Sequence[str]:
        """Meetings that were acknowledged and are not there, or not once, or in another group."""
        async with self.world.owner() as owner:
            rows = await owner.fetch("SELECT group_id, venue FROM meetings WHERE venue ~ '^Salle [0-9]+$'")
        codes = {group_id: code for code, group_id in GROUPS.items()}
        there = Counter((codes[row["group_id"]], row["venue"]) for row in rows)
        venues = Counter(venue for _, venue in there)
        return [
            *(f"lost: {each}" for each in set(self.scheduled) - set(there)),
            *(f"doubled: {each}" for each, count in there.items() if count != 1),
            *(f"in both groups: {venue}" for venue, count in venues.items() if count != 1),
        ]


async def connected(world: World) -> asyncpg.Connection[Any]:
    """A connection as the service's role, on the service's way to the database."""
    return await asyncpg.connect(world.urls.app.get_secret_value(), statement_cache_size=0)


async def states(world: World) -> set[str]:
    """Those of the connections of the service's role, once what was cut off has been rolled back."""
    for _ in range(20):
        connection = await connected(world)
        found = {row["state"] for row in await connection.fetch(STATES)}
        await connection.close()
        if found <= {"idle"}:
            break
        await asyncio.sleep(0.1)
    return found


async def remembered(world: World, many: int) -> Mapping[int, str]:
    """What each of PostgreSQL's connections would show to who binds nothing, by its process; `many` are asked at once,
    so that a pooler has to give out all that it has."""
    lending = world.store.connections
    lent = [await asyncio.wait_for(lending.begun(_whatever), 5) for _ in range(POOL)]
    others = [await connected(world) for _ in range(many - POOL)]
    try:
        rows = [await _shown(raw) for raw in (*(each.driver_connection for each in lent), *others)]
    finally:
        for each in lent:
            await lending.give_back(each)
        for other in others:
            await other.close()
    return dict(rows)


async def _shown(raw: Any) -> tuple[int, str]:
    """The process, and what it shows in a transaction that it stays in."""
    try:
        await raw.execute("BEGIN")
        row = await raw.fetchrow(REMEMBERED)
    except asyncpg.PostgresError as error:
        return raw.get_server_pid(), f"SQLSTATE {error.sqlstate}"
    return row["pid"], f"{row['settings']}{row['cases'] or ''}"


async def _whatever(_: Any) -> None:
    """Nothing is asked first."""


def of_one_group(truth: Mapping[str, Rows]) -> Mapping[str, set[str]]:
    """The ids that stand in one group's rows alone."""
    ids = {
        code: {id_ for table in rows.values() for row in table for id_ in UUID_TEXT.findall(str(dict(row)))}
        for code, rows in truth.items()
    }
    shared = ids["sk"] & ids["lub"]
    return {code: some - shared for code, some in ids.items()}


def was_one(storm: Storm) -> None:
    """Many were completed, many were cancelled, and nothing that it is made of was left out."""
    assert storm.ended["OK"] > storm.requests * 0.4
    assert storm.ended["cancelled"] > storm.requests * 0.1
    assert {"NO_SEAT", "SEAT_REQUIRED", "TOO_SLOW", "unheard", "vanished"} <= set(storm.ended)


async def traces(storm: Storm, many: int) -> Sequence[str]:
    """What no answer may have been, no row, and no connection of `many`."""
    return [
        *storm.missed,
        *await storm.doubled(),
        *(f"a connection that is {state}" for state in await states(storm.world) - {"idle"}),
        *(f"a connection that remembers {text}" for text in (await remembered(storm.world, many)).values() if text),
    ]


async def raged(world: World, requests: int) -> Storm:
    """What a storm has come to."""
    truth = {code: await world.rows(code) for code in GROUPS}
    storm = Storm(world, requests, of_one_group(truth))
    async with hurried(world):
        with warnings.catch_warnings():
            # What is cancelled in the middle leaves coroutines of the library's behind that nobody awaited.
            warnings.simplefilter("ignore", RuntimeWarning)
            await storm.rage()
            gc.collect()
    return storm


@asynccontextmanager
async def hurried(world: World) -> AsyncIterator[None]:
    """Connections that begin here cut statements off sooner."""
    place = f'ALTER ROLE baraza_app IN DATABASE "{make_url(world.urls.owner.get_secret_value()).database}"'
    async with world.owner() as owner:
        await owner.execute(f"{place} SET statement_timeout = '{SLOW}s'")
    yield
    async with world.owner() as owner:
        await owner.execute(f"{place} RESET statement_timeout")
