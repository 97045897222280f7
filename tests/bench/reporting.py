"""What the bench prints: a table, a line for each ratio, and what was to be reached."""

from __future__ import annotations

from typing import TYPE_CHECKING

from driving import Seen, ratio

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from driving import Line, Seen_
    from peers import Peer


def report(
    lines: Sequence[Line], peers: Sequence[Peer], seen: Seen_, memory: Mapping[str, float], say: Callable[[str], None]
) -> None:
    say("")
    for row in table(lines, peers, seen):
        say(row)
    say("")
    for name, value in ratios(lines, peers, seen).items():
        say(f"{name} ratio {value:.2f}")
    for name, megabytes in memory.items():
        say(f"memory_{name} MB {megabytes:.0f}")


def table(lines: Sequence[Line], peers: Sequence[Peer], seen: Seen_) -> list[str]:
    rows = [
        "| line | peer | requests/s | p50 ms | p99 ms | CPU server ms | CPU PostgreSQL ms |",
        "|---|---|--:|--:|--:|--:|--:|",
    ]
    for line in lines:
        for peer in peers:
            found = seen.get((line.name, peer.name))
            rows.append(_row(line, peer, found))
    return rows


def _row(line: Line, peer: Peer, found: Seen | None) -> str:
    if found is None:
        return f"| {line.name} | {peer.name} | {peer.lacks[line.name]} | | | | |"
    figures = f"{found.rate:,.0f} | {found.p50:.2f} | {found.p99:.2f} | {found.server_ms:.3f} | {found.database_ms:.3f}"
    return f"| {line.name} | {peer.name} | {figures} |"


def ratios(lines: Sequence[Line], peers: Sequence[Peer], seen: Seen_) -> dict[str, float]:
    """How many times as fast ours is as each other, by the line's name."""
    found = {}
    for line in lines:
        ours = seen.get((line.name, "ours"))
        for peer in peers:
            theirs = seen.get((line.name, peer.name))
            if ours and theirs and peer.name != "ours":
                found[f"{line.name}_vs_{peer.name}"] = ratio(ours, theirs)
    return found
