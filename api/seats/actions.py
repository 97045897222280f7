"""Giving seats, inviting to them, replacing who holds one, and ending them: rights end at the next request."""

from __future__ import annotations

import secrets
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from api import policy
from api.audit.actions import record
from api.errors import InvalidInput, NotFound, WrongState
from api.groups import reads as groups
from api.seat import NETWORK, Role
from api.seats import reads, rules
from api.seats.rules import Holder, Post
from api.seats.tables import Invitation, Person, Seat, SeatTerm
from api.store.base import new_id

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date
    from uuid import UUID

    from api.store.operation import Operation


async def give(
    op: Operation,
    *,
    group_id: UUID,
    seat_id: UUID,
    holder: Holder,
    post: Post,
    valid_from: date,
    valid_to: date | None = None,
    succeeds_id: UUID | None = None,
) -> Seat:
    """A seat in the group for somebody of an organisation. The coordinator gives seats of its own group; the network
    gives its own, and a group its first coordinator."""
    policy.require(op.seat, "seat.give")
    _check_giver(op, group_id, post.roles)
    rules.check_roles(post.roles, post.area, group_id)
    person = Person(group_id=group_id, id=new_id(), name=holder.name, invented=holder.invented)
    seat = Seat(
        group_id=group_id,
        id=seat_id,
        person_id=person.id,
        organisation_id=post.organisation_id,
        pillar=post.pillar,
        category=post.category,
        roles=sorted(role.name for role in post.roles),
        area=post.area,
        subject=holder.subject,
        valid_from=valid_from,
        valid_to=valid_to,
        ended_at=None,
        succeeds_id=succeeds_id,
        principal_id=post.principal_id,
    )
    await op.add(person, seat)
    if post.principal_id is None:
        await op.add(SeatTerm(group_id=group_id, seat_id=seat_id, pillar=post.pillar, valid_from=valid_from))
    await record(op, "seat.give", seat_id, group_id=group_id)
    return seat


def _check_giver(op: Operation, group_id: UUID, roles: frozenset[Role]) -> None:
    """The network names who coordinates a group, and leaves the rest to it."""
    if op.seat.group_id in {None, NETWORK}:
        if group_id != NETWORK and roles != {Role.COORDINATOR}:
            raise InvalidInput("ROLES_INVALID", field="roles")
    elif op.seat.group_id != group_id:
        raise NotFound(field="workingGroupId")


async def invite(
    op: Operation, *, group_id: UUID, seat_id: UUID, name: str, post: Post, valid_from: date
) -> Invitation:
    """A seat for somebody who is still to come, with the code that leads there."""
    seat = await give(op, group_id=group_id, seat_id=seat_id, holder=Holder(name), post=post, valid_from=valid_from)
    return await _invite(op, seat)


async def invite_coordinator(
    op: Operation, *, group_id: UUID, seat_id: UUID, name: str, post: Post, valid_from: date
) -> Invitation:
    """The network names a group's coordinator."""
    policy.require(op.seat, "seat.give")
    if not await op.scalars(groups.group_of(group_id)) or group_id == NETWORK:
        raise NotFound(field="workingGroupId")
    return await invite(op, group_id=group_id, seat_id=seat_id, name=name, post=post, valid_from=valid_from)


async def invite_alternate(
    op: Operation, *, seat_id: UUID, alternate_id: UUID, name: str, valid_from: date
) -> Invitation:
    """Somebody who stands in for the holder of a seat, with the same rights; the two are one place at the table."""
    policy.require(op.seat, "seat.give")
    seat = await _current(op, seat_id)
    if seat.principal_id is not None:
        raise WrongState("SEAT_IS_ALTERNATE", field="seatId")
    begins = max(valid_from, seat.valid_from)
    if seat.valid_to is not None and begins > seat.valid_to:
        raise InvalidInput("DATE_ORDER", field="validFrom")
    alternate = await give(
        op,
        group_id=seat.group_id,
        seat_id=alternate_id,
        holder=Holder(name),
        post=replace(_post(seat), principal_id=seat_id),
        valid_from=begins,
        valid_to=seat.valid_to,
    )
    return await _invite(op, alternate)


async def replace_holder(
    op: Operation, *, seat_id: UUID, version: int, successor_id: UUID, name: str, starting: date
) -> Invitation:
    """Another person takes the place. The old seat ends the day before, or now, and keeps what was done from it; the
    new one succeeds it (D17)."""
    policy.require(op.seat, "seat.give")
    seat = await _current(op, seat_id, version)
    today = op.now.date()
    if starting < today:
        raise InvalidInput("DATE_PAST", field="starting")
    if starting > today and starting <= seat.valid_from:
        raise InvalidInput("DATE_ORDER", field="starting")
    if seat.principal_id is not None:
        raise WrongState("SEAT_IS_ALTERNATE", field="seatId")
    if await op.scalars(reads.successor_of(seat.group_id, seat_id)):
        raise WrongState("SEAT_REPLACED", field="seatId")
    last = None if starting == today else starting - timedelta(days=1)
    await _check_led(op, seat, last or today)
    await _end(op, seat, last)
    successor = await give(
        op,
        group_id=seat.group_id,
        seat_id=successor_id,
        holder=Holder(name),
        post=_post(seat),
        valid_from=starting,
        succeeds_id=seat_id,
    )
    await record(op, "seat.replace", seat_id, successor_id)
    return await _invite(op, successor)


async def renew(op: Operation, *, invitation_id: UUID, version: int) -> Invitation:
    """A new code in place of one that was lost or has expired."""
    policy.require(op.seat, "seat.give")
    invitation = await op.fetch(Invitation, invitation_id, version=version, argument="invitationId")
    if invitation.accepted_at is not None:
        raise WrongState("INVITATION_ACCEPTED", field="invitationId")
    seat = await _current(op, invitation.seat_id, argument="invitationId")
    _code(op, invitation, seat.valid_from)
    await op.flush()
    await record(op, "seat.invite", invitation_id, invitation.seat_id)
    return invitation


async def accept(op: Operation, *, code: str) -> Seat:
    """The bearer takes the seat that the code leads to, and goes on from it. Whether the code never was, has expired or
    was used by somebody else is one answer; the same bearer may say it again."""
    policy.require(op.seat, "invitation.accept")
    await op.show_code(rules.code_hash(code))
    found: Sequence[Invitation] = await op.scalars(reads.shown())
    seats: Sequence[Seat] = await op.scalars(reads.of_invitation(found[0])) if found else []
    if not seats or not _opens(op, found[0], seats[0]):
        raise InvalidInput("INVITATION_UNKNOWN", field="code")
    invitation, seat = found[0], seats[0]
    seat.subject = op.subject
    await op.flush()
    if not await op.take_seat(seat.id):
        raise WrongState("SEAT_NOT_YET", field="code")
    if invitation.accepted_at is None:
        invitation.accepted_at, invitation.code = op.now, None
        await op.flush()
        await record(op, "invitation.accept", invitation.id, seat.id)
    return seat


def _opens(op: Operation, invitation: Invitation, seat: Seat) -> bool:
    if invitation.accepted_at is not None or seat.subject is not None:
        return seat.subject == op.subject
    return invitation.expires_on >= op.now.date() and seat.ended_at is None


async def end(op: Operation, *, seat_id: UUID, version: int, on: date | None) -> Seat:
    """The seat ends after its last day, or now where none is named; so do its alternates."""
    policy.require(op.seat, "seat.end")
    seat = await _current(op, seat_id, version)
    if on is not None:
        rules.check_last_day(on, seat.valid_from, op.now.date())
    await _check_led(op, seat, on or op.now.date())
    await _end(op, seat, on)
    await record(op, "seat.end", seat_id)
    return seat


async def _check_led(op: Operation, seat: Seat, last: date) -> None:
    """A group is not left without anybody who can give seats."""
    lead = Role.NETWORK_ADMIN if seat.group_id == NETWORK else Role.COORDINATOR
    if lead.name not in seat.roles:
        return
    lasting = await op.scalars(reads.lasting(seat.group_id, last))
    others = [other for other in lasting if seat.id not in {other.id, other.principal_id}]
    if not any(lead.name in other.roles for other in others):
        raise WrongState("LAST_COORDINATOR", field="seatId")


async def _end(op: Operation, seat: Seat, last: date | None) -> None:
    """After `last`, or now; an alternate does not outlast its principal, and keeps an earlier end of its own."""
    today = op.now.date()
    day = last or today
    alternates = await op.scalars(reads.alternates_of(seat.group_id, seat.id))
    for each in (seat, *(one for one in alternates if not rules.is_over(one.valid_to, one.ended_at, today))):
        earlier = each.valid_to if each is not seat and each.valid_to else day
        each.valid_to = max(min(earlier, day), each.valid_from)
        each.ended_at = op.now if last is None or each.valid_from > day else None
    for term in await op.scalars(reads.term_of(seat.group_id, seat.id)):
        term.until = today if last is None else rules.until(last)
    await op.flush()


async def _current(op: Operation, seat_id: UUID, version: int | None = None, argument: str = "seatId") -> Seat:
    """The seat that an act is about, or leads to; `WrongState` SEAT_ENDED where its rights have ended."""
    seat = await op.fetch(Seat, seat_id, version=version, guard=True, argument=argument)
    if rules.is_over(seat.valid_to, seat.ended_at, op.now.date()):
        raise WrongState("SEAT_ENDED", field=argument)
    return seat


def _post(seat: Seat) -> Post:
    roles = frozenset(Role[name] for name in seat.roles)
    return Post(seat.organisation_id, seat.pillar, seat.category, roles, seat.area, seat.principal_id)


async def _invite(op: Operation, seat: Seat) -> Invitation:
    invitation = Invitation(group_id=seat.group_id, id=new_id(), seat_id=seat.id, made_by=op.seat.id)
    _code(op, invitation, seat.valid_from)
    await op.add(invitation)
    await record(op, "seat.invite", invitation.id, seat.id, group_id=seat.group_id)
    return invitation


def _code(op: Operation, invitation: Invitation, valid_from: date) -> None:
    """It counts from the seat's first day on; shown to who invites until it is used, kept sealed, found by its hash."""
    code = "".join(secrets.choice(rules.ALPHABET) for _ in range(rules.CODE_LENGTH))
    op.seal(invitation, "code", "-".join(code[at : at + 5] for at in range(0, rules.CODE_LENGTH, 5)))
    invitation.code_hash = rules.code_hash(code)
    invitation.expires_on = rules.expires_on(max(op.now.date(), valid_from))
