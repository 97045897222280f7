"""The commands of the operator's page are run as they stand, one after another, and print what it says."""

from __future__ import annotations

import re
import subprocess

from docs.conftest import BARAZA, ROOT

LINE = r" [\d,]+ requests in [\d.]+ s, 0 leaks so far\n"
ENDS = {"prove-isolation": (0, f"read:{LINE}ids:{LINE}"), "import": (3, "2 visits\n")}
"""By command, the exit code and what goes to standard error."""


def test_commands_print_what_the_page_says(address: tuple[str, dict[str, str]]) -> None:
    text = (ROOT / "docs" / "operating.md").read_text(encoding="utf-8")
    blocks = re.findall(r"```console\n\$ (.*?)\n(.*?)```", text, re.DOTALL)
    assert [command.split()[1] for command, _ in blocks] == ["prove-isolation", "import", "import"]
    for command, printed in blocks:
        here = command.replace(".venv/bin/baraza", f"'{BARAZA}'")
        ran = subprocess.run(
            ["bash", "-c", here], env=address[1], cwd=ROOT, capture_output=True, text=True, check=False
        )
        assert ran.stdout == printed, ran.stderr
        code, progress = ENDS[command.split()[1]]
        assert ran.returncode == code
        assert re.fullmatch(progress, ran.stderr), ran.stderr
