"""What earlier answers told: the ids, cursors and values that generated documents ask for again."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from graphql import get_named_type, is_leaf_type
from isolation.contract import CONTRACT, SCHEMA

from api.proof import documents

if TYPE_CHECKING:
    from graphql import GraphQLObjectType
    from isolation.world import World

LONGEST = 400
"""Longer texts would make documents that nobody reads."""

SIZES, MOST = (7, 5, 3, 2), 30
EYES = ("sk.coordinator", "lub.coordinator", "sk.cso")
"""Seats whose answers are looked at; each id and cursor is asked for by all seats."""


@dataclass
class Known:
    """By scalar, type and field its values; by type and field the cursors of that list."""

    values: dict[tuple[str, str, str], list[Any]] = field(default_factory=lambda: defaultdict(list))
    cursors: dict[tuple[str, str], list[str]] = field(default_factory=lambda: defaultdict(list))

    def look(self, kind: GraphQLObjectType, value: Any) -> None:
        """Note what is in the answer to a selection on `kind` without aliases."""
        for name, below in value.items():
            declared = kind.fields.get(name)
            if declared is None or below is None:
                continue
            inner = get_named_type(declared.type)
            if is_leaf_type(inner):
                _note(self.values[inner.name, kind.name, name], below)
            elif documents.is_paged(declared):
                edges = below.get("edges", [])
                for edge in edges:
                    _note(self.cursors[kind.name, name], edge["cursor"])
                for row in [*below.get("nodes", []), *(edge["node"] for edge in edges)]:
                    self.look(documents.row_type(declared), row)
            else:
                for each in below if isinstance(below, list) else [below]:
                    self.look(inner, each)

    @cached_property
    def ids(self) -> list[str]:
        return self.of("ID", "id")

    @cached_property
    def every_cursor(self) -> list[str]:
        return [cursor for cursors in self.cursors.values() for cursor in cursors]

    def of(self, scalar: str, name: str) -> list[Any]:
        """Values of a scalar: those of leaves of that name, else those of all its leaves."""
        if (scalar, name) not in self._found:
            mine = {key: values for key, values in self.values.items() if key[0] == scalar}
            named = {key: values for key, values in mine.items() if key[2] == name}
            self._found[scalar, name] = [value for values in (named or mine).values() for value in values]
        return self._found[scalar, name]

    _found: dict[tuple[str, str], list[Any]] = field(default_factory=dict)


def _note(noted: list[Any], value: Any) -> None:
    brief = not isinstance(value, str) or len(value) <= LONGEST
    if brief and not isinstance(value, list) and value not in noted and len(noted) < MOST:
        noted.append(value)


async def look(world: World) -> Known:
    """Ask for rows of every type, as the executor answers them."""
    known = Known()
    asked = [f"{{ {documents.asked(name, root, documents.TYPE)} }}" for name, root in CONTRACT.roots().items()]
    for name, path in CONTRACT.paths().items():
        below = documents.selection(SCHEMA.type_map[name], depth=1)
        asked.append(CONTRACT.along(path, below, SIZES))
    for persona in EYES:
        for document in asked:
            known.look(SCHEMA.query_type, await world.ask(persona, document))
    lists = {*CONTRACT.nested(), *(("Query", name) for name in CONTRACT.roots())}
    without = {key for key in lists if not known.cursors[key]}
    assert not without, without
    return known
