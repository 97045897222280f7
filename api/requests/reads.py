"""Edges to requests and their graded parts."""

from __future__ import annotations

from api.requests.tables import Request, RequestAuthor, RequestNarrative, RequestPlace, RequestSource, TriageNote
from api.store.edges import ToMany, ToOne, newest_first

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
author = ToOne(RequestAuthor, "id", RequestAuthor.request_id)
narrative = ToOne(RequestNarrative, "id", RequestNarrative.request_id)
exact_place = ToOne(RequestPlace, "id", RequestPlace.request_id)
source = ToOne(RequestSource, "id", RequestSource.request_id)
triage_note = ToOne(TriageNote, "id", TriageNote.request_id)
of = ToOne(Request, "request_id", Request.id)
