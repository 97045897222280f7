"""What a client asks back of the row that an act made or changed, read as any row is, in the act's own transaction."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext

from api.graph.compiling.reasons import NotCompiled
from api.store.base import Base

if TYPE_CHECKING:
    from graphql import GraphQLResolveInfo
    from graphql.execution.collect_fields import FieldDetailsList
    from graphql.pyutils import Path


class PayloadExecution(StrawberryGraphQLCoreExecutionContext):
    """The library's execution, in which the rows that acts answer with are completed by a compiled read."""

    def complete_abstract_value(  # noqa: PLR0913 - as the library calls it
        self,
        return_type: Any,
        field_details_list: FieldDetailsList,
        info: GraphQLResolveInfo[Any],
        path: Path,
        result: Any,
        position_context: Any,
    ) -> Any:
        completed = (return_type, field_details_list, info, path, result, position_context)
        if isinstance(result, Base) and info.context.writes:
            return self._read_back(*completed)
        return super().complete_abstract_value(*completed)

    async def _read_back(self, *completed: Any) -> Any:
        """A row that the acting seat may not read is answered as the act left it: the seat has just written it."""
        _, details, info, path, row, _ = completed
        nodes = [each.node for each in details]
        try:
            found = await info.context.reads.row(info.context, self.variable_values, path.as_list(), nodes, row)
        except NotCompiled:
            found = None
        if found is not None:
            return found
        value = super().complete_abstract_value(*completed)
        return await value if self.is_awaitable(value) else value
