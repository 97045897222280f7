"""Row security as SQL that can be read: who a row is for, in the words of DOMAIN 3.3.

What depends on the seat alone stands as `(SELECT …)`, so that PostgreSQL evaluates it once and not once a row. Unset
settings
give null, and null is no: without a seat there are no rows.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from alembic import op

if TYPE_CHECKING:
    from collections.abc import Sequence

FUNCTIONS = {
    "seat_subject()": ("text", "nullif(current_setting('baraza.subject', true), '')"),
    "seat_id()": ("uuid", "nullif(current_setting('baraza.seat', true), '')::uuid"),
    "seat_group()": ("uuid", "nullif(current_setting('baraza.group', true), '')::uuid"),
    "seat_organisation()": ("uuid", "nullif(current_setting('baraza.organisation', true), '')::uuid"),
    "seat_category()": ("text", "nullif(current_setting('baraza.category', true), '')"),
    "seat_area()": ("text", "nullif(current_setting('baraza.area', true), '')"),
    "seat_is(VARIADIC wanted text[])": (
        "boolean",
        "string_to_array(nullif(current_setting('baraza.roles', true), ''), ',') && wanted",
    ),
}


def roles(*names: str) -> str:
    """The acting seat has one of these roles."""
    return "(SELECT seat_is({}))".format(", ".join(f"'{name}'" for name in names))


def both(*conditions: str) -> str:
    return " AND ".join(f"({condition})" for condition in conditions)


def either(*conditions: str) -> str:
    return " OR ".join(f"({condition})" for condition in conditions)


def quoted(codes: str) -> str:
    """A code list as it stands in a CHECK."""
    return ", ".join(f"'{code}'" for code in codes.split())


SEATED = "(SELECT seat_id()) IS NOT NULL"
UNSEATED = "(SELECT seat_id()) IS NULL"
IN_GROUP = "group_id = (SELECT seat_group())"
OWN = "seat_id = (SELECT seat_id())"
OWN_ORGANISATION = "organisation_id = (SELECT seat_organisation())"
OWN_SEATS = "subject = (SELECT seat_subject())"
SHOWN = both(UNSEATED, "code_hash = (SELECT shown_invitation())")
"""At the door: the bearer has shown the invitation's code."""

WORKER = roles("WORKER")
NETWORK_ADMIN = roles("NETWORK_ADMIN")
OVERVIEW = roles("NETWORK_ADMIN", "NATIONAL_ANALYST", "SERVICE")
"""Who sees of every group that it is there, where it stands and how many sit in it, and no more."""
GIVES_SEATS = roles("COORDINATOR", "NETWORK_ADMIN")
"""The coordinator in its group, the administrator in the network."""
COORDINATOR = roles("COORDINATOR")
SECRETARIAT = roles("COORDINATOR", "CASE_OFFICER")
KEEPERS = roles("COORDINATOR", "CASE_OFFICER", "CUSTODIAN")
MEMBERS = roles("MEMBER", "OBSERVER")
GROUP_READERS = roles("COORDINATOR", "CASE_OFFICER", "CUSTODIAN", "MEMBER", "OBSERVER")
BRINGS = roles("COORDINATOR", "CASE_OFFICER", "MEMBER", "OBSERVER", "FOCAL_POINT")

IN_AREA = both(roles("FOCAL_POINT"), "pcode = (SELECT seat_area())")
IN_AUDIENCE = "(SELECT seat_category()) = ANY (audience)"
TABLED = "state <> 'SUBMITTED' AND state <> 'TRIAGED'"


def brought(request_id: str) -> str:
    """The seat's organisation brought the request; `request_authors` shows a member its own rows only. IN is hashed
    once a statement, as in `unwalled`: with 2,000 requests of one organisation a count of 130,000 takes 60 ms so, and
    360 with `= ANY (ARRAY(…))`."""
    return (
        f"{request_id} IN (SELECT a.request_id FROM request_authors a"
        " WHERE a.group_id = (SELECT seat_group()) AND a.organisation_id = (SELECT seat_organisation()))"
    )


def unwalled(record_id: str, *, shown: str = "NOTHING") -> str:
    """No wall stands between the seat's organisation and this case, or the request that became it. `walls` shows a
    member its own organisation's rows only; what is `shown` through a wall is let past it. NOT IN is hashed once a
    statement, where an array is looked through row by row: of 400 walls a count of ten thousand cases takes 22 ms so,
    and 475 with `<> ALL (ARRAY(…))`."""
    closed = "w.hides <> 'NOTHING'" if shown == "NOTHING" else "w.hides = 'ALL'"
    return (
        f"{record_id} NOT IN (SELECT w.record_id FROM walls w"
        f" WHERE w.group_id = (SELECT seat_group()) AND w.organisation_id = (SELECT seat_organisation()) AND {closed})"
    )


STOOD_IN = (
    "SELECT s.record_id FROM stand_ins s WHERE s.group_id = (SELECT seat_group())"
    " AND s.seat_id = (SELECT seat_id()) AND s.ended_at IS NULL"
)


def stands_in(record_id: str) -> str:
    """The seat keeps this case, or the request that became it, in the place of the secretariat."""
    return f"{record_id} IN ({STOOD_IN})"


def invited_to(seat_id: str) -> str:
    """The invitation shown at the door leads to this seat, and is still open."""
    return both(
        UNSEATED,
        f"{seat_id} = ANY (ARRAY(SELECT i.seat_id FROM invitations i WHERE i.code_hash = (SELECT shown_invitation())"
        " AND i.accepted_at IS NULL AND i.expires_on >= current_date))",
    )


def entered(request_id: str) -> str:
    """The seat entered the request for somebody: it has no organisation as its author."""
    return (
        f"{request_id} = ANY (ARRAY(SELECT a.request_id FROM request_authors a"
        " WHERE a.group_id = (SELECT seat_group()) AND a.organisation_id IS NULL AND a.seat_id = (SELECT seat_id())))"
    )


def of(table: str, name: str, parent: str, parent_id: str) -> str:
    """The row this one belongs to is there for the seat."""
    return f"EXISTS (SELECT FROM {parent} p WHERE p.group_id = {table}.group_id AND p.{parent_id} = {table}.{name})"


def of_unwalled(table: str, name: str, parent: str) -> str:
    """The row this one belongs to is there for the seat, and no wall before the request that it is about."""
    return (
        f"EXISTS (SELECT FROM {parent} p WHERE p.group_id = {table}.group_id AND p.id = {table}.{name}"
        f" AND {unwalled('p.request_id')})"
    )


def functions() -> None:
    """What policies read; each is inlined or evaluated once."""
    for signature, (returns, body) in FUNCTIONS.items():
        function(signature, returns, body)


def function(signature: str, returns: str, body: str) -> None:
    op.execute(
        f"CREATE FUNCTION {signature} RETURNS {returns} LANGUAGE sql STABLE PARALLEL SAFE AS $$ SELECT {body} $$"
    )
    arguments = signature.replace("VARIADIC wanted ", "VARIADIC ")
    op.execute(f"REVOKE ALL ON FUNCTION {arguments} FROM PUBLIC")
    op.execute(f"GRANT EXECUTE ON FUNCTION {arguments} TO baraza_app")


def drop_functions() -> None:
    for signature in FUNCTIONS:
        op.execute(f"DROP FUNCTION {signature.replace('VARIADIC wanted ', 'VARIADIC ')}")


@dataclass(frozen=True, slots=True)
class Table:
    """A table with row security forced, one permissive policy a command, and only the grants that a policy backs.
    Nothing is ever deleted or truncated by the service."""

    name: str
    columns: str
    select: str
    insert: str | None = None
    update: str | None = None
    indexes: Sequence[str] = ()

    def create(self) -> None:
        op.execute(f"CREATE TABLE {self.name} ({self.columns})")
        for index in self.indexes:
            op.execute(index)
        op.execute(f"ALTER TABLE {self.name} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {self.name} FORCE ROW LEVEL SECURITY")
        self._allow("SELECT", f"USING ({self.select})")
        if self.insert is not None:
            self._allow("INSERT", f"WITH CHECK ({self.insert})")
        if self.update is not None:
            self._allow("UPDATE", f"USING ({self.update}) WITH CHECK ({self.update})")

    def _allow(self, command: str, condition: str) -> None:
        policy = f"{self.name}_{command.lower()}"
        op.execute(f"CREATE POLICY {policy} ON {self.name} FOR {command} TO baraza_app {condition}")
        op.execute(f"GRANT {command} ON {self.name} TO baraza_app")

    def drop(self) -> None:
        op.execute(f"DROP TABLE {self.name}")


def change(table: str, command: str, using: str, check: str | None = None) -> None:
    """Put another condition in the place of a policy's; `check` where what a row becomes is another question."""
    conditions = {
        "SELECT": f"USING ({using})",
        "INSERT": f"WITH CHECK ({using})",
        "UPDATE": f"USING ({using}) WITH CHECK ({check or using})",
    }
    op.execute(f"ALTER POLICY {table}_{command.lower()} ON {table} {conditions[command]}")


def wall(table: str, condition: str) -> None:
    """A restrictive policy for every command: whatever another policy lets in, this must be met besides."""
    op.execute(
        f"CREATE POLICY {table}_wall ON {table} AS RESTRICTIVE FOR ALL TO baraza_app"
        f" USING ({condition}) WITH CHECK ({condition})"
    )


def view(name: str, body: str) -> None:
    """A view that shows the rows that the asking seat may see."""
    op.execute(f"CREATE VIEW {name} WITH (security_invoker = true) AS {body}")
    op.execute(f"GRANT SELECT ON {name} TO baraza_app")
