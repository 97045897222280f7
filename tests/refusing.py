"""What may stand in an answer, whatever was sent."""

from __future__ import annotations

import re
from typing import Any

from api.sentences import SENTENCES

INTERNALS = re.compile(
    r"(?-i:Did you mean)|Traceback|sqlalchemy|asyncpg|sqlstate|pg_|baraza\.|baraza_app|\.py\b"
    r"|SELECT |INSERT INTO|UPDATE \w+ SET"
    r"|row-level|violates|constraint|relation |object at 0x|strawberry|graphql-core",
    re.IGNORECASE,
)
REFUSALS = {"NotAllowed", "NotFound", "InvalidInput", "WrongState", "VersionConflict", "KeyReused"}


def checked(answer: Any) -> list[str]:
    """The codes of an answer that says no as it should; an answer that says yes has none."""
    assert answer.status_code < 500, (answer.status_code, answer.text[:300])
    assert not INTERNALS.search(answer.text), answer.text[:600]
    body = answer.json()
    errors = body.get("errors", [])
    assert errors or "data" in body
    codes = [error["extensions"]["code"] for error in errors]
    outcomes = [outcome for outcome in (body.get("data") or {}).values() if isinstance(outcome, dict)]
    codes += [outcome["code"] for outcome in outcomes if outcome.get("__typename") in REFUSALS]
    assert set(codes) <= set(SENTENCES)
    assert "INTERNAL" not in codes
    assert all(error["message"] and len(error["message"]) <= 400 for error in errors)
    return codes
