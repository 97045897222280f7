"""A PostgreSQL that an operator runs: Baraza starts none of its own."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import asyncpg
import pytest
from serve.processes import Shell, answers, comes_true, processes_of, renamed, running, serving

from api.store.migrating import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable

    from serve.conftest import External, Place

CASES = "{ cases { totalCount nodes { narrative { text } } } }"

SUBMIT = """mutation { submitRequest(title: "Nobody heard", requestType: DIALOGUE, requester: CSO, channel: MEETING,
    pcode: "CD6201", occurred: {precision: UNKNOWN}, brought: {start: "2019-05-01", precision: MONTH},
    told: {narrative: "What was told."}) { __typename ... on Request { title } ... on Refusal { code field } } }"""
WAITING = "pg_stat_activity WHERE datname = 'network' AND wait_event = 'SyncRep'"
RECORDED = "SELECT count(*) FROM requests WHERE title = 'Nobody heard'"


async def test_it_serves_a_new_external_database_without_one_of_its_own(empty: Place) -> None:
    with running(empty.data, **empty.settings) as server:
        server.ready()
        assert processes_of(empty.data) == []
        cases = server.ask("sk.coordinator", CASES)["cases"]
        server.interrupt()
        assert server.ends().code == 0
    assert cases["totalCount"] == 5
    assert all(case["narrative"]["text"] for case in cases["nodes"])
    assert {path.name for path in empty.data.iterdir()} == {"development-issuer.json", "graphiql", "keys.json"}


async def test_connections_that_the_database_ended_are_replaced(external: External, network: Place) -> None:
    superuser = await asyncpg.connect(external.superuser)
    with serving(network.data, **network.settings) as server:
        for _ in range(3):
            ended = await superuser.fetchval(
                "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = 'network'"
            )
            assert ended > 0
            assert server.ask("sk.coordinator", CASES)["cases"]["totalCount"] == 5
        await superuser.execute("ALTER DATABASE network ALLOW_CONNECTIONS false")
        try:
            await superuser.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'network'")
            with server.http("sk.coordinator") as http:
                answer = http.post("/graphql", json={"query": CASES})
            assert answer.status_code == 503
            assert answer.json()["errors"][0]["extensions"]["code"] == "DATABASE_AWAY"
            assert not answers(f"{server.address}/readyz")
        finally:
            await superuser.execute("ALTER DATABASE network ALLOW_CONNECTIONS true")
            await superuser.close()
        assert server.ask("sk.coordinator", CASES)["cases"]["totalCount"] == 5


SPELLINGS: dict[str, Callable[[str], str]] = {
    "postgres": lambda url: url.replace("postgresql:", "postgres:"),
    "with the driver": lambda url: url.replace("postgresql:", "postgresql+asyncpg:"),
    "without sslmode": lambda url: url.partition("?")[0],
    "with a wish": lambda url: f"{url.partition('?')[0]}?sslmode=prefer",
    "localhost": lambda url: url.replace("127.0.0.1", "localhost"),
}


@pytest.mark.parametrize("spelling", SPELLINGS)
async def test_urls_as_people_write_them(baraza: Shell, network: Place, spelling: str) -> None:
    settings = {name: SPELLINGS[spelling](url) for name, url in network.settings.items()}
    assert baraza("migrate", data=network.data, **settings).said == ""
    assert baraza("demo", data=network.data, **settings).said == "0 steps entered.\n"


async def test_the_role_gets_the_password_that_its_url_says(baraza: Shell, network: Place) -> None:
    url = network.settings["BARAZA_DATABASE_URL"]
    awkward = "p%40ss%2Fw%3A%27rd%5C%25%20"
    another = f"postgresql://baraza_app:{awkward}@{url.rpartition('@')[2]}"
    try:
        settings = {**network.settings, "BARAZA_DATABASE_URL": another}
        assert baraza("migrate", data=network.data, **settings).said == ""
        assert baraza("demo", data=network.data, **settings).said == "0 steps entered.\n"
    finally:
        assert baraza("migrate", data=network.data, **network.settings).said == ""
    assert "SQLSTATE 28P01" in baraza("migrate", data=network.data, **_wrong_owner(network)).sentence


def _wrong_owner(place: Place) -> dict[str, str]:
    owner = place.settings["BARAZA_OWNER_DATABASE_URL"]
    return {**place.settings, "BARAZA_OWNER_DATABASE_URL": f"postgresql://baraza_owner:x@{owner.rpartition('@')[2]}"}


async def test_an_owner_who_did_not_make_the_role(
    baraza: Shell, external: External, network: Place, empty: Place
) -> None:
    """An administrator ran deploy/roles.sql by hand; the owner owns the database and nothing else."""
    superuser = await asyncpg.connect(renamed(external.superuser, "empty"))
    await superuser.execute("CREATE ROLE plain LOGIN PASSWORD 'plain'; ALTER DATABASE empty OWNER TO plain")
    await superuser.execute((ROOT / "deploy" / "roles.sql").read_text())
    try:
        host = empty.settings["BARAZA_DATABASE_URL"].rpartition("@")[2]
        settings = {
            "BARAZA_DATABASE_URL": network.settings["BARAZA_DATABASE_URL"].rpartition("@")[0] + f"@{host}",
            "BARAZA_OWNER_DATABASE_URL": f"postgresql://plain:plain@{host}",
        }
        assert baraza("migrate", data=empty.data, **settings).said == ""
    finally:
        await superuser.execute("REASSIGN OWNED BY plain TO baraza_owner; DROP OWNED BY plain; DROP ROLE plain")
        await superuser.close()


async def test_a_commit_whose_end_nobody_heard_is_not_called_undone(external: External, network: Place) -> None:
    """The database has recorded the act and loses its client before it can say so, as with a standby that is away."""
    superuser = await asyncpg.connect(renamed(external.superuser, "network"))
    with serving(network.data, BARAZA_WORKER="false", **network.settings) as server, server.http("sk.cso") as http:
        http.headers.update({"Idempotency-Key": "unheard", "Accept-Language": "en"})
        await superuser.execute("ALTER SYSTEM SET synchronous_standby_names = 'nobody'")
        await superuser.execute("SELECT pg_reload_conf()")
        try:
            sent = asyncio.create_task(asyncio.to_thread(http.post, "/graphql", json={"query": SUBMIT}))
            await comes_true(superuser, f"SELECT count(*) > 0 FROM {WAITING}")
            await superuser.execute(f"SELECT pg_terminate_backend(pid) FROM {WAITING}")
            answer = await sent
        finally:
            await superuser.execute("ALTER SYSTEM RESET synchronous_standby_names")
            await superuser.execute("SELECT pg_reload_conf()")
        assert await superuser.fetchval(RECORDED) == 1
        again = await asyncio.to_thread(http.post, "/graphql", json={"query": SUBMIT})
        assert again.json()["data"] == {"submitRequest": {"__typename": "Request", "title": "Nobody heard"}}
        assert await superuser.fetchval(RECORDED) == 1
    await superuser.close()
    assert answer.status_code == 503
    assert "nothing was written" not in answer.json()["errors"][0]["message"]
