"""Baraza as a process of its own: started, asked, stopped, killed, and looked for in the system's list of processes."""

from __future__ import annotations

import asyncio
import json
import math
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx

from api.http import graphiql
from api.identity import DevelopmentIssuer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import asyncpg

BARAZA = Path(sys.executable).with_name("baraza")
ROOT = Path(__file__).parents[2]
WITHIN = 90.0
"""Seconds after which a process is stuck, on a machine that has other things to do."""

# Runs one command after another, each in a process of its own that starts with the libraries read.
COMMANDS = """
import gc, json, os, signal, sys
import uvicorn, api.asgi, api.imports.sites, api.joining, api.otlp, api.preparing, api.registering
from api.cli import main

gc.freeze()  # or each process spends its end on what this one has read
for line in sys.stdin:
    arguments, environment, folder, out, seconds = json.loads(line)
    if child := os.fork():
        print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
        continue
    signal.alarm(seconds)
    for number, name in enumerate((os.devnull, out + ".out", out + ".err")):
        os.dup2(os.open(name, os.O_RDWR | os.O_CREAT | os.O_TRUNC), number)
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    sys.argv = ["baraza", *arguments]
    sys.exit(main())
"""


def environment(data: Path | None, settings: dict[str, str]) -> dict[str, str]:
    """Our own environment without what is set for Baraza in it, a free port, and `settings`."""
    set_for_us = {name for name in os.environ if name.startswith("BARAZA_")} | {"PORT", "MAKELEVEL"}
    kept = {name: value for name, value in os.environ.items() if name not in set_for_us}
    return kept | {"PORT": "0"} | ({} if data is None else {"BARAZA_DATA": str(data)}) | settings


@dataclass(frozen=True)
class Done:
    """What a command left when it ended."""

    code: int
    out: str
    err: str

    @property
    def sentence(self) -> str:
        """The one sentence of a command that refused, and nothing else."""
        assert (self.code, self.out) == (1, ""), self
        assert self.err.startswith("baraza: "), self
        assert self.err.endswith(".\n"), self
        assert self.err.count("\n") == 1, self
        return self.err.removeprefix("baraza: ").rstrip()

    @property
    def said(self) -> str:
        """What a command that did its work printed; it complained of nothing."""
        assert (self.code, self.err) == (0, ""), self
        return self.out


class Shell:
    """Gives commands to Baraza."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._popen = subprocess.Popen(
            [sys.executable, "-c", COMMANDS],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
        )

    def __call__(
        self, *arguments: str, data: Path | None, folder: Path | None = None, within: int = 60, **settings: str
    ) -> Done:
        """Run `baraza` with the arguments on the data folder, and kill it if it does not end within some seconds;
        `folder` is the working directory."""
        assert self._popen.stdin is not None
        assert self._popen.stdout is not None
        out = self._folder / "command"
        case = [arguments, environment(data, settings), str(folder or self._folder), str(out), within]
        self._popen.stdin.write(json.dumps(case) + "\n")
        self._popen.stdin.flush()
        code = int(self._popen.stdout.readline())
        return Done(code, *(out.with_suffix(end).read_text() for end in (".out", ".err")))

    def close(self) -> None:
        """No command runs any more."""
        assert self._popen.stdin is not None
        assert self._popen.stdout is not None
        self._popen.stdin.close()
        self._popen.wait(WITHIN)
        self._popen.stdout.close()


class Baraza:
    """A running command, `serve --development` unless another is named."""

    def __init__(self, data: Path, *arguments: str, **settings: str) -> None:
        plant_graphiql(data)
        self.data = data
        self.begun = time.monotonic()
        self._out, self._err = (tempfile.TemporaryFile("w+") for _ in range(2))  # noqa: SIM115 - closed in `close`
        self.popen = subprocess.Popen(
            [BARAZA, *(arguments or ("serve", "--development"))],
            stdin=subprocess.DEVNULL,
            stdout=self._out,
            stderr=self._err,
            cwd=data.parent,
            env=environment(data, settings),
            start_new_session=True,
        )
        self.address = ""

    @property
    def out(self) -> str:
        return _text(self._out)

    @property
    def err(self) -> str:
        return _text(self._err)

    def ready(self) -> float:
        """Wait until it answers that it is ready; the seconds that it took, on a machine that does nothing else."""
        self.comes_to(lambda: "/graphql" in self.out)
        self.address = re.findall(r"http://\S+(?=/graphql)", self.out)[0]
        self.comes_to(lambda: answers(f"{self.address}/readyz"))
        return min(time.monotonic() - self.begun, _busy(self.popen.pid))

    def comes_to(self, moment: Callable[[], object]) -> None:
        """Wait for a moment of its life; it must not end before."""
        wait_until(lambda: moment() or self.popen.poll() is not None)
        assert self.popen.poll() is None, f"ended with {self.popen.returncode}: {self.out}{self.err}"

    def http(self, persona: str) -> httpx.Client:
        """A client that asks as the persona."""
        return httpx.Client(base_url=self.address, headers=bearer(self.data, persona), timeout=30, trust_env=False)

    def ask(self, persona: str, document: str, variables: dict[str, Any] | None = None) -> Any:
        """The data of an answer without errors."""
        with self.http(persona) as http:
            answer = http.post("/graphql", json={"query": document, "variables": variables or {}})
        assert answer.status_code == 200, answer.text
        assert "errors" not in answer.json(), answer.text
        return answer.json()["data"]

    def interrupt(self) -> None:
        """Ctrl-C: the terminal tells everybody in the foreground."""
        os.killpg(self.popen.pid, signal.SIGINT)

    def ends(self) -> Done:
        """Wait for the end."""
        code = self.popen.wait(WITHIN)
        return Done(code, self.out, self.err)

    def kill(self) -> None:
        self.popen.kill()
        self.popen.wait()

    def close(self) -> None:
        """Whatever a test left running ends here, and leaves no PostgreSQL behind."""
        if self.popen.poll() is None:
            self.popen.terminate()
            try:
                self.popen.wait(WITHIN)
            except subprocess.TimeoutExpired:
                self.kill()
        sys.stderr.write(self.err)  # for whom a test fails
        self._out.close()
        self._err.close()
        try:
            wait_until(lambda: not processes_of(self.data), 40)
        finally:
            for process in processes_of(self.data):
                os.kill(process, signal.SIGKILL)


@contextmanager
def running(data: Path, *arguments: str, **settings: str) -> Iterator[Baraza]:
    process = Baraza(data, *arguments, **settings)
    try:
        yield process
    finally:
        process.close()


@contextmanager
def serving(data: Path, **settings: str) -> Iterator[Baraza]:
    """A development server that is ready."""
    with running(data, **settings) as server:
        server.ready()
        yield server


def _busy(process: int) -> float:
    """The processor's seconds that a process has had, where the system tells."""
    stat = Path(f"/proc/{process}/stat")
    if not stat.exists():
        return math.inf
    fields = stat.read_text().rpartition(")")[2].split()
    return sum(int(field) for field in fields[11:13]) / os.sysconf("SC_CLK_TCK")


def _text(file: Any) -> str:
    return os.pread(file.fileno(), 1_000_000, 0).decode()


def bearer(data: Path, persona: str) -> dict[str, str]:
    token = DevelopmentIssuer(data / "development-issuer.json").token(persona, "baraza")
    return {"Authorization": f"Bearer {token}"}


def plant_graphiql(data: Path) -> None:
    """Let the server find GraphiQL's files, so that no start fetches them."""
    folder = data / "graphiql" / graphiql._digest(graphiql.DEPLOY / "graphiql" / "package-lock.json")
    if data.parent.is_dir() and (data.is_dir() or not data.exists()):
        data.mkdir(mode=0o700, exist_ok=True)
        folder.mkdir(parents=True, exist_ok=True)
        for name in graphiql.INSTALLED:
            (folder / name).write_text("/* planted */")


def processes_of(data: Path) -> list[int]:
    """Every process that runs PostgreSQL on the folder, supervisors included."""
    cluster = str((data / "postgres").resolve())
    return [int(folder.name) for folder in Path("/proc").glob("[0-9]*") if _works_on(folder, cluster)]


def _works_on(process: Path, cluster: str) -> bool:
    try:
        command = (process / "cmdline").read_bytes().decode(errors="replace").split("\0")
        if any(part.startswith(cluster) for part in command):
            return True
        return str((process / "cwd").readlink()) == cluster
    except OSError:
        return False


def renamed(url: str, database: str) -> str:
    """The URL of another database on the same server."""
    return f"{url.rpartition('/')[0]}/{database}"


def postmaster_of(data: Path) -> int:
    return int((data / "postgres" / "postmaster.pid").read_text().split()[0])


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as held:
        port: int = held.getsockname()[1]
        return port


def answers(url: str) -> bool:
    try:
        return httpx.get(url, timeout=10, trust_env=False).status_code == 200
    except httpx.TransportError:
        return False


async def comes_true(connection: asyncpg.Connection[asyncpg.Record], question: str) -> None:
    """Wait until the database answers the question with true."""
    async with asyncio.timeout(WITHIN):
        while not await connection.fetchval(question):  # noqa: ASYNC110 - the database tells nobody by itself
            await asyncio.sleep(0.1)


def wait_until(happened: Callable[[], object], seconds: float = WITHIN) -> None:
    deadline = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < deadline, f"not within {seconds} s"
        time.sleep(0.02)
