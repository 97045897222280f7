"""What a proof finds, and how it says so: who asked, by which path, and what kind of leak; never what leaked."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum, unique


@unique
class Kind(Enum):
    """What went wrong; the value is how it is said."""

    FOREIGN = "a row of another group was shown"
    GRADE = "more was shown than the seat's grade allows"
    WALL = "a row behind the wall of a conflict of interest was shown"
    TEXT = "a text was told that is not the seat's to read"
    PATHS = "one path shows what another does not"
    COUNT = "a count is not that of the rows listed"
    CURSOR = "a cursor holds what the row does not show"
    FILTER = "a filter tells what the seat does not read"
    ORDER = "a page is not a part of the seat's own list"
    DIFFERENT = "the answer is not that to an id that is nowhere"
    SLOW = "the time tells an id that is there from one that is nowhere"
    INSIDES = "an error tells of the service's insides"
    SEAT = "an answer was given from no seat of the bearer's"
    MIXED = "the answer is not to what this seat asked"
    UNANSWERED = "there was no answer, so that nothing is proved"


@dataclass(frozen=True, order=True)
class Leak:
    """One finding."""

    persona: str
    path: str
    kind: str

    def __str__(self) -> str:
        return f"{self.persona} {self.path}: {self.kind}"


@dataclass
class Found:
    """The leaks so far, each once."""

    leaks: dict[Leak, None] = field(default_factory=dict)

    def leak(self, persona: str, path: str, kind: Kind) -> None:
        self.leaks[Leak(persona, path, kind.value)] = None

    def kinds(self) -> set[Kind]:
        return {Kind(leak.kind) for leak in self.leaks}
