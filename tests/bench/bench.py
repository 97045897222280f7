"""`make bench`: builds the database, starts the peers, compares what they answer, drives them, and says how they did.

tests/bench/run [LINE …] [--peers floor,ours,…] [--rounds 7] [--connections 16,1]
"""

from __future__ import annotations

import argparse
import asyncio
import os
import shutil
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import asyncpg
from alone import executed
from building import Built, Sizes, built
from collector import collecting
from comparing import compare
from counting import statements
from driving import Course, Line
from goals import goals
from machine import postmaster
from operations import OPERATIONS
from peers import STARTERS, World, started
from pydantic import SecretStr
from reporting import Results, ratios, tables
from tenant import copied
from writing import write

from api.running import Urls
from api.settings import Settings
from api.store import embedded

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine
    from typing import Any

ROOT = Path(__file__).parents[2]
SMALL = os.environ.get("BARAZA_SIZES") == "small"
CASES = 20_000 if SMALL else 200_000

CLEAN = """
ALTER TABLE requests NO FORCE ROW LEVEL SECURITY; ALTER TABLE request_authors NO FORCE ROW LEVEL SECURITY;
ALTER TABLE request_arrivals NO FORCE ROW LEVEL SECURITY; ALTER TABLE request_narratives NO FORCE ROW LEVEL SECURITY;
CREATE TEMP TABLE brought AS SELECT group_id, id FROM requests WHERE title LIKE 'Barrière n° %';
ANALYZE brought;
DELETE FROM request_narratives n USING brought b WHERE n.group_id = b.group_id AND n.request_id = b.id;
DELETE FROM request_arrivals n USING brought b WHERE n.group_id = b.group_id AND n.request_id = b.id;
DELETE FROM request_authors n USING brought b WHERE n.group_id = b.group_id AND n.request_id = b.id;
DELETE FROM requests n USING brought b WHERE n.group_id = b.group_id AND n.id = b.id;
DROP TABLE brought;
ALTER TABLE requests FORCE ROW LEVEL SECURITY; ALTER TABLE request_authors FORCE ROW LEVEL SECURITY;
ALTER TABLE request_arrivals FORCE ROW LEVEL SECURITY; ALTER TABLE request_narratives FORCE ROW LEVEL SECURITY;
"""


def say(text: str) -> None:
    print(text, flush=True)  # noqa: T201 - what the bench is for


def main() -> None:
    asked = _arguments()
    data = Path(asked.data).absolute() / ("data-small" if SMALL else "data")
    work = data.parent / "work"
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    settings = Settings(mode="development", data=data, worker=False)
    if not (data / "built.json").exists():
        say(f"Building the database of {CASES:,} cases, once.")
        _build(settings)
    with embedded.postgres(data) as server, collecting() as collector, ExitStack() as copy, ExitStack() as stack:
        urls = Urls(SecretStr(server.app_url), SecretStr(server.owner_url))
        known = asyncio.run(built(settings, urls, Sizes(CASES)))
        world = World(settings, server.app_url, server.owner_url, collector.url, known.members, work)
        clean = _cleaner(server.owner_url)
        asyncio.run(clean())  # of a run that was interrupted
        if "tenant" in asked.peers:
            copy.enter_context(copied(server.owner_url))
        peers = [stack.enter_context(started(name, world)) for name in asked.peers]
        compare(peers, asked.operations, known.members, say)
        process = asyncio.run(postmaster(server.app_url))
        course = Course(work, process, known.members, clean)
        lines = [Line(OPERATIONS[name], at) for name in asked.operations for at in asked.connections]
        seen = asyncio.run(course.run(lines, peers, asked.rounds, say))
        memory = {peer.name: peer.memory for peer in peers}
        stack.close()
        counted = statements(asked.peers, world) if asked.whole else {}
        alone = asyncio.run(executed(server.app_url, known.members)) if "tenant" in asked.peers else {}
        _report(asked, Results(lines, peers, seen, memory, counted, alone), known)
        if "ours" in asked.peers and not collector.deliveries:
            sys.exit("The collector was told nothing: telemetry was off.")


def _report(asked: argparse.Namespace, results: Results, known: Built) -> None:
    reached = list(goals(results))
    for row in ("", *tables(results)):
        say(row)
    for name, value in (ratios(results) | {goal.name: goal.value for goal in reached}).items():
        say(f"{name} ratio {value:.2f}")
    for goal in reached:
        say(goal.line)
    if os.environ.get("BARAZA_WRITE_DOCS") and asked.whole:
        sizes = known.members["tenth"].cases_in_group, known.members["large"].cases_in_group
        write(results, asked.rounds, sizes)


def _build(settings: Settings) -> None:
    """A crash of the machine may cost it, and it is faster so; it is served durable."""
    with embedded.postgres(settings.data, durable=False) as server:
        asyncio.run(built(settings, Urls(SecretStr(server.app_url), SecretStr(server.owner_url)), Sizes(CASES)))


def _cleaner(owner_url: str) -> Callable[[], Coroutine[Any, Any, None]]:
    """Takes away what was created, so that nobody finds more rows than the one before."""

    async def clean() -> None:
        owner = await asyncpg.connect(owner_url)
        try:
            async with owner.transaction():
                await owner.execute(CLEAN)
            await owner.execute("VACUUM (ANALYZE) requests")
            for table in ("request_authors", "request_arrivals", "request_narratives"):
                await owner.execute(f"VACUUM (ANALYZE) {table}")
        finally:
            await owner.close()

    return clean


def _listed(known: object, text: str) -> list[str]:
    names = text.split(",")
    if missing := [name for name in names if name not in known]:  # type: ignore[operator]
        raise argparse.ArgumentTypeError(f"no {', '.join(missing)}; there are {', '.join(known)}")  # type: ignore[call-overload]
    return names


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="tests/bench/run")
    parser.add_argument("operations", nargs="*", metavar="LINE", help=", ".join(OPERATIONS))
    parser.add_argument("--peers", type=lambda text: _listed(STARTERS, text), default=list(STARTERS))
    parser.add_argument("--rounds", type=int, default=3 if SMALL else 7)
    parser.add_argument("--connections", type=lambda text: [int(n) for n in text.split(",")], default=[16, 1])
    parser.add_argument("--data", default=str(ROOT / "build" / "bench"), help="folder of the database")
    asked = parser.parse_args()
    if unknown := set(asked.operations) - set(OPERATIONS):
        parser.error(f"no line {', '.join(sorted(unknown))}; there are {', '.join(OPERATIONS)}")
    asked.whole = not asked.operations and asked.peers == list(STARTERS)
    asked.operations = asked.operations or list(OPERATIONS)
    return asked


if __name__ == "__main__":
    main()
