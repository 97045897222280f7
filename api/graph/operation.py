"""An operation lives in one transaction, opened here and nowhere else (ARCHITECTURE §6)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from graphql import ExecutionResult as GraphQLResult
from graphql import GraphQLError
from strawberry.extensions import SchemaExtension

from api.errors import RequestRefused
from api.graph.limits import refused
from api.store.engine import Rollback, may_be_tried_again

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from contextlib import AbstractAsyncContextManager

    from api.graph.context import Context
    from api.store.operation import Operation

TRIES = 4


class OperationExtension(SchemaExtension):
    """Uses the prepared document, opens the transaction around the execution and commits before the first byte."""

    @property
    def _context(self) -> Context:
        context: Context = self.execution_context.context
        return context

    def on_parse(self) -> Iterator[None]:
        self.execution_context.graphql_document = self._context.prepared.document
        self.execution_context.validation_rules = ()
        yield

    async def on_execute(self) -> AsyncIterator[None]:
        context = self._context
        if not context.reads_rows:
            yield
            return
        try:
            async with opened(context) as operation:
                context.bind(operation)
                if context.writes:
                    await context.answers.recall(operation)
                yield
                self._settle(context)
                if context.writes:
                    await context.answers.remember(operation)
        except Rollback:
            return

    def _settle(self, context: Context) -> None:
        """An unexpected error in an act undoes the whole operation, and the answer must not claim otherwise; so does an
        answer that would hold too much text. Nor is a query relied upon one of whose statements failed: PostgreSQL
        ended its transaction there."""
        result = self.execution_context.result
        if not isinstance(result, GraphQLResult):
            return
        if context.shows_too_much:
            refusal = refused("ANSWER_TOO_LARGE", context.sealed_characters)
            result.data, result.errors = None, [GraphQLError(refusal.code, original_error=refusal)]
        errors = result.errors or ()
        if errors and (context.writes or result.data is None or any(map(_failed, errors))):
            result.data = None
            raise Rollback


def opened(context: Context) -> AbstractAsyncContextManager[Operation]:
    """The operation's transaction, bound to the seat that it acts from."""
    if context.at_door:
        return context.store.door(context.subject)
    return context.store.operation(context.subject, context.wanted_seat, write=context.writes)


def _failed(error: GraphQLError) -> bool:
    cause = error.original_error
    return isinstance(cause, RequestRefused) and cause.status >= 500  # noqa: PLR2004 - the server's own failures


async def run(schema: Any, context: Context, source: str, variables: Any, operation_name: str | None) -> Any:
    """Execute. What met a deadlock or a serialisation failure is done again, whole, before the client hears of it."""
    for attempt in range(1, TRIES + 1):
        result = await schema.execute(
            source, variable_values=dict(variables), context_value=context, operation_name=operation_name
        )
        again = any(may_be_tried_again(error.original_error) for error in result.errors or ())
        if not again or not context.writes or attempt == TRIES:
            return result
        context.answers.outcomes.clear()
    raise AssertionError
