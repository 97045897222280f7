"""Asking as a persona: each answer is looked through for what is not the persona's, whatever it was asked for."""

from __future__ import annotations

import asyncio
import base64
import json
import re
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from api.proof.documents import UUID_TEXT
from api.proof.leaks import Kind

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator, Mapping

    import httpx

    from api.proof.documents import Coverage
    from api.proof.leaks import Found

    Ask = Callable[[str, Mapping[str, Any], Mapping[str, str]], Awaitable[httpx.Response]]
    """Posts a body with headers as a persona."""

INSIDES = re.compile(
    r"did you mean|sqlalchemy|asyncpg|postgres|traceback|row-level|\.py\b|"
    r"\b(select|insert|update|delete|from|where|join)\b[^.]*\b(from|into|where|set|null)\b|"
    r"\b(relation|column|constraint|schema) \"",
    re.IGNORECASE,
)
"""What no error may say: suggestions, SQL, names of libraries and files."""

PASSING = frozenset({"date"})
"""Headers that differ by themselves."""


@dataclass(frozen=True)
class Answer:
    """What came back, and after how long."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    seconds: float

    @property
    def said(self) -> Any:
        """The answer's JSON; what is none is an error."""
        try:
            return json.loads(self.body)
        except ValueError:
            return {"errors": [{"message": self.body.decode(errors="replace")}]}

    @property
    def same(self) -> tuple[int, Mapping[str, str], bytes]:
        """All that a client sees but the time."""
        return self.status, {name: value for name, value in self.headers.items() if name not in PASSING}, self.body


@dataclass(frozen=True)
class Secrets:
    """What must stand in no answer to a persona."""

    ids: Mapping[str, Kind] = field(default_factory=dict)
    """UUIDs of rows that are hidden, each with what it would be to show one."""
    texts: frozenset[str] = frozenset()

    def told(self, said: Any) -> Kind | None:
        """What an answer, its cursors opened, tells of them."""
        strings = list(leaves(said))
        named = (uuid for each in strings for uuid in UUID_TEXT.findall(each))
        shown = next((self.ids[uuid] for uuid in named if uuid in self.ids), None)
        if shown is not None:
            return shown
        if not self.texts.isdisjoint(strings) or self._quoted(said):
            return Kind.TEXT
        return None

    def _quoted(self, said: Any) -> bool:
        """Whether a sentence quotes a text."""
        sentences = list(leaves(said.get("errors", ()))) if isinstance(said, dict) else []
        return any(text in sentence for sentence in sentences for text in self.texts)


@dataclass
class Asker:
    """Asks, counts, and looks through what is answered."""

    ask: Ask
    found: Found
    coverage: Coverage
    secrets: dict[str, Secrets] = field(default_factory=dict)
    requests: int = 0
    slots: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(4))

    async def __call__(
        self, persona: str, document: str, variables: Mapping[str, Any] | None = None, **headers: str
    ) -> Answer:
        """The answer to a persona."""
        self.coverage.note(document)
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        async with self.slots:
            begun = time.perf_counter()
            response = await self.ask(persona, {"query": document, "variables": variables or {}}, named)
            seconds = time.perf_counter() - begun
        self.requests += 1
        answer = Answer(response.status_code, dict(response.headers), response.content, seconds)
        self._look(persona, self.coverage.name(document), answer)
        return answer

    async def data(self, persona: str, document: str, variables: Mapping[str, Any] | None = None) -> Any:
        """The data of an answer; none, and a finding, where there are errors in it."""
        said = (await self(persona, document, variables)).said
        if "errors" not in said:
            return said["data"]
        self.found.leak(persona, self.coverage.name(document), Kind.UNANSWERED)
        return None

    def _look(self, persona: str, path: str, answer: Answer) -> None:
        said = answer.said
        errors = [*leaves(said.get("errors", ())), *answer.headers.values()]
        if any(INSIDES.search(each) for each in errors):
            self.found.leak(persona, path, Kind.INSIDES)
        told = self.secrets.get(persona, Secrets()).told(said)
        if told is not None:
            self.found.leak(persona, path, told)


def leaves(said: Any) -> Iterator[str]:
    """Every text in an answer, and in the cursors in it."""
    if isinstance(said, str):
        yield said
    elif isinstance(said, list | tuple):
        for each in said:
            yield from leaves(each)
    elif isinstance(said, dict):
        for name, each in said.items():
            closed = name.lower().endswith("cursor") and isinstance(each, str)
            yield from leaves(opened(each) if closed else each)


def opened(cursor: str | None) -> list[Any]:
    """The values in a cursor; the cursor itself where it is closed to us."""
    if cursor is None:
        return []
    try:
        values = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except ValueError:
        return [cursor]
    return values if isinstance(values, list) else [cursor]
