"""A group joins the network by one command: its key, its row, its settings from another group, its coordinator's
invitation. Nothing is deployed and no server is restarted: servers look an unknown group's key up once more."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import uuid4

from api.dates import DateWithPrecision, Precision
from api.errors import InvalidInput, Refusal, StartRefused
from api.groups import actions, reads, rules
from api.groups.rules import FormalStatus, Standing, Ways, WorkingMode
from api.places import reads as places
from api.seat import NETWORK, Category, Pillar, Role, system_seat
from api.seats import actions as seats
from api.seats.rules import Post
from api.store import sealing
from api.store.base import new_id

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date
    from uuid import UUID

    from api.store.engine import Store
    from api.store.operation import Operation

UNLIKE = Ways(FormalStatus.INFORMAL, WorkingMode.FIELD_MISSION)
"""How a group works that takes over nobody's ways."""


@dataclass(frozen=True, slots=True)
class Joining:
    """What the operator says of the group to be."""

    code: str
    name_fr: str
    name_en: str
    jurisdiction: Sequence[str]
    like: str | None
    coordinator: str
    organisation: str
    category: Category
    pillar: Pillar | None


@dataclass(frozen=True, slots=True)
class Joined:
    """The way to the first seat."""

    code: str
    invitation: str
    expires_on: date


async def join(store: Store, joining: Joining) -> Joined:
    """Open the group whole or not at all; raise `StartRefused` where something that was said cannot be."""
    if not rules.CODE.fullmatch(joining.code):
        raise StartRefused(f"{joining.code} cannot be a group's code: take two to eight small letters.")
    group_id = uuid4()
    await _check(store, joining)
    await _check_keys(store)
    ways = await _ways(store, joining.like) if joining.like else UNLIKE
    for owner in (NETWORK, group_id):
        sealing.add_group(store.keyring.file, owner)
    try:
        async with store.process(system_seat(Role.NETWORK_ADMIN, NETWORK)) as op:
            return await _opened(op, joining, group_id, ways)
    except Refusal as refusal:
        raise StartRefused(refusal.message("en")) from None


@dataclass(frozen=True, slots=True)
class Inviting:
    """A seat that the operator invites to: of the network, or a group's coordinator where nobody else can."""

    code: str
    role: Role
    holder: str
    organisation: str
    category: Category
    pillar: Pillar | None


async def invite(store: Store, inviting: Inviting) -> Joined:
    """The network's first seats, and a coordinator for a group whose first code was lost."""
    await _check_keys(store)
    try:
        async with store.process(system_seat(Role.NETWORK_ADMIN, NETWORK)) as op:
            found = await op.scalars(reads.group_called(inviting.code))
            if not found:
                raise StartRefused(f"There is no group {inviting.code}: name one that there is, or network.")
            organisation_id = await _organisation(op, inviting.organisation, inviting.category)
            post = Post(organisation_id, inviting.pillar, inviting.category, frozenset({inviting.role}))
            invitation = await seats.invite(
                op,
                group_id=found[0].id,
                seat_id=new_id(),
                name=inviting.holder,
                post=post,
                valid_from=op.now.date(),
            )
            return Joined(inviting.code, op.open(invitation, "code"), invitation.expires_on)
    except Refusal as refusal:
        raise StartRefused(refusal.message("en")) from None


async def _check(store: Store, joining: Joining) -> None:
    """Before a key is made: what is taken, and what is not there."""
    async with store.process(system_seat(Role.NETWORK_ADMIN, NETWORK), write=False) as op:
        if await op.scalars(reads.group_called(joining.code)):
            raise StartRefused(f"There is a group {joining.code} already: take another code.")
        known = await op.scalars(places.known(joining.jurisdiction))
    missing = sorted(set(joining.jurisdiction) - set(known))
    if missing:
        raise StartRefused(f"No place has the P-code {', '.join(missing)}: see api/places/pcodes.csv.")


async def _check_keys(store: Store) -> None:
    """A group that joined under another key file than the network's would stop every server's next start."""
    async with store.process(system_seat(Role.NETWORK_ADMIN, NETWORK), write=False) as op:
        if await op.scalars(reads.group_ids()):
            store.keyring.check()
        await actions.check_keys(op)


async def _ways(store: Store, code: str) -> Ways:
    """How another group works; read from within it, since its settings are its own."""
    async with store.process(system_seat(Role.NETWORK_ADMIN, NETWORK), write=False) as op:
        found = await op.scalars(reads.group_called(code))
    if not found or found[0].id == NETWORK:
        raise StartRefused(f"There is no group {code} to be like: name one that there is.")
    async with store.process(system_seat(Role.NETWORK_ADMIN, found[0].id), write=False) as op:
        (settings,) = await op.scalars(reads.settings_of(found[0].id))
        return Ways(
            formal_status=FormalStatus.INFORMAL,
            working_mode=settings.working_mode,
            quorum_per_pillar=settings.quorum_per_pillar,
            completeness_to_table=settings.completeness_to_table,
            size_target=settings.size_target,
        )


async def _opened(op: Operation, joining: Joining, group_id: UUID, ways: Ways) -> Joined:
    today = op.now.date()
    await actions.open_network(op)
    await actions.open_group(
        op,
        group_id=group_id,
        code=joining.code,
        name_fr=joining.name_fr,
        name_en=joining.name_en,
        ways=ways,
        founded=DateWithPrecision(None, None, Precision.UNKNOWN),
        standing=Standing.FORMING,
        jurisdiction=[(pcode, today, None) for pcode in joining.jurisdiction],
    )
    organisation_id = await _organisation(op, joining.organisation, joining.category)
    post = Post(organisation_id, joining.pillar, joining.category, frozenset({Role.COORDINATOR}))
    invitation = await seats.invite(
        op, group_id=group_id, seat_id=new_id(), name=joining.coordinator, post=post, valid_from=today
    )
    return Joined(joining.code, op.open(invitation, "code"), invitation.expires_on)


async def _organisation(op: Operation, name: str, category: Category) -> UUID:
    """The one of that name, or a new entry of the registry."""
    found = await op.scalars(reads.organisation_called(rules.matching_key(name)))
    if len(found) > 1:
        raise InvalidInput("REFERENCE_UNKNOWN")
    if found:
        organisation_id: UUID = found[0].id
        return organisation_id
    made = await actions.register_organisation(
        op,
        organisation_id=new_id(),
        name=name,
        category=category,
        aliases=(),
        fictive=False,
    )
    return made.id
