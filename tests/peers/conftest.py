"""The real server, started for real clients. `tests/peers/run` installs these; without it nothing here is collected."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import time
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROOT = Path(__file__).parents[2]
START_SECONDS = 120
STOP_SECONDS = 30

collect_ignore_glob = [] if os.environ.get("BARAZA_PEERS") else ["test_*.py"]


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Start `baraza serve` on fresh data, answer its address, and see it stop on SIGTERM."""
    folder = tmp_path_factory.mktemp("serve")
    port = free_port()
    environment = {**os.environ, "PORT": str(port), "BARAZA_DATA": str(folder / "data")}
    with (folder / "log").open("wb") as log:
        command = [str(ROOT / ".venv" / "bin" / "baraza"), "serve", "--development"]
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log)
    try:
        address = f"http://127.0.0.1:{port}"
        wait_until(lambda: process.poll() is not None or answers(f"{address}/readyz"), START_SECONDS)
        assert process.poll() is None, (folder / "log").read_text()
        yield address
        process.terminate()
        assert process.wait(STOP_SECONDS) in {0, -signal.SIGTERM}, (folder / "log").read_text()
    finally:
        process.kill()
        process.wait()


@pytest.fixture(scope="session")
def graphiql(server: str) -> str:
    """Answer GraphiQL's address once the server has installed its files, which it does after it has started."""
    wait_until(lambda: answers(f"{server}/graphiql/"), START_SECONDS)
    return f"{server}/graphiql/"


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as held:
        port: int = held.getsockname()[1]
        return port


def answers(url: str) -> bool:
    try:
        return httpx.get(url, timeout=10).status_code == httpx.codes.OK
    except httpx.TransportError:
        return False


def wait_until(happened: Callable[[], bool], seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < deadline, f"nothing within {seconds} s"
        time.sleep(0.2)
