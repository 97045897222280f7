"""Opening groups and saying how they work, and the registry of organisations."""

from __future__ import annotations

from typing import TYPE_CHECKING

from api import policy
from api.audit.actions import record
from api.dates import checked
from api.errors import InvalidInput, NotFound, StartRefused
from api.groups import reads, rules
from api.groups.tables import (
    GroupPhase,
    GroupSettings,
    GroupStanding,
    Jurisdiction,
    Organisation,
    OrganisationAlias,
    OrganisationLink,
    WorkingGroup,
)
from api.notices.actions import post_to_groups
from api.seat import NETWORK, Category
from api.store.base import new_id
from api.store.sealing import SealBroken, place

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date
    from uuid import UUID

    from api.dates import DateWithPrecision
    from api.groups.rules import LinkKind, Phase, Standing, Ways
    from api.store.operation import Operation

KEY_CHECK = "baraza"


async def open_network(op: Operation) -> None:
    """The network's own tenant, before any group; nothing where it is there."""
    policy.require(op.seat, "group.open")
    if not await op.scalars(reads.code_of(NETWORK)):
        await op.add(_tenant(op, NETWORK, "network", "Réseau des groupes de travail", "Network of Working Groups"))


async def open_group(
    op: Operation,
    *,
    group_id: UUID,
    code: str,
    name_fr: str,
    name_en: str,
    ways: Ways,
    founded: DateWithPrecision,
    standing: Standing,
    jurisdiction: Sequence[tuple[str, date, date | None]],
) -> WorkingGroup:
    """A new tenant with its settings and jurisdiction; who opens it gives it its sealing key first."""
    policy.require(op.seat, "group.open")
    group = _tenant(op, group_id, code, name_fr, name_en)
    settings = GroupSettings(
        group_id=group_id,
        formal_status=ways.formal_status,
        working_mode=ways.working_mode,
        quorum_per_pillar=ways.quorum_per_pillar,
        completeness_to_table=ways.completeness_to_table,
        size_target=ways.size_target,
        founded=founded,
    )
    since = min((valid_from for _, valid_from, _ in jurisdiction), default=op.now.date())
    await op.add(group, settings, GroupStanding(group_id=group_id, id=new_id(), standing=standing, since=since))
    for pcode, valid_from, valid_to in jurisdiction:
        await op.add(Jurisdiction(group_id=group_id, pcode=pcode, valid_from=valid_from, valid_to=valid_to))
    await record(op, "group.open", group_id, group_id=group_id)
    return group


def _tenant(op: Operation, group_id: UUID, code: str, name_fr: str, name_en: str) -> WorkingGroup:
    key_check = op.keyring.seal(KEY_CHECK, group_id, _key_place(group_id))
    return WorkingGroup(id=group_id, code=code, name_fr=name_fr, name_en=name_en, key_check=key_check)


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


async def change_settings(op: Operation, *, version: int, changes: Mapping[str, object]) -> GroupSettings:
    """How the group works from now on; what was decided before stays decided."""
    policy.require(op.seat, "settings.change")
    rules.check_changes(changes)
    settings = await op.fetch(GroupSettings, op.group_id, version=version, argument="version")
    for name, value in changes.items():
        setattr(settings, name, value)
    await op.flush()
    await record(op, "settings.change", op.group_id)
    return settings


async def assess_phase(op: Operation, *, phase_id: UUID, phase: Phase, assessed: DateWithPrecision) -> GroupPhase:
    """A judgement of where the group is in its life."""
    policy.require(op.seat, "group.assess")
    dated = checked(assessed, argument="assessed", latest=op.now.date())
    if dated.start is None:
        raise InvalidInput("DATE_INCOMPLETE", field="assessed")
    assessment = GroupPhase(group_id=op.group_id, id=phase_id, phase=phase, assessed=dated)
    await op.add(assessment)
    await record(op, "group.assess", phase_id)
    return assessment


async def place_group(
    op: Operation, *, standing_id: UUID, group_id: UUID, standing: Standing, since: date
) -> GroupStanding:
    """How far a group has joined the network, from a day on."""
    policy.require(op.seat, "group.place")
    await _known(op, group_id)
    placed = GroupStanding(group_id=group_id, id=standing_id, standing=standing, since=since)
    await op.add(placed)
    await record(op, "group.place", standing_id, group_id=group_id)
    return placed


async def cover(op: Operation, *, group_id: UUID, pcode: str, valid_from: date, valid_to: date | None) -> WorkingGroup:
    """A group covers a place from a day on; said again with a last day, it ends. Groups may overlap."""
    policy.require(op.seat, "group.cover")
    group = await _known(op, group_id)
    if valid_to is not None and valid_to < valid_from:
        raise InvalidInput("DATE_ORDER", field="validTo")
    found = await op.scalars(reads.coverage(group_id, pcode, valid_from))
    if found:
        found[0].valid_to = valid_to
        await op.flush()
    else:
        await op.add(Jurisdiction(group_id=group_id, pcode=pcode, valid_from=valid_from, valid_to=valid_to))
    await record(op, "group.cover", group_id, group_id=group_id)
    return group


async def _known(op: Operation, group_id: UUID) -> WorkingGroup:
    """The group's row, which the whole network knows; the network is no group."""
    found = [] if group_id == NETWORK else await op.scalars(reads.group_of(group_id))
    if not found:
        raise NotFound(field="workingGroupId")
    group: WorkingGroup = found[0]
    return group


async def register_organisation(
    op: Operation, *, organisation_id: UUID, name: str, category: Category, aliases: Sequence[str], fictive: bool
) -> Organisation:
    """An entry of the network's registry, found again under any of its names."""
    policy.require(op.seat, "organisation.register")
    key = rules.registered_key(name, "name")
    organisation = Organisation(id=organisation_id, name=name, matching_key=key, category=category, fictive=fictive)
    await op.add(organisation)
    for key, alias in {rules.registered_key(alias, "aliases"): alias for alias in aliases}.items():
        await op.add(OrganisationAlias(organisation_id=organisation_id, matching_key=key, name=alias))
    await record(op, "organisation.register", organisation_id, group_id=NETWORK)
    return organisation


async def link_organisations(
    op: Operation,
    *,
    link_id: UUID,
    organisation_id: UUID,
    parent_id: UUID,
    kind: LinkKind,
    provenance: str,
    valid_from: date | None,
    valid_to: date | None,
) -> OrganisationLink:
    """Say that an organisation is a unit of another, or its property; nothing that was said before is taken back."""
    policy.require(op.seat, "organisation.link")
    there = {each.id: each.category for each in await op.scalars(reads.organisations_of(organisation_id, parent_id))}
    for field, each in (("organisationId", organisation_id), ("parentId", parent_id)):
        if each not in there:
            raise NotFound(field=field)
    if valid_from and valid_to and valid_to < valid_from:
        raise InvalidInput("DATE_ORDER", field="validTo")
    rules.check_link(kind, there.values(), organisation_id, parent_id, await op.rows(reads.every_link()))
    link = OrganisationLink(
        id=link_id,
        organisation_id=organisation_id,
        parent_id=parent_id,
        kind=kind,
        provenance=provenance,
        valid_from=valid_from,
        valid_to=valid_to,
    )
    await op.add(link)
    await post_to_groups(op, "links", await op.scalars(reads.tenants()))
    await record(op, "organisation.link", link_id, organisation_id, parent_id, group_id=NETWORK)
    return link
