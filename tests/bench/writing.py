"""Writes what a run saw into docs/performance.md, between its marks, and draws the picture beside it."""

from __future__ import annotations

import platform
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from goals import goals
from picture import picture
from reporting import tables

if TYPE_CHECKING:
    from reporting import Results

DOCS = Path(__file__).parents[2] / "docs"
BEGIN, END = "<!-- Written by make bench with BARAZA_WRITE_DOCS=1. -->", "<!-- As far as here. -->"


def write(results: Results, rounds: int, cases: tuple[int, int]) -> None:
    page = DOCS / "performance.md"
    before, _, rest = page.read_text().partition(BEGIN)
    _, _, after = rest.partition(END)
    page.write_text("\n".join([before + BEGIN, "", *_said(results, rounds), END]) + after)
    (DOCS / "performance.svg").write_text(picture(results, cases))


def _said(results: Results, rounds: int) -> list[str]:
    day = datetime.now(UTC).date()
    reached = ["| what | wanted | was | |", "|---|---|--:|---|"]
    for goal in goals(results):
        said = "reached" if goal.reached else "**not reached**"
        reached.append(f"| {goal.name} | {goal.wanted} | {goal.value:.2f} | {said} |")
    machine = f"{platform.machine()}, {_cores()} cores, Python {platform.python_version()}"
    return [f"Run of {day}, rounds: {rounds}; {machine}.", "", *tables(results), *reached, ""]


def _cores() -> int:
    return Path("/proc/cpuinfo").read_text().count("processor\t")
