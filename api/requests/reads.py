"""Edges to requests and their graded parts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select

from api.requests.tables import (
    Reading,
    Request,
    RequestArrival,
    RequestAuthor,
    RequestNarrative,
    RequestPlace,
    RequestSource,
    TriageNote,
)
from api.store.edges import Order, ToMany, ToOne, newest_first

if TYPE_CHECKING:
    from collections.abc import Collection
    from uuid import UUID

    from sqlalchemy import Select

requests = ToMany(
    Request,
    newest_first(Request.brought_on, then=Request.id),
    most=1_000,
    filters={
        "state": Request.state,
        "request_type": Request.request_type,
        "requester": Request.requester,
        "urgency": Request.urgency,
        "pcode": Request.pcode,
    },
)
narrative = ToOne(RequestNarrative, "id", RequestNarrative.request_id)
arrival = ToOne(RequestArrival, "id", RequestArrival.request_id)
exact_place = ToOne(RequestPlace, "id", RequestPlace.request_id)
source = ToOne(RequestSource, "id", RequestSource.request_id)
triage_note = ToOne(TriageNote, "id", TriageNote.request_id)
readings = ToMany(
    Reading,
    (Order(Reading.day, descending=True), Order(Reading.reader), Order(Reading.part)),
    source="id",
    target=Reading.request_id,
    where=(Reading.day < func.current_date(),),
)
"""Of days that are over: nobody watches who is looking just now."""
of = ToOne(Request, "request_id", Request.id)


def narratives_of(group_id: UUID, request_id: UUID) -> Select[Any]:
    """What was told of the request, where the seat may read it."""
    return select(RequestNarrative).where(
        RequestNarrative.group_id == group_id, RequestNarrative.request_id == request_id
    )


def places_of(group_id: UUID, request_id: UUID) -> Select[Any]:
    return select(RequestPlace).where(RequestPlace.group_id == group_id, RequestPlace.request_id == request_id)


def brought_by(group_id: UUID, organisation_id: UUID | None, request_ids: Collection[UUID]) -> Select[Any]:
    """Those of the requests that the organisation brought itself."""
    its = (RequestAuthor.group_id == group_id, RequestAuthor.organisation_id == organisation_id)
    return select(RequestAuthor.request_id).where(*its, RequestAuthor.request_id.in_(request_ids))
