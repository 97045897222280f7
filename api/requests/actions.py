"""Bringing a request, and triage. Tabling and deciding are meetings' acts: they need one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from api import policy
from api.audit.actions import record
from api.dates import checked, to_the_month
from api.errors import InvalidInput
from api.notices.actions import post
from api.notices.rules import NoticeKind
from api.requests import reads, rules
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
from api.seat import Category

if TYPE_CHECKING:
    from collections.abc import Collection
    from uuid import UUID

    from api.dates import DateWithPrecision
    from api.requests.rules import (
        ActorKind,
        Channel,
        CountingUnit,
        IncidentClass,
        Reliability,
        RequestType,
        SourceConnection,
        ToldPart,
        Urgency,
    )
    from api.store.operation import Operation

Part = TypeVar("Part", RequestAuthor, RequestNarrative, RequestPlace, RequestSource, TriageNote)


@dataclass(frozen=True, slots=True)
class Told:
    """What is told beside the header, each part into the table of its grade."""

    narrative: str
    wanted_action: str | None
    stated_place: str | None
    alleged_actor_kind: ActorKind | None
    counting_unit: CountingUnit | None
    affected: int | None
    source_code: str | None
    source_connection: SourceConnection | None
    source_statement: str | None
    audience: Collection[Category]


async def submit(
    op: Operation,
    *,
    request_id: UUID,
    title: str,
    request_type: RequestType,
    requester: Category,
    channel: Channel,
    urgency: Urgency,
    incident_class: IncidentClass | None,
    pcode: str,
    occurred: DateWithPrecision,
    brought: DateWithPrecision,
    told: Told,
) -> Request:
    """Bring a matter to the group (W1)."""
    policy.require(op.seat, "request.submit")
    today = op.now.date()
    if brought.start is None:
        raise InvalidInput("DATE_INCOMPLETE", field="brought")
    if (told.source_code is None) != (told.source_connection is None):
        missing = "sourceCode" if told.source_code is None else "sourceConnection"
        raise InvalidInput("SOURCE_INCOMPLETE", field=missing)
    request = Request(
        group_id=op.group_id,
        id=request_id,
        state=rules.RequestState.SUBMITTED,
        title=title,
        request_type=request_type,
        requester=requester,
        urgency=urgency,
        incident_class=incident_class,
        pcode=pcode,
        occurred=to_the_month(checked(occurred, argument="occurred", latest=today)),
        brought=to_the_month(checked(brought, argument="brought", latest=today)),
        submitted_at=op.now,
    )
    for_somebody = bool(op.seat.roles & policy.SECRETARIAT)
    author = RequestAuthor(
        group_id=op.group_id,
        request_id=request_id,
        organisation_id=None if for_somebody else op.seat.organisation_id,
        seat_id=op.seat.id,
    )
    arrival = RequestArrival(group_id=op.group_id, request_id=request_id, channel=channel, brought=brought)
    await op.add(request, author, arrival, *_parts(op, request_id, occurred, told))
    await record(op, "request.submit", request_id)
    return request


def _parts(
    op: Operation, request_id: UUID, occurred: DateWithPrecision, told: Told
) -> list[RequestNarrative | RequestPlace | RequestSource]:
    key = {"group_id": op.group_id, "request_id": request_id}
    narrative = RequestNarrative(
        **key,
        audience=sorted(category.name for category in told.audience),
        alleged_actor_kind=told.alleged_actor_kind,
        counting_unit=told.counting_unit,
        affected=told.affected,
        occurred=occurred,
    )
    op.seal(narrative, "text", told.narrative)
    if told.wanted_action is not None:
        op.seal(narrative, "wanted_action", told.wanted_action)
    parts: list[RequestNarrative | RequestPlace | RequestSource] = [narrative]
    if told.stated_place is not None:
        parts.append(RequestPlace(**key))
        op.seal(parts[-1], "stated", told.stated_place)
    if told.source_code is not None:
        parts.append(RequestSource(**key, code=told.source_code, connection=told.source_connection, reliability=None))
        if told.source_statement is not None:
            op.seal(parts[-1], "statement", told.source_statement)
    return parts


async def fetch(op: Operation, request_id: UUID, version: int | None = None) -> Request:
    """The request that an act is about: locked with a `version`, else kept as it is until the act is done."""
    return await op.fetch(Request, request_id, version=version, guard=True, argument="requestId")


async def note_reading(op: Operation, request_ids: Collection[UUID], part: ToldPart) -> None:
    """Somebody opened what was told of these requests: once a day for each pillar, and not of what it told itself."""
    own = set(await op.scalars(reads.brought_by(op.group_id, op.seat.organisation_id, request_ids)))
    key = {"group_id": op.group_id, "day": op.now.date(), "reader": rules.reader(op.seat), "part": part}
    rows = [{**key, "request_id": each} for each in sorted(set(request_ids) - own)]
    if rows:
        await op.note(insert(Reading).values(rows).on_conflict_do_nothing())


async def check_seen(op: Operation, request_id: UUID) -> None:
    """Raise `NotFound` unless the request is there for the seat, whether it may change it or not."""
    await op.fetch(Request, request_id, argument="requestId")


async def triage(
    op: Operation, *, request_id: UUID, version: int, reliability: Reliability | None, note: str | None
) -> Request:
    """Judge the source and measure the fact sheet (W2). Triage cannot refuse: only the group decides."""
    policy.require(op.seat, "request.triage")
    request = await fetch(op, request_id, version)
    request.state = rules.moved(request.state, rules.TRIAGE)
    source = await _part(op, RequestSource, request_id)
    if source is not None and reliability is not None:
        source.reliability = reliability
    await op.flush()
    row = TriageNote(
        group_id=op.group_id,
        request_id=request_id,
        completeness=rules.completeness(await _sheet(op, request, source)),
    )
    if note is not None:
        op.seal(row, "text", note)
    await op.add(row)
    await tell(op, NoticeKind.REQUEST_TRIAGED, request_id)
    await record(op, "request.triage", request_id)
    return request


async def completeness(op: Operation, request_id: UUID) -> int:
    """How much of the fact sheet's minimum there was at triage, in per cent."""
    note = await _part(op, TriageNote, request_id)
    return note.completeness if note else 0


async def audience(op: Operation, request_id: UUID) -> list[Category]:
    """Who reads what was told of the request; nobody but its keepers where nothing was."""
    narrative = await _part(op, RequestNarrative, request_id)
    return [Category[name] for name in narrative.audience] if narrative else []


async def tell(op: Operation, kind: NoticeKind, request_id: UUID) -> None:
    """Tell the organisation that brought the request; what the secretariat entered has none."""
    author = await _part(op, RequestAuthor, request_id)
    await post(op, kind, request_id, author.organisation_id if author else None)


async def _sheet(op: Operation, request: Request, source: RequestSource | None) -> rules.FactSheet:
    narrative = await _part(op, RequestNarrative, request.id)
    place = await _part(op, RequestPlace, request.id)
    return rules.FactSheet(
        what=narrative is not None,
        stated_place=place is not None,
        date=True,
        alleged_actor_kind=narrative is not None and narrative.alleged_actor_kind is not None,
        affected=narrative is not None and narrative.counting_unit is not None,
        source_connection=source is not None,
        source_reliability=source is not None and source.reliability is not None,
        wanted_action=narrative is not None and narrative.wanted_action is not None,
        urgency=True,
    )


async def _part(op: Operation, table: type[Part], request_id: UUID) -> Part | None:
    found = await op.scalars(select(table).where(table.group_id == op.group_id, table.request_id == request_id))
    return found[0] if found else None
