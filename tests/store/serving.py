"""Real processes that serve a folder with the embedded PostgreSQL, and what is seen of them from outside."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, cast

from api.store import embedded

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROOT = Path(embedded.__file__).parents[2]

# Serves the folder it is given and answers each line, an SQL statement, with its first value.
SERVER = """
import asyncio, asyncpg, json, signal, sys
from pathlib import Path
from api.errors import StartRefused
from api.store.embedded import postgres

def say(value):
    print(json.dumps(value), flush=True)

async def answer(url):
    connection = await asyncpg.connect(url, ssl=False)
    say("ready")
    while line := sys.stdin.readline():
        try:
            say(await connection.fetchval(line))
        except asyncpg.PostgresError as error:
            say(error.sqlstate)
    await connection.close()

signal.signal(signal.SIGINT, lambda *_: say("interrupted"))
try:
    with postgres(Path(sys.argv[1])) as server:
        asyncio.run(answer(server.owner_url))
except StartRefused as refused:
    say(str(refused))
"""


class Process:
    """A process of its own that serves a folder."""

    def __init__(self, data: Path, *before: str, user: int | None = None) -> None:
        self.cluster = data / "postgres"
        self.popen = subprocess.Popen(
            [*before, sys.executable, "-c", SERVER, str(data)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=os.environ | {"PYTHONPATH": str(ROOT)},
            start_new_session=True,
            user=user,
            group=user,
            extra_groups=None if user is None else [],
        )
        self.first = self.read()

    def ask(self, statement: str) -> Any:
        stdin = cast("IO[str]", self.popen.stdin)
        stdin.write(statement + "\n")
        stdin.flush()
        return self.read()

    def kill(self, *others: int) -> None:
        for pid in (self.popen.pid, *others):
            os.kill(pid, signal.SIGKILL)
        self.popen.wait()

    def close(self) -> None:
        """End of input is the end of the server."""
        cast("IO[str]", self.popen.stdin).close()
        try:
            self.popen.wait(60)
        finally:
            self.popen.kill()
            cast("IO[str]", self.popen.stdout).close()

    def read(self) -> Any:
        return json.loads(cast("IO[str]", self.popen.stdout).readline() or '"silent"')


@contextmanager
def serving(data: Path, *before: str, user: int | None = None) -> Iterator[Process]:
    process = Process(data, *before, user=user)
    try:
        assert process.first == "ready"
        yield process
    finally:
        process.close()


def refusal(data: Path, user: int | None = None) -> str:
    process = Process(data, user=user)
    process.close()
    return str(process.first)


def working_in(cluster: Path) -> list[int]:
    """Every process of a server of `cluster`: they all work in it."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if (process / "cwd").samefile(cluster):
                found.append(int(process.name))
        except OSError:
            continue
    return found


def parent_of(process: int) -> int:
    return int(Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[1])


def supervisor_of(process: Process) -> int:
    servers = set(working_in(process.cluster))
    return next(parent for server in servers if (parent := parent_of(server)) not in servers)


def within(seconds: float, true: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if true():
            return True
        time.sleep(0.02)
    return False
