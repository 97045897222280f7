"""How a published type is declared: one line a field, from which the executor (and later the compiler) reads.

@published(tables.Case, "A matter taken up by decision.")
class Case(Node):
    number: str = column("Number of the case …")
    narrative: CaseNarrative | None = to_one(reads.narrative, "What happened …")
    activities: Connection[Activity] = to_many(reads.activities, "Steps taken …")
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

import strawberry
from graphql import get_named_type
from sqlalchemy import inspect
from strawberry import Info

from api.errors import RequestRefused
from api.store.paging import cut

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from enum import Enum
    from uuid import UUID

    from graphql import GraphQLField

    from api.store.base import Base
    from api.store.edges import ToMany, ToOne

FIRST = "How many, from the start of the order."
AFTER = "Cursor that the page starts after."
LAST = "How many, from the end of the order."
MOST_VALUES = 100
BEFORE = "Cursor that the page ends before."
MISSING = "(not translated)"
NODE = "Node"
"""Relay's interface of what has an id of its own."""


@dataclass(frozen=True, slots=True)
class Published:
    """A table and the type that publishes it."""

    table: type[Base]
    type: type

    @property
    def has_id(self) -> bool:
        """Whether rows are found by their id."""
        return any(each.name == NODE for each in self.type.__strawberry_definition__.interfaces)  # type: ignore[attr-defined]


PUBLISHED: dict[str, Published] = {}
"""By GraphQL name: what `node` finds, and what the tests walk through."""


@dataclass(frozen=True, slots=True)
class Code:
    """A value of a code list; a label is none where nobody has translated it yet."""

    code: str
    fr: str | None
    en: str | None


@dataclass(frozen=True, slots=True)
class CodeList:
    """An enum of the contract with its labels."""

    name: str
    description: str
    codes: list[Code]


CODE_LISTS: dict[str, CodeList] = {}
"""By GraphQL name: every enum that the contract publishes."""


def published(table: type[Base], description: str) -> Callable[[type], type]:
    """Publish a table as an object type; only the fields that a line names exist."""

    def wrap(cls: type) -> type:
        cls.is_type_of = classmethod(lambda _, row, __: isinstance(row, table))  # type: ignore[attr-defined]
        made: type = strawberry.type(cls, description=description)
        PUBLISHED[cls.__name__] = Published(table, made)
        return made

    return wrap


def column(description: str, *, name: str | None = None) -> Any:
    """The row's attribute of the same name."""
    return strawberry.field(description=description, name=name, metadata={"kind": "column"})


def sealed(column_name: str, description: str) -> Any:
    """The opened text of a sealed column; null where it holds none."""

    def resolve(root: strawberry.Parent[Any], info: Info[Any, None]) -> Any:
        context = info.context
        sealed_text = getattr(root, column_name)
        if sealed_text is None:
            return None
        return context.show(*located(root), lambda: context.operation.open(root, column_name))

    return strawberry.field(
        resolver=resolve, description=description, metadata={"kind": "sealed", "column": column_name}
    )


def located(row: Base) -> tuple[str, UUID]:
    """The table of a group's row, and what tells it from the group's others."""
    key: Any = inspect(row).mapper.primary_key_from_instance(row)
    return row.__tablename__, key[1]


def to_one(edge: ToOne, description: str) -> Any:
    """At most one row; null also where it is not the seat's to see."""

    async def resolve(root: strawberry.Parent[Any], info: Info[Any, None]) -> Any:
        return await info.context.loader.one(edge, getattr(root, edge.source))

    return strawberry.field(resolver=resolve, description=description, metadata={"kind": "edge", "edge": edge})


def acting(edge: ToOne, description: str) -> Any:
    """The row at the end of an edge from the acting seat's id."""

    async def resolve(info: Info[Any, None]) -> Any:
        return await info.context.loader.one(edge, info.context.operation.seat.id)

    return strawberry.field(resolver=resolve, description=description, metadata={"kind": "acting", "edge": edge})


def to_many(edge: ToMany, description: str) -> Any:
    """A Relay connection over an edge from a row."""

    async def resolve(
        root: strawberry.Parent[Any],
        info: Info[Any, None],
        first: Annotated[int | None, strawberry.argument(description=FIRST)] = None,
        after: Annotated[str | None, strawberry.argument(description=AFTER)] = None,
        last: Annotated[int | None, strawberry.argument(description=LAST)] = None,
        before: Annotated[str | None, strawberry.argument(description=BEFORE)] = None,
    ) -> Any:
        key = getattr(root, edge.source or "")
        return await info.context.loader.page(edge, key, cut(edge, first, after, last, before), {})

    return strawberry.field(
        resolver=resolve, description=_paged(edge, description), metadata={"kind": "edge", "edge": edge}
    )


def roots(edge: ToMany, description: str, filtered: type | None = None) -> Any:
    """A Relay connection at the root, with the filters that `filtered` names; each takes a list of accepted values, or
    a bound."""

    async def resolve(
        info: Info[Any, None],
        filter: Any = None,
        first: Annotated[int | None, strawberry.argument(description=FIRST)] = None,
        after: Annotated[str | None, strawberry.argument(description=AFTER)] = None,
        last: Annotated[int | None, strawberry.argument(description=LAST)] = None,
        before: Annotated[str | None, strawberry.argument(description=BEFORE)] = None,
    ) -> Any:
        asked = cut(edge, first, after, last, before)
        return await info.context.loader.page(edge, None, asked, _given(filter))

    described = strawberry.argument(
        description="Only rows that meet each field given: one of a list's values, at most 100, or a bound."
    )
    if filtered is None:
        return _unfiltered(edge, description)
    resolve.__annotations__["filter"] = Annotated[filtered | None, described]
    return strawberry.field(
        resolver=resolve, description=_paged(edge, description), metadata={"kind": "edge", "edge": edge}
    )


def _unfiltered(edge: ToMany, description: str) -> Any:
    async def resolve(
        info: Info[Any, None],
        first: Annotated[int | None, strawberry.argument(description=FIRST)] = None,
        after: Annotated[str | None, strawberry.argument(description=AFTER)] = None,
        last: Annotated[int | None, strawberry.argument(description=LAST)] = None,
        before: Annotated[str | None, strawberry.argument(description=BEFORE)] = None,
    ) -> Any:
        return await info.context.loader.page(edge, None, cut(edge, first, after, last, before), {})

    return strawberry.field(
        resolver=resolve, description=_paged(edge, description), metadata={"kind": "edge", "edge": edge}
    )


def labelled(enum: type[Enum], description: str, english: Mapping[str, str] | None = None) -> None:
    """Publish a code list; `english` words the codes that are no words. Each value's description is its labels."""
    definition = vars(enum).get("__strawberry_definition__") or strawberry.enum(enum).__strawberry_definition__  # type: ignore[attr-defined]
    definition.description = description
    worded = {enum[name]: text for name, text in (english or {}).items()}
    codes = [_code(member, worded.get(member)) for member in enum]
    for value, code in zip(definition.values, codes, strict=True):
        value.description = f"{code.fr or MISSING} · {code.en or MISSING}"
    CODE_LISTS[enum.__name__] = CodeList(enum.__name__, description, codes)


def _code(member: Enum, english: str | None) -> Code:
    """French is the value, unless that is the code again; English as worded, or the code where that is words."""
    words = member.name.replace("_", " ").lower()
    derived = words if words.replace(" ", "").isalpha() else None
    return Code(member.name, None if member.value == member.name else member.value, english or derived)


def code_list(enum: type[Enum], description: str, *, of: str) -> Any:
    """The codes that a column keeps as a list of names; null where it holds none, which is not an empty list."""

    def resolve(root: strawberry.Parent[Any]) -> Any:
        names = getattr(root, of)
        return None if names is None else [enum[name] for name in names]

    return strawberry.field(resolver=resolve, description=description, metadata={"kind": "codes", "column": of})


def _given(filters: Any) -> Mapping[str, Any]:
    if filters is None:
        return {}
    names = [field.python_name for field in filters.__strawberry_definition__.fields]
    return _bounded({name: getattr(filters, name) for name in names})


def filters_given(field: GraphQLField, filters: Mapping[str, Any] | None) -> Mapping[str, Any]:
    """The filters of an edge's field as its resolver gets them, from an argument as the library coerces it."""
    if filters is None:
        return {}
    kind: Any = get_named_type(field.args["filter"].type)
    parts = kind.fields
    return _bounded({declared(parts[name]).python_name: value for name, value in filters.items()})


def _bounded(filters: Mapping[str, Any]) -> Mapping[str, Sequence[Any]]:
    asked = {name: value for name, value in filters.items() if value is not None}
    given = {name: value if isinstance(value, list) else [value] for name, value in asked.items()}
    if any(len(values) > MOST_VALUES for values in given.values()):
        raise RequestRefused("LIST_LENGTH", most=MOST_VALUES)
    return given


def declared(field: Any) -> Any:
    """Strawberry's definition of a field of the built schema, where a line of ours declares it; none otherwise."""
    return field.extensions.get("strawberry-definition")


def metadata(field: Any) -> Mapping[str, Any]:
    """What its line says of a field of the built schema."""
    definition = declared(field)
    return definition.metadata if definition is not None else {}


def _paged(edge: ToMany, description: str) -> str:
    return f"{description} {edge.default} at a time unless asked, at most {edge.most}."
