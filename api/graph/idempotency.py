"""The same key gives the same answer (SECURITY §7): what each act of an operation came to, re-read under the seat's
present rights."""

from __future__ import annotations

import hashlib
import re
from contextlib import suppress
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING, Any, cast
from uuid import UUID

import orjson
from graphql import (
    FragmentDefinitionNode,
    GraphQLError,
    GraphQLInputObjectType,
    GraphQLList,
    OperationType,
    get_argument_values,
    get_nullable_type,
)
from graphql.execution.collect_fields import FragmentDetails, collect_fields
from sqlalchemy import select

from api import errors
from api.graph.tables import AnsweredKey
from api.store.base import Base
from api.store.engine import Rollback

if TYPE_CHECKING:
    from collections.abc import Mapping

    from graphql import GraphQLSchema

    from api.graph.documents import Prepared
    from api.store.operation import Operation

LONGEST_KEY = 200
KEY = re.compile(rf"[!-+\--~]{{1,{LONGEST_KEY}}}")


def request_hash(schema: GraphQLSchema, prepared: Prepared, variables: Any) -> bytes:
    """What makes two requests the same: the acts in order, the name that each answers to, and what each is given.

    What is asked back of them is no part of it: a front end is renewed while its queue is full. Nor is what is null or
    the default: whoever queued an act before there was an argument meant that. `variables` are the coerced ones; raise
    `RequestRefused` where they do not fit after all."""
    if prepared.kind is not OperationType.MUTATION:
        return b""
    root: Any = schema.mutation_type
    definitions = [node for node in prepared.document.definitions if isinstance(node, FragmentDefinitionNode)]
    fragments = {node.name.value: FragmentDetails(node) for node in definitions}
    fields = collect_fields(schema, fragments, variables, root, prepared.operation).grouped_field_set
    acts = [(name, found[0].node) for name, found in fields.items() if found[0].node.name.value in root.fields]
    try:
        facts = [
            [name, node.name.value, _given_to(root.fields[node.name.value], node, variables)] for name, node in acts
        ]
    except GraphQLError:
        facts = None
    if facts is None:  # raised here, the refusal has no context: the error quotes values
        raise errors.RequestRefused("VARIABLES_INVALID")
    return hashlib.sha256(orjson.dumps(facts, option=orjson.OPT_SORT_KEYS)).digest()


def _given_to(act: Any, node: Any, variables: Any) -> dict[str, Any]:
    return _given(act.args, get_argument_values(act, node, variables))


def _given(definitions: Mapping[str, Any], values: Mapping[str, Any]) -> dict[str, Any]:
    said = {name: value for name, value in values.items() if value not in (None, definitions[name].default_value)}
    return {name: _plain(definitions[name].type, value) for name, value in said.items()}


def _plain(kind: Any, value: Any) -> Any:
    kind = get_nullable_type(kind)
    if isinstance(kind, GraphQLList) and isinstance(value, list):
        return [_plain(kind.of_type, each) for each in value]
    if isinstance(kind, GraphQLInputObjectType):
        return _given(kind.fields, value)
    return value.name if isinstance(value, Enum) else value


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
        """Two operations at once with one key: the second fails here, is tried again, and recalls. Where nothing was
        done the key stays free, once it is certain that nobody took it meanwhile: the answer may then be another."""
        if self.key is None or self.recalled is not None:
            return
        answered = AnsweredKey(
            group_id=op.group_id,
            seat_id=op.seat.id,
            key=self.key,
            request_hash=self.hash,
            outcomes=self.outcomes,
            at=op.now,
        )
        with suppress(Rollback):
            async with op.savepoint():
                await op.add(answered)
                if self.outcomes and all("refusal" in outcome for outcome in self.outcomes.values()):
                    raise Rollback

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
