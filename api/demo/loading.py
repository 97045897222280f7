"""Loading the demonstration through the acts. Killed in the middle, it can be run again and goes on where it was."""

from __future__ import annotations

import hashlib
from datetime import date
from typing import TYPE_CHECKING

from api.demo.roster import (
    FICTIVE,
    FIRST_NAMES,
    GROUPS,
    ORGANISATIONS,
    PERSONAS,
    WITHOUT_LOGIN,
    Group,
    Persona,
    demo_id,
)
from api.demo.stories import steps
from api.graph.idempotency import Answers
from api.groups import actions as groups
from api.groups.reads import group_ids
from api.identity import DEVELOPMENT_ISSUER, subject
from api.seat import Role, system_seat
from api.store import sealing

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from pathlib import Path

    from api.store.engine import Store
    from api.store.operation import Operation

SINCE = date(2018, 10, 1)


async def loaded(store: Store) -> bool:
    """Whether the network is there; what is missing of it is added by `load`."""
    async with store.process(system_seat(Role.NETWORK_ADMIN), write=False) as op:
        return bool(await op.scalars(group_ids()))


def make_keys(file: Path) -> None:
    """Give the demonstration's groups their sealing keys."""
    for group in GROUPS:
        sealing.add_group(file, group.id)


async def load(store: Store) -> int:
    """Enter what is not there yet; how many steps that were."""
    done = await _network(store)
    for persona in PERSONAS:
        if persona.roles != {Role.COORDINATOR}:
            done += await _once(store, f"{persona.group_code}.coordinator", f"seat/{persona.name}", _seat(persona))
    for group in GROUPS:
        done += await _once(store, f"{group.code}.coordinator", "seats", _others(group))
    for step in steps():
        done += await _once(store, step.persona, step.name, step.act)
    return done


async def _network(store: Store) -> int:
    """The registry, the groups and their first coordinators: acts of the network's administrator."""
    async with store.process(system_seat(Role.NETWORK_ADMIN)) as op:
        if await op.scalars(group_ids()):
            return 0
        for name, (category, aliases) in ORGANISATIONS.items():
            await groups.register_organisation(
                op,
                organisation_id=demo_id("organisation", name),
                name=name,
                category=category,
                aliases=aliases,
                fictive=name in FICTIVE,
            )
        for group in GROUPS:
            await groups.open_group(
                op,
                group_id=group.id,
                code=group.code,
                name_fr=group.name_fr,
                name_en=group.name_en,
                formal_status=group.formal_status,
                working_mode=group.working_mode,
                founded=group.founded,
                jurisdiction=group.jurisdiction,
            )
        for persona in PERSONAS:
            if persona.roles == {Role.COORDINATOR}:
                await _seat(persona)(op)
    return 1


async def _once(store: Store, persona: str, name: str, act: Callable[[Operation], Awaitable[object]]) -> int:
    """Do the act unless its key says that it is done."""
    answers = Answers(f"demo/{name}", hashlib.sha256(name.encode()).digest())
    async with store.operation(subject(DEVELOPMENT_ISSUER, persona), None, write=True) as op:
        await answers.recall(op)
        if answers.recalled is not None:
            return 0
        await act(op)
        await answers.remember(op)
        return 1


def _seat(persona: Persona) -> Callable[[Operation], Awaitable[object]]:
    return lambda op: groups.give_seat(
        op,
        group_id=demo_id("group", persona.group_code),
        seat_id=persona.seat_id,
        holder=persona.holder,
        invented=True,
        organisation_id=demo_id("organisation", persona.organisation),
        pillar=persona.pillar,
        category=persona.category,
        roles=persona.roles,
        area=persona.area,
        subject=subject(DEVELOPMENT_ISSUER, persona.name),
        valid_from=SINCE,
    )


def _others(group: Group) -> Callable[[Operation], Awaitable[object]]:
    """The rest of the roster, without login."""

    async def give(op: Operation) -> object:
        for first_name, (name, pillar) in zip(FIRST_NAMES, WITHOUT_LOGIN[group.code], strict=True):
            await groups.give_seat(
                op,
                group_id=group.id,
                seat_id=demo_id("seat", group.code, name),
                holder=f"{first_name} Mfano",
                invented=True,
                organisation_id=demo_id("organisation", name),
                pillar=pillar,
                category=ORGANISATIONS[name][0],
                roles=frozenset({Role.MEMBER if pillar else Role.OBSERVER}),
                area=None,
                subject=None,
                valid_from=SINCE,
            )
        return None

    return give
