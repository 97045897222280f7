"""The commands of the operator's page are run as they stand, one after another, and print what it says."""

from __future__ import annotations

import re
import subprocess

from docs.conftest import BARAZA, ROOT


def test_commands_print_what_the_page_says(address: tuple[str, dict[str, str]]) -> None:
    text = (ROOT / "docs" / "operating.md").read_text(encoding="utf-8")
    blocks = re.findall(r"```console\n\$ (.*?)\n(.*?)```", text, re.DOTALL)
    assert len(blocks) == 2
    for command, printed in blocks:
        here = command.replace(".venv/bin/baraza", f"'{BARAZA}'")
        ran = subprocess.run(
            ["bash", "-c", here], env=address[1], cwd=ROOT, capture_output=True, text=True, check=False
        )
        assert ran.stdout == printed, ran.stderr
        assert ran.returncode == 3
        assert ran.stderr == "2 visits\n"
