"""Rounds of wrk: one peer after another on one line of the table, then the next line, then all of it again."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

from machine import cpu, cpu_of_children, pss

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping, Sequence

    from building import Member
    from operations import Operation
    from peers import Peer

SCRIPT = Path(__file__).parent / "drive.lua"
WARM_SECONDS = 3
"""Node compiles what it runs often."""

SLOW_SECONDS = 10
"""For who answers nothing in the seconds of the line."""
SETTLED_WITHIN, GLANCE = 120.0, 0.1


@dataclass(frozen=True)
class Line:
    """What is compared: an operation, at so many connections."""

    operation: Operation
    connections: int

    @property
    def name(self) -> str:
        return self.operation.name if self.connections > 1 else f"{self.operation.name}_1"


@dataclass
class Seen:
    """What a peer did on a line, round by round."""

    rates: list[float] = field(default_factory=list)
    p50s: list[float] = field(default_factory=list)
    p99s: list[float] = field(default_factory=list)
    requests: int = 0
    server: float = 0.0
    database: float = 0.0

    @property
    def rate(self) -> float:
        """Requests a second."""
        return median(self.rates)

    @property
    def p99(self) -> float:
        return median(self.p99s)

    @property
    def p50(self) -> float:
        return median(self.p50s)

    @property
    def server_ms(self) -> float:
        """CPU of the server a request."""
        return 1_000 * self.server / self.requests

    @property
    def database_ms(self) -> float:
        return 1_000 * self.database / self.requests

    @property
    def cpu_ms(self) -> float:
        return self.server_ms + self.database_ms


AllSeen = dict[tuple[str, str], Seen]
"""By the name of a line and of a peer."""


@dataclass(frozen=True)
class Course:
    """What is driven, and between which processes."""

    work: Path
    postmaster: int
    members: Mapping[str, Member]
    clean: Callable[[], Awaitable[None]]

    async def run(self, lines: Sequence[Line], peers: Sequence[Peer], rounds: int, say: Any) -> AllSeen:
        seen: AllSeen = {}
        for nth in range(rounds):
            for line in lines:
                turn = peers[nth % len(peers) :] + peers[: nth % len(peers)]
                for peer in turn:
                    if line.name not in peer.lacks:
                        self._drive(line, peer, seen)
                        if line.operation.name == "create":
                            await self.clean()
            say(f"round {nth + 1} of {rounds} is over")
        return seen

    def _drive(self, line: Line, peer: Peer, all_seen: AllSeen) -> None:
        """Warm it the first time, then measure. Who answers nothing has no figures on the line, and is not driven on it
        again."""
        if (line.name, peer.name) not in all_seen:
            self._wrk(line, peer, WARM_SECONDS)
        server, database = cpu(peer.process.pid), cpu_of_children(self.postmaster)
        said = self._wrk(line, peer, line.operation.seconds) or self._wrk(line, peer, SLOW_SECONDS)
        if said is None:
            peer.lacks[line.name] = f"none within {SLOW_SECONDS} s"
            all_seen.pop((line.name, peer.name), None)
            return
        seen = all_seen.setdefault((line.name, peer.name), Seen())
        seen.server += cpu(peer.process.pid) - server
        seen.database += cpu_of_children(self.postmaster) - database
        seen.requests += said["requests"]
        peer.memory = max(peer.memory, pss(peer.process.pid))
        seen.rates.append(said["requests"] / said["seconds"])
        seen.p50s.append(said["p50"])
        seen.p99s.append(said["p99"])

    def _settle(self, peer: Peer) -> None:
        """Wait until what wrk did not wait for is over, so that it burdens nobody else."""
        deadline = time.monotonic() + SETTLED_WITHIN
        busy = True
        while busy and time.monotonic() < deadline:
            before = self._used(peer)
            time.sleep(GLANCE)
            busy = self._used(peer) - before > GLANCE / 4

    def _used(self, peer: Peer) -> float:
        return cpu(peer.process.pid) + cpu_of_children(self.postmaster)

    def _wrk(self, line: Line, peer: Peer, seconds: int) -> Any:
        """What wrk saw, or none where nothing was answered in time; an answer that is not right ends the bench."""
        operation = line.operation
        file = self.work / f"{peer.name}-{operation.name}.bodies"
        if not file.exists():
            file.write_text("\n".join(peer.bodies(operation, self.members[operation.asker])) + "\n")
        headers = [part for pair in peer.headers(operation).items() for part in ("-H", ": ".join(pair))]
        command = ["wrk", "-t1", f"-c{line.connections}", f"-d{seconds}s", "--timeout", "30s", *headers]
        command += ["-s", str(SCRIPT), peer.url(operation), "--", str(file), operation.has]
        done = subprocess.run(command, check=True, capture_output=True, text=True)
        self._settle(peer)
        figures, sample = done.stderr.splitlines()[-2:]
        said = json.loads(figures)
        if said["bad"]:
            sys.exit(f"{peer.name} answers {operation.name} wrongly, {said['bad']} times: {sample}")
        return said if said["requests"] else None
