"""Arguments of generated documents: literals and variables of every type, most of them such as the schema takes."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from graphql import (
    GraphQLBoolean,
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLList,
    GraphQLNonNull,
    get_nullable_type,
    is_non_null_type,
)

if TYPE_CHECKING:
    from compiled.choosing import Chance
    from compiled.known import Known
    from graphql import GraphQLField

CURSORS = ("after", "before")
SIZES = ("first", "last")
GARBAGE = ("", "x", "W10", "WyIyMDI0LTAzLTA0Il0", "bnVsbA", "é", "W251bGwsbnVsbF0", "a" * 600)
IDS = ("", ":", "Case:", "Case:x", "case:00000000-0000-0000-0000-000000000000", "Person", "Query:1")
WORDS = ("", '"', "CD62", "CD6205", "Kalehe", "\\", "é\u2028😀", "'); --")
DAYS = ("0001-01-01", "9999-12-31", "2024-02-29")
MISSING = "00000000-0000-4000-8000-000000000000"
SIZE = 20
"""What a page is taken to hold whose size is not known here."""


class Word(str):
    """The value of an enum, which a document does not quote."""

    __slots__ = ()


@dataclass(frozen=True)
class Place:
    """Where a value goes: below which argument of which field, in pages of how many, and whether beside literals, where
    variables may stand too."""

    argument: str
    field: tuple[str, str]
    most: int
    literal: bool


@dataclass
class Values:
    """Makes values, and keeps the variables that they were put into."""

    chance: Chance
    known: Known
    declared: dict[str, str] = field(default_factory=dict)
    given: dict[str, Any] = field(default_factory=dict)
    named: bool = True
    """Whether variables may be made: not in what stands beside the operation that is asked for."""

    def arguments(self, where: tuple[str, str], published: GraphQLField, *, most: int) -> tuple[str, int]:
        """The arguments of a field as text, and how many rows it answers at most."""
        said: dict[str, str] = {}
        size = min(SIZE, most)
        for name in self._chosen(published, most=most):
            kind = published.args[name].type
            if self.named and self.chance.rarely(35):
                value = self._value(kind, Place(name, where, most, literal=False))
                said[name] = self._variable(kind, value, sure=name in SIZES and most < SIZE)
            else:
                value = self._value(kind, Place(name, where, most, literal=True))
                said[name] = literal(value)
            size = value if name in SIZES else size
        return f"({', '.join(f'{key}: {value}' for key, value in said.items())})" if said else "", size

    def condition(self, *, wanted: bool) -> str:
        """What a directive asks for, mostly what is wanted."""
        value = wanted != self.chance.rarely(15)
        if not self.named or not self.chance.rarely(50):
            return literal(value)
        return self._variable(CONDITION, value)

    def _chosen(self, published: GraphQLField, *, most: int) -> list[str]:
        """Both ends at once are a refusal, and asked for rarely."""
        needed = [name for name, given in published.args.items() if is_non_null_type(given.type)]
        chosen = [name for name in published.args if name not in needed and self.chance.rarely(30)]
        if set(SIZES) <= set(chosen) and not self.chance.rarely(3):
            chosen.remove("last")
        if set(SIZES) <= published.args.keys() and most < SIZE and not set(chosen) & set(SIZES):
            chosen.append(self.chance.one(SIZES))
        return [*needed, *chosen]

    def _variable(self, kind: Any, value: Any, *, sure: bool = False) -> str:
        """Declared as its place has it, stricter, or with a default; given, null, or left out."""
        bare, needed = get_nullable_type(kind), is_non_null_type(kind)
        form = "given" if sure else self.chance.of((6, "given"), (1, "null"), (2, "default"), (1, "out"), (2, "strict"))
        if needed and form in {"null", "out"} and not self.chance.rarely(10):
            form = "given"
        typed = f"{bare}!" if form == "strict" or (needed and form != "default") else str(bare)
        name = f"v{len(self.declared)}"
        self.declared[name] = f"{typed} = {literal(value)}" if form == "default" else typed
        if form in {"given", "strict"} or (form == "default" and self.chance.rarely(30)):
            self.given[name] = value
        if form == "null" or (form == "default" and self.chance.rarely(5)):
            self.given[name] = None
        return f"${name}"

    def _value(self, kind: Any, place: Place) -> Any:
        kind = get_nullable_type(kind)
        if isinstance(kind, GraphQLList):
            return self._list(kind.of_type, place)
        if isinstance(kind, GraphQLEnumType):
            return Word(self.chance.one(list(kind.values)))
        if isinstance(kind, GraphQLInputObjectType):
            chosen = [key for key, each in kind.fields.items() if is_non_null_type(each.type) or self.chance.rarely(30)]
            return {key: self._inner(kind.fields[key].type, replace(place, argument=key)) for key in chosen}
        return self._scalar(kind.name, place)

    def _inner(self, kind: Any, place: Place) -> Any:
        """A value within another: null, or a variable, too."""
        if not is_non_null_type(kind) and self.chance.rarely(8):
            return None
        if place.literal and self.named and self.chance.rarely(20):
            return Word(self._variable(kind, self._value(kind, replace(place, literal=False))))
        return self._value(kind, place)

    def _list(self, kind: Any, place: Place) -> Any:
        """Of several, of one, of one without its brackets, of none; the same twice, too."""
        count = self.chance.of((5, 1), (4, 2), (2, 3), (1, 0), (2, None), (1, 7))
        if count is None:
            return self._value(kind, place)
        made = [self._inner(kind, place) for _ in range(min(count, place.most))]
        return [*made, made[0]] if made and self.chance.rarely(10) else made

    def _scalar(self, scalar: str, place: Place) -> Any:
        if scalar == "Int":
            return self._int(place.most)
        if scalar == "Boolean":
            return self.chance.below(2) == 0
        if scalar == "ID":
            return self._id()
        if place.argument in CURSORS:
            return self._cursor(place.field)
        there = self.known.of(scalar, place.argument)
        odd = DAYS if scalar == "Date" else WORDS
        return self.chance.one(there) if there and not self.chance.rarely(20) else self.chance.one(odd)

    def _int(self, most: int) -> int:
        if self.chance.rarely(2):
            return self.chance.one((-1, 101, 2**31 - 1, 201))
        return min(most, 100) if self.chance.rarely(10) else self.chance.below(min(most, 5) + 1)

    def _cursor(self, where: tuple[str, str]) -> str:
        """Mostly of this list; of another one; of none."""
        mine = self.known.cursors.get(where, [])
        form = self.chance.of((48, "mine"), (1, "another"), (1, "garbage"))
        if mine and form == "mine":
            return self.chance.one(mine)
        return self.chance.one(self.known.every_cursor if form == "another" else GARBAGE)

    def _id(self) -> str:
        form = self.chance.of((7, "there"), (1, "missing"), (1, "odd"))
        if form == "odd":
            return self.chance.one(IDS)
        found: str = self.chance.one(self.known.ids)
        return f"{found.partition(':')[0]}:{MISSING}" if form == "missing" else found


CONDITION = GraphQLNonNull(GraphQLBoolean)


def literal(value: Any) -> str:
    """The value as a document writes it."""
    if isinstance(value, Word):
        return value
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {literal(each)}" for key, each in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(literal, value)) + "]"
    return json.dumps(value, ensure_ascii=False)
