"""What a persona sees: every list to its end, and everything that can be reached from it, field by field."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from graphql import get_named_type

from api.graph.declare import PUBLISHED
from api.proof.documents import TYPE, is_edge, is_leaf, is_paged, row_type
from api.proof.leaks import Kind

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from graphql import GraphQLField, GraphQLObjectType

    from api.demo.roster import Persona
    from api.proof.asking import Asker
    from api.proof.documents import Contract

PAGE_SIZE, BELOW = 100, 20
POINTS = 9_000
"""Tenths of a point that a document of ours may cost."""
MOST_PAGES = 20
"""Of one list; a longer one is looked at so far, and said to be cut."""
ACTING = f"{{ actingSeat {{ {TYPE} id }} codeLists {{ name codes {{ code }} }} }}"


@dataclass
class Listing:
    """A list as its pages gave it."""

    total: int | None = None
    nodes: list[Any] = field(default_factory=list)
    cursors: list[str] = field(default_factory=list)
    cut: bool = False

    @property
    def ids(self) -> list[str]:
        return [node["id"] for node in self.nodes if "id" in node]


@dataclass
class Sight:
    """All that one persona sees."""

    persona: Persona
    seat: str | None = None
    lists: dict[str, Listing] = field(default_factory=dict)
    """The root's, by field."""
    below: dict[tuple[str, str], Listing] = field(default_factory=dict)
    """Those of rows, by id and field."""
    rows: dict[str, dict[str, Any]] = field(default_factory=dict)
    """By id, each row with its fields; lists in it are lists."""
    ways: dict[str, str] = field(default_factory=dict)
    """By id, how it was first reached."""

    def of(self, kind: str) -> dict[str, dict[str, Any]]:
        """The rows of a type."""
        return {key: row for key, row in self.rows.items() if kind_of(key) == kind}


def kind_of(row_id: str) -> str:
    return row_id.partition(":")[0]


def has_id(kind: GraphQLObjectType) -> bool:
    return kind.name in PUBLISHED and PUBLISHED[kind.name].has_id


def selection(kind: GraphQLObjectType, *, part: bool = False) -> str:
    """Every field of a row: of rows with ids at the end of its edges the id, of others what they hold."""
    said = [TYPE]
    for name, each in kind.fields.items():
        if is_leaf(each):
            said.append(name)
        elif not is_edge(each):
            said.append(f"{name} {{ {selection(get_named_type(each.type))} }}")
        elif part and not is_paged(each) and not has_id(row_type(each)):
            said.append(f"{name} {{ {' '.join(own_fields(row_type(each)))} }}")
        elif not (part and is_paged(each)):
            said.append(listed(name, each, f"(first: {BELOW})"))
    return " ".join(said)


def own_fields(kind: GraphQLObjectType) -> list[str]:
    return [name for name, each in kind.fields.items() if is_leaf(each)]


def listed(name: str, each: GraphQLField, arguments: str) -> str:
    """An edge, with its rows' ids or what they hold."""
    kind = row_type(each)
    inner = f"{TYPE} id" if has_id(kind) else selection(kind, part=True)
    if not is_paged(each):
        return f"{name} {{ {inner} }}"
    return f"{name}{arguments} {{ totalCount pageInfo {{ hasNextPage }} edges {{ cursor node {{ {inner} }} }} }}"


def together(kind: GraphQLObjectType) -> int:
    """How many rows of a type one document may ask for."""
    pages = sum(is_paged(each) for each in kind.fields.values())
    return max(1, min(PAGE_SIZE, POINTS // (1 + pages * (10 + BELOW))))


@dataclass
class Looking:
    """One persona's look at everything of some types."""

    asker: Asker
    contract: Contract
    sight: Sight
    only: frozenset[str] | None = None
    waiting: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))

    async def look(self) -> Sight:
        if not await self._seated():
            return self.sight
        for name, each in self.contract.roots().items():
            if self._is_asked(row_type(each).name):
                self.sight.lists[name] = await self._root(name, each)
        while self.waiting:
            kind, ids = self.waiting.popitem()
            for some in batches(ids, together(self.contract.kind(kind))):
                await self._rows(kind, some)
        return self.sight

    async def _seated(self) -> bool:
        """Whether the persona has a seat; without one nothing is asked."""
        said = (await self.asker(self.sight.persona.name, ACTING)).said
        seat = (said.get("data") or {}).get("actingSeat")
        self.sight.seat = seat["id"] if seat else None
        if self.sight.seat is not None:
            self._reach(self.sight.seat, "actingSeat")
        return self.sight.seat is not None

    def _is_asked(self, kind: str) -> bool:
        return self.only is None or kind in self.only

    async def _root(self, name: str, each: GraphQLField) -> Listing:
        found = Listing()
        after = ""
        for _ in range(MOST_PAGES):
            asked = f"{{ {listed(name, each, f'(first: {PAGE_SIZE}{after})')} }}"
            data = await self.asker.data(self.sight.persona.name, asked)
            if data is None or not self._taken(found, data[name], name):
                return found
            after = f', after: "{found.cursors[-1]}"'
        found.cut = True
        return found

    async def _rows(self, kind: str, ids: list[str]) -> None:
        """The rows with these ids, and the rest of their lists."""
        fields = self.contract.kind(kind).fields
        inner = selection(self.contract.kind(kind))
        asked = f"query($ids: [ID!]!) {{ nodes(ids: $ids) {{ {TYPE} ... on {kind} {{ {inner} }} }} }}"
        data = await self.asker.data(self.sight.persona.name, asked, {"ids": ids})
        for row_id, row in zip(ids, data["nodes"] if data else (), strict=False):
            if row is None:
                self._leak(f"{self.sight.ways[row_id]} against nodes", Kind.PATHS)
            elif row["id"] != row_id:
                self._leak("query nodes", Kind.MIXED)
            else:
                self.sight.rows[row_id] = {name: value for name, value in row.items() if name != TYPE}
                await self._edges(row_id, fields)

    async def _edges(self, row_id: str, fields: Mapping[str, GraphQLField]) -> None:
        row, kind = self.sight.rows[row_id], kind_of(row_id)
        for name, each in fields.items():
            if is_edge(each) and is_paged(each):
                row[name] = (await self._below(row_id, name, each, row[name])).nodes
            elif is_edge(each) and row[name]:
                self._met(row[name], f"{kind}.{name}")

    async def _below(self, row_id: str, name: str, each: GraphQLField, first: Any) -> Listing:
        found = self.sight.below[row_id, name] = Listing()
        page, kind = first, kind_of(row_id)
        while self._taken(found, page, f"{kind}.{name}"):
            found.cut = len(found.nodes) >= MOST_PAGES * BELOW
            if found.cut:
                break
            paged = listed(name, each, f'(first: {PAGE_SIZE}, after: "{found.cursors[-1]}")')
            asked = f"query($id: ID!) {{ node(id: $id) {{ ... on {kind} {{ {paged} }} }} }}"
            data = await self.asker.data(self.sight.persona.name, asked, {"id": row_id})
            if not data or not data["node"]:
                break
            page = data["node"][name]
        return found

    def _taken(self, found: Listing, page: Any, way: str) -> bool:
        """Take a page in; whether there are more."""
        found.total = page["totalCount"]
        found.nodes += [edge["node"] for edge in page["edges"]]
        found.cursors += [edge["cursor"] for edge in page["edges"]]
        self._met([edge["node"] for edge in page["edges"]], way)
        return bool(page["pageInfo"]["hasNextPage"] and page["edges"])

    def _met(self, said: Any, way: str) -> None:
        """Remember to look at every row named here."""
        for row_id in ids_in(said):
            self._reach(row_id, way)

    def _reach(self, row_id: str, way: str) -> None:
        if row_id not in self.sight.ways and self._is_asked(kind_of(row_id)):
            self.sight.ways[row_id] = way
            self.waiting[kind_of(row_id)].append(row_id)

    def _leak(self, path: str, kind: Kind) -> None:
        self.asker.found.leak(self.sight.persona.name, path, kind)


def ids_in(said: Any) -> Iterator[str]:
    """The ids of rows in an answer."""
    if isinstance(said, list):
        for each in said:
            yield from ids_in(each)
    elif isinstance(said, dict):
        if isinstance(said.get("id"), str):
            yield said["id"]
        for each in said.values():
            yield from ids_in(each)


def batches(values: Iterable[str], size: int) -> Iterator[list[str]]:
    """The values in lists of a size."""
    every = list(values)
    for start in range(0, len(every), size):
        yield every[start : start + size]
