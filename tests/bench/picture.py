"""A picture of how cost grows: milliseconds a page at one connection, by its size and by the group's."""

from __future__ import annotations

from math import log10
from typing import TYPE_CHECKING

from operations import SIZES

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from reporting import Results

WIDTH, HEIGHT, LEFT, TOP, WIDE, TALL = 900, 420, 70, 50, 330, 290
COLOURS = {
    "floor": "#777777",
    "ours": "#0b6e4f",
    "executor": "#7fb069",
    "postgraphile": "#1f5fbf",
    "strawchemy": "#c1440e",
}
"""Of who has pages of several sizes."""
Point = tuple[float, float]


def picture(results: Results, cases: tuple[int, int]) -> str:
    """Both axes of both halves are logarithmic: a straight line up is growth in proportion."""
    names = [peer for peer in results.names if peer in COLOURS]
    pages = {peer: list(_pages(results, peer)) for peer in names}
    groups = {peer: list(_groups(results, peer, cases)) for peer in names}
    heights = [y for points in (*pages.values(), *groups.values()) for _, y in points]
    low, high = min(heights) / 1.5, max(heights) * 1.5
    parts = [
        *_half(0, "cases on the page", pages, (8, 1_300), (low, high)),
        *_half(430, "cases in the group, page of 50", groups, (cases[0] / 1.5, cases[1] * 1.5), (low, high)),
        *_legend(names),
    ]
    look = f'viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif" font-size="13"'
    head = f'<svg xmlns="http://www.w3.org/2000/svg" {look}>'
    title = "<title>Milliseconds a page of cases, by the size of the page and of the group</title>"
    ground = f'<rect width="{WIDTH}" height="{HEIGHT}" fill="white"/>'
    return "\n".join([head, title, ground, *parts, "</svg>", ""])


def _pages(results: Results, peer: str) -> Iterator[Point]:
    for name in ("list10", "list50", "list200", "list1000"):
        if seen := results.found(f"{name}_1", peer):
            yield SIZES[name], seen.p50


def _groups(results: Results, peer: str, cases: tuple[int, int]) -> Iterator[Point]:
    for name, size in zip(("list50_tenth_1", "list50_1"), cases, strict=True):
        if (seen := results.found(name, peer)) and results.found("list50_tenth_1", peer):
            yield size, seen.p50


def _half(
    right: int, under: str, lines: dict[str, list[Point]], across: tuple[float, float], up: tuple[float, float]
) -> Iterator[str]:
    def at(point: Point) -> Point:
        x = right + LEFT + WIDE * (log10(point[0]) - log10(across[0])) / (log10(across[1]) - log10(across[0]))
        return x, TOP + TALL - TALL * (log10(point[1]) - log10(up[0])) / (log10(up[1]) - log10(up[0]))

    yield f'<text x="{right + LEFT}" y="{TOP - 14}">ms, one connection</text>'
    yield f'<rect x="{right + LEFT}" y="{TOP}" width="{WIDE}" height="{TALL}" fill="none" stroke="#999"/>'
    yield f'<text x="{right + LEFT + WIDE / 2}" y="{TOP + TALL + 38}" text-anchor="middle">{under}</text>'
    for tick in (1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000):
        if up[0] <= tick <= up[1]:
            y = at((across[0], tick))[1]
            yield f'<line x1="{right + LEFT}" x2="{right + LEFT + WIDE}" y1="{y:.1f}" y2="{y:.1f}" stroke="#e5e5e5"/>'
            yield f'<text x="{right + LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">{tick:,}</text>'
    for tick in sorted({x for points in lines.values() for x, _ in points}):
        x = at((tick, up[0]))[0]
        yield f'<text x="{x:.1f}" y="{TOP + TALL + 18}" text-anchor="middle">{tick:,.0f}</text>'
    for peer, points in lines.items():
        places = [at(point) for point in points]
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
        yield f'<polyline points="{path}" fill="none" stroke="{COLOURS[peer]}" stroke-width="2"/>'
        yield from (f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.5" fill="{COLOURS[peer]}"/>' for x, y in places)


def _legend(names: Sequence[str]) -> Iterator[str]:
    for nth, name in enumerate(names):
        x = LEFT + nth * 150
        yield f'<rect x="{x}" y="{HEIGHT - 22}" width="14" height="4" fill="{COLOURS[name]}"/>'
        yield f'<text x="{x + 20}" y="{HEIGHT - 15}">{name}</text>'
