"""How many statements an operation takes: counted on the wire, between a peer of its own and PostgreSQL."""

from __future__ import annotations

import asyncio
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from operations import OPERATIONS
from peers import ask, started

sys.path.append(str(Path(__file__).parents[1]))
from telemetry.wire import tapped  # the relay of the telemetry's tests, beside this folder

if TYPE_CHECKING:
    from collections.abc import Sequence

    from peers import Peer, World

PAGES = ("list10", "list50", "list200")


def statements(names: Sequence[str], world: World) -> dict[str, dict[str, int]]:
    """Statements of each operation, by peer; transaction and binding are among them."""
    return {name: asyncio.run(_counted(name, world)) for name in names}


async def _counted(name: str, world: World) -> dict[str, int]:
    async with tapped(world.app_url) as wire:
        return await asyncio.to_thread(_asked, name, replace(world, app_url=wire.url), wire)


def _asked(name: str, world: World, wire: object) -> dict[str, int]:
    with started(name, world) as peer:
        return {each: _one(peer, each, world, wire) for each in (*PAGES, "one", "counts") if each not in _lacked(peer)}


def _lacked(peer: Peer) -> set[str]:
    return {name.removesuffix("_1") for name in peer.lacks if name.endswith("_1")}


def _one(peer: Peer, name: str, world: World, wire: object) -> int:
    """Of an operation that is known by now, on a connection that is."""
    for _ in range(WARM):
        ask(peer, OPERATIONS[name], world.members["large"])
    before = wire.statements
    ask(peer, OPERATIONS[name], world.members["large"])
    return wire.statements - before


WARM = 12
