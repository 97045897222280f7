"""Notices: what became of what one's organisation brought."""

from __future__ import annotations

from datetime import datetime

import strawberry

from api.graph.connections import Connection
from api.graph.declare import column, labelled, published, roots, to_one
from api.notices import reads, tables
from api.notices.rules import NoticeKind
from api.requests import reads as requests
from schema.nodes import Node
from schema.requests import Request

labelled(NoticeKind, "What became of a request.")


@published(tables.Notice, "Tells an organisation what became of its request.")
class Notice(Node):
    kind: NoticeKind = column("What happened.")
    at: datetime = column("When the notice was written.")
    request: Request | None = to_one(requests.of, "The request.")


@strawberry.type
class NoticeQuery:
    notices: Connection[Notice] = roots(reads.notices, "Notices to the seat's organisation, the latest first.")
