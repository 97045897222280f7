"""A compiled read: its statement, what it takes from an operation's variables, and how its answer is put together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from api.store.binding import bound
from api.store.statements import Dialect, name

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from graphql.execution.values import VariableValues
    from sqlalchemy import Select

    from api.graph.compiling.inputs import Inputs, Reader
    from api.graph.compiling.values import Seal

DIALECT = Dialect()  # type: ignore[no-untyped-call]


@dataclass(frozen=True, slots=True)
class Plan:
    """Made for one document, one operation and one shape of its variables; it holds nothing of whoever asks."""

    sql: str
    name: str
    """What telemetry calls the statement."""
    fixed: Mapping[str, Any]
    """The values that are the same for all variables: literals, and what edges are declared with."""
    readers: Sequence[Reader]
    taken: Sequence[tuple[str, Callable[[Any], Any] | None]]
    """The names of the values in the order that the statement has them, each with what makes it one of the driver's."""
    keys: Sequence[str | None]
    """Of the answer, in the order of the statement's columns; a lone None where the one column is the answer."""
    seals: Sequence[Seal]

    def values(self, variables: VariableValues, more: Mapping[str, Any] | None = None) -> Sequence[Any]:
        """What the statement takes of these variables; raises what the executor would raise of them."""
        given = {**self.fixed, **(more or {})}
        for reader in self.readers:
            given.update(reader(variables))
        return [given[name] if process is None else process(given[name]) for name, process in self.taken]

    def data(self, columns: Sequence[str | None]) -> str:
        """The answer's `data`, still sealed where it is."""
        if self.keys == [None]:
            return columns[0] or "null"
        written = ",".join([f'"{key}":{value or "null"}' for key, value in zip(self.keys, columns, strict=True)])
        return f"{{{written}}}"


def planned(
    statement: Select[*tuple[Any, ...]],
    keys: Sequence[str | None],
    inputs: Inputs,
    seals: Sequence[Seal],
    *,
    alone: bool,
) -> Plan:
    """The plan of a statement of scalar subqueries: one that stands `alone` is a whole transaction."""
    compiled: Any = statement.compile(dialect=DIALECT)
    processors: Mapping[str, Any] = compiled._bind_processors  # noqa: SLF001 - what a value of the type is to the driver
    taken = [(each, processors.get(each)) for each in compiled.positiontup or ()]
    fixed = {**compiled.params, **inputs.constants}
    sql = bound(str(compiled), len(taken)) if alone else str(compiled)
    return Plan(sql, name(sql), fixed, inputs.readers, taken, keys, seals)
