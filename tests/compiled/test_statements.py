"""A compiled read is one statement, which binds its seat and ends its transaction, whatever it asks for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
from isolation.contract import CONTRACT, SCHEMA
from isolation.world import client
from opentelemetry.metrics import NoOpMeter
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from api.asgi import build
from api.graph.declare import PUBLISHED
from api.proof import documents
from api.telemetry import SCOPE, Telemetry

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    import httpx
    from isolation.world import World

    from api.settings import Settings

PERSONA = "sk.coordinator"
DEEP = """{ requests(first: 2) { nodes { case { decision { meeting { decisions { nodes { request { place { parent {
  name } } } } } } } } } } }"""
MANY = " ".join(f"r{number}: requests(first: {number % 5}) {{ totalCount nodes {{ title }} }}" for number in range(20))
ASKED = {
    "one row": "{ cases(first: 1) { nodes { number } } }",
    "a hundred rows": "{ cases(first: 100) { nodes { number } } }",
    "a count": "{ cases { totalCount } }",
    "a row by its id": '{ node(id: "Case:00000000-0000-4000-8000-000000000000") { id } }',
    "twelve fields within one another": DEEP,
    "twenty root fields": f"{{ {MANY} }}",
    "sealed texts": "{ requests(first: 50) { nodes { narrative { text wantedAction } source { statement } } } }",
    "pages within pages": """{ cases { nodes { activities { totalCount nodes { note { text } } }
      risks { nodes { risk } } } } }""",
}


@dataclass(frozen=True)
class Counting:
    """The application, and the spans of its statements."""

    http: httpx.AsyncClient
    spans: InMemorySpanExporter
    token: str

    async def names(self, document: str) -> list[str]:
        """The statements of a read without errors, by what they are called; that texts were opened is noted already."""
        bearer = {"Authorization": f"Bearer {self.token}"}
        await self.http.post("/graphql", json={"query": document}, headers=bearer)
        self.spans.clear()
        answer = (await self.http.post("/graphql", json={"query": document}, headers=bearer)).json()
        assert "errors" not in answer, answer["errors"]
        *statements, _ = [span.name for span in self.spans.get_finished_spans()]
        return statements


@pytest.fixture(params=["compiled", "executor"])
async def counting(request: pytest.FixtureRequest, world: World, settings: Settings) -> AsyncIterator[Counting]:
    spans, provider = InMemorySpanExporter(), TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(spans))
    telemetry = Telemetry(provider.get_tracer(SCOPE), NoOpMeter(SCOPE))
    way = settings.model_copy(update={"compiled_reads": request.param == "compiled"})
    assert await world.store.alive()  # what a new connection asks for is asked
    async with client(build(way, world.store, telemetry)) as http:
        yield Counting(http, spans, world.token(PERSONA))


def one(names: list[str]) -> bool:
    return len(names) == 1 and names[0].startswith("SELECT") and "seats" in names[0]


only_compiled = pytest.mark.parametrize("counting", ["compiled"], indirect=True)


@only_compiled
@pytest.mark.parametrize("document", ASKED.values(), ids=ASKED)
async def test_a_read_takes_one_statement(counting: Counting, document: str) -> None:
    """Also when its plan is kept already."""
    for _ in range(2):
        assert one(names := await counting.names(document)), names


@only_compiled
@pytest.mark.parametrize("name", sorted(PUBLISHED))
async def test_everything_of_a_type_takes_one_statement(counting: Counting, name: str) -> None:
    kind = SCHEMA.type_map[name]
    document = CONTRACT.along(CONTRACT.paths()[name], documents.selection(kind, depth=1))
    assert one(names := await counting.names(document)), names


@only_compiled
async def test_all_lists_at_once_take_one_statement(counting: Counting) -> None:
    lists = [documents.asked(name, field, documents.TYPE, "(first: 9)") for name, field in CONTRACT.roots().items()]
    assert one(names := await counting.names(f"{{ {' '.join(lists)} }}")), names


@pytest.mark.parametrize("counting", ["executor"], indirect=True)
async def test_the_executor_takes_more(counting: Counting) -> None:
    """So that the tests before count what they say."""
    assert len(await counting.names(ASKED["pages within pages"])) == 3 + 5
