"""Setting up structures, and who is in them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from api import policy
from api.audit.actions import record
from api.dates import checked
from api.structures import rules
from api.structures.tables import Instrument, Structure, StructureMember

if TYPE_CHECKING:
    from datetime import date
    from uuid import UUID

    from api.dates import DateWithPrecision
    from api.store.operation import Operation
    from api.structures.rules import StructureKind


async def set_up(
    op: Operation,
    *,
    structure_id: UUID,
    kind: StructureKind,
    name: str,
    theme: str | None,
    parent_id: UUID | None,
    organisation_id: UUID | None,
    pcode: str | None,
    since: DateWithPrecision,
) -> Structure:
    """A new node of the tree, under another or alone."""
    policy.require(op.seat, "structure.set_up")
    parent = await _fetch(op, parent_id) if parent_id is not None else None
    rules.check_under(kind, parent.kind if parent else None)
    structure = Structure(
        group_id=op.group_id,
        id=structure_id,
        kind=kind,
        name=name,
        theme=theme,
        parent_id=parent_id,
        organisation_id=organisation_id,
        pcode=pcode,
        since=checked(since, argument="since", latest=op.now.date()),
    )
    await op.add(structure)
    await record(op, "structure.set_up", structure_id)
    return structure


async def admit(
    op: Operation, *, member_id: UUID, structure_id: UUID, organisation_id: UUID, valid_from: date
) -> StructureMember:
    """An organisation joins a structure."""
    policy.require(op.seat, "structure.change")
    await _fetch(op, structure_id)
    member = StructureMember(
        group_id=op.group_id,
        id=member_id,
        structure_id=structure_id,
        organisation_id=organisation_id,
        valid_from=valid_from,
        valid_to=None,
    )
    await op.add(member)
    await record(op, "structure.admit", member_id, structure_id)
    return member


async def leave(op: Operation, *, member_id: UUID, version: int, on: date) -> StructureMember:
    """An organisation leaves; that it was there stays."""
    policy.require(op.seat, "structure.change")
    member = await op.fetch(StructureMember, member_id, version=version, argument="structureMemberId")
    rules.check_end(on, member.valid_from)
    member.valid_to = on
    await op.flush()
    await record(op, "structure.leave", member_id, member.structure_id)
    return member


async def found_on(
    op: Operation, *, instrument_id: UUID, structure_id: UUID, number: str, authority: str, dated: date
) -> Instrument:
    """Record the law or decree that a structure stands on."""
    policy.require(op.seat, "structure.change")
    await _fetch(op, structure_id)
    instrument = Instrument(
        group_id=op.group_id,
        id=instrument_id,
        structure_id=structure_id,
        number=number,
        authority=authority,
        dated=dated,
    )
    await op.add(instrument)
    await record(op, "structure.instrument", instrument_id, structure_id)
    return instrument


async def _fetch(op: Operation, structure_id: UUID) -> Structure:
    return await op.fetch(Structure, structure_id, guard=True, argument="structureId")
