"""The same key gives the same answer (SECURITY §7): what each act of an operation came to, re-read under the seat's
present rights."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast
from uuid import UUID

import orjson
from sqlalchemy import select

from api import errors
from api.graph.tables import AnsweredKey
from api.store.base import Base

if TYPE_CHECKING:
    from collections.abc import Mapping

    from api.store.operation import Operation

LONGEST_KEY = 200
KEY = re.compile(rf"[!-+\--~]{{1,{LONGEST_KEY}}}")


def request_hash(source: str, operation_name: str | None, variables: Mapping[str, object]) -> bytes:
    """What makes two requests the same."""
    facts = [source, operation_name, variables]
    return hashlib.sha256(orjson.dumps(facts, option=orjson.OPT_SORT_KEYS)).digest()


def checked_key(key: str | None) -> str | None:
    """The header's value; raise `RequestRefused` KEY_INVALID unless it is 1 to 200 visible ASCII characters. A comma is
    none of them: it joins headers that were sent twice."""
    if key is not None and not KEY.fullmatch(key):
        raise errors.RequestRefused("KEY_INVALID", most=LONGEST_KEY)
    return key


@dataclass(slots=True)
class Answers:
    """The outcomes of one operation's acts: recalled where the key was answered before, remembered otherwise."""

    key: str | None
    hash: bytes
    recalled: Mapping[str, Any] | None = None
    reused: bool = False
    outcomes: dict[str, Any] = field(default_factory=dict)

    async def recall(self, op: Operation) -> None:
        if self.key is None:
            return
        found = await op.scalars(
            select(AnsweredKey).where(
                AnsweredKey.group_id == op.group_id, AnsweredKey.seat_id == op.seat.id, AnsweredKey.key == self.key
            )
        )
        if found:
            self.reused = found[0].request_hash != self.hash
            self.recalled = found[0].outcomes

    async def remember(self, op: Operation) -> None:
        """Two operations at once with one key: the second fails here, is tried again, and recalls."""
        if self.key is None or self.recalled is not None:
            return
        await op.add(
            AnsweredKey(
                group_id=op.group_id,
                seat_id=op.seat.id,
                key=self.key,
                request_hash=self.hash,
                outcomes=self.outcomes,
                at=op.now,
            )
        )

    def note(self, name: str, outcome: Base | errors.Refusal) -> None:
        self.outcomes[name] = _written(outcome)

    async def replayed(self, op: Operation, name: str) -> Base | errors.Refusal | None:
        """The outcome of the act that answers under `name`, or none where the act is to be done."""
        if self.reused:
            return errors.KeyReused()
        if self.recalled is None:
            return None
        return await _read(op, self.recalled[name])


def _written(outcome: Base | errors.Refusal) -> dict[str, Any]:
    if isinstance(outcome, errors.Conflict):
        return {"refusal": "Conflict", "row": _written(cast("Base", outcome.current))}
    if isinstance(outcome, errors.Refusal):
        said = {"code": outcome.code, "field": outcome.field, "values": outcome.values}
        return {"refusal": type(outcome).__name__, **said}
    return {"table": outcome.__tablename__, "id": str(outcome.id)}  # type: ignore[attr-defined]


async def _read(op: Operation, outcome: Mapping[str, Any]) -> Base | errors.Refusal:
    if outcome.get("refusal") == "Conflict":
        row = await _read(op, outcome["row"])
        return row if isinstance(row, errors.Refusal) else errors.Conflict(row)
    if "refusal" in outcome:
        refusal: type[errors.Refusal] = getattr(errors, outcome["refusal"])
        return refusal(outcome["code"], field=outcome["field"], **outcome["values"])
    table: Any = _table(outcome["table"])
    found = await op.scalars(select(table).where(table.id == UUID(outcome["id"])))
    return cast("Base", found[0]) if found else errors.NotFound()


def _table(name: str) -> type[Base]:
    return next(mapper.class_ for mapper in Base.registry.mappers if mapper.class_.__tablename__ == name)
