"""What was seen, as tables and ratios."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from alone import Timed
    from driving import AllSeen, Line, Seen
    from peers import Peer


@dataclass(frozen=True)
class Results:
    """Everything that a run saw. `memory` is in MB; `statements` are an operation's, by peer; `alone` is `list50` in
    SQL."""

    lines: Sequence[Line]
    peers: Sequence[Peer]
    seen: AllSeen
    memory: Mapping[str, float]
    statements: Mapping[str, Mapping[str, int]]
    alone: Timed

    def found(self, line: str, peer: str) -> Seen | None:
        return self.seen.get((line, peer))

    @property
    def names(self) -> list[str]:
        return [peer.name for peer in self.peers]


def rates(ours: Seen, theirs: Seen) -> float:
    """How many times as fast, of each round's pair the median: what slows a machine slows neighbours alike."""
    return median(a / b for a, b in zip(ours.rates, theirs.rates, strict=True))


def ratios(results: Results) -> dict[str, float]:
    """Ours against each other, by the line's name."""
    found = {}
    for line in results.lines:
        ours = results.found(line.name, "ours")
        for peer in results.names:
            theirs = results.found(line.name, peer)
            if ours and theirs and peer != "ours":
                found[f"{line.name}_vs_{peer}"] = rates(ours, theirs)
    return found


FIGURES: dict[str, Callable[[Seen], str]] = {
    "Requests a second": lambda seen: f"{seen.rate:,.0f}" if seen.rate >= 10 else f"{seen.rate:.1f}",
    "Milliseconds, median and 99th percentile": lambda seen: f"{seen.p50:.1f} · {seen.p99:.1f}",
    "CPU milliseconds a request, server + PostgreSQL": lambda seen: f"{seen.server_ms:.2f} + {seen.database_ms:.2f}",
}


def tables(results: Results) -> list[str]:
    """Each figure as a table of lines and peers; `_1` is one connection, the others are sixteen."""
    said = []
    for title, figure in FIGURES.items():
        said += [f"{title}:", "", *_table(results, figure), ""]
    said += ["Memory of the server (PSS, the most seen), MB: " + _each(results.memory, "{:.0f}") + ".", ""]
    if results.alone:
        each = {name: median(rounds) for name, rounds in results.alone.items()}
        said += ["Milliseconds of list50 in SQL alone: " + _each(each, "{:.2f}") + ".", ""]
    if results.statements:
        said += ["Statements an operation, with those that begin, bind and commit:", "", *_statements(results), ""]
    return said


def _table(results: Results, figure: Callable[[Seen], str]) -> list[str]:
    rows = [_cells("line", *results.names), _cells("---", *("--:" for _ in results.peers))]
    for line in results.lines:
        cells = [_cell(results, line, peer, figure) for peer in results.peers]
        rows.append(_cells(line.name, *cells))
    return rows


def _cell(results: Results, line: Line, peer: Peer, figure: Callable[[Seen], str]) -> str:
    seen = results.found(line.name, peer.name)
    return figure(seen) if seen else peer.lacks[line.name]


def _statements(results: Results) -> list[str]:
    operations = next(iter(results.statements.values()))
    rows = [_cells("operation", *results.statements), _cells("---", *("--:" for _ in results.statements))]
    counted = results.statements.values()
    return [*rows, *(_cells(each, *(str(one.get(each, "")) for one in counted)) for each in operations)]


def _cells(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"


def _each(values: Mapping[str, float], form: str) -> str:
    return ", ".join(f"{name} {form.format(value)}" for name, value in values.items())
