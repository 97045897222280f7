"""What was to be reached, and whether it was."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING

from counting import PAGES
from operations import OPERATIONS
from reporting import rates

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from reporting import Results

PEER, FLOOR = "postgraphile", "floor"
FASTER = {"list50": 2.5, "one": 2.0, "create": 1.5, "list10": 2.0, "list200": 2.0, "list1000": 2.0}
"""How many times PostGraphile's requests a second, at 16 connections."""

OF_FLOOR = 0.80
P99, CPU, MEMORY, GROWTH = 0.5, 0.45, 0.4, 1.5
ROW_SECURITY, WALLS = 1.25, 2.0
"""Of the time of list50: beside the tenant's filter alone, and from behind walls beside none."""


@dataclass(frozen=True)
class Goal:
    name: str
    wanted: str
    value: float
    reached: bool

    @property
    def line(self) -> str:
        return f"{'reached' if self.reached else 'not reached'}: {self.name} {self.value:.2f}, {self.wanted}"


def goals(results: Results) -> Iterator[Goal]:
    """Those that the run can tell of."""
    for name, wanted in FASTER.items():
        yield from _at_least(results, name, PEER, wanted)
    for line in results.lines:
        if line.connections > 1:
            yield from _at_least(results, line.name, FLOOR, OF_FLOOR)
    yield from _of_list50(results)
    yield from _of_row_security(results)
    if {"ours", PEER} <= results.memory.keys():
        yield _at_most("memory_vs_postgraphile", results.memory["ours"] / results.memory[PEER], MEMORY)
    large, tenth = results.found("list50_1", "ours"), results.found("list50_tenth_1", "ours")
    if large and tenth:
        yield _at_most("list50_in_ten_times_the_group", rates(tenth, large), GROWTH)
    if counted := results.statements.get("ours"):
        pages = [counted[page] for page in PAGES]
        yield _at_most("statements_of_a_page_by_its_size", max(pages) / min(pages), 1.0)


def _at_least(results: Results, line: str, peer: str, wanted: float) -> Iterator[Goal]:
    ours, theirs = results.found(line, "ours"), results.found(line, peer)
    if ours and theirs:
        value = rates(ours, theirs)
        yield Goal(f"{line}_vs_{peer}", f"at least {wanted:.2f}", value, value >= wanted)


def _at_most(name: str, value: float, wanted: float) -> Goal:
    return Goal(name, f"at most {wanted:.2f}", value, value <= wanted)


def _of_list50(results: Results) -> Iterator[Goal]:
    ours, theirs = results.found("list50", "ours"), results.found("list50", PEER)
    if ours and theirs:
        yield _at_most("list50_p99_vs_postgraphile", _times(ours.p99s, theirs.p99s), P99)
        yield _at_most("list50_cpu_vs_postgraphile", ours.cpu_ms / theirs.cpu_ms, CPU)


def _of_row_security(results: Results) -> Iterator[Goal]:
    for listed, walled in zip(OPERATIONS["list50"].lines, OPERATIONS["list50_walled"].lines, strict=True):
        ours = results.found(listed, "ours")
        tenant, behind = results.found(listed, "tenant"), results.found(walled, "ours")
        if ours and tenant:
            yield _at_most(f"{listed}_with_row_security", rates(tenant, ours), ROW_SECURITY)
        if ours and behind:
            yield _at_most(f"{listed}_behind_walls", rates(ours, behind), WALLS)
    if alone := results.alone:
        yield _at_most("list50_sql_with_row_security", _times(alone["ours"], alone["tenant"]), ROW_SECURITY)
        yield _at_most("list50_sql_behind_walls", _times(alone["walled"], alone["ours"]), WALLS)


def _times(slower: Sequence[float], faster: Sequence[float]) -> float:
    return median(a / b for a, b in zip(slower, faster, strict=True))
