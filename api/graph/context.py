"""What one operation carries through its resolvers; nothing in it outlives the operation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from api.graph.loading import Loader

if TYPE_CHECKING:
    from uuid import UUID

    from graphql import DocumentNode

    from api.graph.idempotency import Answers
    from api.store.engine import Store
    from api.store.operation import Operation


@dataclass(slots=True)
class Context:
    """`operation` and `loader` are there once the transaction is bound."""

    store: Store
    document: DocumentNode
    subject: str
    wanted_seat: UUID | None
    language: str
    writes: bool
    reads_rows: bool
    answers: Answers
    at_door: bool = False
    """Whether every act of the operation is one for a bearer who has no seat yet."""
    _operation: Operation | None = None
    _loader: Loader | None = None

    def bind(self, operation: Operation) -> None:
        self._operation = operation
        self._loader = Loader(operation)

    @property
    def operation(self) -> Operation:
        assert self._operation is not None, "a resolver ran outside the operation's transaction"
        return self._operation

    @property
    def loader(self) -> Loader:
        assert self._loader is not None, "a resolver ran outside the operation's transaction"
        return self._loader
