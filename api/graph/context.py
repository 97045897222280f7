"""What one operation carries through its resolvers; nothing in it outlives the operation."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from api.graph.loading import Loader

if TYPE_CHECKING:
    from collections.abc import Callable
    from uuid import UUID

    from api.graph.documents import Prepared
    from api.graph.idempotency import Answers
    from api.graph.reading import Reads
    from api.store.engine import Store
    from api.store.operation import Operation


@dataclass(slots=True)
class Context:
    """`operation` and `loader` are there once the transaction is bound."""

    store: Store
    prepared: Prepared
    reads: Reads
    subject: str
    wanted_seat: UUID | None
    language: str
    writes: bool
    reads_rows: bool
    answers: Answers
    sealed_characters: int
    """How much text of sealed columns the answer may hold."""
    at_door: bool = False
    """Whether every act of the operation is one for a bearer who has no seat yet."""
    shown: int = 0
    told: set[tuple[str, UUID]] = field(default_factory=set)
    """Of the sealed texts that are shown, the table and the row."""
    _operation: Operation | None = None
    _loader: Loader | None = None

    def bind(self, operation: Operation) -> None:
        self._operation = operation
        self._loader = Loader(operation)
        self.shown = 0
        self.told.clear()

    def show(self, table: str, row_id: UUID, opened: Callable[[], str]) -> str:
        """The text of a sealed column. Beyond what an answer may hold it is not opened: the operation is refused
        when it ends."""
        if self.shows_too_much:
            return ""
        self.told.add((table, row_id))
        text = opened()
        self.shown += len(text)
        return text

    @property
    def shows_too_much(self) -> bool:
        return self.shown > self.sealed_characters

    @property
    def operation(self) -> Operation:
        assert self._operation is not None, "a resolver ran outside the operation's transaction"
        return self._operation

    @property
    def loader(self) -> Loader:
        assert self._loader is not None, "a resolver ran outside the operation's transaction"
        return self._loader
