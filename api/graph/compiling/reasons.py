"""Why an operation went to the executor."""

from __future__ import annotations

from contextlib import contextmanager
from enum import Enum, unique
from typing import TYPE_CHECKING

from graphql import GraphQLError

from api.errors import RequestRefused

if TYPE_CHECKING:
    from collections.abc import Iterator


@unique
class Reason(Enum):
    """What the compiler does not express; the names go into metrics and, in development, into a header."""

    SWITCHED_OFF = "compiled reads are switched off"
    SCHEMA_ONLY = "it asks for nothing but the schema, which takes no statement"
    INTROSPECTION = "it asks for the schema beside rows"
    CUSTOM_RESOLVER = "a field is resolved by code of its own"
    LONG_KEY = "a response key is longer than a name can be in PostgreSQL"
    ARGUMENT = "an argument is refused, and the executor knows where in the answer that stands"
    NULLABLE = "a column may be null where the contract says that it is not"
    STATEMENT = "the statement failed, and the executor knows what of it"
    SEAL = "a sealed text does not open, and the executor knows where in the answer that stands"


class NotCompiled(Exception):  # noqa: N818 - says what it is
    """The operation goes whole to the executor."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason.name)
        self.reason = reason


@contextmanager
def left_to_executor() -> Iterator[None]:
    """A value that is refused here is the executor's to refuse."""
    try:
        yield
    except (RequestRefused, GraphQLError):
        raise NotCompiled(Reason.ARGUMENT) from None
