"""The rows of a CSV file, one after another, so that a broken one costs nothing but itself."""

from __future__ import annotations

import csv
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING

from api.errors import StartRefused

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Record:
    """The cells that begin on a line; none where they are no row."""

    line: int
    cells: Sequence[str] | None


class _Lines:
    """Lines that can be given back."""

    def __init__(self, source: Iterable[str]) -> None:
        self._source, self._waiting = iter(source), deque[str]()
        self.taken: list[str] = []

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self._waiting.popleft() if self._waiting else next(self._source)
        self.taken.append(line)
        return line

    def keep_the_first(self) -> None:
        """Give back what was taken after one line."""
        self._waiting.extendleft(reversed(self.taken[1:]))
        del self.taken[1:]


def records(source: Iterable[str], width: int | None = None) -> Iterator[Record]:
    """Every row but blank ones. One that has not `width` cells ends with its first line: a quotation mark that is never
    closed would swallow the rows after it."""
    lines, at = _Lines(source), 1
    while True:
        lines.taken.clear()
        try:
            cells: Sequence[str] | None = next(csv.reader(lines))  # its own: nothing is left of the row before
        except StopIteration:
            return
        except csv.Error:
            cells = None
        if cells is None or (width is not None and len(cells) != width):
            lines.keep_the_first()
        if cells != []:
            yield Record(at, cells)
        at += len(lines.taken)


def opened(file: Path) -> Iterator[str]:
    """The lines of a UTF-8 file, with or without BOM. Bytes that are none stay in their row, as surrogates."""
    try:
        with file.open(encoding="utf-8-sig", errors="surrogateescape", newline="") as source:
            yield from source
    except OSError as error:
        raise StartRefused(f"{file} cannot be read ({error.strerror}): name a CSV file.") from None


def header(file: Path, needed: Sequence[str]) -> Sequence[str]:
    """The names of the columns, in their order; raise `StartRefused` with those that are missing."""
    first = next(records(opened(file)), Record(1, None))
    names = [name.strip() for name in first.cells or ()]
    missing = [name for name in needed if name not in names]
    if missing:
        raise StartRefused(f"{file} is not in the format of IPIS' site visits: it has no {', '.join(missing)}.")
    twice = [name for name in needed if names.count(name) > 1]
    if twice:
        raise StartRefused(f"{file} has columns of the same name: leave one of {', '.join(twice)}.")
    return names
