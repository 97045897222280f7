"""The same data from everybody: each answer is brought into one shape, and compared field by field."""

from __future__ import annotations

import sys
from datetime import datetime
from typing import TYPE_CHECKING, Any

from operations import OPERATIONS
from peers import ask

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from building import Member
    from peers import Peer

SAMPLES = 5


def compare(
    peers: Sequence[Peer], names: Sequence[str], members: Mapping[str, Member], say: Callable[[str], None]
) -> None:
    """End the bench where two peers do not say the same."""
    for name in names:
        operation = OPERATIONS[name]
        asked = [peer for peer in peers if f"{name}_1" not in peer.lacks]
        for nth in range(SAMPLES if operation.kind in {"one", "one_sealed"} else 1):
            answers = {
                peer.name: plain(peer.shaped(operation, ask(peer, operation, members[operation.asker], nth)))
                for peer in asked
            }
            first = next(iter(answers), "")
            for other, answer in answers.items():
                if answer != answers[first]:
                    sys.exit(f"{name}: {first} and {other} differ: {_difference(answers[first], answer, name)}")
    say(f"Everybody says the same: {', '.join(peer.name for peer in peers)}.")


def plain(value: Any) -> Any:
    """Without what each peer makes for itself: cursors, ids of new rows, and how a moment is written."""
    if isinstance(value, list):
        return [plain(each) for each in value]
    if isinstance(value, dict):
        own = {"endCursor", "__typename"} | ({"id"} if value.get("state") == "SUBMITTED" else set())
        return {name: _moment(name, plain(each)) for name, each in value.items() if name not in own}
    return value


def _moment(name: str, value: Any) -> Any:
    return datetime.fromisoformat(value) if name == "recordedAt" else value


def _difference(one: Any, other: Any, where: str) -> str:
    """Where they differ first."""
    if isinstance(one, dict) and isinstance(other, dict) and one.keys() == other.keys():
        return next(_difference(one[key], other[key], f"{where}.{key}") for key in one if one[key] != other[key])
    if isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        return next(
            _difference(a, b, f"{where}[{n}]") for n, (a, b) in enumerate(zip(one, other, strict=True)) if a != b
        )
    return f"at {where}: {str(one)[:200]} | {str(other)[:200]}"
