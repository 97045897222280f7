"""Loading the demonstration through the acts. Killed in the middle, it can be run again and goes on where it was."""

from __future__ import annotations

import hashlib
from datetime import date
from functools import partial
from typing import TYPE_CHECKING

from api.demo import involved, sites, stories
from api.demo.roster import (
    FICTIVE,
    FIRST_NAMES,
    GROUPS,
    LINKS,
    ORGANISATIONS,
    PERSONAS,
    WITHOUT_LOGIN,
    Group,
    Persona,
    demo_id,
    group_id,
)
from api.demo.structures import STRUCTURES
from api.graph.idempotency import Answers
from api.groups import actions as groups
from api.groups.reads import group_ids, link_ids, organisation_ids
from api.groups.rules import Standing
from api.identity import DEVELOPMENT_ISSUER, subject
from api.seat import NETWORK, Role, system_seat
from api.seats import actions as seats
from api.seats.reads import seat_ids
from api.seats.rules import Holder, Post
from api.store import sealing
from api.structures import actions as structures

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator
    from pathlib import Path
    from uuid import UUID

    from api.store.engine import Store
    from api.store.operation import Operation

    Act = Callable[[Operation], Awaitable[object]]

SINCE = date(2018, 10, 1)


async def loaded(store: Store) -> bool:
    """Whether the network is there; what is missing of it is added by `load`."""
    async with store.process(system_seat(Role.NETWORK_ADMIN), write=False) as op:
        return bool(await op.scalars(group_ids()))


async def shown(store: Store) -> bool:
    """Whether any of the demonstration's groups is there."""
    async with store.process(system_seat(Role.NETWORK_ADMIN), write=False) as op:
        return not {group.id for group in GROUPS}.isdisjoint(await op.scalars(group_ids()))


def make_keys(file: Path) -> None:
    """Give the network and the demonstration's groups their sealing keys."""
    for owner in (NETWORK, *(group.id for group in GROUPS)):
        sealing.add_group(file, owner)


async def load(store: Store) -> int:
    """Enter what is not there yet; how many steps that were."""
    done = await _network(store)
    for persona in PERSONAS:
        if not _seated_with_the_network(persona):
            done += await _once(store, f"{persona.group_code}.coordinator", f"seat/{persona.name}", _seat(persona))
    for group in GROUPS:
        done += await _once(store, f"{group.code}.coordinator", "seats", _others(group))
        done += await _once(store, f"{group.code}.coordinator", "phases", _phases(group))
    done += await _once(store, "sk.coordinator", "structures", _structures)
    for step in (*stories.steps(), *involved.steps(), *sites.steps()):
        done += await _once(store, step.persona, step.name, step.act)
    return done


async def _network(store: Store) -> int:
    """The registry, the groups, their first coordinators and the network's own seats: acts of its administrator."""
    async with store.process(system_seat(Role.NETWORK_ADMIN, NETWORK)) as op:
        await groups.open_network(op)
        statements = (group_ids(), organisation_ids(), link_ids(), seat_ids())
        there = {known for statement in statements for known in await op.scalars(statement)}
        missing = [each for each in _of_the_network() if each[0] not in there]
        for _, enter in missing:
            await enter(op)
    return len(missing)


def _of_the_network() -> Iterator[tuple[UUID, Act]]:
    """Each thing that the network enters itself, by its id."""
    for name in ORGANISATIONS:
        yield demo_id("organisation", name), partial(_register, name)
    for child, parent in LINKS:
        yield demo_id("link", child, parent), partial(_link, child, parent)
    for group in GROUPS:
        yield group.id, partial(_open, group)
    for persona in PERSONAS:
        if persona.group_code == "network":
            yield persona.seat_id, _seat(persona)


async def _register(name: str, op: Operation) -> None:
    category, aliases = ORGANISATIONS[name]
    await groups.register_organisation(
        op,
        organisation_id=demo_id("organisation", name),
        name=name,
        category=category,
        aliases=aliases,
        fictive=name in FICTIVE,
    )


async def _link(child: str, parent: str, op: Operation) -> None:
    kind, provenance = LINKS[child, parent]
    await groups.link_organisations(
        op,
        link_id=demo_id("link", child, parent),
        organisation_id=demo_id("organisation", child),
        parent_id=demo_id("organisation", parent),
        kind=kind,
        provenance=provenance,
        valid_from=None,
        valid_to=None,
    )


async def _open(group: Group, op: Operation) -> None:
    """A group is opened with its first coordinator."""
    await groups.open_group(
        op,
        group_id=group.id,
        code=group.code,
        name_fr=group.name_fr,
        name_en=group.name_en,
        ways=group.ways,
        founded=group.founded,
        standing=Standing.ACTIVE,
        jurisdiction=group.jurisdiction,
    )
    for persona in PERSONAS:
        if persona.group_code == group.code and persona.roles == {Role.COORDINATOR}:
            await _seat(persona)(op)


def _seated_with_the_network(persona: Persona) -> bool:
    return persona.group_code == "network" or persona.roles == {Role.COORDINATOR}


async def _once(store: Store, persona: str, name: str, act: Act) -> int:
    """Do the act unless its key says that it is done."""
    answers = Answers(f"demo/{name}", hashlib.sha256(name.encode()).digest())
    async with store.operation(subject(DEVELOPMENT_ISSUER, persona), None, write=True) as op:
        await answers.recall(op)
        if answers.recalled is not None:
            return 0
        await act(op)
        await answers.remember(op)
        return 1


def _seat(persona: Persona) -> Act:
    return lambda op: seats.give(
        op,
        group_id=group_id(persona.group_code),
        seat_id=persona.seat_id,
        holder=persona.held(subject(DEVELOPMENT_ISSUER, persona.name)),
        post=persona.post,
        valid_from=SINCE,
    )


def _others(group: Group) -> Act:
    """The rest of the roster, without login."""

    async def give(op: Operation) -> object:
        for first_name, (name, pillar) in zip(FIRST_NAMES, WITHOUT_LOGIN[group.code], strict=False):
            roles = frozenset({Role.MEMBER if pillar else Role.OBSERVER})
            await seats.give(
                op,
                group_id=group.id,
                seat_id=demo_id("seat", group.code, name),
                holder=Holder(f"{first_name} Mfano", invented=True),
                post=Post(demo_id("organisation", name), pillar, ORGANISATIONS[name][0], roles),
                valid_from=SINCE,
            )
        return None

    return give


def _phases(group: Group) -> Act:
    async def assess(op: Operation) -> object:
        for phase, assessed in group.phases:
            phase_id = demo_id("phase", group.code, phase.name)
            await groups.assess_phase(op, phase_id=phase_id, phase=phase, assessed=assessed)
        return None

    return assess


async def _structures(op: Operation) -> None:
    """The monitoring committee of South Kivu, its decrees, its fund, and the local committee that has a seat (D30 to
    D32)."""
    for structure in STRUCTURES:
        await structures.set_up(
            op,
            structure_id=structure.id,
            kind=structure.kind,
            name=structure.name,
            theme=None,
            parent_id=demo_id("structure", structure.parent) if structure.parent else None,
            organisation_id=demo_id("organisation", structure.organisation) if structure.organisation else None,
            pcode=structure.pcode,
            since=structure.since,
        )
        for number, authority, dated in structure.instruments:
            await structures.found_on(
                op,
                instrument_id=demo_id("instrument", number),
                structure_id=structure.id,
                number=number,
                authority=authority,
                dated=dated,
            )
        for name in structure.members:
            await structures.admit(
                op,
                member_id=demo_id("member", structure.name, name),
                structure_id=structure.id,
                organisation_id=demo_id("organisation", name),
                valid_from=SINCE,
            )
