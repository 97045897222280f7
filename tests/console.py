"""Commands as documents print them: found, run in order against a server of their own, and written anew if asked."""

from __future__ import annotations

import json
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from serve.processes import BARAZA, environment

from api.identity import DevelopmentIssuer

if TYPE_CHECKING:
    from serve.processes import Baraza

ROOT = Path(__file__).parents[1]
DOCUMENTS = [ROOT / "README.md", ROOT / "docs" / "front-end.md"]
WRITTEN = "http://127.0.0.1:8000"
CONSOLE = re.compile(r"^```console\n\$ ((?:.*\\\n)*.*\n)((?:(?!```).*\n)*)```$", re.MULTILINE)
"""A block: a command, over several lines where each but the last ends with a backslash, and what it prints."""

TOKEN = f"""token() {{
    [ -s "$BARAZA_DATA/token" ] || '{BARAZA}' token sk.coordinator >"$BARAZA_DATA/token"
    cat "$BARAZA_DATA/token-$1"
}}
"""
"""The command takes a second or two to read its libraries: it is given once, and the tokens are what it prints."""


@dataclass(frozen=True)
class Block:
    """A command and what a document says that it prints."""

    command: str
    printed: str

    @property
    def asked(self) -> str | None:
        """The document that it sends, where it sends one whole."""
        bodies = re.findall(r"-d '(\{.*\})'", self.command)
        texts = [json.loads(body).get("query") for body in bodies]
        return next(iter(texts), None)

    @property
    def has_key(self) -> bool:
        return "Idempotency-Key" in self.command

    def run(self, server: Baraza) -> str:
        """What it prints, as a reader sees it who has the server where the document says."""
        for persona in re.findall(r"baraza token ([a-z.-]+)", self.command):
            token = DevelopmentIssuer(server.data / "development-issuer.json").token(persona, "baraza")
            (server.data / f"token-{persona}").write_text(token)
        here = self.command.replace(WRITTEN, server.address).replace(".venv/bin/baraza token", "token")
        here = here.replace(".venv/bin/baraza", f"'{BARAZA}'")
        shell = ["bash", "-euo", "pipefail", "-c", TOKEN + here]
        ran = subprocess.run(
            shell, env=environment(server.data, {}), cwd=ROOT, capture_output=True, text=True, timeout=60, check=False
        )
        assert (ran.returncode, ran.stderr) == (0, ""), (self.command, ran)
        return ran.stdout.replace(server.address, WRITTEN)


def blocks(document: Path) -> list[Block]:
    text = document.read_text(encoding="utf-8")
    found = [Block(command, printed) for command, printed in CONSOLE.findall(text)]
    assert len(found) == text.count("```console")
    return found


def rewritten(document: Path, block: Block, printed: str) -> None:
    """Let the document say what the command prints now."""
    text = document.read_text(encoding="utf-8")
    said, says = (f"$ {block.command}{each}```" for each in (block.printed, printed))
    assert text.count(said) == 1, block.command
    document.write_text(text.replace(said, says), encoding="utf-8")


def code(document: Path, name: str) -> str:
    """The one block of code whose first line is a comment with the file's name."""
    text = document.read_text(encoding="utf-8")
    (found,) = re.findall(rf"^```\w+\n(?://|#) {re.escape(name)}\n(.*?)^```$", text, re.DOTALL | re.MULTILINE)
    return str(found)
