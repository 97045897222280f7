"""The lint of row security finds nothing on the migrated database, and each kind of breach once it is planted there."""

from __future__ import annotations

import json
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import asyncpg
import pytest
from pydantic import SecretStr
from sqlalchemy.engine import make_url

from api.store import embedded, rowsecurity
from api.store.migrating import migrate

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from api.running import Urls

FINDS: tuple[tuple[str, str, str], ...] = (
    # rule, subject, what plants it
    ("row_security", "cases", "ALTER TABLE cases DISABLE ROW LEVEL SECURITY"),
    ("row_security", "cases", "ALTER TABLE cases NO FORCE ROW LEVEL SECURITY"),
    ("row_security", "drafts", "CREATE TABLE drafts (group_id uuid NOT NULL)"),
    ("table_group", "drafts", "CREATE TABLE drafts (id uuid PRIMARY KEY)"),
    ("table_group", "drafts", "CREATE TABLE drafts (group_id uuid)"),
    ("materialised_view", "all_cases", "CREATE MATERIALIZED VIEW all_cases AS SELECT * FROM cases"),
    ("view_invoker", "all_cases", "CREATE VIEW all_cases AS SELECT * FROM cases"),
    ("view_invoker", "timeline_entries", "ALTER VIEW timeline_entries SET (security_invoker = false)"),
    ("enum_type", "mood", "CREATE TYPE mood AS ENUM ('good', 'bad')"),
    ("key_counts", "numbers", "CREATE SEQUENCE numbers"),
    ("key_counts", "cases.n", "ALTER TABLE cases ADD COLUMN n integer GENERATED ALWAYS AS IDENTITY"),
    ("key_counts", "cases_n_seq", "ALTER TABLE cases ADD COLUMN n serial"),
    ("key_group", "uq_title", "ALTER TABLE cases ADD CONSTRAINT uq_title UNIQUE (title)"),
    ("key_group", "uq_title", "CREATE UNIQUE INDEX uq_title ON cases (title) INCLUDE (group_id)"),
    (
        "key_group",
        "pk_activity_notes",
        """ALTER TABLE activity_notes DROP CONSTRAINT pk_activity_notes;
        ALTER TABLE activity_notes ADD CONSTRAINT pk_activity_notes PRIMARY KEY (activity_id)""",
    ),
    ("key_group", "ex_title", "ALTER TABLE cases ADD CONSTRAINT ex_title EXCLUDE (title WITH =)"),
    ("index_group", "ix_title", "CREATE INDEX ix_title ON cases (title, group_id)"),
    ("index_group", "ix_title", "CREATE INDEX ix_title ON cases (lower(title), group_id)"),
    (
        "foreign_key_group",
        "triage_notes.fk_other",
        """ALTER TABLE requests ADD CONSTRAINT uq_id UNIQUE (id);
        ALTER TABLE triage_notes ADD CONSTRAINT fk_other FOREIGN KEY (request_id) REFERENCES requests (id)""",
    ),
    (
        "foreign_key_group",
        "triage_notes.fk_other",
        """ALTER TABLE requests ADD CONSTRAINT uq_turned UNIQUE (id, group_id);
        ALTER TABLE triage_notes ADD CONSTRAINT fk_other FOREIGN KEY (group_id, request_id)
        REFERENCES requests (id, group_id)""",
    ),
    (
        "foreign_key_group",
        "organisations.fk_other",
        """ALTER TABLE requests ADD CONSTRAINT uq_id UNIQUE (id);
        ALTER TABLE organisations ADD CONSTRAINT fk_other FOREIGN KEY (id) REFERENCES requests (id)""",
    ),
    ("policy_missing", "cases", "DROP POLICY cases_select ON cases"),
    ("policy_missing", "cases", "DROP POLICY cases_insert ON cases"),
    ("policy_missing", "activities", "GRANT UPDATE (kind) ON activities TO baraza_app"),
    ("policy_missing", "activities", "GRANT DELETE ON activities TO baraza_app"),
    ("policy_public", "cases.open", "CREATE POLICY open ON cases FOR DELETE USING (group_id = (SELECT seat_group()))"),
    (
        "policy_permissive",
        "cases",
        "CREATE POLICY more ON cases FOR SELECT TO baraza_app USING (group_id = (SELECT seat_group()))",
    ),
    (
        "policy_permissive",
        "cases",
        "CREATE POLICY more ON cases FOR ALL TO baraza_app USING (group_id = (SELECT seat_group()))",
    ),
    (
        "policy_check",
        "cases.cases_update",
        """DROP POLICY cases_update ON cases;
        CREATE POLICY cases_update ON cases FOR UPDATE TO baraza_app USING (group_id = (SELECT seat_group()))""",
    ),
    ("policy_seat", "places.places_select", "ALTER POLICY places_select ON places USING (level > 0)"),
    ("policy_seat", "places.places_select", "ALTER POLICY places_select ON places USING (true)"),
    ("policy_true", "places.places_select", "ALTER POLICY places_select ON places USING (true)"),
    (
        "policy_true",
        "cases.cases_update",
        "ALTER POLICY cases_update ON cases WITH CHECK (group_id = (SELECT seat_group()) AND (version > 0 OR true))",
    ),
    (
        "policy_group",
        "cases.cases_select",
        "ALTER POLICY cases_select ON cases USING (group_id = (SELECT seat_group()) OR state = 'CLOSED')",
    ),
    (
        "policy_group",
        "cases.cases_select",
        "ALTER POLICY cases_select ON cases USING (NOT group_id = (SELECT seat_group()))",
    ),
    (
        "policy_group",
        "cases.cases_select",
        "ALTER POLICY cases_select ON cases USING (id = (SELECT seat_group()))",
    ),
    ("policy_leaky", "cases.cases_select", "ALTER POLICY cases_select ON cases USING (title LIKE 'A%')"),
    ("policy_leaky", "cases.cases_select", "ALTER POLICY cases_select ON cases USING (lower(title) = 'a')"),
    ("policy_wall", "cases", "DROP POLICY cases_wall ON cases"),
    ("policy_wall", "activity_notes", "DROP POLICY activity_notes_wall ON activity_notes"),
    (
        "policy_wall",
        "activities",
        """DROP POLICY activities_wall ON activities; CREATE POLICY activities_wall ON activities AS RESTRICTIVE
        FOR ALL TO baraza_app USING (group_id = (SELECT seat_group())) WITH CHECK (group_id = (SELECT seat_group()))""",
    ),
    (
        "policy_wall",
        "remarks",
        """CREATE TABLE remarks (group_id uuid NOT NULL, case_id uuid,
        FOREIGN KEY (group_id, case_id) REFERENCES cases (group_id, id))""",
    ),
    ("grant_public", "cases", "GRANT SELECT ON cases TO PUBLIC"),
    ("grant_public", "cases.title", "GRANT SELECT (title) ON cases TO PUBLIC"),
    ("grant_public", "seat_id()", "GRANT EXECUTE ON FUNCTION seat_id() TO PUBLIC"),
    ("grant_public", "one()", "CREATE FUNCTION one() RETURNS integer LANGUAGE sql AS 'SELECT 1'"),
    ("grant_public", "the database", "GRANT TEMPORARY ON DATABASE {database} TO PUBLIC"),
    ("grant_public", "drawer", "CREATE SCHEMA drawer; GRANT CREATE ON SCHEMA drawer TO PUBLIC"),
    ("grant_public", "what is made later", "ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO PUBLIC"),
    ("grant_excess", "cases", "GRANT TRUNCATE ON cases TO baraza_app"),
    ("grant_excess", "cases", "GRANT REFERENCES ON cases TO baraza_app"),
    ("grant_excess", "cases", "GRANT TRIGGER ON cases TO baraza_app"),
    ("grant_excess", "cases", "GRANT DELETE ON cases TO baraza_app"),
    ("grant_excess", "cases", "GRANT SELECT ON cases TO baraza_app WITH GRANT OPTION"),
    ("grant_excess", "cases.id", "GRANT REFERENCES (id) ON cases TO baraza_app"),
    ("grant_excess", "drawer", "CREATE SCHEMA drawer; GRANT CREATE ON SCHEMA drawer TO baraza_app"),
    ("grant_excess", "the database", "GRANT CREATE ON DATABASE {database} TO baraza_app"),
    ("grant_excess", "what is made later", "ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO baraza_app"),
    ("function_definer", "seat_id()", "ALTER FUNCTION seat_id() SECURITY DEFINER"),
    ("role_rights", "baraza_app", "ALTER ROLE baraza_app CREATEDB"),
    ("role_rights", "baraza_app", "ALTER ROLE baraza_app CREATEROLE"),
    ("role_member", "readers", "CREATE ROLE readers; GRANT readers TO baraza_app"),
    ("role_timeout", "lock_timeout", "ALTER ROLE baraza_app RESET lock_timeout"),
    ("role_timeout", "statement_timeout", "ALTER ROLE baraza_app SET statement_timeout = 0"),
    (
        "role_timeout",
        "idle_in_transaction_session_timeout",
        "ALTER ROLE baraza_app IN DATABASE {database} SET idle_in_transaction_session_timeout = '0s'",
    ),
)
BY_SUPERUSER: tuple[tuple[str, str, str], ...] = (
    ("role_rights", "baraza_app", "ALTER ROLE baraza_app SUPERUSER"),
    ("role_rights", "baraza_app", "ALTER ROLE baraza_app BYPASSRLS"),
    ("role_rights", "baraza_app", "ALTER ROLE baraza_app REPLICATION"),
    ("role_member", "pg_read_all_data", "GRANT pg_read_all_data TO baraza_app"),
    ("role_owner", "schema drawer", "CREATE SCHEMA drawer AUTHORIZATION baraza_app"),
    ("role_owner", "table cases", "ALTER TABLE cases OWNER TO baraza_app"),
    ("function_leakproof", "seat_id()", "ALTER FUNCTION seat_id() LEAKPROOF"),
    (
        "foreign_table",
        "elsewhere",
        """CREATE FOREIGN DATA WRAPPER far; CREATE SERVER away FOREIGN DATA WRAPPER far;
        CREATE FOREIGN TABLE elsewhere (group_id uuid) SERVER away""",
    ),
    ("seat_setting", "baraza.group=1", """ALTER ROLE baraza_app SET baraza."group" = '1'"""),
    ("seat_setting", "baraza.roles=WORKER", "ALTER DATABASE {database} SET baraza.roles = 'WORKER'"),
)
NOTHING = "SELECT"


@asynccontextmanager
async def planted(url: str, statements: str) -> AsyncIterator[asyncpg.Connection[Any]]:
    """A connection with something planted that is never committed."""
    connection = await asyncpg.connect(url)
    change = connection.transaction()
    await change.start()
    try:
        database = await connection.fetchval("SELECT quote_ident(current_database())")
        await connection.execute(statements.format(database=database))
        yield connection
    finally:
        await change.rollback()
        await connection.close()


def named(plants: tuple[tuple[str, str, str], ...]) -> list[Any]:
    return [pytest.param(*plant, id=f"{plant[0]}-{index}") for index, plant in enumerate(plants)]


@pytest.mark.parametrize("role", ["owner", "app"])
async def test_the_migrated_database_breaks_no_rule(urls: Urls, role: str) -> None:
    async with planted(getattr(urls, role).get_secret_value(), NOTHING) as connection:
        assert await rowsecurity.breaches(connection) == []


async def test_each_exemption_is_needed(urls: Urls, monkeypatch: pytest.MonkeyPatch) -> None:
    exempt = set(rowsecurity.EXEMPT)
    monkeypatch.setattr(rowsecurity, "EXEMPT", {})
    async with planted(urls.owner.get_secret_value(), NOTHING) as connection:
        found = {(breach.rule, breach.subject) for breach in await rowsecurity.breaches(connection)}
    assert found == exempt


@pytest.mark.parametrize(("rule", "subject", "statements"), named(FINDS))
async def test_a_planted_breach_is_found(urls: Urls, rule: str, subject: str, statements: str) -> None:
    async with planted(urls.owner.get_secret_value(), statements) as connection:
        found = await rowsecurity.breaches(connection)
    assert (rule, subject) in {(breach.rule, breach.subject) for breach in found}


def test_each_rule_has_a_plant() -> None:
    rules = {*rowsecurity.RULES, "policy_true", "policy_group", "policy_leaky"}
    assert rules - {rule for rule, _, _ in (*FINDS, *BY_SUPERUSER)} == {"role_missing"}  # the next test's


async def test_a_role_that_is_not_there_is_found(urls: Urls, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rowsecurity, "APP", "baraza_nobody")
    async with planted(urls.owner.get_secret_value(), NOTHING) as connection:
        found = await rowsecurity.breaches(connection)
    assert rowsecurity.Breach("role_missing", "baraza_nobody", "is not there") in found


@pytest.fixture(scope="module")
async def superuser(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[str]:
    """A server of our own: nobody lends us a superuser."""
    data = tmp_path_factory.mktemp("superuser")
    with embedded.postgres(data, durable=False) as server:
        await migrate(SecretStr(server.owner_url), SecretStr(server.app_url))
        password = json.loads((data / "postgres.passwords").read_bytes())["postgres"]
        url = make_url(server.owner_url).set(username="postgres", password=password)
        yield url.render_as_string(hide_password=False)


async def test_what_only_a_superuser_can_plant_is_found(superuser: str) -> None:
    for rule, subject, statements in BY_SUPERUSER:
        async with planted(superuser, statements) as connection:
            found = await rowsecurity.breaches(connection)
        assert (rule, subject) in {(breach.rule, breach.subject) for breach in found}, statements
