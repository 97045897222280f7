"""What answers with reads compiled and without have in common: everything."""

from __future__ import annotations

import json
from difflib import unified_diff
from itertools import islice
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import httpx

READS = "Baraza-Reads"
COMPILED = "COMPILED"
MOST = 60
"""Lines of a difference that are shown."""

LENGTH = {READS.lower(), "content-length"}
"""Headers that may differ: JSON has several ways to write one text."""


def reads(answer: httpx.Response) -> str:
    """How it was read, by the application's own word: `COMPILED`, `EXECUTOR` and why, or nothing."""
    found: str = answer.headers.get(READS, "").upper()
    return found


def same(one: httpx.Response, other: httpx.Response) -> None:
    """Status, headers and body are equal."""
    assert one.status_code == other.status_code, (one.text, other.text)
    first, second = said(one), said(other)
    assert first == second, "\n".join(islice(unified_diff(first.split("\n"), second.split("\n"), lineterm=""), MOST))
    assert _headers(one) == _headers(other)


def said(answer: httpx.Response) -> str:
    """The body as text, so that the order of keys and the kinds of numbers count; without what is random in it."""
    body = parsed(answer.content)
    for error in body.get("errors", ()):
        error["extensions"].pop("errorId", None)
        if error["extensions"]["code"] == "INTERNAL":
            error.pop("message")
    return json.dumps(body, ensure_ascii=False, indent=1)


def parsed(content: bytes) -> Any:
    """JSON by the letter of RFC 8259: no name twice, no NaN, and text that is Unicode."""
    text = content.decode()
    found = json.loads(text, object_pairs_hook=_once, parse_constant=_no_number)
    json.dumps(found, ensure_ascii=False).encode()
    return found


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    assert len(found) == len(pairs), [name for name, _ in pairs]
    return found


def _no_number(text: str) -> Any:
    raise AssertionError(text)


def _headers(answer: httpx.Response) -> list[tuple[str, str]]:
    return [(name, value) for name, value in answer.headers.items() if name not in LENGTH]
