"""What is selected of a row whose type is known: the specification's CollectFields (section 6.3.2), the library's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphql import FragmentDefinitionNode
from graphql.execution.collect_fields import FieldDetails, FragmentDetails, collect_fields, collect_subfields

if TYPE_CHECKING:
    from collections.abc import Sequence

    from graphql import DocumentNode, FieldNode, GraphQLObjectType, GraphQLSchema, OperationDefinitionNode
    from graphql.execution.collect_fields import GroupedFieldSet
    from graphql.execution.values import VariableValues

    Selected = dict[str, Sequence[FieldNode]]
    """By response key, in the order of the answer: the nodes that were merged under it."""


class Selections:
    """Of one operation under its variables."""

    def __init__(
        self,
        schema: GraphQLSchema,
        document: DocumentNode,
        operation: OperationDefinitionNode,
        variables: VariableValues,
    ) -> None:
        self._schema, self._operation, self._variables = schema, operation, variables
        definitions = [node for node in document.definitions if isinstance(node, FragmentDefinitionNode)]
        self._fragments = {node.name.value: FragmentDetails(node) for node in definitions}

    def at_root(self, kind: GraphQLObjectType) -> Selected:
        found = collect_fields(self._schema, self._fragments, self._variables, kind, self._operation)
        return _nodes(found.grouped_field_set)

    def below(self, kind: GraphQLObjectType, nodes: Sequence[FieldNode]) -> Selected:
        """What the merged nodes of a field select of its row, which is of this type."""
        details = [FieldDetails(node, None) for node in nodes]
        found = collect_subfields(self._schema, self._fragments, self._variables, self._operation, kind, details)
        return _nodes(found.grouped_field_set)


def _nodes(grouped: GroupedFieldSet) -> Selected:
    return {key: [details.node for details in found] for key, found in grouped.items()}
