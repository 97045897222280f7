"""Documents made by walking the schema, with all that a selection may hold: nothing is named here, so that what is
published tomorrow is asked for tomorrow."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from compiled.choosing import SOURCES, Chance
from compiled.values import Values
from graphql import get_named_type, is_abstract_type, is_leaf_type, parse, print_ast
from isolation.contract import SCHEMA

from api.proof.documents import TYPE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from compiled.known import Known
    from graphql import GraphQLField
    from hypothesis import strategies as st

PERSONAS = (
    "sk.coordinator",
    "sk.officer",
    "sk.custodian",
    "sk.cso",
    "sk.observer",
    "sk.mines",
    "sk.donor",
    "lub.coordinator",
    "lub.company",
    "national.analyst",
    "shrim.service",
)
MOST = Counter(roots=8, fields=35, aliases=20, directives=6)
"""How much a document holds once its fragments are spread: below the limits."""

DEPTH, ROWS = 9, 60
"""Fields within one another, and rows within rows: the product of the sizes of their pages."""

LONG = "a_name_that_is_longer_than_the_sixty_three_bytes_that_postgresql_keeps_of_one_"
ALIASES = ("a", "A", "b", "_", "row", "select", "place", "id", "nodes", LONG[:63])
LONG_ALIASES = (LONG, f"{LONG}1", f"{LONG}2", LONG + LONG)
"""Alike but for their case or what stands beyond the bytes that count; words of SQL; names of fields; plain ones."""


@dataclass(frozen=True)
class Generated:
    """A document, what goes with it, and who asks."""

    persona: str
    source: str
    variables: dict[str, Any]
    name: str | None

    def __str__(self) -> str:
        return f"{print_ast(parse(self.source))}\n{self.variables} as {self.name} by {self.persona}"


@dataclass(frozen=True)
class Fragment:
    """A fragment, and where it was written for: it fits where a document is no deeper and answers no more rows."""

    on: str
    said: str
    depth: int
    rows: int
    weight: Counter[str]


@dataclass
class Writer:
    """Writes the selections of one operation."""

    chance: Chance
    values: Values
    spreads: bool = True
    long: bool = False
    """Whether aliases are longer than names are in PostgreSQL."""
    weight: Counter[str] = field(default_factory=Counter)
    keys: dict[str, tuple[str, str, str]] = field(default_factory=dict)
    """By response key what it stands for throughout the document, so that fields of one key can be merged."""
    fragments: dict[str, Fragment] = field(default_factory=dict)

    def selections(self, kind: Any, depth: int, rows: int) -> str:
        """What is asked of a type, in braces; the same words twice, too."""
        count = self.chance.of((3, 1), (4, 2), (3, 3), (2, 5), (1, 8))
        said = [self._selection(kind, depth, rows) for _ in range(count if self._fits(fields=1) else 1)]
        if len(said[0]) < len(LONG) and "..." not in said[0] and self.chance.rarely(8):
            said.append(said[0])
        return f"{{ {' '.join(said)} }}"

    def _fits(self, **more: int) -> bool:
        return all(self.weight[name] + count <= MOST[name] for name, count in more.items())

    def _selection(self, kind: Any, depth: int, rows: int) -> str:
        form = self.chance.of((30, self._field), (2, self._typename), (3, self._inline), (4, self._spread))
        if is_abstract_type(kind) and self.chance.below(4):
            form = self.chance.one((self._inline, self._spread))
        return (self._inline if form == self._spread and not self.spreads else form)(kind, depth, rows)

    def _typename(self, _: Any, depth: int, __: int) -> str:
        self.weight["roots"] += depth == 0
        return self._keyed(TYPE, "String!", "") + self._directives()

    def _field(self, kind: Any, depth: int, rows: int) -> str:
        """A field of the type; a leaf where the document is deep or long enough."""
        enough = depth >= DEPTH or not self._fits(fields=1)
        there = [name for name, each in kind.fields.items() if not enough or is_leaf_type(get_named_type(each.type))]
        if not there or (depth == 0 and not self._fits(roots=1)):
            return self._typename(kind, depth, rows)
        name = self.chance.one(there)
        published: GraphQLField = kind.fields[name]
        inner = get_named_type(published.type)
        self.weight.update(fields=1, roots=depth == 0)
        given, size = self.values.arguments((kind.name, name), published, most=max(1, ROWS // rows))
        said = self._keyed(name, str(published.type), given) + self._directives()
        if is_leaf_type(inner):
            return said
        return f"{said} {self.selections(inner, depth + 1, rows * max(1, size) if published.args else rows)}"

    def _inline(self, kind: Any, depth: int, rows: int) -> str:
        """On the type itself, an interface of it or one of its own types, or on none."""
        inner = self.chance.one(_overlapping(kind))
        condition = "" if inner is kind and self.chance.below(2) else f" on {inner.name}"
        return f"...{condition}{self._directives()} {self.selections(inner, depth, rows)}"

    def _spread(self, kind: Any, depth: int, rows: int) -> str:
        """A fragment that is there and fits, or a new one, which spreads those that are there before it."""
        types = _overlapping(kind)
        fitting = [
            name
            for name, each in self.fragments.items()
            if each.on in {each.name for each in types} and depth <= each.depth and rows <= each.rows
            if self._fits(**each.weight)
        ]
        if fitting and self.chance.below(3):
            name = self.chance.one(fitting)
            self.weight += self.fragments[name].weight
            return f"...{name}{self._directives()}"
        inner, before = self.chance.one(types), Counter(self.weight)
        said = self.selections(inner, depth, rows)
        name = f"f{len(self.fragments)}"
        self.fragments[name] = Fragment(inner.name, said, depth, rows, self.weight - before)
        return f"...{name}{self._directives()}"

    def _directives(self) -> str:
        if not self._fits(directives=2) or not self.chance.rarely(8):
            return ""
        names = self.chance.of((3, ["include"]), (3, ["skip"]), (1, ["skip", "include"]))
        self.weight["directives"] += len(names)
        return "".join(f" @{name}(if: {self.values.condition(wanted=name == 'include')})" for name in names)

    def _keyed(self, name: str, kind: str, arguments: str) -> str:
        """The field under a key that stands for nothing else: its own name, if that is free."""
        meant = (name, kind, arguments)
        names = LONG_ALIASES if self.long else ALIASES
        key = self.chance.one(names) if self._fits(aliases=1) and self.chance.rarely(12) else name
        if self.keys.setdefault(key, meant) != meant:
            key = next((key for key, other in self.keys.items() if other == meant), f"k{len(self.keys)}")
            self.keys[key] = meant
        self.weight["aliases"] += key != name
        return f"{name}{arguments}" if key == name else f"{key}: {name}{arguments}"


def _overlapping(kind: Any) -> Sequence[Any]:
    """The type, what it may be, and what it is too."""
    return [kind, *(SCHEMA.get_possible_types(kind) if is_abstract_type(kind) else kind.interfaces)]


def documents(known: Known) -> st.SearchStrategy[Generated]:
    """Documents that ask for what is known to be there, and for what is not."""
    return SOURCES.map(lambda source: _document(Chance(source), known))


def _document(chance: Chance, known: Known) -> Generated:
    values = Values(chance, known)
    persona, several = chance.one(PERSONAS), chance.rarely(10)
    writer = Writer(chance, values, long=chance.rarely(4))
    selections = writer.selections(SCHEMA.query_type, 0, 1)
    definitions = [f"fragment {name} on {each.on} {each.said}" for name, each in writer.fragments.items()]
    declared = ", ".join(f"${variable}: {kind}" for variable, kind in values.declared.items())
    head = f"query Main{f'({declared})' if declared else ''} " if declared or several else ""
    definitions.insert(chance.below(len(definitions) + 1), f"{head}{selections}")
    if not several:
        return Generated(persona, " ".join(definitions), values.given, None)
    values.named = False
    beside = Writer(chance, values, spreads=False).selections(SCHEMA.query_type, 0, 1)
    definitions.insert(chance.below(len(definitions) + 1), f"query Other {beside}")
    name = chance.of((6, "Main"), (3, "Other"), (1, "None"))
    return Generated(persona, " ".join(definitions), values.given, name)
