"""Lists with every filter, page and cursor: each answer is a part of the list that the persona has anyway."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from api.proof.documents import TYPE, Lists, pages, row_type, some
from api.proof.grades import Grade, grade_of
from api.proof.leaks import Kind
from api.proof.proof import first
from api.proof.reading import scalars
from api.proof.sights import batches, has_id, kind_of, selection

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from graphql import GraphQLField

    from api.proof.proof import Proof
    from api.proof.sights import Sight

TOGETHER = 8
"""Lists in one document."""
TEXTS = 6
"""Values of texts that a filter is tried with, of rows that are the persona's to see and of others."""
SHORT = 20
"""No longer text is filtered by."""
ONE_VALUE = re.compile(r"filter: \{\w+: \[([^\],]+)\]\}")
"""A filter that takes one value of a list, alone."""
NAMED = re.compile(r'"(\$[ct]\d+)"')
"""Where a variable stands for a cursor or a text: everybody asks the same documents."""
PROVINCES = ["CD62", "CD71"]
DEPTH = 2
"""How far from a row what it is filtered by may stand."""


@dataclass(frozen=True)
class Part:
    """A list as it was asked for in one way, and the whole list as the persona has it."""

    sight: Sight
    path: str
    way: str
    whole: Sequence[Any]
    said: Mapping[str, Any]
    given: Mapping[str, Any]

    @property
    def nodes(self) -> list[Any]:
        return [edge["node"] for edge in self.said["edges"]]

    def kinds(self) -> Iterator[Kind]:
        """What is wrong with it."""
        where = {json.dumps(node): place for place, node in enumerate(self.whole)}
        places = [where.get(json.dumps(node)) for node in self.nodes]
        known = [place for place in places if place is not None]
        if len(known) < len(places) or known != sorted(known):
            yield Kind.ORDER
        if "filter" not in self.way:
            yield from self._paged(known)
        elif not self._has_more() and self.said["totalCount"] != len(self.nodes):
            yield Kind.COUNT
        if any(not self._shows(node) for node in self.nodes):
            yield Kind.FILTER

    def _paged(self, places: Sequence[int]) -> Iterator[Kind]:
        """A page is whole; it says that there are more exactly where the persona has more."""
        if self.said["totalCount"] != len(self.whole):
            yield Kind.COUNT
        if places and places[-1] - places[0] + 1 != len(places):
            yield Kind.ORDER
        forward = "first" in self.way and "before" not in self.way
        if places and forward and self.said["pageInfo"]["hasNextPage"] != (places[-1] + 1 < len(self.whole)):
            yield Kind.COUNT

    def _has_more(self) -> bool:
        page = self.said["pageInfo"]
        return bool(page["hasNextPage"] or page["hasPreviousPage"])

    def _shows(self, node: Any) -> bool:
        """Whether a row that one value kept shows that value."""
        one = ONE_VALUE.match(self.way)
        if one is None:
            return True
        value = self.given.get(one[1].removeprefix("$"), one[1])
        return value in set(scalars(self.sight, self.sight.rows.get(node.get("id", ""), node), DEPTH))


async def lists(proof: Proof) -> None:
    """Every list, as everybody; what is the network's, as one of each group."""
    few = proof.one_a_group()
    for sight in proof.seated():
        for name in sight.lists:
            if sight in few or grade_of(row_type(proof.contract.roots()[name]).name) is not Grade.NETWORK:
                await _root(proof, sight, name)
        for (kind, name), row_id in _chosen(sight).items():
            await _below(proof, sight, kind, name, row_id)


async def _root(proof: Proof, sight: Sight, name: str) -> None:
    each, listing = proof.contract.roots()[name], sight.lists[name]
    texts = _values(proof, sight, row_type(each).name)
    given = variables(_cursors(proof, sight, name), texts)
    named = [f"${key}" for key in given]
    texts, cursors = ([key for key in named if key[1] == kind] for kind in "tc")
    ways = Lists(name, each, texts, cursors, pairs=False).ways()
    for some_ways in batches(map(plain, ways), TOGETHER):
        document = f"query{declared(some_ways)} {{ {_aliased(name, each, some_ways)} }}"
        said = await proof.asker.data(sight.persona.name, document, used(given, document))
        if said is not None and not listing.cut:
            parts = [Part(sight, name, way, listing.nodes, said[f"a{i}"], given) for i, way in enumerate(some_ways)]
            _check(proof, parts)


async def _below(proof: Proof, sight: Sight, kind: str, name: str, row_id: str) -> None:
    """The list of one row: the longest that the persona has."""
    each, listing = proof.contract.kind(kind).fields[name], sight.below[row_id, name]
    given = variables(_cursors_below(proof, sight, kind, name), [])
    ways = [plain(way) for way in pages(["$c0"])]
    inner = f"... on {kind} {{ {_aliased(name, each, ways)} }}"
    document = f"query($id: ID!, $c0: String) {{ node(id: $id) {{ {inner} }} }}"
    said = await proof.asker.data(sight.persona.name, document, {"id": row_id, "c0": given["c0"]})
    if said is not None and said["node"] is not None and not listing.cut:
        found, path = said["node"], f"{kind}.{name}"
        _check(proof, [Part(sight, path, way, listing.nodes, found[f"a{i}"], given) for i, way in enumerate(ways)])


def variables(cursors: Sequence[str], texts: Sequence[str]) -> dict[str, Any]:
    """As many for everybody: no cursor and a text that is nowhere fill up."""
    filled = [*cursors, None, None][:2]
    named = [*texts, *(f"nowhere{index}" for index in range(2 * TEXTS))][: 2 * TEXTS]
    given = {f"c{index}": cursor for index, cursor in enumerate(filled)}
    return {**given, **{f"t{index}": text for index, text in enumerate(named)}}


def plain(way: str) -> str:
    return NAMED.sub(r"\1", way)


def declared(ways: Sequence[str]) -> str:
    """The variables of a document with these ways."""
    names = sorted({name for way in ways for name in re.findall(r"\$([ct]\d+)", way)})
    kinds = {"c": "String", "t": "String!"}
    return f"({', '.join(f'${name}: {kinds[name[0]]}' for name in names)})" if names else ""


def used(given: Mapping[str, Any], document: str) -> dict[str, Any]:
    return {name: value for name, value in given.items() if re.search(rf"\${name}\b", document)}


def _aliased(name: str, each: GraphQLField, ways: Sequence[str]) -> str:
    """The list in each of these ways; only what is looked at is asked for, as each way is compiled."""
    kind = row_type(each)
    inner = f"{TYPE} id" if has_id(kind) else selection(kind, part=True)
    rest = f"totalCount pageInfo {{ hasNextPage hasPreviousPage }} edges {{ node {{ {inner} }} }}"
    return " ".join(f"a{index}: {name}({way}) {{ {rest} }}" for index, way in enumerate(ways))


def _check(proof: Proof, parts: Sequence[Part]) -> None:
    for part in parts:
        for kind in part.kinds():
            proof.leak(part.sight.persona, f"{part.path}({part.way.partition(':')[0]}:)", kind)


def _chosen(sight: Sight) -> dict[tuple[str, str], str]:
    """Of each list that rows have, the row with the longest."""
    chosen: dict[tuple[str, str], str] = {}
    for (row_id, name), listing in sorted(sight.below.items(), key=lambda item: len(item[1].nodes)):
        if listing.nodes or (kind_of(row_id), name) not in chosen:
            chosen[kind_of(row_id), name] = row_id
    return chosen


def _cursors(proof: Proof, sight: Sight, name: str) -> list[str]:
    """Cursors of others' rows in the list of the same name."""
    own = set(sight.lists[name].cursors)
    every = [cursor for each in proof.seated() if name in each.lists for cursor in each.lists[name].cursors]
    return some([cursor for cursor in every if cursor not in own] or sight.lists[name].cursors)


def _cursors_below(proof: Proof, sight: Sight, kind: str, name: str) -> list[str]:
    every = [
        cursor
        for each in proof.seated()
        for (row_id, field), listing in each.below.items()
        if (kind_of(row_id), field) == (kind, name) and row_id not in sight.rows
        for cursor in listing.cursors
    ]
    return some(every)[:1]


def _values(proof: Proof, sight: Sight, kind: str) -> list[str]:
    """Short texts that filters may take: what stands in rows of the type, and in the places that they name."""
    if kind not in {kind_of(row_id) for row_id in proof.truth.rows}:
        return PROVINCES
    own, others = ([*dict.fromkeys(_short(proof, sight, kind, own=own))] for own in (True, False))
    return [*first(own, TEXTS), *first((each for each in others if each not in own), TEXTS)]


def _short(proof: Proof, sight: Sight, kind: str, *, own: bool) -> Iterator[str]:
    for row_id in proof.truth.ids(kind):
        row = proof.truth.rows[row_id]
        if (row_id in sight.rows) == own:
            places = [value.get("pcode") for value in row.values() if isinstance(value, dict)]
            codes = [row.get("code"), *places]
            yield from (code for code in codes if isinstance(code, str) and len(code) <= SHORT)
