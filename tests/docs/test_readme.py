"""The README's commands are run as they stand, against the real server, and print what it says."""

from __future__ import annotations

import re
import subprocess

import pytest
from docs.conftest import BARAZA, ROOT

WRITTEN = "http://127.0.0.1:8000"


def _blocks() -> list[tuple[str, str]]:
    """Each console block: its command and what it prints."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    blocks = re.findall(r"```console\n\$ (.*?)\n(\{.*?)```", text, re.DOTALL)
    assert len(blocks) == 2
    return blocks


@pytest.mark.parametrize("index", [0, 1])
def test_a_command_prints_what_the_readme_says(address: tuple[str, dict[str, str]], index: int) -> None:
    command, printed = _blocks()[index]
    here = command.replace(WRITTEN, address[0]).replace(".venv/bin/baraza", f"'{BARAZA}'")
    ran = subprocess.run(["bash", "-c", here], env=address[1], cwd=ROOT, capture_output=True, text=True, check=True)
    assert ran.stdout == printed


def test_an_act_sent_again_answers_the_same(address: tuple[str, dict[str, str]]) -> None:
    test_a_command_prints_what_the_readme_says(address, 1)
    test_a_command_prints_what_the_readme_says(address, 1)
