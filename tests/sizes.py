"""How much each figure of the security goals is tried with: a little in `make test` or `make test-peers`, all of it
in `make prove`."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


class Size(NamedTuple):
    """How many, in `make test` or `make test-peers`, and in `make prove`."""

    small: int
    full: int


SIZES = {
    "damaged requests": Size(1_050, 100_000),
    "generated operations": Size(150, 10_000),
    "requests in a storm": Size(10_000, 100_000),  # of two: direct, and through a pooler
    "documents read in both ways": Size(1_000, 50_000),
}
FULL = os.environ.get("BARAZA_SIZES") == "full"


def in_turn(each: Iterable[Any], others: Sequence[Any]) -> list[tuple[Any, ...]]:
    """Each with one of the others, in turn; in `make prove` each with all of them."""
    paired = [item if isinstance(item, tuple) else (item,) for item in each]
    if FULL:
        return [(*item, other) for item in paired for other in others]
    return [(*item, others[nth % len(others)]) for nth, item in enumerate(paired)]


def size(figure: str) -> int:
    """How many there are of `figure` in this run."""
    return SIZES[figure].full if FULL else SIZES[figure].small
