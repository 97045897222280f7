"""Values that must not be found again: one in every text argument of every mutation, made from the schema, and what the
database holds in the end."""

from __future__ import annotations

import base64
import hashlib
import json
from dataclasses import dataclass, field
from itertools import count
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLList,
    GraphQLObjectType,
    get_nullable_type,
)
from isolation.contract import ACTS, SCHEMA
from sqlalchemy import Enum

from api.proof import arguments
from api.sentences import SENTENCES
from migrations.models import metadata

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

SHORTEST = 5
"""Shorter ones stand in random bytes by chance."""


def vocabulary() -> set[str]:
    """Words of ours: names of the schema, its enum values, tables and codes, published or not."""
    words = {*SENTENCES, *metadata.tables}
    for kind in SCHEMA.type_map.values():
        words.add(kind.name)
        if isinstance(kind, GraphQLEnumType):
            words.update(kind.values)
        elif isinstance(kind, GraphQLObjectType | GraphQLInputObjectType):
            words.update(kind.fields)
    for table in metadata.tables.values():
        words.update(code for each in table.columns if isinstance(each.type, Enum) for code in each.type.enums)
    return words


@dataclass
class Canaries:
    """Makes unique values, and finds them again."""

    made: set[str] = field(default_factory=set)
    ids: set[UUID] = field(default_factory=set)
    raw: set[bytes] = field(default_factory=set)
    _number: Iterator[int] = field(default_factory=count)

    def text(self, where: str = "x") -> str:
        """A name of GraphQL, so that it can be an alias or a variable too."""
        made = f"Kanari{next(self._number)}x{uuid4().hex[:12]}{where}"[:60]
        self.made.add(made)
        return made

    def token(self, token: str) -> None:
        """A token, and each of its parts."""
        self.made |= {token, *token.split(".")}

    def subject(self, issuer: str, name: str) -> None:
        digest = hashlib.sha256(f"{issuer}\n{name}".encode()).hexdigest()
        self.made |= {digest, name}
        self.raw.add(bytes.fromhex(digest))

    def row(self, values: Mapping[str, Any]) -> None:
        """A row of the database: its ids, its texts that are no words of ours, what is sealed."""
        for value in values.values():
            for each in value if isinstance(value, list) else [value]:
                if isinstance(each, UUID):
                    self.ids.add(each)
                elif isinstance(each, bytes) and len(each) >= SHORTEST:
                    self.raw.add(each)
                elif isinstance(each, str) and len(each) >= SHORTEST and each not in WORDS:
                    self.made.add(each)

    def found(self, exported: bytes) -> set[str]:
        """Those that stand in the bytes, as they are or written in another way."""
        folded = exported.lower()
        there = {each for each in self.made if any(form.lower() in folded for form in _forms(each))}
        there |= {str(each) for each in self.ids if any(form in folded for form in _id_forms(each))}
        return there | {each.hex() for each in self.raw if each in exported or each.hex().encode() in folded}

    def filled(self, mutation: str) -> dict[str, Any]:
        """A value for every argument, and every one that is a text unique."""
        given = {
            name: self._value(argument.type, f"{mutation}.{name}")
            for name, argument in ACTS.fields[mutation].args.items()
        }
        return {**given, **{name: f"Case:{self._id()}" for name in given if name.endswith("Id") or name == "id"}}

    def _value(self, kind: Any, where: str) -> Any:
        kind = get_nullable_type(kind)
        if isinstance(kind, GraphQLList):
            return [self._value(kind.of_type, where)]
        if where in arguments.KNOWN and kind.name != "String":
            return arguments.KNOWN[where]
        if isinstance(kind, GraphQLEnumType):
            return next(iter(kind.values))
        if isinstance(kind, GraphQLInputObjectType):
            return {name: self._value(each.type, f"{kind.name}.{name}") for name, each in kind.fields.items()}
        if kind.name == "ID":
            return f"Seat:{self._id()}"
        return self.text() if kind.name == "String" else arguments.SCALARS[kind.name]

    def _id(self) -> UUID:
        made = uuid4()
        self.ids.add(made)
        return made


def literal(mutation: str, given: Mapping[str, Any], alias: str) -> str:
    """The mutation with its arguments in the document itself."""
    args = ACTS.fields[mutation].args
    passed = ", ".join(f"{name}: {_literal(args[name].type, value)}" for name, value in given.items())
    return f"mutation {alias} {{ {alias}: {mutation}({passed}) {{ {arguments.ANSWER} }} }}"


def _literal(kind: Any, value: Any) -> str:
    kind = get_nullable_type(kind)
    if isinstance(kind, GraphQLList):
        return f"[{', '.join(_literal(kind.of_type, each) for each in value)}]"
    if isinstance(kind, GraphQLInputObjectType):
        return (
            "{" + ", ".join(f"{name}: {_literal(kind.fields[name].type, each)}" for name, each in value.items()) + "}"
        )
    return str(value) if isinstance(kind, GraphQLEnumType) else json.dumps(value)


def _forms(text: str) -> list[bytes]:
    plain = text.encode()
    return [plain, base64.b64encode(plain)[: len(plain)], plain.hex().encode(), text.encode("utf-16-le")]


def _id_forms(row_id: UUID) -> list[bytes]:
    return [str(row_id).encode(), row_id.hex.encode(), row_id.bytes.lower()]


WORDS = vocabulary()
