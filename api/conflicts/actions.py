"""Recording conflicts of interest; a wall closes in the act that records why, and opens by decision alone."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from api import policy
from api.audit.actions import record
from api.conflicts import reads, rules
from api.conflicts.rules import ConflictState, Ground
from api.conflicts.tables import Conflict, ConflictGround, Disclosure, Sponsorship, StandIn, Wall
from api.decisions.rules import counts_for_quorum
from api.errors import NotAllowed, NotFound
from api.groups import reads as groups
from api.notices.actions import post_to_groups
from api.seat import Role
from api.seats import reads as seats
from api.store.base import new_id

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from uuid import UUID

    from api.conflicts.rules import ConflictOutcome, DisclosurePart
    from api.notices.tables import OutboxItem
    from api.seats.tables import Seat
    from api.store.operation import Operation


@dataclass(frozen=True, slots=True)
class Matter:
    """A request, and the case that it became, where it did."""

    request_id: UUID
    case_id: UUID | None = None


async def require(op: Operation, act: str, record_id: UUID | None = None) -> None:
    """Raise `NotAllowed` unless the seat holds the grant, or keeps this case or request in the place of the
    secretariat; with no record named, any."""
    try:
        policy.require(op.seat, act)
    except NotAllowed:
        kept = await op.scalars(reads.stood_in_for(op.group_id, op.seat.id))
        if not kept or (record_id is not None and record_id not in kept):
            raise


async def take_turn(op: Operation) -> None:
    """Nobody else implicates organisations in the group's cases while this act does: it waits for another that is under
    way, and is then done again whole, with what that one wrote in its sight."""
    await op.note(reads.turn(op.group_id))


async def implicate(op: Operation, matter: Matter, named: Mapping[UUID, Ground]) -> None:
    """Propose a conflict of each organisation that is implicated with those named, and close its wall."""
    await take_turn(op)
    found = rules.implicated(named, await op.rows(groups.every_link()), await op.rows(reads.sponsored(op.group_id)))
    if not op.seat.roles & (policy.KEEPERS | {Role.WORKER}):  # who stands in sees no sponsors: the worker does
        await post_to_groups(op, "links", [op.group_id])
    keeping = set(await op.scalars(seats.keeping(op.group_id, op.now.date())))
    for organisation_id, ground in found.items():
        keeps = organisation_id in keeping
        await _propose(op, matter, organisation_id, ground, keeps=keeps, by_name=organisation_id in named)


async def _propose(
    op: Operation, matter: Matter, organisation_id: UUID, ground: Ground, *, keeps: bool, by_name: bool
) -> None:
    """What is there stays, but that an organisation which is named again is walled again, whatever was lifted
    before."""
    there = await op.scalars(reads.between(op.group_id, matter.request_id, organisation_id))
    standing = [each for each in there if each.state in rules.WALLING or keeps]
    if not standing and (by_name or not there):
        standing = [await _add(op, new_id(), matter, organisation_id, rules.proposed(keeps=keeps), known=False)]
    for conflict in standing[:1]:
        if ground not in await op.scalars(reads.grounds_of(op.group_id, conflict.id)):
            await _say(op, conflict, ground, None)


async def follow(op: Operation, request_id: UUID, case_id: UUID) -> None:
    """A request became a case: the conflicts with it are with the case too, and so are the walls and who stands in."""
    await take_turn(op)
    for each in await op.scalars(reads.standing_in(op.group_id, request_id)):
        await op.add(_stand_in(op, each.seat_id, case_id, each.organisation_id, each.decision_id))
    for conflict in await op.scalars(reads.of(op.group_id, request_id)):
        conflict.case_id = case_id
        await op.flush()
        await _close(op, conflict)


async def declare(
    op: Operation, *, conflict_id: UUID, matter: Matter, organisation_id: UUID, text: str | None
) -> Conflict:
    """Say that an organisation is in conflict with a matter (DOMAIN 3.3), in the turn in which the matter was found."""
    policy.require(op.seat, "conflict.declare")
    if not await op.scalars(groups.organisations_of(organisation_id)):
        raise NotFound(field="organisationId")
    own = organisation_id == op.seat.organisation_id
    keeps = organisation_id in await op.scalars(seats.keeping(op.group_id, op.now.date()))
    state = rules.declared(own=own, by_keeper=bool(op.seat.roles & policy.KEEPERS), keeps=keeps)
    conflict = await _add(op, conflict_id, matter, organisation_id, state, known=own)
    await _say(op, conflict, Ground.CLAIM if state is ConflictState.CLAIMED else Ground.DECLARATION, text)
    await record(op, "conflict.declare", conflict_id, matter.request_id)
    return conflict


async def contest(op: Operation, *, conflict_id: UUID, version: int, text: str) -> Conflict:
    """The organisation that knows of its conflict says that there is none; its wall stays until a decision lifts it."""
    policy.require(op.seat, "conflict.contest")
    conflict = await fetch(op, conflict_id, version)
    if conflict.organisation_id != op.seat.organisation_id:
        raise NotFound(field="conflictId")
    rules.check_contested(conflict.state)
    conflict.state = ConflictState.CONTESTED
    await op.flush()
    await _say(op, conflict, Ground.CONTEST, text)
    await record(op, "conflict.contest", conflict_id)
    return conflict


async def confirm(op: Operation, *, conflict_id: UUID, version: int) -> Conflict:
    """The secretariat confirms what was proposed or declared; the wall stays as it is."""
    await require(op, "conflict.confirm")
    conflict = await fetch(op, conflict_id, version)
    await require(op, "conflict.confirm", conflict.request_id)
    rules.check_confirmed(conflict.state)
    conflict.state = ConflictState.CONFIRMED
    await op.flush()
    await record(op, "conflict.confirm", conflict_id)
    return conflict


async def decided(
    op: Operation, conflict: Conflict, outcome: ConflictOutcome, *, decision_id: UUID, replacing: Seat | None
) -> None:
    """What a decision comes to. Lifting one conflict lifts all that stand between the same two. A wall before who keeps
    the casework closes only with the seat that keeps this case instead."""
    await take_turn(op)
    keeps = conflict.organisation_id in await op.scalars(seats.keeping(op.group_id, op.now.date()))
    rules.check_replaced(outcome, keeps=keeps, replaced=replacing is not None)
    if replacing is not None:
        await _replace(op, conflict, replacing, decision_id)
    state = rules.check_decided(conflict.state, outcome)
    others = await op.scalars(reads.between(op.group_id, conflict.request_id, conflict.organisation_id))
    lifted = [each for each in others if state is ConflictState.LIFTED and each.state in rules.WALLING]
    for each in {conflict.id: conflict, **{each.id: each for each in lifted}}.values():
        each.state = state
    await op.flush()
    await _close(op, conflict)
    if state is ConflictState.LIFTED:
        await _release(op, conflict)


async def replacement(op: Operation, seat_id: UUID | None) -> Seat | None:
    """The seat that is to keep a case for a walled secretariat."""
    found = await op.scalars(seats.among(op.group_id, [seat_id], op.now.date())) if seat_id else ()
    if seat_id is not None and (not found or found[0].ended_at is not None):
        raise NotFound(field="replacingSeatId")
    return found[0] if found else None


async def _replace(op: Operation, conflict: Conflict, seat: Seat, decision_id: UUID) -> None:
    """Let a voting seat that is not in conflict itself keep the case; whoever is walled by this act knows why."""
    walled = await op.scalars(reads.walled(op.group_id, conflict.request_id))
    possible = counts_for_quorum(seat.pillar, seat.roles) and seat.organisation_id != conflict.organisation_id
    rules.check_replacing(possible=possible and seat.organisation_id not in walled)
    conflict.known = True
    for record_id in filter(None, (conflict.request_id, conflict.case_id)):
        await op.add(_stand_in(op, seat.id, record_id, conflict.organisation_id, decision_id))


async def _release(op: Operation, conflict: Conflict) -> None:
    """The wall before the secretariat is lifted: nobody keeps the case in its place any more."""
    for record_id in filter(None, (conflict.request_id, conflict.case_id)):
        for stand_in in await op.scalars(reads.standing_in(op.group_id, record_id)):
            if stand_in.organisation_id == conflict.organisation_id:
                stand_in.ended_at = op.now
    await op.flush()


def _stand_in(op: Operation, seat_id: UUID, record_id: UUID, organisation_id: UUID, decision_id: UUID) -> StandIn:
    return StandIn(
        group_id=op.group_id,
        seat_id=seat_id,
        record_id=record_id,
        organisation_id=organisation_id,
        decision_id=decision_id,
        ended_at=None,
    )


async def disclose(
    op: Operation, matter: Matter, organisation_id: UUID, parts: Collection[DisclosurePart], decision_id: UUID
) -> list[Disclosure]:
    """Show parts of a case through the wall; from then on the organisation knows that there is a conflict."""
    await take_turn(op)
    assert matter.case_id is not None
    there = set(await op.scalars(reads.shown(op.group_id, organisation_id, matter.case_id)))
    shown = [
        Disclosure(
            group_id=op.group_id,
            organisation_id=organisation_id,
            case_id=matter.case_id,
            part=part,
            decision_id=decision_id,
        )
        for part in sorted(set(parts) - there, key=lambda part: part.name)
    ]
    await op.add(*shown)
    for conflict in await op.scalars(reads.between(op.group_id, matter.request_id, organisation_id)):
        conflict.known = conflict.known or conflict.state in rules.WALLING
        await op.flush()
        await _close(op, conflict)
    return shown


async def sponsor(
    op: Operation, *, sponsorship_id: UUID, sponsor_id: UUID, organisation_id: UUID, suspected: bool, text: str | None
) -> Sponsorship:
    """Write down who stands behind an organisation; where a case implicates it, the sponsor is walled in this act."""
    policy.require(op.seat, "sponsorship.record")
    rules.check_sponsor(sponsor_id, organisation_id)
    there = {each.id for each in await op.scalars(groups.organisations_of(sponsor_id, organisation_id))}
    for field, each in (("sponsorId", sponsor_id), ("organisationId", organisation_id)):
        if each not in there:
            raise NotFound(field=field)
    sponsorship = Sponsorship(
        group_id=op.group_id,
        id=sponsorship_id,
        sponsor_id=sponsor_id,
        organisation_id=organisation_id,
        suspected=suspected,
        recorded_at=op.now,
    )
    if text is not None:
        op.seal(sponsorship, "text", text)
    await op.add(sponsorship)
    await walk(op)
    await record(op, "sponsorship.record", sponsorship_id)
    return sponsorship


async def carry_links(op: Operation, _: OutboxItem) -> None:
    """The network has linked organisations in its registry."""
    await walk(op)


async def walk(op: Operation) -> None:
    """Look again whom the group's cases implicate."""
    await take_turn(op)
    named: dict[Matter, dict[UUID, Ground]] = defaultdict(dict)
    for request_id, case_id, organisation_id, ground in await op.rows(reads.roots(op.group_id)):
        named[Matter(request_id, case_id)].setdefault(organisation_id, ground)
    for matter, organisations in named.items():
        await implicate(op, matter, organisations)


async def fetch(op: Operation, conflict_id: UUID, version: int) -> Conflict:
    """The conflict that an act is about, locked."""
    return await op.fetch(Conflict, conflict_id, version=version, argument="conflictId")


async def _add(
    op: Operation, conflict_id: UUID, matter: Matter, organisation_id: UUID, state: ConflictState, *, known: bool
) -> Conflict:
    conflict = Conflict(
        group_id=op.group_id,
        id=conflict_id,
        organisation_id=organisation_id,
        request_id=matter.request_id,
        case_id=matter.case_id,
        state=state,
        known=known,
        recorded_by=op.seat.id,
        recorded_at=op.now,
    )
    await op.add(conflict)
    return conflict


async def _say(op: Operation, conflict: Conflict, ground: Ground, text: str | None) -> None:
    """Write the ground down, and close the wall last: an organisation that declares itself does not see past it."""
    row = ConflictGround(
        group_id=op.group_id,
        id=new_id(),
        conflict_id=conflict.id,
        ground=ground,
        recorded_by=op.seat.id,
        recorded_at=op.now,
    )
    if text is not None:
        op.seal(row, "text", text)
    await op.add(row)
    await _close(op, conflict)


async def _close(op: Operation, conflict: Conflict) -> None:
    """Make the walls between the two what their conflicts say."""
    organisation_id, case_id = conflict.organisation_id, conflict.case_id
    there = await op.scalars(reads.between(op.group_id, conflict.request_id, organisation_id))
    states = {conflict.state, *(each.state for each in there)}
    shown = await op.scalars(reads.shown(op.group_id, organisation_id, case_id)) if case_id else ()
    hides = rules.hides(states, header_shown=rules.DisclosurePart.HEADER in shown)
    for record_id in filter(None, (conflict.request_id, case_id)):
        wall = await op.scalars(reads.wall(op.group_id, organisation_id, record_id))
        if wall:
            wall[0].hides = hides
            await op.flush()
        elif hides is not rules.Hides.NOTHING:
            await op.add(Wall(group_id=op.group_id, organisation_id=organisation_id, record_id=record_id, hides=hides))
