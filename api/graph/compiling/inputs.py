"""The values that a statement takes: bound under a name each, read anew from every operation's variables."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from graphql import VariableNode, Visitor, get_argument_values, visit
from sqlalchemy import bindparam

from api.graph.declare import filters_given
from api.store.paging import cut

if TYPE_CHECKING:
    from graphql import FieldNode, GraphQLField
    from graphql.execution.values import VariableValues
    from sqlalchemy import BindParameter
    from sqlalchemy.types import TypeEngine

    from api.store.edges import ToMany
    from api.store.paging import Slice

Values = Mapping[str, Any]
Reader = Callable[["VariableValues"], Values]


class Asked:
    """What a field's arguments ask, and the names under which the statement takes their values."""

    def __init__(self, arguments: Values, prefix: str) -> None:
        self.arguments = arguments
        self._prefix = prefix

    def name(self, what: str) -> str:
        return f"{self._prefix}_{what}"

    def bound(self, what: str, kind: TypeEngine[Any]) -> BindParameter[Any]:
        return bindparam(self.name(what), type_=kind)


class Inputs:
    """Of one statement. Each reader raises what the executor would raise of a value: the operation goes there then."""

    def __init__(self, variables: VariableValues) -> None:
        self._variables = variables
        self._fields = 0
        self.constants: dict[str, Any] = {}
        self.readers: list[Reader] = []

    def read(self, field: GraphQLField, node: FieldNode, values: Callable[[Asked], Values]) -> Asked:
        """The field's arguments now; their values are read in this way whenever the statement is asked for again."""
        self._fields += 1
        prefix = f"a{self._fields}"

        def reader(variables: VariableValues) -> Values:
            return values(Asked(get_argument_values(field, node, variables), prefix))

        asked = Asked(get_argument_values(field, node, self._variables), prefix)
        if _varies(node):
            self.readers.append(reader)
        else:
            self.constants |= values(asked)
        return asked

    def page(self, field: GraphQLField, node: FieldNode, edge: ToMany) -> tuple[Asked, Slice, Values]:
        """A connection's page and filters."""

        def values(asked: Asked) -> Values:
            slice_, filters = _page(field, edge, asked.arguments)
            ends = {"after": slice_.after, "before": slice_.before}
            keys = {f"{end}{step}": value for end, key in ends.items() for step, value in enumerate(key or ())}
            kept = {name: edge.filter(name).taken(given) for name, given in filters.items()}
            return {asked.name(what): value for what, value in {**keys, **kept}.items()}

        asked = self.read(field, node, values)
        return (asked, *_page(field, edge, asked.arguments))


def _page(field: GraphQLField, edge: ToMany, arguments: Values) -> tuple[Slice, Values]:
    first, after, last, before = (arguments.get(name) for name in ("first", "after", "last", "before"))
    slice_ = cut(edge, first, after, last, before)
    return slice_, filters_given(field, arguments.get("filter")) if "filter" in field.args else {}


def _varies(node: FieldNode) -> bool:
    """Whether a variable stands in the arguments."""

    class Found(Visitor):
        variable = False

        def enter_variable(self, _: VariableNode, *__: object) -> None:
            self.variable = True

    found = Found()
    for argument in node.arguments or ():
        visit(argument, found)
    return found.variable
