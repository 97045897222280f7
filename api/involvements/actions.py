"""Writing down what happened, who is said to be involved, and who the parties are; each closes the wall in its act."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from api.audit.actions import record
from api.cases import actions as cases
from api.conflicts import actions as conflicts
from api.conflicts.actions import Matter
from api.conflicts.rules import Ground
from api.dates import checked, to_the_month
from api.errors import NotFound
from api.groups import reads as groups
from api.involvements import reads, rules
from api.involvements.tables import Allegation, AllegationSource, CaseParty, Event, Involvement, InvolvementUnit
from api.store.base import new_id

if TYPE_CHECKING:
    from collections.abc import Collection
    from uuid import UUID

    from api.cases.tables import Case
    from api.dates import DateWithPrecision
    from api.involvements.rules import AllegationStatus, Degree
    from api.requests.rules import ActorKind, CountingUnit, IncidentClass, SourceConnection
    from api.seat import Category
    from api.store.operation import Operation


@dataclass(frozen=True, slots=True)
class Source:
    """What an allegation rests on; without a code there is none."""

    code: str | None
    connection: SourceConnection | None
    statement: str | None


@dataclass(frozen=True, slots=True)
class Alleged:
    """What an actor is said to have done, and to how many."""

    organisation_id: UUID | None
    actor_kind: ActorKind
    degree: Degree
    act: str | None
    counting_unit: CountingUnit | None
    affected_at_least: int | None
    affected_at_most: int | None
    unit_id: UUID | None
    unit_stated: str | None


async def record_event(
    op: Operation,
    *,
    event_id: UUID,
    case_id: UUID,
    incident_class: IncidentClass,
    pcode: str,
    occurred: DateWithPrecision,
) -> Event:
    """Write down that something happened, to the month: the day is in the narrative."""
    await conflicts.require(op, "event.record", case_id)
    await cases.fetch(op, case_id)
    event = Event(
        group_id=op.group_id,
        id=event_id,
        case_id=case_id,
        incident_class=incident_class,
        pcode=pcode,
        occurred=to_the_month(checked(occurred, argument="occurred", latest=op.now.date())),
        recorded_at=op.now,
    )
    await op.add(event)
    await record(op, "event.record", event_id, case_id)
    return event


async def record_involvement(
    op: Operation,
    *,
    involvement_id: UUID,
    event_id: UUID,
    alleged: Alleged,
    status: AllegationStatus,
    stated: DateWithPrecision,
    source: Source,
    audience: Collection[Category] | None,
) -> Involvement:
    """Write down who is said to be involved, with the first version of the allegation. Whoever is implicated with them
    loses sight of the case in this act."""
    await conflicts.require(op, "involvement.record")
    rules.check_affected(alleged.counting_unit, alleged.affected_at_least, alleged.affected_at_most)
    event = await op.fetch(Event, event_id, argument="eventId")
    await conflicts.require(op, "involvement.record", event.case_id)
    case = await cases.fetch(op, event.case_id)
    await _check_registered(op, organisationId=alleged.organisation_id, unitId=alleged.unit_id)
    involvement = Involvement(
        group_id=op.group_id,
        id=involvement_id,
        case_id=case.id,
        event_id=event_id,
        organisation_id=alleged.organisation_id,
        actor_kind=alleged.actor_kind,
        degree=alleged.degree,
        counting_unit=alleged.counting_unit,
        affected_at_least=alleged.affected_at_least,
        affected_at_most=alleged.affected_at_most,
        audience=await _audience(op, case, audience),
        recorded_at=op.now,
    )
    if alleged.act is not None:
        op.seal(involvement, "act", alleged.act)
    await op.add(involvement)
    await _add_unit(op, involvement, alleged)
    await _add_allegation(op, involvement, 1, status, stated, source)
    matter = Matter(case.request_id, case.id)
    await conflicts.implicate(op, matter, rules.alleged(alleged.organisation_id, alleged.unit_id))
    await record(op, "involvement.record", involvement_id, case.id)
    return involvement


async def revise(
    op: Operation,
    *,
    involvement_id: UUID,
    status: AllegationStatus,
    stated: DateWithPrecision,
    source: Source,
) -> Allegation:
    """Say anew how far an allegation is borne out, and by what; what was said before stays."""
    await conflicts.require(op, "allegation.revise")
    involvement = await op.fetch(Involvement, involvement_id, argument="involvementId")
    await conflicts.require(op, "allegation.revise", involvement.case_id)
    await cases.fetch(op, involvement.case_id)
    last = (await op.scalars(reads.last_number(op.group_id, involvement_id)))[0]
    allegation = await _add_allegation(op, involvement, last + 1, status, stated, source)
    await record(op, "allegation.revise", allegation.id, involvement_id)
    return allegation


async def add_party(
    op: Operation,
    *,
    party_id: UUID,
    case_id: UUID,
    side: int,
    category: Category,
    organisation_id: UUID | None,
    audience: Collection[Category] | None,
) -> CaseParty:
    """Write down who stands on a side of a case. A party that is an organisation loses sight of the case in this
    act."""
    await conflicts.require(op, "party.add", case_id)
    rules.check_side(side)
    case = await cases.fetch(op, case_id)
    await _check_registered(op, organisationId=organisation_id)
    party = CaseParty(
        group_id=op.group_id,
        id=party_id,
        case_id=case_id,
        side=side,
        category=category,
        organisation_id=organisation_id,
        audience=await _audience(op, case, audience),
    )
    await op.add(party)
    if organisation_id is not None:
        await conflicts.implicate(op, Matter(case.request_id, case_id), {organisation_id: Ground.PARTY})
    await record(op, "party.add", party_id, case_id)
    return party


async def _audience(op: Operation, case: Case, named: Collection[Category] | None) -> list[str]:
    """Where none is named, that of the case's narrative."""
    return sorted(await cases.audience_of(op, case.id) if named is None else (each.name for each in named))


async def _check_registered(op: Operation, **named: UUID | None) -> None:
    """Raise `NotFound`, naming the argument, for an organisation that is not in the registry."""
    ids = [each for each in named.values() if each is not None]
    there = {each.id for each in await op.scalars(groups.organisations_of(*ids))}
    for argument, each in named.items():
        if each is not None and each not in there:
            raise NotFound(field=argument)


async def _add_unit(op: Operation, involvement: Involvement, alleged: Alleged) -> None:
    if alleged.unit_id is None and alleged.unit_stated is None:
        return
    unit = InvolvementUnit(
        group_id=op.group_id,
        involvement_id=involvement.id,
        case_id=involvement.case_id,
        organisation_id=alleged.unit_id,
    )
    if alleged.unit_stated is not None:
        op.seal(unit, "stated", alleged.unit_stated)
    await op.add(unit)


async def _add_allegation(
    op: Operation,
    involvement: Involvement,
    number: int,
    status: AllegationStatus,
    stated: DateWithPrecision,
    source: Source,
) -> Allegation:
    rules.check_source(source.code, source.connection, source.statement)
    allegation = Allegation(
        group_id=op.group_id,
        id=new_id(),
        case_id=involvement.case_id,
        involvement_id=involvement.id,
        number=number,
        status=status,
        stated=checked(stated, argument="stated", latest=op.now.date()),
        audience=involvement.audience,
        recorded_at=op.now,
    )
    await op.add(allegation)
    if source.code is not None:
        row = AllegationSource(
            group_id=op.group_id,
            allegation_id=allegation.id,
            case_id=involvement.case_id,
            code=source.code,
            connection=source.connection,
        )
        if source.statement is not None:
            op.seal(row, "statement", source.statement)
        await op.add(row)
    return allegation
