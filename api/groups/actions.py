"""Opening groups, registering organisations, giving seats."""

from __future__ import annotations

from typing import TYPE_CHECKING

from api import policy
from api.audit.actions import record
from api.errors import InvalidInput, NotFound, StartRefused
from api.groups import reads, rules
from api.groups.tables import (
    GroupSettings,
    Jurisdiction,
    Organisation,
    OrganisationAlias,
    Person,
    Seat,
    WorkingGroup,
)
from api.seat import Category, Pillar, Role
from api.store.base import new_id
from api.store.sealing import SealBroken, place

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date
    from uuid import UUID

    from api.dates import DateWithPrecision
    from api.groups.rules import FormalStatus, WorkingMode
    from api.store.operation import Operation

KEY_CHECK = "baraza"
QUORUM_PER_PILLAR = 1
COMPLETENESS_TO_TABLE = 60


async def open_group(
    op: Operation,
    *,
    group_id: UUID,
    code: str,
    name_fr: str,
    name_en: str,
    formal_status: FormalStatus,
    working_mode: WorkingMode,
    founded: DateWithPrecision,
    jurisdiction: Sequence[tuple[str, date, date | None]],
) -> WorkingGroup:
    """A new tenant with its settings and jurisdiction; who opens it gives it its sealing key first."""
    policy.require(op.seat, "group.open")
    key_check = op.keyring.seal(KEY_CHECK, group_id, _key_place(group_id))
    group = WorkingGroup(id=group_id, code=code, name_fr=name_fr, name_en=name_en, key_check=key_check)
    settings = GroupSettings(
        group_id=group_id,
        formal_status=formal_status,
        working_mode=working_mode,
        quorum_per_pillar=QUORUM_PER_PILLAR,
        completeness_to_table=COMPLETENESS_TO_TABLE,
        founded=founded,
    )
    await op.add(group, settings)
    for pcode, valid_from, valid_to in jurisdiction:
        await op.add(Jurisdiction(group_id=group_id, pcode=pcode, valid_from=valid_from, valid_to=valid_to))
    await record(op, "group.open", group_id, group_id=group_id)
    return group


async def check_keys(op: Operation) -> None:
    """Raise `StartRefused` unless the key file opens what each group of the network has sealed."""
    for group in await op.scalars(reads.whole()):
        try:
            op.keyring.open(group.key_check, group.id, _key_place(group.id))
        except SealBroken:
            raise StartRefused(
                f"The key file {op.keyring.file} does not open this database's narratives: put its own backup back."
            ) from None


def _key_place(group_id: UUID) -> bytes:
    return place(WorkingGroup.__tablename__, "key_check", group_id, group_id)


async def register_organisation(
    op: Operation, *, organisation_id: UUID, name: str, category: Category, aliases: Sequence[str], fictive: bool
) -> Organisation:
    """An entry of the network's registry, found again under any of its names."""
    policy.require(op.seat, "organisation.register")
    key = rules.matching_key(name)
    organisation = Organisation(id=organisation_id, name=name, matching_key=key, category=category, fictive=fictive)
    await op.add(organisation)
    for alias in aliases:
        await op.add(
            OrganisationAlias(organisation_id=organisation_id, matching_key=rules.matching_key(alias), name=alias)
        )
    return organisation


async def give_seat(
    op: Operation,
    *,
    group_id: UUID,
    seat_id: UUID,
    holder: str,
    invented: bool,
    organisation_id: UUID,
    pillar: Pillar | None,
    category: Category,
    roles: frozenset[Role],
    area: str | None,
    subject: str | None,
    valid_from: date,
) -> Seat:
    """A seat in the group for somebody of an organisation. The coordinator gives seats of its own group; the network
    gives a group its first coordinator."""
    policy.require(op.seat, "seat.give")
    if op.seat.group_id not in {None, group_id}:
        raise NotFound(field="groupId")
    if op.seat.group_id is None and roles != {Role.COORDINATOR}:
        raise InvalidInput("ROLES_INVALID", field="roles")
    rules.check_roles(roles, area)
    person = Person(group_id=group_id, id=new_id(), name=holder, invented=invented)
    seat = Seat(
        group_id=group_id,
        id=seat_id,
        person_id=person.id,
        organisation_id=organisation_id,
        pillar=pillar,
        category=category,
        roles=sorted(role.name for role in roles),
        area=area,
        subject=subject,
        valid_from=valid_from,
        valid_to=None,
    )
    await op.add(person, seat)
    await record(op, "seat.give", seat.id, group_id=group_id)
    return seat
