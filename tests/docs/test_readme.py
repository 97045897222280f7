"""The README's commands are run as they stand, against the real server, and print what it says."""

from __future__ import annotations

import os
import re
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
WRITTEN = "http://127.0.0.1:8000"


def _blocks() -> list[tuple[str, str]]:
    """Each console block: its command and what it prints."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    blocks = re.findall(r"```console\n\$ (.*?)\n(\{.*?)```", text, re.DOTALL)
    assert len(blocks) == 2
    return blocks


@pytest.fixture(scope="module")
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


@pytest.mark.parametrize("index", [0, 1])
def test_a_command_prints_what_the_readme_says(address: tuple[str, dict[str, str]], index: int) -> None:
    command, printed = _blocks()[index]
    here = command.replace(WRITTEN, address[0]).replace(".venv/bin/baraza", f"'{BARAZA}'")
    ran = subprocess.run(["bash", "-c", here], env=address[1], cwd=ROOT, capture_output=True, text=True, check=True)
    assert ran.stdout == printed


def test_an_act_sent_again_answers_the_same(address: tuple[str, dict[str, str]]) -> None:
    test_a_command_prints_what_the_readme_says(address, 1)
    test_a_command_prints_what_the_readme_says(address, 1)
