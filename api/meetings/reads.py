"""Edges to meetings, agendas and attendance."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from api.meetings.tables import AgendaItem, AgendaNote, AgendaRemoval, Attendance, Meeting
from api.store.edges import Order, ToMany, ToOne, newest_first, oldest_first

if TYPE_CHECKING:
    from uuid import UUID

    from sqlalchemy import Select

meetings = ToMany(
    Meeting,
    newest_first(Meeting.scheduled_on, then=Meeting.id),
    filters={"state": Meeting.state, "kind": Meeting.kind},
)
agenda = ToMany(
    AgendaItem, oldest_first(AgendaItem.tabled_at, then=AgendaItem.id), source="id", target=AgendaItem.meeting_id
)
tablings = ToMany(
    AgendaItem, oldest_first(AgendaItem.tabled_at, then=AgendaItem.id), source="id", target=AgendaItem.request_id
)
attendances = ToMany(Attendance, (Order(Attendance.seat_id),), source="id", target=Attendance.meeting_id)
note = ToOne(AgendaNote, "id", AgendaNote.agenda_item_id)
removal = ToOne(AgendaRemoval, "id", AgendaRemoval.agenda_item_id)
of = ToOne(Meeting, "meeting_id", Meeting.id)


def present(group_id: UUID, meeting_id: UUID) -> Select[Any]:
    """The ids of the seats that were there."""
    return select(Attendance.seat_id).where(Attendance.group_id == group_id, Attendance.meeting_id == meeting_id)


def tablings_of(group_id: UUID, request_id: UUID) -> Select[Any]:
    """The agendas that the request was on, the latest first."""
    return (
        select(AgendaItem)
        .where(AgendaItem.group_id == group_id, AgendaItem.request_id == request_id)
        .order_by(AgendaItem.tabled_at.desc(), AgendaItem.id.desc())
    )
