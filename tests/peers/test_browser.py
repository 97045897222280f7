"""GraphiQL in a real browser, against the real server."""

from __future__ import annotations

import base64
import json
import re
import subprocess
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

DRIVER = Path(__file__).parent / "graphiql.mjs"
CHROMIUM = "/usr/bin/chromium"
README = Path(__file__).parents[2] / "README.md"


@pytest.fixture(scope="module")
def seen(graphiql: str, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Let a browser choose a persona and run the example, and answer what it asked for, heard and showed."""
    profile = tmp_path_factory.mktemp("profile")
    tasks = [task for task, _ in readme_tasks()]
    command = ["node", str(DRIVER), CHROMIUM, str(profile), graphiql, "sk.coordinator", json.dumps(tasks)]
    run = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert run.returncode == 0, run.stderr
    answer: dict[str, Any] = json.loads(run.stdout)
    return answer


def readme_tasks() -> list[tuple[dict[str, Any], Any]]:
    """The README's queries and its mutation, each with what it prints."""
    text = README.read_text(encoding="utf-8")
    written = re.findall(r"baraza token ([\w.-]+)\).*?-d '(\{.*?\})' \\.*?\n(\{\n.*?)```", text, re.DOTALL)
    assert len(written) == 4
    return [({"persona": persona, **json.loads(body)}, json.loads(printed)) for persona, body, printed in written]


def bearer(token: str) -> str:
    """Whose token it is. A persona chosen again has another token, unless it is still the same second."""
    claims: dict[str, str] = json.loads(base64.urlsafe_b64decode(token.split(".")[1] + "=="))
    return claims["sub"]


def test_the_readme_is_answered_here_too(seen: dict[str, Any]) -> None:
    assert seen["answers"] == [printed for _, printed in readme_tasks()]


def test_example_shows_a_case(seen: dict[str, Any]) -> None:
    assert '"data"' in seen["result"]
    assert '"errors"' not in seen["result"]
    assert re.search(r'"number": "SK-\d{4}-[0-9A-Z]{4}"', seen["result"])


def test_no_request_leaves_the_machine(seen: dict[str, Any], graphiql: str) -> None:
    own = urlsplit(graphiql)
    assert len(seen["requests"]) >= 10  # the page, its six files, a token, the schema, the example
    assert {urlsplit(url)[:2] for url in seen["requests"]} == {(own.scheme, own.netloc)}


def test_console_stays_silent(seen: dict[str, Any]) -> None:
    assert seen["console"] == []


def test_token_is_kept_nowhere(seen: dict[str, Any]) -> None:
    personas = {"sk.coordinator", *(task["persona"] for task, _ in readme_tasks())}
    assert {bearer(token) for token in seen["tokens"]} == personas
    assert [token for token in seen["tokens"] if not token or token in seen["kept"]] == []
    assert "graphiql:query" in seen["kept"]  # so what the browser keeps was really read
