"""A mutation is an act (ARCHITECTURE §6): its own savepoint, typed refusals, bounded input, one remembered outcome."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Any

import strawberry
from sqlalchemy import exc
from strawberry.extensions import FieldExtension
from strawberry.types.base import has_object_definition

from api.audit.actions import record
from api.audit.rules import AuditOutcome
from api.errors import InvalidInput, NotAllowed, Refusal
from api.store.engine import refusal_of
from api.telemetry import refused as tell_refused

if TYPE_CHECKING:
    from collections.abc import Iterable

    from strawberry import Info

MOST_TEXT = 200
MOST_ITEMS = 100
MOST_MARKS = 30
"""Combining marks in a row, as in the Stream-Safe Text Format (UAX 15, section 13)."""


@dataclass(frozen=True, slots=True)
class Refused:
    """A refusal as the answer of an act: returned as an exception, the executor would raise it."""

    refusal: Refusal

    @property
    def code(self) -> str:
        return self.refusal.code

    @property
    def field(self) -> str | None:
        return self.refusal.field

    @property
    def current(self) -> object:
        """The row as it is now, of a `Conflict`."""
        return getattr(self.refusal, "current", None)


def act(description: str, *, grant: str) -> Any:
    """Publish a method as a mutation. `grant` is what it asks leave for, and its name in the audit whoever refuses."""
    return strawberry.mutation(description=description, metadata={"grant": grant}, extensions=[Act()])


def door(description: str, *, grant: str) -> Any:
    """Publish a method as a mutation for a bearer who has no seat yet. It is its own key: said again, it answers the
    same."""
    return strawberry.mutation(description=description, metadata={"door": True, "grant": grant}, extensions=[Act()])


def argument(description: str, *, most: int = MOST_TEXT, of: str = "characters") -> Any:
    """An argument with the bound of its text, or of its list `of` something."""
    return strawberry.argument(description=f"{description} At most {most} {of}.", metadata={"most": most})


def part(description: str, *, most: int = MOST_TEXT, of: str = "characters", default: Any = ...) -> Any:
    """A field of an input object, bounded as an argument."""
    more = {} if default is ... else {"default": default}
    return strawberry.field(description=f"{description} At most {most} {of}.", metadata={"most": most}, **more)


def changed(description: str) -> Any:
    """A field of an input object that says what changes: left out, it stays."""
    return strawberry.field(description=description, default=strawberry.UNSET)


def given(changes: Any) -> dict[str, Any]:
    """The fields of an input object that the client named, null or not."""
    named = {part.python_name: getattr(changes, part.python_name) for part in _parts(changes)}
    return {name: value for name, value in named.items() if value is not strawberry.UNSET}


class Act(FieldExtension):
    """Wraps each mutation; the resolver itself is one call of an action."""

    async def resolve_async(self, next_: Any, source: Any, info: Info[Any, None], **kwargs: Any) -> Any:
        context, name = info.context, info.path.key
        outcome = await context.answers.replayed(context.operation, name)
        if outcome is None:
            outcome = await self._done(next_, source, info, kwargs)
            context.answers.note(name, outcome)
        context.loader.forget()
        if isinstance(outcome, Refusal):
            tell_refused(outcome.code)
            return Refused(outcome)
        return outcome

    async def _done(self, next_: Any, source: Any, info: Info[Any, None], kwargs: dict[str, Any]) -> Any:
        operation = info.context.operation
        try:
            given = _checked(kwargs, info._field.arguments)  # noqa: SLF001 - strawberry has no other way to its arguments
            async with operation.savepoint():
                return await next_(source, info, **given)
        except Refusal as refusal:
            refused = refusal
        except exc.DBAPIError as error:
            meant = refusal_of(error)
            if not isinstance(meant, Refusal):
                raise
            refused = meant
        if isinstance(refused, NotAllowed):
            grant = info._field.metadata["grant"]  # noqa: SLF001 - as above
            act_name = str(refused.values.get("act", grant))
            await record(operation, act_name, outcome=AuditOutcome.REFUSED)
        return refused


def _checked(kwargs: dict[str, Any], arguments: Iterable[Any]) -> dict[str, Any]:
    named = {argument.python_name: argument for argument in arguments}
    return {name: _bounded(value, named[name]) for name, value in kwargs.items()}


def _bounded(value: Any, definition: Any) -> Any:
    """Text in NFC without blanks around it; raise `InvalidInput` for empty or over-long text and over-long lists."""
    name, most = _name(definition), definition.metadata.get("most")
    if isinstance(value, str):
        return _text(value, name, most or MOST_TEXT)
    if isinstance(value, list):
        if len(value) > (most or MOST_ITEMS):
            raise InvalidInput("LIST_LENGTH", field=name, most=most or MOST_ITEMS)
        return [_bounded(item, definition) for item in value]
    for inner in _parts(value):
        setattr(value, inner.python_name, _bounded(getattr(value, inner.python_name), inner))
    return value


def _text(value: str, name: str, most: int) -> str:
    """Measured before it is normalised: that takes the square of the longest run of combining marks."""
    if len(value) > 2 * most:
        raise InvalidInput("TEXT_LENGTH", field=name, most=most)
    if any(len(list(run)) > MOST_MARKS for marked, run in groupby(value, _is_mark) if marked):
        raise InvalidInput("TEXT_MARKS", field=name, most=MOST_MARKS)
    text = unicodedata.normalize("NFC", value).strip()
    if not text or len(text) > most:
        raise InvalidInput("TEXT_LENGTH", field=name, most=most)
    return text


def _is_mark(character: str) -> bool:
    return unicodedata.combining(character) != 0


def _parts(value: Any) -> Iterable[Any]:
    return value.__strawberry_definition__.fields if has_object_definition(value) else ()


def _name(definition: Any) -> str:
    first, *rest = str(definition.python_name).split("_")
    return first + "".join(word.title() for word in rest)
