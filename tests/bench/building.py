"""The database that is measured: the demonstration network and seven groups more, with one group's cases ten times any
other's. Rows of the bulk are written by the owner; row security is forced again before anybody is measured."""

from __future__ import annotations

import hashlib
import json
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import asyncpg

from api.demo import loading
from api.demo.roster import PERSONAS
from api.identity import DEVELOPMENT_ISSUER, subject
from api.joining import Joining, join
from api.seat import Category, Pillar
from api.store import embedded, sealing
from api.store.engine import Store
from api.store.migrating import migrate
from api.worker import once

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from uuid import UUID

    from api.running import Urls
    from api.settings import Settings

MEMBERS = {"large": "sk.cso", "tenth": "lub.cso", "walled": "sk.company"}
"""Of the group with most cases, of one with a tenth of them, and of an organisation with walls in the first."""

JOINING = ("nk", "mn", "it", "hk", "ll", "ta", "ks")
AUDIENCE = ["CSO", "GOVERNMENT_INSTITUTION"]
SEALED_EVERY = 10
IDS = 500

TABLES = (
    "requests", "request_authors", "request_arrivals", "meetings", "decisions", "cases", "case_risks", "activities",
    "case_narratives", "seats", "working_groups", "places", "walls",
)  # fmt: skip

MATTERS = """
CREATE TEMP TABLE matters AS
SELECT $1::uuid AS group_id, i, at, place.pcode, place.name AS place,
  uuidv7(at - now()) AS case_id, uuidv7(at - interval '40 days' - now()) AS request_id,
  uuidv7(at - interval '1 hour' - now()) AS decision_id,
  (ARRAY['LIFE_INTEGRITY', 'MINER_DISPUTE', 'ROADBLOCK', 'UNSAFE_SHAFT', 'CORRUPTION_ILLEGAL_TAX', 'COOPERATIVE_CLASH',
    'LAND_EXPROPRIATION', 'ENVIRONMENT'])[1 + i % 8] AS class,
  (ARRAY['OPEN', 'OPEN', 'OPEN', 'IN_FOLLOW_UP', 'IN_FOLLOW_UP', 'MONITORING', 'SUSPENDED', 'STALEMATE', 'CLOSED',
    'CLOSED'])[1 + (i * 7) % 10] AS state,
  'Litige n° ' || i || ' à ' || place.name || ', « zone d''exploitation » artisanale ' || i % 800 AS title
FROM (SELECT i, now() - interval '60 days' - (interval '2500 days' * ($2::int - i) / $2::int) AS at
      FROM generate_series(1, $2::int) AS i) AS numbered
JOIN (SELECT pcode, name, row_number() OVER (ORDER BY pcode) - 1 AS n FROM places WHERE level = 2) AS place
  ON place.n = (i * 31) % (SELECT count(*) FROM places WHERE level = 2)
ORDER BY i
"""
BULK = (
    """
INSERT INTO meetings (group_id, id, kind, state, scheduled_on, held_from, held_precision, version)
SELECT $1::uuid, md5($1::text || i)::uuid, 'MONTHLY', 'HELD', day, day, 'DAY', 1
FROM (SELECT i / 25 AS i, min(at)::date AS day FROM matters GROUP BY i / 25) AS m
""",
    """
INSERT INTO requests (group_id, id, state, title, request_type, requester, urgency, incident_class, pcode,
  occurred_from, occurred_precision, brought_on, brought_precision, submitted_at, version)
SELECT $1::uuid, request_id, 'ACCEPTED', title, 'SITE_INCIDENT', 'COMMUNITY', 'NORMAL', class, pcode,
  date_trunc('month', at - interval '70 days')::date, 'MONTH', date_trunc('month', at - interval '40 days')::date,
  'MONTH', at - interval '40 days', 3
FROM matters ORDER BY i
""",
    """
INSERT INTO requests (group_id, id, state, title, request_type, requester, urgency, incident_class, pcode,
  occurred_from, occurred_precision, brought_on, brought_precision, submitted_at, version)
SELECT $1::uuid, md5(request_id::text)::uuid,
  (ARRAY['SUBMITTED', 'TRIAGED', 'TABLED', 'NOT_ACCEPTED', 'DEFERRED'])[1 + i / 4 % 5], title, 'DIALOGUE',
  'COOPERATIVE', 'NORMAL', NULL, pcode, date_trunc('month', at - interval '50 days')::date, 'MONTH',
  date_trunc('month', at - interval '40 days')::date, 'MONTH', at - interval '40 days', 1
FROM matters WHERE i % 4 = 0 ORDER BY i
""",
    """
INSERT INTO request_authors (group_id, request_id, organisation_id, seat_id)
SELECT r.group_id, r.id, CASE WHEN n % 3 = 0 THEN s.organisation_id END, coalesce(s.id, $2::uuid)
FROM (SELECT group_id, id, row_number() OVER (ORDER BY submitted_at, id) AS n FROM requests
      WHERE group_id = $1::uuid AND submitted_at < now() - interval '90 days') AS r
LEFT JOIN (SELECT *, row_number() OVER (ORDER BY id) - 1 AS k FROM seats
           WHERE group_id = $1::uuid AND 'MEMBER' = ANY (roles) AND subject IS NULL) AS s
  ON n % 3 = 0 AND s.k = n / 3 % 12
ON CONFLICT DO NOTHING
""",
    """
INSERT INTO request_arrivals (group_id, request_id, channel, brought_on, brought_precision)
SELECT group_id, id, 'MEETING', submitted_at::date, 'DAY' FROM requests WHERE group_id = $1::uuid
ON CONFLICT DO NOTHING
""",
    """
INSERT INTO decisions (group_id, id, meeting_id, request_id, kind, mode, seats_counted, recorded_at)
SELECT $1::uuid, decision_id, md5($1::text || i / 25)::uuid, request_id, 'ACCEPT', 'CONSENSUS', 12, at
FROM matters ORDER BY i
""",
    """
INSERT INTO cases (group_id, id, number, state, title, incident_class, pcode, occurred_from, occurred_precision,
  opened_on, request_id, decision_id, version)
SELECT $1::uuid, case_id, upper($2::text) || to_char(at, '-YYYY-') || to_char(i, 'FM000000'), state, title, class,
  pcode, date_trunc('month', at - interval '70 days')::date, 'MONTH', at::date, request_id, decision_id, 1
FROM matters ORDER BY i
""",
    """
INSERT INTO case_risks (group_id, case_id, risk, reason)
SELECT $1::uuid, case_id, (ARRAY['O1_1', 'O1_3', 'O5', 'O11', 'O13'])[1 + (i * 3 + k * 2) % 5], NULL
FROM matters, generate_series(0, 1) AS k WHERE k <= i % 2 ORDER BY i
""",
    """
INSERT INTO activities (group_id, id, case_id, kind, done_from, done_precision, recorded_at)
SELECT $1::uuid, uuidv7(at + k * interval '9 days' - now()), case_id,
  (ARRAY['CONSULTATION', 'MEDIATION', 'ADVOCACY', 'FIELD_MISSION', 'FOLLOW_UP_VISIT', 'FACT_FINDING', 'TRAINING'])
    [1 + (i + k * 3) % 7],
  date_trunc('month', at + k * interval '9 days')::date, 'MONTH',
  at + k * interval '9 days' + i % 86400 * interval '1.017 seconds'
FROM matters, generate_series(1, 5) AS k ORDER BY i, k
""",
)

NEWEST, WALLED_EVERY = 20_000, 50
WALLS = """
INSERT INTO walls (group_id, organisation_id, record_id, hides)
SELECT group_id, $1::uuid, unnest(ARRAY[case_id, request_id]), 'ALL' FROM matters
WHERE i > (SELECT max(i) FROM matters) - $2::int AND i % $3::int = 0 ORDER BY i
"""
"""Before the newest cases and their requests, evenly."""


@dataclass(frozen=True)
class Sizes:
    """How many cases there are in all, of which one group of ten has more than half."""

    cases: int
    groups: int = 10

    @property
    def tenth(self) -> int:
        return self.cases // (self.groups + 9)


@dataclass(frozen=True)
class Member:
    """A seat to act from, as every peer binds it, and cases of its group."""

    persona: str
    settings: dict[str, str]
    cases: list[str]
    sealed: list[str]
    cases_in_group: int


@dataclass(frozen=True)
class Built:
    """What the peers must know of the database."""

    of: str
    members: dict[str, Member]


async def built(settings: Settings, urls: Urls, sizes: Sizes) -> Built:
    """What was built before, or builds it now, which takes a minute or two."""
    note, wanted = settings.data / "built.json", _fingerprint(sizes)
    if note.exists():
        said = json.loads(note.read_text())
        if said["of"] == wanted:
            await migrate(urls.owner, urls.app)
            return Built(said["of"], {name: Member(**member) for name, member in said["members"].items()})
        note.unlink()
    await _emptied(urls)
    await _network(settings, urls)
    owner = await asyncpg.connect(urls.owner.get_secret_value())
    try:
        async with _in_sight(owner):
            await _bulk(owner, settings, sizes)
            made = Built(wanted, {name: await _member(owner, persona) for name, persona in MEMBERS.items()})
        await owner.execute("VACUUM (ANALYZE)")
    finally:
        await owner.close()
    note.write_text(json.dumps(asdict(made)))
    return made


@asynccontextmanager
async def _in_sight(owner: Any) -> AsyncIterator[None]:
    """Row security binds the owner too, who writes every group's rows; it is forced again before anything else."""
    await owner.execute("".join(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY;" for table in TABLES))
    yield
    await owner.execute("".join(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY;" for table in TABLES))


def _fingerprint(sizes: Sizes) -> str:
    """Of what is written: another than this is built anew."""
    written = "".join((MATTERS, *BULK, *JOINING, *MEMBERS.values(), WALLS, f"{NEWEST} {WALLED_EVERY}"))
    return f"{sizes.cases}-{hashlib.sha256(written.encode()).hexdigest()[:16]}"


async def _emptied(urls: Urls) -> None:
    """An empty database in the place of whatever an interrupted or older build left."""
    owner = await asyncpg.connect(of_database(urls.owner.get_secret_value(), "postgres"))
    try:
        await owner.execute(f'DROP DATABASE IF EXISTS "{embedded.DATABASE}" WITH (FORCE)')
        await owner.execute(f'CREATE DATABASE "{embedded.DATABASE}"')
    finally:
        await owner.close()


def of_database(url: str, name: str) -> str:
    """Another database of the server that the URL leads to."""
    return url.replace(f"/{embedded.DATABASE}?", f"/{name}?")


async def _network(settings: Settings, urls: Urls) -> None:
    """Through the acts: groups, seats, roles, settings, keys."""
    await migrate(urls.owner, urls.app)
    loading.make_keys(settings.keys)
    store = Store(urls.app, sealing.Keyring(settings.keys), size=2, wait=20)
    try:
        await loading.load(store)
        for code in JOINING:
            await join(store, _joining(code))
        while await once(store):
            pass
    finally:
        await store.close()


def _joining(code: str) -> Joining:
    return Joining(
        code=code,
        name_fr=f"Groupe de travail {code}",
        name_en=f"Working group {code}",
        jurisdiction=["CD61"],
        like="sk",
        coordinator="Coordination Mfano",
        organisation=f"Secrétariat {code}",
        category=Category.CSO,
        pillar=Pillar.CIVIL_SOCIETY,
    )


async def _bulk(owner: Any, settings: Settings, sizes: Sizes) -> None:
    await owner.execute("SET synchronous_commit = off; SET maintenance_work_mem = '256MB'; SET work_mem = '64MB'")
    for group in await owner.fetch("SELECT id, code FROM working_groups WHERE code <> 'network' ORDER BY code"):
        async with owner.transaction():
            await _group(owner, group["id"], group["code"], sizes.tenth * (10 if group["code"] == "sk" else 1))
            if group["code"] in {"sk", "lub"}:
                await _narratives(owner, sealing.Keyring(settings.keys), group["id"])
            if group["code"] == "sk":
                walled = await _seat(owner, MEMBERS["walled"])
                await owner.execute(WALLS, walled["organisation_id"], NEWEST, WALLED_EVERY)
            await owner.execute("DROP TABLE matters")


async def _group(owner: Any, group: UUID, code: str, cases: int) -> None:
    coordinator = await owner.fetchval(
        "SELECT id FROM seats WHERE group_id = $1 AND 'COORDINATOR' = ANY (roles) LIMIT 1", group
    )
    await owner.execute(MATTERS, group, cases)
    await owner.execute("ANALYZE matters")
    for statement in BULK:
        more = {"request_authors": coordinator, "cases": code}.get(statement.split()[2])
        await owner.execute(statement, group, *([more] if more else []))


async def _narratives(owner: Any, keyring: sealing.Keyring, group: UUID) -> None:
    """Some cases' own, sealed as an act seals them."""
    found = await owner.fetch("SELECT case_id, title FROM matters WHERE i % $1 = 0 ORDER BY i", SEALED_EVERY)
    rows = [
        (
            group,
            row["case_id"],
            AUDIENCE,
            keyring.seal(_told(row["title"]), group, sealing.place("case_narratives", "text", group, row["case_id"])),
            "UNKNOWN",
        )
        for row in found
    ]
    await owner.copy_records_to_table(
        "case_narratives", records=rows, columns=["group_id", "case_id", "audience", "text", "occurred_precision"]
    )


def _told(title: str) -> str:
    return f"{title}. " + "Des hommes en armes lèvent une taxe sur la route (exemple fictif). " * 8


async def _member(owner: Any, persona: str) -> Member:
    """What binds the persona's seat in every peer, and ids that no peer has seen before it is measured."""
    row = await _seat(owner, persona)
    group = row["group_id"]
    cases = await owner.fetch("SELECT id FROM cases WHERE group_id = $1 ORDER BY md5(id::text) LIMIT $2", group, IDS)
    sealed = await owner.fetch(
        "SELECT case_id AS id FROM case_narratives WHERE group_id = $1 AND 'CSO' = ANY (audience)"
        " ORDER BY md5(case_id::text) LIMIT $2",
        group,
        IDS,
    )
    count = await owner.fetchval("SELECT count(*) FROM cases WHERE group_id = $1", group)
    bound = {
        "baraza.subject": subject(DEVELOPMENT_ISSUER, persona),
        "baraza.seat": str(row["id"]),
        "baraza.group": str(group),
        "baraza.organisation": str(row["organisation_id"]),
        "baraza.category": row["category"],
        "baraza.roles": ",".join(row["roles"]),
        "baraza.area": row["area"] or "",
    }
    return Member(persona, bound, [str(case["id"]) for case in cases], [str(case["id"]) for case in sealed], count)


async def _seat(owner: Any, persona: str) -> Any:
    seat_id = next(each.seat_id for each in PERSONAS if each.name == persona)
    return await owner.fetchrow("SELECT * FROM seats WHERE id = $1", seat_id)
