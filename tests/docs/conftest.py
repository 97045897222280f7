"""The server that the commands of the documentation are tried with."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
BARAZA = Path(sys.executable).with_name("baraza")


@pytest.fixture(scope="session")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, dict[str, str]]]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {**os.environ, "PORT": str(port), "BARAZA_DATA": str(tmp_path_factory.mktemp("readme"))}
    for name in ("BARAZA_DATABASE_URL", "BARAZA_OWNER_DATABASE_URL", "BARAZA_MODE"):
        environment.pop(name, None)
    server = subprocess.Popen([BARAZA, "serve", "--development"], env=environment, cwd=ROOT, stdout=subprocess.DEVNULL)
    try:
        _wait(f"http://127.0.0.1:{port}/readyz")
        yield f"http://127.0.0.1:{port}", environment
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(20)


def _wait(url: str) -> None:
    for _ in range(240):
        try:
            urllib.request.urlopen(url, timeout=2).close()
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.25)
        else:
            return
    raise AssertionError(url)
