"""Edges to cases and what belongs to them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from api.cases.tables import Activity, ActivityNote, Case, CaseNarrative, CasePlace, CaseRisk, TimelineEntry
from api.store.edges import Order, ToMany, ToOne, newest_first, oldest_first

if TYPE_CHECKING:
    from collections.abc import Collection
    from uuid import UUID

    from sqlalchemy import Select

cases = ToMany(
    Case,
    newest_first(Case.opened_on, then=Case.id),
    most=1_000,
    filters={"state": Case.state, "incident_class": Case.incident_class, "pcode": Case.pcode},
)
risks = ToMany(CaseRisk, (Order(CaseRisk.risk),), source="id", target=CaseRisk.case_id)
narrative = ToOne(CaseNarrative, "id", CaseNarrative.case_id)
exact_place = ToOne(CasePlace, "id", CasePlace.case_id)
activities = ToMany(
    Activity, oldest_first(Activity.recorded_at, then=Activity.id), source="id", target=Activity.case_id
)
note = ToOne(ActivityNote, "id", ActivityNote.activity_id)
timeline = ToMany(
    TimelineEntry,
    (Order(TimelineEntry.on), Order(TimelineEntry.step), Order(TimelineEntry.id)),
    source="id",
    target=TimelineEntry.case_id,
    default=50,
    most=200,
)
of = ToOne(Case, "case_id", Case.id)
of_request = ToOne(Case, "id", Case.request_id)
activity = ToOne(Activity, "activity_id", Activity.id)


def ids_of_request(group_id: UUID, request_id: UUID) -> Select[Any]:
    """The id of the case that a request became."""
    return select(Case.id).where(Case.group_id == group_id, Case.request_id == request_id)


def requests_of(group_id: UUID, case_ids: Collection[UUID]) -> Select[Any]:
    """The ids of the requests that became these cases."""
    return select(Case.request_id).where(Case.group_id == group_id, Case.id.in_(case_ids))
