"""Edges to events, involvements, allegations and parties."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select

from api.involvements.tables import Allegation, AllegationSource, CaseParty, Event, Involvement, InvolvementUnit
from api.store.edges import Order, ToMany, ToOne, newest_first, oldest_first

if TYPE_CHECKING:
    from uuid import UUID

    from sqlalchemy import Select

every_event = ToMany(
    Event,
    newest_first(Event.recorded_at, then=Event.id),
    filters={"incident_class": Event.incident_class, "pcode": Event.pcode},
)
events = ToMany(Event, oldest_first(Event.recorded_at, then=Event.id), source="id", target=Event.case_id)
event = ToOne(Event, "event_id", Event.id)
involvements = ToMany(
    Involvement, oldest_first(Involvement.recorded_at, then=Involvement.id), source="id", target=Involvement.event_id
)
involvement = ToOne(Involvement, "involvement_id", Involvement.id)
unit = ToOne(InvolvementUnit, "id", InvolvementUnit.involvement_id)
allegations = ToMany(
    Allegation, (Order(Allegation.number), Order(Allegation.id)), source="id", target=Allegation.involvement_id
)
source = ToOne(AllegationSource, "id", AllegationSource.allegation_id)
parties = ToMany(CaseParty, (Order(CaseParty.side), Order(CaseParty.id)), source="id", target=CaseParty.case_id)


def last_number(group_id: UUID, involvement_id: UUID) -> Select[Any]:
    """Of the versions of an allegation."""
    key = (Allegation.group_id == group_id, Allegation.involvement_id == involvement_id)
    return select(func.coalesce(func.max(Allegation.number), 0)).where(*key)
