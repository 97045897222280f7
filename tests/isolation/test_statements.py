"""Statements of an operation: as many for fifty rows as for one, one after another, and what happens when one fails."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest
from isolation.contract import CONTRACT, SCHEMA
from sqlalchemy import event

from api.graph.declare import PUBLISHED
from api.proof import documents

if TYPE_CHECKING:
    from collections.abc import Iterator

    from isolation.world import World

PERSONA = "sk.coordinator"
A_LOT, ONE = 50, 1


@dataclass
class Watch:
    """What the store sends, and how many statements are under way at once on one connection."""

    statements: list[str] = field(default_factory=list)
    under_way: set[int] = field(default_factory=set)
    together: int = 0

    def before(self, connection: Any, _: Any, statement: str, *__: Any) -> None:
        self.statements.append(statement)
        self.together += id(connection) in self.under_way
        self.under_way.add(id(connection))

    def after(self, connection: Any, *_: Any) -> None:
        self.under_way.discard(id(connection))


@contextmanager
def watched(world: World) -> Iterator[Watch]:
    watch, engine = Watch(), world.store._engine.sync_engine
    event.listen(engine, "before_cursor_execute", watch.before)
    event.listen(engine, "after_cursor_execute", watch.after)
    try:
        yield watch
    finally:
        event.remove(engine, "before_cursor_execute", watch.before)
        event.remove(engine, "after_cursor_execute", watch.after)


async def count(world: World, document: str) -> int:
    """By the executor; compiled reads take one statement (`tests/compiled/test_statements.py`)."""
    with watched(world) as watch:
        assert "errors" not in (await world.executed(PERSONA, document)).json()
    return len(watch.statements)


def always_there(kind: Any) -> str:
    """Every edge of a type whose key no row lacks, so that one row asks for what fifty ask for."""
    table = PUBLISHED[kind.name].table.__table__
    asked = []
    for name, edge in documents.edges(kind).items():
        source = CONTRACT.declared(kind.name, name).source
        if source not in table.columns or not table.columns[source].nullable:
            asked.append(documents.asked(name, edge, documents.brief(documents.row_type(edge)), "(first: 5)"))
    return " ".join([documents.TYPE, *asked])


@pytest.mark.parametrize("name", sorted(CONTRACT.roots()))
async def test_a_root_list_takes_as_many_statements_for_fifty_rows_as_for_one(world: World, name: str) -> None:
    inner = always_there(documents.row_type(CONTRACT.roots()[name]))
    one, many = [f"{{ {name}(first: {size}) {{ nodes {{ {inner} }} }} }}" for size in (ONE, A_LOT)]
    rows = (await world.ask(PERSONA, many))[name]["nodes"]
    assert len(rows) > 1 or name == "notices"
    assert await count(world, one) == await count(world, many)


@pytest.mark.parametrize(("name", "edge"), CONTRACT.nested())
async def test_a_list_below_rows_takes_one_statement_and_one_for_its_counts(world: World, name: str, edge: str) -> None:
    """However many rows it stands below."""
    path, kind = CONTRACT.paths()[name], SCHEMA.type_map[name]
    below = documents.brief(documents.row_type(kind.fields[edge]))
    bare, listed, counted = [
        await count(world, CONTRACT.along(path, inner))
        for inner in ("", f"{edge} {{ nodes {{ {below} }} }}", f"{edge} {{ totalCount nodes {{ {below} }} }}")
    ]
    assert listed == bare + 1
    assert counted == listed + 1


@pytest.mark.parametrize("name", sorted(PUBLISHED))
async def test_a_type_takes_a_statement_an_edge_at_most(world: World, name: str) -> None:
    """Whatever is null in some rows, no edge takes a statement a row."""
    path, kind = CONTRACT.paths()[name], SCHEMA.type_map[name]
    asked = documents.selection(kind, depth=1)
    most = len(path) + len(documents.edges(kind)) + sum(map(documents.is_paged, documents.edges(kind).values()))
    assert await count(world, CONTRACT.along(path, asked)) <= most


async def test_twenty_sibling_edges_run_one_after_another(world: World) -> None:
    ways = ["narrative { text }", "exactPlace { stated }", "place { name }", "request { title }", "decision { kind }"]
    ways += [f"risks(first: {size}) {{ nodes {{ risk }} }}" for size in range(1, 6)]
    ways += [f"activities(first: {size}) {{ nodes {{ note {{ text }} }} }}" for size in range(1, 6)]
    ways += [f"timeline(first: {size}) {{ nodes {{ kind }} }}" for size in range(1, 6)]
    inner = " ".join(f"e{index}: {way}" for index, way in enumerate(ways))
    with watched(world) as watch:
        answer = (await world.executed(PERSONA, f"{{ cases {{ nodes {{ {inner} }} }} }}")).json()["data"]
    assert len(ways) == 20
    assert all(row[f"e{index}"] for row in answer["cases"]["nodes"] for index in range(20))
    assert watch.together == 0
    assert len(watch.statements) == 1 + 20 + 5  # the cases, the edges, and the notes below five of them


@pytest.mark.parametrize("bad", ['cases(after: "x")', 'requests(filter: {pcode: ["CD6205"]}, first: 1, last: 1)'])
async def test_an_error_beside_siblings_is_that_error_and_loses_no_connection(
    world: World, caplog: pytest.LogCaptureFixture, bad: str
) -> None:
    """The statements of the others are under way when it is raised."""
    beside = " ".join(f"r{index}: requests(first: {index}) {{ nodes {{ title }} }}" for index in range(1, 6))
    answers = {
        (await world.post(PERSONA, f"{{ {beside} bad: {bad} {{ totalCount }} {beside} }}")).text for _ in range(5)
    }
    assert len(answers) == 1
    (answer,) = answers
    assert "CURSOR_INVALID" in answer or "PAGE_INVALID" in answer
    assert not caplog.records
