"""Reads through the compiler, from the same seat as the executor's, under the same row security (ARCHITECTURE §5)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import orjson

from api.errors import RequestRefused
from api.graph.compiling.compiler import ROW, compiled, compiled_row
from api.graph.compiling.plans import Plans
from api.graph.compiling.reasons import NotCompiled, Reason, left_to_executor
from api.graph.compiling.shape import shape
from api.graph.compiling.splicing import spliced
from api.graph.declare import PUBLISHED
from api.graph.limits import refused
from api.store.connections import DATABASE_ERRORS
from api.store.engine import refusal_of
from api.store.sealing import Opened, SealBroken

if TYPE_CHECKING:
    from collections.abc import Sequence

    from graphql import FieldNode, GraphQLSchema
    from graphql.execution.values import VariableValues

    from api.graph.compiling.plan import Plan
    from api.graph.context import Context
    from api.store.base import Base


NULL = "null"


@dataclass(frozen=True, slots=True)
class Reads:
    """The compiled reads of one schema, and their plans."""

    schema: GraphQLSchema
    switched_on: bool = True
    plans: Plans = field(default_factory=Plans)

    async def data(self, context: Context, variables: VariableValues) -> str:
        """The `data` of a query's answer, as JSON. Raises `NotCompiled` where the executor has to answer: nothing of
        what was tried here is seen then."""
        plan, values = self._planned(context, variables)
        store = context.store
        try:
            columns = await store.read(context.subject, context.wanted_seat, plan.sql, values, plan.name)
            data = spliced(plan.data(columns), plan.seals, context, Opened(store.keyring))
        except SealBroken:
            raise NotCompiled(Reason.SEAL) from None
        except DATABASE_ERRORS as error:
            meant = refusal_of(error)
            if isinstance(meant, RequestRefused):
                raise meant from None
            raise NotCompiled(Reason.STATEMENT) from None
        if context.shows_too_much:
            raise refused("ANSWER_TOO_LARGE", context.sealed_characters)
        return data

    def _planned(self, context: Context, variables: VariableValues) -> tuple[Plan, Sequence[Any]]:
        if not self.switched_on:
            raise NotCompiled(Reason.SWITCHED_OFF)
        if not context.reads_rows:
            raise NotCompiled(Reason.SCHEMA_ONLY)
        prepared = context.prepared
        key = (prepared.text, prepared.operation_name, shape(variables.coerced))
        with left_to_executor():
            plan = self.plans.plan(key, lambda: compiled(self.schema, prepared, variables))
            return plan, plan.values(variables)

    async def row(
        self,
        context: Context,
        variables: VariableValues,
        path: Sequence[str | int],
        nodes: Sequence[FieldNode],
        row: Base,
    ) -> orjson.Fragment | None:
        """What these nodes select of a row that an act answered with at `path`; none where the seat may not read it.
        Raises `NotCompiled`."""
        if not self.switched_on:
            raise NotCompiled(Reason.SWITCHED_OFF)
        type_name = next((name for name, each in PUBLISHED.items() if each.table is type(row) and each.has_id), None)
        if type_name is None:
            raise NotCompiled(Reason.CUSTOM_RESOLVER)
        prepared = context.prepared
        key = (prepared.text, prepared.operation_name, shape(variables.coerced), tuple(path), type_name)
        with left_to_executor():
            plan = self.plans.plan(key, lambda: compiled_row(self.schema, prepared, variables, type_name, nodes))
            values = plan.values(variables, {ROW: row.id})  # type: ignore[attr-defined]
        operation = context.operation
        try:
            columns = await operation.json(plan.sql, values, plan.name)
            found = spliced(plan.data(columns), plan.seals, context, operation.opened)
        except SealBroken:
            raise NotCompiled(Reason.SEAL) from None
        return None if found == NULL else orjson.Fragment(found)
