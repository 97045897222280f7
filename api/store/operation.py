"""The bound transaction that an operation lives in. It begins in `binding.py` and is committed in `engine.py`; here are
its statements and the savepoints of its acts (ARCHITECTURE §1)."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, TypeVar, cast

from sqlalchemy import inspect, select

from api.errors import Conflict, NotFound
from api.store import binding, sealing
from api.telemetry import statement

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
    from uuid import UUID

    from sqlalchemy import Select
    from sqlalchemy.ext.asyncio import AsyncSession
    from sqlalchemy.sql.dml import Insert, ReturningUpdate

    from api.seat import Seat
    from api.store.base import Base

Row = TypeVar("Row", bound="Base")


@dataclass(slots=True)
class Operation:
    """One transaction, one snapshot, one seat. Statements run one after another, behind a lock; savepoints need none,
    since acts are done one after another."""

    seat: Seat
    raw: Any
    """The driver's connection."""
    open_session: Callable[[], AsyncSession]
    keyring: sealing.Keyring
    subject: str | None = None
    """The bearer, where there is one."""
    now: datetime = field(default_factory=lambda: datetime.now(UTC))
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    opened: sealing.Opened = field(init=False, repr=False)
    closed: bool = False
    _session: AsyncSession | None = None
    reads: set[asyncio.Task[Any]] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.opened = sealing.Opened(self.keyring)

    @property
    def session(self) -> AsyncSession:
        """What maps rows; it is there from its first use on."""
        if self._session is None:
            self._session = self.open_session()
        return self._session

    async def finish(self) -> None:
        """Write what acts have left to be written."""
        if self._session is not None:
            await self._session.flush()

    @property
    def group_id(self) -> UUID:
        """The acting seat's group; a seat of the network has none and gets NotFound from every act on a group."""
        if self.seat.group_id is None:
            raise NotFound
        return self.seat.group_id

    @asynccontextmanager
    async def _turn(self) -> AsyncIterator[None]:
        """One statement at a time, and none after the end: a resolver whose sibling failed may still be under way."""
        async with self.lock:
            if self.closed:
                raise asyncio.CancelledError
            yield

    async def close(self, *, cut_off: bool) -> None:
        """Let no other statement begin, and wait for the one that is under way, or cut it off."""
        self.closed = True
        for read in self.reads if cut_off else ():
            read.cancel()
        async with self.lock:
            pass

    async def show_code(self, code_hash: str) -> None:
        """At a door: let the transaction see what this code leads to."""
        async with self._turn():
            await binding.show_code(self.raw, code_hash)

    async def take_seat(self, seat_id: UUID) -> bool:
        """Go on from this seat of the bearer's; false where it is not the bearer's to act from today."""
        async with self._turn():
            taken = await binding.take(self.raw, seat_id)
        self.seat = taken or self.seat
        return taken is not None

    async def rows(self, statement: Select[Any] | ReturningUpdate[Any]) -> Sequence[Any]:
        return await self._read(self.session.execute, statement)

    async def scalars(self, statement: Select[Any]) -> Sequence[Any]:
        return await self._read(self.session.scalars, statement)

    async def json(self, sql: str, values: Sequence[Any], name: str) -> Sequence[str | None]:
        """The columns of a compiled read's one row; `name` is what telemetry calls the statement."""
        async with self._turn():
            with statement(name):
                columns: Sequence[str | None] = await self.raw.fetchrow(sql, *values)
                return columns

    async def _read(self, ask: Callable[[Any], Awaitable[Any]], statement: Any) -> Sequence[Any]:
        """Read to the end, also when nobody waits any more: a field whose sibling failed is cancelled, and a statement
        that was cut off would take the transaction of all the others with it."""

        async def read() -> Sequence[Any]:
            async with self._turn():
                found: Sequence[Any] = (await ask(statement)).all()
                return found

        task = asyncio.create_task(read())
        self.reads.add(task)
        task.add_done_callback(self.reads.discard)
        return await asyncio.shield(task)

    async def fetch(
        self,
        table: type[Row],
        row_id: UUID,
        *,
        version: int | None = None,
        guard: bool = False,
        argument: str | None = None,
    ) -> Row:
        """The group's row. `NotFound` names the `argument` and is the same whether the row is missing or not the seat's
        to see. With a `version` the row is locked for a change, and `Conflict` carries it as it is now where that is
        not its version; with `guard` it stays as it is until the act is done."""
        key = cast("Any", table)
        wanted = select(table).where(key.group_id == self.group_id, key.id == row_id)
        if version is not None or guard:
            wanted = wanted.with_for_update(read=version is None)
        found = await self.scalars(wanted)
        if not found:
            raise NotFound(field=argument)
        if version is not None and found[0].version != version:
            raise Conflict(found[0])
        return cast("Row", found[0])

    async def add(self, *rows: Base) -> None:
        """Write new rows, in this order."""
        async with self._turn():
            for row in rows:
                self.session.add(row)
                await self.session.flush()

    async def note(self, statement: Insert) -> None:
        """Write rows that may be there already."""
        async with self._turn():
            await self.session.execute(statement)

    async def add_together(self, rows: Sequence[Base]) -> None:
        """Write new rows of one table, many in a statement."""
        async with self._turn():
            self.session.add_all(rows)
            await self.session.flush()

    async def flush(self) -> None:
        async with self._turn():
            await self.session.flush()

    @asynccontextmanager
    async def savepoint(self) -> AsyncIterator[None]:
        """What is inside happens whole or leaves no trace."""
        async with self.session.begin_nested():
            yield
            await self.flush()

    def seal(self, row: Base, column: str, text: str) -> None:
        """Encrypt `text` into a column of a row whose ids are set."""
        group_id, row_id = _key(row)
        place = sealing.place(row.__tablename__, column, group_id, row_id)
        setattr(row, column, self.keyring.seal(text, group_id, place))

    def open(self, row: Base, column: str) -> str:
        """The text of a row's sealed column."""
        group_id, row_id = _key(row)
        return self.opened.text(getattr(row, column), row.__tablename__, column, group_id, row_id)


def _key(row: Base) -> tuple[UUID, UUID]:
    group_id, row_id = inspect(row).mapper.primary_key_from_instance(row)[:2]
    return group_id, row_id
