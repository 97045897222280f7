"""Who is measured: how each is started, where it answers, what it is sent, and how its answer reads."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
from beside import from_postgraphile, from_strawchemy, to_postgraphile, to_strawchemy
from operations import DOCUMENTS, OPERATIONS, variables
from tenant import of_copy

from api.identity import DevelopmentIssuer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from building import Member
    from operations import Operation

    from api.settings import Settings

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
START_SECONDS, STOP_SECONDS = 60, 20
POOL = 4
"""Connections of each peer: PostgreSQL takes fifty of all of them."""

ONE_SEAT = "it binds one seat"


@dataclass(frozen=True)
class World:
    """What peers are started with."""

    settings: Settings
    app_url: str
    owner_url: str
    collector: str
    members: Mapping[str, Member]
    work: Path


@dataclass
class Peer:
    """A server under way. `body` makes what it is sent of an operation and its variables; `lacks` says why it has no
    figures on a line."""

    name: str
    port: int
    process: subprocess.Popen[bytes]
    path: Callable[[Operation], str]
    body: Callable[[Operation, dict[str, Any]], Any]
    tokens: dict[str, str] = field(default_factory=dict)
    """By who asks."""
    lacks: dict[str, str] = field(default_factory=dict)
    memory: float = 0.0
    """The most MB that it was seen with, after a drive."""
    shaped: Callable[[Operation, Any], Any] = lambda _, answer: answer
    """Makes of its answer ours."""

    def headers(self, operation: Operation) -> dict[str, str]:
        bearer = {"Authorization": f"Bearer {self.tokens[operation.asker]}"} if self.tokens else {}
        return {"Content-Type": "application/json", **bearer}

    def url(self, operation: Operation) -> str:
        return f"http://127.0.0.1:{self.port}{self.path(operation)}"

    def bodies(self, operation: Operation, member: Member) -> list[str]:
        return [json.dumps(self.body(operation, each)) for each in variables(operation, member)]


@contextmanager
def started(name: str, world: World) -> Iterator[Peer]:
    """Run the peer until the block ends."""
    port = _free_port()
    with (world.work / f"{name}.log").open("wb") as log:
        peer = STARTERS[name](name, port, world, log)
    try:
        _wait(peer, world)
        yield peer
    finally:
        peer.process.send_signal(signal.SIGTERM)
        try:
            peer.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            peer.process.kill()
            peer.process.wait()


def _ours(name: str, port: int, world: World, log: Any) -> Peer:
    environment = {
        **os.environ,
        "PORT": str(port),
        "BARAZA_DATA": str(world.settings.data),
        "BARAZA_DATABASE_URL": world.app_url,
        "BARAZA_OWNER_DATABASE_URL": world.owner_url,
        "BARAZA_POOL_SIZE": str(POOL),
        "BARAZA_POOL_WAIT": "60",
        "BARAZA_COMPILED_READS": "off" if name == "executor" else "on",
        "BARAZA_WORKER": os.environ.get("BARAZA_WORKER", "off"),
        "OTEL_EXPORTER_OTLP_ENDPOINT": world.collector,
    }
    command = [sys.executable, str(HERE / "ours.py"), "serve", "--development"]
    issuer, audience = DevelopmentIssuer(world.settings.issuer_key), world.settings.audience
    return Peer(
        name,
        port,
        _run(command, environment, log),
        path=lambda _: "/graphql",
        body=lambda operation, given: {"query": DOCUMENTS[operation.kind], "variables": given},
        tokens={name: issuer.token(member.persona, audience) for name, member in world.members.items()},
    )


def _tenant(name: str, port: int, world: World, log: Any) -> Peer:
    """`ours` over the copy of the database that knows the tenant alone."""
    there = replace(world, app_url=of_copy(world.app_url), owner_url=of_copy(world.owner_url))
    peer = _ours(name, port, there, log)
    peer.lacks = _lacking("row security is compared on list50", lambda each: each.name != "list50")
    return peer


def _lacking(why: str, lacked: Callable[[Operation], bool]) -> dict[str, str]:
    return {line: why for each in OPERATIONS.values() if lacked(each) for line in each.lines}


def _floor(name: str, port: int, world: World, log: Any) -> Peer:
    process = _run([sys.executable, str(HERE / "floor.py"), str(port)], _bound(world), log)
    return Peer(
        name,
        port,
        process,
        path=lambda operation: f"/{operation.kind}",
        body=lambda _, given: given,
        lacks=_lacking(ONE_SEAT, lambda each: each.asker != "large"),
    )


def _bound(world: World) -> dict[str, str]:
    """What a peer without seats of its own must know: where, as whom, and the keys."""
    return {
        **os.environ,
        "BENCH_DATABASE_URL": world.app_url,
        "BENCH_SEAT": json.dumps(world.members["large"].settings),
        "BENCH_KEYS": str(world.settings.keys),
        "BENCH_POOL": str(POOL),
    }


def _postgraphile(name: str, port: int, world: World, log: Any) -> Peer:
    node = next((HERE / "node_modules").glob("node-linux-*")) / "bin" / "node"
    production = {"NODE_ENV": "production", "GRAPHILE_ENV": "production"}
    group = world.members["large"].settings["baraza.group"]
    return Peer(
        name,
        port,
        _run([str(node), str(HERE / "postgraphile.mjs"), str(port)], _bound(world) | production, log),
        path=lambda _: "/graphql",
        body=lambda operation, given: to_postgraphile(operation, given, group),
        lacks=_lacking(ONE_SEAT, lambda each: each.asker != "large"),
        shaped=from_postgraphile,
    )


def _strawchemy(name: str, port: int, world: World, log: Any) -> Peer:
    python = ROOT / "build" / "bench" / "venv" / "bin" / "python"
    environment = _bound(world) | {"PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "ignore"}
    return Peer(
        name,
        port,
        _run([str(python), str(HERE / "strawchemy_peer.py"), str(port)], environment, log),
        path=lambda _: "/graphql",
        body=to_strawchemy,
        lacks=_lacking(ONE_SEAT, lambda each: each.asker != "large")
        | _lacking("it cannot seal", lambda each: each.name == "create"),
        shaped=from_strawchemy,
    )


STARTERS: dict[str, Callable[[str, int, World, Any], Peer]] = {
    "floor": _floor,
    "ours": _ours,
    "tenant": _tenant,
    "executor": _ours,
    "postgraphile": _postgraphile,
    "strawchemy": _strawchemy,
}


def _run(command: list[str], environment: dict[str, str], log: Any) -> subprocess.Popen[bytes]:
    return subprocess.Popen(command, cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log)


def _wait(peer: Peer, world: World) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and peer.process.poll() is None:
        try:
            with socket.create_connection(("127.0.0.1", peer.port), 1):
                return
        except OSError:
            time.sleep(0.1)
    sys.exit(f"{peer.name} does not start: read {world.work / f'{peer.name}.log'}.")


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as held:
        port: int = held.getsockname()[1]
        return port


def ask(peer: Peer, operation: Operation, member: Member, nth: int = 0) -> Any:
    """One answer, as JSON."""
    answer = httpx.post(
        peer.url(operation), content=peer.bodies(operation, member)[nth], headers=peer.headers(operation), timeout=60
    )
    said = answer.json()
    if answer.status_code != httpx.codes.OK or "errors" in said:
        sys.exit(f"{peer.name} cannot answer {operation.name}: {str(said)[:600]}")
    return said["data"]
