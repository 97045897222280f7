"""Who keeps a case in the place of a secretariat that is walled from it: a seat that the group named by decision. It
reads and writes what the secretariat would, of that case and its request alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migrations.policies import (
    COORDINATOR,
    IN_AUDIENCE,
    IN_GROUP,
    KEEPERS,
    MEMBERS,
    NETWORK_ADMIN,
    OWN_ORGANISATION,
    SECRETARIAT,
    STOOD_IN,
    WORKER,
    Table,
    both,
    brought,
    change,
    either,
    of,
    roles,
    stands_in,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Stands = Callable[[str], tuple[str, ...]]

revision = "2026_11_26_stand_ins"
down_revision: str | None = "2026_11_26_involvements"

STAND_INS = Table(
    "stand_ins",
    """
    group_id UUID NOT NULL,
    seat_id UUID NOT NULL,
    record_id UUID NOT NULL,
    organisation_id UUID NOT NULL,
    decision_id UUID NOT NULL,
    ended_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_stand_ins PRIMARY KEY (group_id, seat_id, record_id, organisation_id, decision_id),
    CONSTRAINT fk_stand_ins_group_id_seat_id FOREIGN KEY(group_id, seat_id) REFERENCES seats (group_id, id),
    CONSTRAINT fk_stand_ins_group_id_decision_id FOREIGN KEY(group_id, decision_id) REFERENCES decisions
      (group_id, id),
    CONSTRAINT fk_stand_ins_group_id FOREIGN KEY(group_id) REFERENCES working_groups (id),
    CONSTRAINT fk_stand_ins_organisation_id FOREIGN KEY(organisation_id) REFERENCES organisations (id)
    """,
    select=both(IN_GROUP, either(KEEPERS, "seat_id = (SELECT seat_id())")),
    insert=both(IN_GROUP, COORDINATOR),
    update=both(IN_GROUP, either(COORDINATOR, "seat_id = (SELECT seat_id())")),
)
ANYWHERE = f"(SELECT EXISTS ({STOOD_IN}))"

AUDIENCE = both(MEMBERS, IN_AUDIENCE)
KEEPS = either(KEEPERS, WORKER)
MEMBER = roles("MEMBER")
OWN_RECORD = "recorded_by = (SELECT seat_id())"
KNOWN = both(OWN_ORGANISATION, "known")
OWN_WALL = both(MEMBER, OWN_ORGANISATION, "hides = 'ALL'")
OF_CASES = ("events", "involvements", "involvement_units", "allegations", "allegation_sources", "case_parties")


def somebody(record_id: str) -> tuple[str, ...]:
    return (stands_in(record_id),)


def nobody(_: str) -> tuple[str, ...]:
    """As it was."""
    return ()


def by(stands: Stands, table: str, name: str, parent: str, record_id: str) -> tuple[str, ...]:
    """So for the row that this one belongs to."""
    return tuple(
        f"EXISTS (SELECT FROM {parent} p WHERE p.group_id = {table}.group_id AND p.id = {table}.{name} AND {condition})"
        for condition in stands(f"p.{record_id}")
    )


def read(stands: Stands) -> Iterator[tuple[str, str]]:
    for table in ("case_narratives", "involvements", "allegations", "case_parties"):
        yield table, either(KEEPERS, AUDIENCE, *stands("case_id"))
    for table in ("case_places", "involvement_units", "allegation_sources"):
        yield table, either(KEEPERS, *stands("case_id"))
    for table in ("request_sources", "triage_notes"):
        yield table, either(KEEPERS, *stands("request_id"))
    for table in ("request_places", "request_arrivals"):
        yield table, either(KEEPERS, brought("request_id"), *stands("request_id"))
    told = both(of("request_narratives", "request_id", "requests", "id"), AUDIENCE)
    yield "request_narratives", either(KEEPERS, told, brought("request_id"), *stands("request_id"))
    of_step = by(stands, "activity_notes", "activity_id", "activities", "case_id")
    yield "activity_notes", either(KEEPERS, AUDIENCE, *of_step)
    of_decision = by(stands, "decision_notes", "decision_id", "decisions", "request_id")
    yield "decision_notes", either(KEEPERS, AUDIENCE, *of_decision)
    yield "conflicts", either(KEEPS, KNOWN, OWN_RECORD, *stands("request_id"))
    of_conflict = by(stands, "conflict_grounds", "conflict_id", "conflicts", "request_id")
    yield "conflict_grounds", either(KEEPS, OWN_RECORD, *of_conflict)
    yield "disclosures", either(KEEPS, OWN_ORGANISATION, *stands("case_id"))
    yield "walls", either(OWN_ORGANISATION, KEEPS, *stands("record_id"))


def added(stands: Stands) -> Iterator[tuple[str, str]]:
    for table in ("activities", *OF_CASES):
        yield table, either(SECRETARIAT, *stands("case_id"))
    yield "activity_notes", either(SECRETARIAT, *by(stands, "activity_notes", "activity_id", "activities", "case_id"))
    yield "decisions", either(COORDINATOR, *stands("request_id"))
    for table in ("decision_notes", "recusals"):
        yield table, either(COORDINATOR, *by(stands, table, "decision_id", "decisions", "request_id"))
    yield "disclosures", either(COORDINATOR, *stands("case_id"))
    claims = both(MEMBER, either("state = 'CLAIMED'", both(OWN_ORGANISATION, "state = 'DECLARED'")))
    yield "conflicts", either(WORKER, both(OWN_RECORD, either(KEEPERS, claims, *stands("request_id"))))
    yield "walls", either(KEEPS, OWN_WALL, *stands("record_id"))


def changed(stands: Stands) -> Iterator[tuple[str, str]]:
    yield "cases", either(SECRETARIAT, *stands("id"))
    yield "conflicts", either(SECRETARIAT, WORKER, both(MEMBER, KNOWN), *stands("request_id"))


def put(stands: Stands) -> None:
    for command, conditions in (("SELECT", read), ("INSERT", added), ("UPDATE", changed)):
        for table, condition in conditions(stands):
            change(table, command, both(IN_GROUP, condition))
    its = either(KEEPS, both(MEMBER, OWN_ORGANISATION), *stands("record_id"))
    change("walls", "UPDATE", both(IN_GROUP, its), both(IN_GROUP, either(KEEPS, OWN_WALL, *stands("record_id"))))


def upgrade() -> None:
    STAND_INS.create()
    put(somebody)
    _outbox(either(SECRETARIAT, both("kind = 'links'", ANYWHERE)))


def downgrade() -> None:
    _outbox(SECRETARIAT)
    put(nobody)
    STAND_INS.drop()


def _outbox(its_own: str) -> None:
    """Who keeps a case for the secretariat reads no sponsorships: the group's worker looks whom they implicate."""
    change("outbox_items", "INSERT", either(both(IN_GROUP, its_own), both(NETWORK_ADMIN, "kind = 'links'")))
