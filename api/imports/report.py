"""What an import did, for the operator: how many rows, and what is wrong with which."""

from __future__ import annotations

import csv
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from api.errors import StartRefused
from api.sites.actions import Taken

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from api.imports.ipis import Problem

SHOWN = 60
"""Lines of remarks that are printed; the file of the report holds them all, a row each."""
PLACES = {"PROVINCE_UNKNOWN", "TERRITORY_UNKNOWN"}
COLUMNS = ("line", "vid", "column", "value", "refused", "code", "fr", "en")


@dataclass(frozen=True, slots=True)
class Found:
    """A problem, and where."""

    line: int
    vid: str
    problem: Problem

    @property
    def order(self) -> tuple[bool, bool, str, int]:
        """What was refused first, then places, then one kind after another."""
        code = self.problem.code
        return not self.problem.refused, code not in PLACES, code, self.line

    @property
    def alike(self) -> object:
        """Remarks that are told together; what was refused is told row by row."""
        return self if self.problem.refused else self.problem

    def sentence(self, others: int) -> str:
        where = ", ".join(filter(None, (f"line {self.line}", self.vid and f"visit {self.vid}", self.problem.column)))
        more = f" and {others:,} more" if others else ""
        value = f" ({self.problem.value})" if self.problem.value else ""
        return _printable(f"  {where}{more}: {self.problem.message('en')}{value}")

    def cells(self) -> list[str]:
        said = self.problem
        kept_out = "yes" if said.refused else "no"
        cells = [str(self.line), self.vid, said.column, said.value, kept_out, said.code]
        return [_harmless(cell) for cell in (*cells, said.message("fr"), said.message("en"))]


@dataclass(slots=True)
class Report:
    """Counted up as the file is read."""

    dry_run: bool
    visits: int = 0
    sites: set[str] = field(default_factory=set)
    refused: int = 0
    taken: Taken = field(default_factory=Taken)
    found: list[Found] = field(default_factory=list)

    def lines(self) -> Iterator[str]:
        """The counts, then what is wrong, what was refused first."""
        if self.dry_run:
            yield "Dry run: nothing was written. An import would find:"
        taken = self.taken
        yield _changes("visit", self.visits, taken.new_visits, taken.changed_visits)
        yield _changes("site", len(self.sites), taken.new_sites, taken.changed_sites)
        if self.refused:
            yield f"{_counted(self.refused, 'row')} refused."
        if self.found:
            yield f"{_counted(len(self.found), 'remark')}:"
        alike: dict[object, list[Found]] = {}
        for found in sorted(self.found, key=lambda found: found.order):
            alike.setdefault(found.alike, []).append(found)
        told = list(alike.values())
        yield from (some[0].sentence(len(some) - 1) for some in told[:SHOWN])
        if len(told) > SHOWN:
            yield f"  and {sum(map(len, told[SHOWN:])):,} more: --report FILE writes them all."

    def write(self, file: Path) -> None:
        """All that is wrong, a row each, in French and English."""
        try:
            with file.open("w", encoding="utf-8", newline="") as out:
                csv.writer(out).writerows([COLUMNS, *(found.cells() for found in self.found)])
        except OSError as error:
            raise StartRefused(f"The report cannot be written to {file} ({error.strerror}): name another.") from None


def _changes(what: str, total: int, new: int, changed: int) -> str:
    unchanged = total - new - changed
    return f"{_counted(total, what)}: {new:,} new, {changed:,} changed, {unchanged:,} unchanged."


def _counted(number: int, what: str) -> str:
    return f"{number:,} {what}" if number == 1 else f"{number:,} {what}s"


def _printable(text: str) -> str:
    """What a terminal may be given: a file's text could steer it."""
    return "".join(letter if letter.isprintable() else "?" for letter in text)


def _harmless(cell: str) -> str:
    """What a spreadsheet may be given: a cell that begins as a formula does would be one."""
    printable = _printable(cell)
    return f"'{printable}" if printable[:1] in {"=", "+", "-", "@"} else printable
