"""What a change of the schema takes from who relies on what was released (docs/decisions/2026-11-25-schema-changes.md).

graphql-core knows what breaks an operation but not what was announced: what was deprecated, and whose day has come, is
taken out of the released schema first, and with it the types that nothing leads to any more.
"""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING, Any

from graphql import build_client_schema, build_schema, introspection_from_schema
from graphql.utilities import BreakingChangeType, DangerousChangeType, find_schema_changes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

BREAKING = {
    *BreakingChangeType,
    # An operation that left the value out does something else from then on, and nobody is told.
    DangerousChangeType.ARG_DEFAULT_VALUE_CHANGE,
    DangerousChangeType.INPUT_FIELD_DEFAULT_VALUE_CHANGE,
}
DAY = re.compile(r"\b\d{4}-\d{2}-\d{2}\b")
MEMBERS = ("fields", "inputFields", "enumValues")
ROOTS = ("queryType", "mutationType", "subscriptionType")


def broken(released: str, present: str, today: date) -> list[str]:
    """Each change from one SDL to the other that may not be, in a sentence."""
    promised = _described(released)
    _leave_out(promised, lambda member: due(member, today))
    changes = find_schema_changes(build_client_schema(promised), build_client_schema(_described(present)))
    return [change.description for change in changes if change.type in BREAKING]


def deprecated(sdl: str) -> dict[str, str]:
    """The reason of each member and argument that is deprecated, by its coordinate."""
    return {
        name: member["deprecationReason"]
        for kind in _described(sdl)["__schema"]["types"]
        for name, member in _members(kind)
        if member["isDeprecated"]
    }


def last_day(reason: str) -> date | None:
    """The day from which it may go, as the reason names it."""
    found = DAY.search(reason)
    return date.fromisoformat(found[0]) if found else None


def due(member: Any, today: date) -> bool:
    day = last_day(member["deprecationReason"] or "") if member["isDeprecated"] else None
    return day is not None and day <= today


def _described(sdl: str) -> Any:
    """The schema as introspection tells it: plain values, deprecations included."""
    return introspection_from_schema(build_schema(sdl))


def _members(kind: Any) -> Iterator[tuple[str, Any]]:
    for member in (member for name in MEMBERS for member in kind.get(name) or ()):
        yield f"{kind['name']}.{member['name']}", member
        for argument in member.get("args") or ():
            yield f"{kind['name']}.{member['name']}({argument['name']})", argument


def _leave_out(described: Any, gone: Callable[[Any], bool]) -> None:
    kinds = {kind["name"]: kind for kind in described["__schema"]["types"]}
    before = _reached(described, kinds)
    for kind in kinds.values():
        for name in MEMBERS:
            kind[name] = kind.get(name) and [member for member in kind[name] if not gone(member)]
        for field in kind["fields"] or ():
            field["args"] = [argument for argument in field["args"] if not gone(argument)]
    lost = before - _reached(described, kinds)
    described["__schema"]["types"] = [kind for name, kind in kinds.items() if name not in lost]


def _reached(described: Any, kinds: Any) -> set[str]:
    """The types that an operation can come to, or name in a directive."""
    schema = described["__schema"]
    waiting = [schema[root]["name"] for root in ROOTS if schema.get(root)] + [*_named(schema["directives"])]
    reached: set[str] = set()
    while waiting:
        name = waiting.pop()
        if name not in reached:
            reached.add(name)
            waiting.extend(_named(kinds[name]))
    return reached


def _named(value: Any) -> Iterator[str]:
    """The names of the types that a type's description refers to."""
    if isinstance(value, dict):
        if "ofType" in value and value["name"]:
            yield value["name"]
        for inner in value.values():
            yield from _named(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _named(inner)
