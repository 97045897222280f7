"""What an operation may cost, from its document and variables alone, before a connection is taken (SECURITY §2).

A point for each page that is read and one for every ten rows that it may return, multiplied downwards by the rows above
it; what is asked beyond an edge's maximum is refused later by name, and counts as the maximum here. Edges to one row
cost nothing. Each fragment is measured once, so the work is linear in the document.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    InlineFragmentNode,
    IntValueNode,
    ListValueNode,
    StringValueNode,
    VariableNode,
    get_named_type,
)

from api.graph.declare import metadata
from api.store.edges import ToMany

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping

    from graphql import DocumentNode, GraphQLSchema, OperationDefinitionNode, SelectionSetNode, ValueNode

TENTHS = 10
MOST = 10**12


def cost(
    schema: GraphQLSchema, document: DocumentNode, operation: OperationDefinitionNode, variables: Mapping[str, Any]
) -> int:
    """Points of the operation, rounded up; saturates at 10**11."""
    root = schema.get_root_type(operation.operation)
    tenths = _Meter(schema, document, variables).selected(root, operation.selection_set)
    return -(-tenths // TENTHS)


def sizes(variables: Mapping[str, Any]) -> Hashable:
    """All of coerced variables that a cost depends on."""
    return tuple((name, len(value) if isinstance(value, list) else _number(value)) for name, value in variables.items())


def _number(value: Any) -> int | None:
    return value if isinstance(value, int) else None


class _Meter:
    """Measures in tenths of a point, for one row of the parent."""

    def __init__(self, schema: GraphQLSchema, document: DocumentNode, variables: Mapping[str, Any]) -> None:
        self._schema = schema
        self._variables = variables
        self._fragments = {
            node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)
        }
        self._measured: dict[str, int] = {}

    def selected(self, parent: Any, selections: SelectionSetNode | None) -> int:
        return min(MOST, sum(self._node(parent, node) for node in selections.selections)) if selections else 0

    def _node(self, parent: Any, node: Any) -> int:
        if isinstance(node, FragmentSpreadNode):
            return self._fragment(node.name.value)
        if isinstance(node, InlineFragmentNode):
            condition = node.type_condition
            return self.selected(
                self._schema.get_type(condition.name.value) if condition else parent, node.selection_set
            )
        return self._field(parent, node)

    def _fragment(self, name: str) -> int:
        if name not in self._measured:
            node = self._fragments[name]
            self._measured[name] = self.selected(
                self._schema.get_type(node.type_condition.name.value), node.selection_set
            )
        return self._measured[name]

    def _field(self, parent: Any, node: FieldNode) -> int:
        field = getattr(parent, "fields", {}).get(node.name.value)
        if field is None:  # __typename and the schema's own fields, which limits of their own bound
            return 0
        below = self.selected(get_named_type(field.type), node.selection_set)
        rows = self._rows(field, node)
        return below if rows is None else TENTHS + rows + rows * below

    def _rows(self, field: Any, node: FieldNode) -> int | None:
        """How many rows the field may return, or none where it returns at most one."""
        said = metadata(field)
        given = {argument.name.value: argument.value for argument in node.arguments or ()}
        edge, sized_by = said.get("edge"), said.get("sized_by")
        if isinstance(edge, ToMany):
            asked = [self._value(given[name]) for name in ("first", "last") if name in given]
            wanted = min([size for size in asked if size is not None and size >= 0], default=edge.default)
            return min(wanted, edge.most)
        size = self._value(given[sized_by]) if sized_by in given else None
        return said.get("most") if size is None else min(size, said["most"])

    def _value(self, node: ValueNode) -> int | None:
        """The number, or the length of the list; a lone text stands for a list of one."""
        value = self._variables.get(node.name.value) if isinstance(node, VariableNode) else None
        if isinstance(node, IntValueNode):
            value = int(node.value)
        if isinstance(node, StringValueNode):
            value = (node,)
        if isinstance(node, ListValueNode):
            value = node.values
        return len(value) if isinstance(value, list | tuple) else value
