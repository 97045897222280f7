"""Edges to meetings, agendas and attendance."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from api.groups.tables import Seat
from api.meetings.tables import AgendaItem, Attendance, Meeting
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
seat = ToOne(Seat, "seat_id", Seat.id)
of = ToOne(Meeting, "meeting_id", Meeting.id)


def present(group_id: UUID, meeting_id: UUID) -> Select[Any]:
    """The seats that were there."""
    return (
        select(Seat)
        .join(Attendance, (Attendance.group_id == Seat.group_id) & (Attendance.seat_id == Seat.id))
        .where(Attendance.group_id == group_id, Attendance.meeting_id == meeting_id)
    )
