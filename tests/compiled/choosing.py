"""Choices of a generated document: each is a byte or two of those that hypothesis draws at once, which costs little and
shrinks to the simplest choices, since a smaller number means a simpler one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from hypothesis import strategies as st
from sizes import FULL

if TYPE_CHECKING:
    from collections.abc import Sequence

Choice = TypeVar("Choice")
SOURCES = st.binary(min_size=120, max_size=500 if FULL else 240)


@dataclass
class Chance:
    """Chooses by the bytes of its source, and the simplest where they have come to their end."""

    source: bytes
    position: int = 0

    def below(self, count: int) -> int:
        """A number from zero on."""
        width = 1 if count <= 32 else 2
        taken = self.source[self.position : self.position + width].ljust(width, b"\0")
        self.position += width
        return int.from_bytes(taken, "big") * count >> 8 * width

    def one(self, choices: Sequence[Choice]) -> Choice:
        return choices[self.below(len(choices))]

    def rarely(self, percent: int) -> bool:
        """Never at the simplest."""
        return self.below(100) >= 100 - percent

    def of(self, *weighed: tuple[int, Choice]) -> Choice:
        """One by weight, the simplest first."""
        number = self.below(sum(weight for weight, _ in weighed))
        for weight, choice in weighed:
            if number < weight:
                return choice
            number -= weight
        raise AssertionError
