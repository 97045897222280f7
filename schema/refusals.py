"""What an act answers when it says no (ARCHITECTURE §4). Front ends match `code` and show `message`."""

from __future__ import annotations

from typing import Any

import strawberry
from strawberry import Info

from api import errors
from api.graph.acts import Refused
from schema.nodes import Node


@strawberry.interface(description="An expected no: nothing of the act was done.")
class Refusal:
    """The one interface of every refusal."""

    code: str = strawberry.field(description="Stable code; it never changes its meaning.")
    field: str | None = strawberry.field(description="The argument that it is about, where it is about one.")

    @strawberry.field(description="What happened and what to do, in the language of `Accept-Language`.")
    def message(root: strawberry.Parent[Any], info: Info[Any, None]) -> str:
        said: str = root.refusal.message(info.context.language)
        return said


def _refusal(error: type[errors.Refusal], description: str, name: str | None = None) -> Any:
    def wrap(cls: type) -> type:
        cls.is_type_of = classmethod(lambda _, said, __: isinstance(said, Refused) and isinstance(said.refusal, error))  # type: ignore[attr-defined]
        made: type = strawberry.type(cls, name=name, description=description)
        return made

    return wrap


@_refusal(errors.NotAllowed, "The acting seat has no right to this act.")
class NotAllowed(Refusal):
    pass


@_refusal(errors.NotFound, "It is not there, or not yours: the answer is the same.")
class NotFound(Refusal):
    pass


@_refusal(errors.InvalidInput, "A value that cannot be taken.")
class InvalidInput(Refusal):
    pass


@_refusal(errors.WrongState, "The thing is not in a state in which the act is possible.")
class WrongState(Refusal):
    pass


@_refusal(errors.Conflict, "The change was based on an older version.", name="VersionConflict")
class VersionConflict(Refusal):
    current: Node = strawberry.field(description="The row as it is now.")


@_refusal(errors.KeyReused, "The idempotency key has answered another request.")
class KeyReused(Refusal):
    pass


AnyRefusal = NotAllowed | NotFound | InvalidInput | WrongState | VersionConflict | KeyReused
"""Every refusal that an act may answer with."""


def result(name: str) -> Any:
    """The union of an act's row and every refusal."""
    return strawberry.union(name, description="What the act made or changed, or why it did not.")
