"""The audits of GraphQL over HTTP, npm's `graphql-http`, against the real server: a test each."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import httpx
import pytest

RUNNER = Path(__file__).parent / "audits.mjs"
AUDITS = {
    "MUST": "4655 82A3 BF61 78D5 2C94 03D4 13EE B8B3 0220 0221 0222 28B9 1B7A",
    "SHOULD": "22EB 47DE 80D8 9ABE 34A2 8161 94B0 94B1 94B2 2EA1 428F BCF8 B7N8 572B FDE2 7B9B 865D 556A D586 51FE 74FF"
    " 5E5B 86EE",
    "MAY": "5A70 9C48 A5BF 423L LKJ0 LKJ1 LKJ2 LKJ3 6C00 6C01 6C02 6C03 4760 4761 4762 4763 D6D5 6A70 58B0 58B1 58B2"
    " 58B3 B6DC 8764 3E3A",
}
LEVELS = [(level, audit) for level, audits in AUDITS.items() for audit in audits.split()]
BY_GET = {"5A70", "D6D5", "6A70"}
"""What a server may answer to GET. Ours answers 405, which a server may as well: variables in addresses end in logs."""


@pytest.fixture(scope="module")
def results(server: str) -> dict[str, Any]:
    """What each audit came to, asked as an officer."""
    given = httpx.post(f"{server}/graphiql/token", json={"persona": "sk.officer"}, headers={"X-Baraza": "1"})
    command = ["node", str(RUNNER), f"{server}/graphql", given.json()["token"]]
    run = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert run.returncode == 0, run.stderr
    return {result["id"]: result for result in json.loads(run.stdout)}


def test_every_audit_is_run_and_known(results: dict[str, Any]) -> None:
    assert len(results) == 61
    assert {(result["name"].partition(" ")[0], audit) for audit, result in results.items()} == set(LEVELS)


@pytest.mark.parametrize(("level", "audit"), [(level, audit) for level, audit in LEVELS if audit not in BY_GET])
def test_an_audit_is_passed(results: dict[str, Any], level: str, audit: str) -> None:
    assert results[audit]["status"] == "ok", (level, results[audit])


@pytest.mark.parametrize("audit", sorted(BY_GET))
def test_what_may_be_asked_by_get_is_refused(results: dict[str, Any], audit: str) -> None:
    """A notice, neither a warning nor an error: the audits count GET as a server's own choice."""
    assert (results[audit]["status"], results[audit]["answered"]) == ("notice", 405)
