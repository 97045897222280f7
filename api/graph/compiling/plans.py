"""The plans that were made last, within a count and a weight (SECURITY §5: keyed by the document, never by data)."""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING

from api.graph.compiling.reasons import NotCompiled, Reason

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

    from api.graph.compiling.plan import Plan

MOST_PLANS = 2_000
MOST_CHARACTERS = 16_000_000
"""Of the statements that are kept: what else a plan holds grows with its statement."""


class Plans:
    """Also keeps that something is not compiled, and why. Not for use by several threads at once."""

    def __init__(self, *, most: int = MOST_PLANS, characters: int = MOST_CHARACTERS) -> None:
        self._kept: OrderedDict[Hashable, Plan | Reason] = OrderedDict()
        self._most, self._most_characters = most, characters
        self.characters = 0

    def __len__(self) -> int:
        return len(self._kept)

    def plan(self, key: Hashable, make: Callable[[], Plan]) -> Plan:
        """The plan under this key; raises `NotCompiled`, and what `make` raises of a value: another may be taken."""
        found = self._kept.get(key)
        if found is None:
            found = _made(make)
            self._keep(key, found)
        else:
            self._kept.move_to_end(key)
        if isinstance(found, Reason):
            raise NotCompiled(found)
        return found

    def _keep(self, key: Hashable, found: Plan | Reason) -> None:
        self._kept[key] = found
        self.characters += _weight(found)
        while len(self._kept) > self._most or self.characters > self._most_characters:
            _, dropped = self._kept.popitem(last=False)
            self.characters -= _weight(dropped)


def _made(make: Callable[[], Plan]) -> Plan | Reason:
    """The reason alone is kept of a refusal: its trace would hold the variables of whoever asked."""
    try:
        return make()
    except NotCompiled as refused:
        return refused.reason


def _weight(found: Plan | Reason) -> int:
    return 100 if isinstance(found, Reason) else len(found.sql)
