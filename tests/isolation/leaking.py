"""Leaks to be planted, one at a time, into a world of their own: what a proof must find."""

from __future__ import annotations

import asyncio
import re
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from isolation.world import GROUPS, by_executor, client

from api.asgi import build
from api.errors import InvalidInput, RequestRefused
from api.graph import documents
from api.graph.compiling.plan import Plan
from api.graph.loading import Loader
from api.graph.reading import Reads
from api.http.graphql import GraphQLEndpoint
from api.proof.leaks import Kind
from api.seats import reads as seats
from api.seats.tables import Seat
from api.store import binding, edges, paging
from api.store.edges import Order
from schema.nodes import find, referred

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator, Sequence
    from uuid import UUID

    import asyncpg
    import httpx
    import pytest
    from isolation.world import World

    from api.settings import Settings

GROUP = re.compile(r"\(group_id = \( SELECT seat_group\(\) AS seat_group\)\)")
AUDIENCE = re.compile(r"\(\( SELECT seat_category\(\) AS seat_category\) = ANY \(audience\)\)")
AREA = re.compile(r"\(pcode = \( SELECT seat_area\(\) AS seat_area\)\)")
STATE = re.compile(r"\(\(state\)::text <> '\w+'::text\)")
ADDRESSEE = re.compile(r"\(organisation_id = \( SELECT seat_organisation\(\) AS seat_organisation\)\)")
TODAY = "AND (valid_to IS NULL OR valid_to >= current_date)\n    AND ended_at IS NULL"

ENDED = "UPDATE seats SET ended_at = {} WHERE category = 'COMPANY' AND subject IS NOT NULL"
FEW = ("sk.coordinator", "lub.coordinator", "sk.company", "sk.observer", "sk.cls-kalehe")


@dataclass
class Soil:
    """Where a leak is planted."""

    world: World
    settings: Settings
    owner: asyncpg.Connection[Any]
    patch: pytest.MonkeyPatch
    ids: frozenset[str]
    """Every id that there is."""

    @asynccontextmanager
    async def application(self, *, executed: bool) -> AsyncIterator[httpx.AsyncClient]:
        """A new application, with no plan made yet, and with compiled reads whatever the others have; `executed` has
        none."""
        app = build(self.settings.model_copy(update={"compiled_reads": True}), self.world.store)
        async with client(by_executor(app) if executed else app) as http:
            yield http


@dataclass(frozen=True)
class Leak:
    """A leak, what the proof is to call it, and as much of a proof as finds it."""

    plant: Callable[[Soil], Any]
    kind: Kind
    stage: str
    only: Sequence[str]
    executed: bool = False
    personas: Sequence[str] = FEW


def policy(table: str, change: Callable[[str], str], command: str = "SELECT") -> Callable[[Soil], Any]:
    """The policy of who reads a table is changed, or that which adds to every command."""

    @asynccontextmanager
    async def planted(soil: Soil) -> AsyncIterator[None]:
        (row,) = await soil.owner.fetch(
            "SELECT policyname, qual FROM pg_policies WHERE tablename = $1 AND cmd = $2", table, command
        )
        changed = change(row["qual"])
        assert changed != row["qual"], row["qual"]
        await soil.owner.execute(f'ALTER POLICY "{row["policyname"]}" ON {table} USING ({changed})')
        try:
            yield
        finally:
            await soil.owner.execute(f'ALTER POLICY "{row["policyname"]}" ON {table} USING ({row["qual"]})')

    return planted


def statements(there: str, back: str) -> Callable[[Soil], Any]:
    """The owner says one, and the other afterwards."""

    @asynccontextmanager
    async def planted(soil: Soil) -> AsyncIterator[None]:
        await soil.owner.execute(there)
        try:
            yield
        finally:
            await soil.owner.execute(back)

    return planted


def code(change: Callable[[Soil], None]) -> Callable[[Soil], Any]:
    """Our own code is changed."""

    @asynccontextmanager
    async def planted(soil: Soil) -> AsyncIterator[None]:
        with soil.patch.context() as patch:
            change(Soil(soil.world, soil.settings, soil.owner, patch, soil.ids))
            yield

    return planted


def without(pattern: re.Pattern[str]) -> Callable[[str], str]:
    return lambda condition: pattern.sub("true", condition)


def or_true(condition: str) -> str:
    return f"({condition}) OR true"


def for_all_of_the_group(_: str) -> str:
    return "group_id = (SELECT seat_group())"


def without_wall(table: str) -> Callable[[Soil], Any]:
    """A table that no wall stands before."""
    return policy(table, lambda _: "true", "ALL")


def for_keepers(_: str) -> str:
    return "(SELECT seat_is('COORDINATOR'))"


def another_answer(soil: Soil) -> None:
    """What is there, but not yours, is refused."""

    async def found(info: Any, row_id: str) -> Any:
        row = await find(info, row_id)
        if row is None and row_id in soil.ids:
            raise RequestRefused("NO_SEAT", 403)
        return row

    soil.patch.setattr("schema.root.find", found)


def slowly(soil: Soil) -> None:
    """What is there, but not yours, takes longer."""

    async def found(info: Any, row_id: str) -> Any:
        row = await find(info, row_id)
        if row is None and row_id in soil.ids:
            await asyncio.sleep(0.012)
        return row

    soil.patch.setattr("schema.root.find", found)


def past_row_security(soil: Soil) -> None:
    """`node` looks into every group."""
    turns = asyncio.Lock()

    async def found(info: Any, row_id: str) -> Any:
        own = info.context.operation.seat.group_id
        async with turns:
            rows = [await found_in(info, row_id, group) for group in (*GROUPS.values(), own)]
        return next((row for row in rows if row is not None), None)

    async def found_in(info: Any, row_id: str, group: UUID) -> Any:
        await info.context.operation.raw.execute("SELECT set_config('baraza.group', $1, true)", str(group))
        info.context.loader.forget()
        return await find(info, row_id)

    soil.patch.setattr("schema.root.find", found)


def shared_loader(soil: Soil) -> None:
    """What was loaded for one request is given to the next."""
    loaded: dict[Any, Any] = {}
    one = Loader.one

    async def shared(loader: Loader, edge: Any, key: Any) -> Any:
        if loaded.get((edge, key)) is None:
            loaded[edge, key] = await one(loader, edge, key)
        return loaded[edge, key]

    soil.patch.setattr(Loader, "one", shared)


def counted_without_filter(soil: Soil) -> None:
    count = edges.counts_statement
    soil.patch.setattr(edges, "counts_statement", lambda edge, group, keys, _: count(edge, group, keys, {}))


def counted_past_row_security(soil: Soil) -> None:
    """The count of a root's list is everybody's."""
    count = Loader.count

    async def counted(loader: Loader, page: Any) -> int:
        if page.key is not None:
            return await count(loader, page)
        return int(await soil.owner.fetchval(f"SELECT count(*) FROM {page.edge.table.__tablename__}"))

    soil.patch.setattr(Loader, "count", counted)


def raw_cursor(soil: Soil) -> None:
    """A cursor with the row's whole key."""

    def keyed(edge: Any, row: Any) -> str:
        order = (*edge.order, Order(edge.table.group_id)) if hasattr(edge.table, "group_id") else edge.order
        return paging.cursor(edges.ToMany(edge.table, order), row)

    soil.patch.setattr("api.graph.connections.cursor", keyed)


@contextmanager
def ordered(edge: Any, order: Sequence[Order]) -> Iterator[None]:
    before = edge.order
    object.__setattr__(edge, "order", order)
    try:
        yield
    finally:
        object.__setattr__(edge, "order", before)


@asynccontextmanager
async def unreadable_order(_: Soil) -> AsyncIterator[None]:
    """Seats by the hash of their bearer, which no field shows."""
    with ordered(seats.seats, (Order(Seat.subject), Order(Seat.id))):
        yield


def anothers_literal(soil: Soil) -> None:
    """A plan keeps the values of whoever asked first."""
    values, kept = Plan.values, {}

    def once(plan: Plan, variables: Any, more: Any = None) -> Any:
        return kept.setdefault(plan.sql, values(plan, variables, more))

    soil.patch.setattr(Plan, "values", once)


@asynccontextmanager
async def stale_seat(soil: Soil) -> AsyncIterator[None]:
    """A seat that was ended goes on."""
    with soil.patch.context() as patch:
        for name in ("FIND", "READ"):
            assert TODAY in getattr(binding, name)
            patch.setattr(binding, name, getattr(binding, name).replace(TODAY, ""))
        async with statements(ENDED.format("now()"), ENDED.format("NULL"))(soil):
            yield


def any_seat(soil: Soil) -> None:
    """Whatever seat is named, the bearer's own acts."""
    for name, wanted in (("FIND", "$1"), ("READ", "{wanted}")):
        condition = f"({wanted}::uuid IS NULL OR id = {wanted})"
        assert condition in getattr(binding, name)
        soil.patch.setattr(
            binding, name, getattr(binding, name).replace(condition, f"({wanted}::uuid IS NULL OR true)")
        )


def suggestions(soil: Soil) -> None:
    validate = documents.validate
    told = documents.answer

    def helpful(*given: Any, **named: Any) -> Any:
        return validate(*given, **{**named, "hide_suggestions": False})

    soil.patch.setattr(documents, "validate", helpful)
    soil.patch.setattr(documents, "answer", lambda code, error: {**told(code, error), "message": error.message})


@asynccontextmanager
async def sql_in_errors(soil: Soil) -> AsyncIterator[None]:
    """A statement fails, and its text is answered."""
    with soil.patch.context() as patch:
        patch.setattr("api.graph.loading.refused_read", lambda error: error)
        told = lambda cause, _: RequestRefused("INTERNAL", 500, details={"cause": str(cause)}, error_id="0")  # noqa: E731
        patch.setattr("api.http.answers.masked", told)
        renamed = "ALTER TABLE cases RENAME COLUMN {} TO {}"
        async with statements(renamed.format("title", "titre"), renamed.format("titre", "title"))(soil):
            yield


def telling_header(soil: Soil) -> None:
    """How many rows were looked at."""
    telling = GraphQLEndpoint._telling

    def told(endpoint: Any, answer: Any, ready: Any, about: Any) -> Any:
        asked = set(ready.variables.coerced.get("ids") or ())
        answer = telling(endpoint, answer, ready, about)
        return type(answer)(answer.status, answer.body, {**answer.headers, "Baraza-Rows": str(len(asked & soil.ids))})

    soil.patch.setattr(GraphQLEndpoint, "_telling", told)


def hidden_from_node(soil: Soil) -> None:
    """`node` and `nodes` find nothing of what lists show."""

    async def found(*_: Any) -> None:
        return None

    soil.patch.setattr("schema.root.find", found)


def filtered_past_row_security(soil: Soil) -> None:
    """A filter looks into another group."""
    load, turns = Loader.page, asyncio.Lock()

    async def page(loader: Loader, edge: Any, key: Any, cut: Any, filters: Any) -> Any:
        async with turns:
            operation = loader._operation
            own = operation.seat.group_id
            group = next(each for each in GROUPS.values() if each != own) if filters else own
            await operation.raw.execute("SELECT set_config('baraza.group', $1, true)", str(group))
            found = await load(loader, edge, key, cut, filters)
            await operation.raw.execute("SELECT set_config('baraza.group', $1, true)", str(own))
            return found

    soil.patch.setattr(Loader, "page", page)


def quoting(soil: Soil) -> None:
    """An error quotes a row."""
    told, title = documents.answer, "Kanari sk near: dossier"
    soil.patch.setattr(documents, "answer", lambda *given: {**told(*given), "message": f"Not beside {title}."})


def telling_act(soil: Soil) -> None:
    """An act refuses what is there in other words."""

    def told(row_id: str, kind: str, argument: str) -> Any:
        if row_id in soil.ids:
            raise InvalidInput("ID_INVALID", field=argument, type=kind)
        return referred(row_id, kind, argument)

    soil.patch.setattr("schema.cases.referred", told)


def mixed_answers(soil: Soil) -> None:
    """Who asks at the same time gets the last answer."""
    data, last = Reads.data, []

    async def mixed(*given: Any) -> Any:
        last.append(await data(*given))
        await asyncio.sleep(0.005)
        return last[-1]

    soil.patch.setattr(Reads, "data", mixed)


def invoker(view: str) -> Callable[[Soil], Any]:
    """A view reads with the rights of its owner."""
    by = f"ALTER VIEW {view} SET (security_invoker = {{}})"
    return statements(by.format("false"), by.format("true"))


CASE, REQUEST, SEAT, MEETING = ("Case",), ("Request",), ("Seat",), ("Meeting",)
WALK = ("Case", "Request", "Meeting", "Decision", "Activity")
OFF, ON = (f"ALTER TABLE cases {what} ROW LEVEL SECURITY" for what in ("DISABLE", "ENABLE"))

WALLED = ("Case", "Request", "Activity", "Conflict")

LEAKS = {
    # The database's.
    "a policy that is missing": Leak(statements(OFF, ON), Kind.FOREIGN, "read", CASE),
    "a policy with OR true": Leak(policy("requests", or_true), Kind.FOREIGN, "read", REQUEST),
    "a policy that forgets the group": Leak(policy("sites", without(GROUP)), Kind.FOREIGN, "read", ("Site",)),
    "a tally with its owner's rights": Leak(invoker("seat_tallies"), Kind.GRADE, "read", ("WorkingGroup",)),
    "a timeline with its owner's rights": Leak(invoker("timeline_entries"), Kind.GRADE, "read", WALK),
    "an audience that is ignored": Leak(policy("case_narratives", without(AUDIENCE)), Kind.GRADE, "read", CASE),
    "a secretariat's table": Leak(policy("case_places", for_all_of_the_group), Kind.GRADE, "read", CASE),
    "an author's table": Leak(policy("request_arrivals", for_all_of_the_group), Kind.GRADE, "read", REQUEST),
    "a request before tabling": Leak(policy("requests", without(STATE)), Kind.GRADE, "read", REQUEST),
    "an area that is ignored": Leak(policy("cases", without(AREA)), Kind.GRADE, "read", CASE),
    "a notice for everybody": Leak(policy("notices", without(ADDRESSEE)), Kind.GRADE, "read", ("Notice",)),
    "an invitation for everybody": Leak(
        policy("invitations", for_all_of_the_group), Kind.GRADE, "read", ("Invitation",)
    ),
    "a case past the wall": Leak(without_wall("cases"), Kind.WALL, "read", WALLED),
    "a request past the wall": Leak(without_wall("requests"), Kind.WALL, "read", WALLED),
    "a step past the wall": Leak(without_wall("activities"), Kind.WALL, "read", WALLED),
    "a part past the wall": Leak(without_wall("case_risks"), Kind.GRADE, "read", WALLED),
    "a wall for nobody": Leak(policy("walls", lambda _: "false"), Kind.WALL, "read", WALLED),
    "a filter by an unreadable column": Leak(policy("places", for_keepers), Kind.FILTER, "lists", CASE),
    # Our code's, where reads are compiled.
    "an order by an unreadable column": Leak(unreadable_order, Kind.CURSOR, "read", SEAT),
    "a plan with another's literal": Leak(code(anothers_literal), Kind.MIXED, "read", SEAT),
    "answers that are mixed up": Leak(code(mixed_answers), Kind.MIXED, "together", CASE),
    "a stale seat": Leak(stale_seat, Kind.SEAT, "seats", SEAT),
    "a seat that is another's": Leak(code(any_seat), Kind.SEAT, "seats", SEAT),
    "suggestions": Leak(code(suggestions), Kind.INSIDES, "errors", MEETING),
    "an error that quotes a row": Leak(code(quoting), Kind.TEXT, "errors", CASE),
    "an error with SQL": Leak(sql_in_errors, Kind.INSIDES, "read", CASE),
    "a header that tells": Leak(code(telling_header), Kind.DIFFERENT, "ids", CASE),
    "an act that tells": Leak(code(telling_act), Kind.DIFFERENT, "acts", CASE),
    # And where they are not.
    "an unfiltered count": Leak(code(counted_without_filter), Kind.COUNT, "lists", MEETING, executed=True),
    "a count past row security": Leak(code(counted_past_row_security), Kind.COUNT, "read", CASE, executed=True),
    "a filter past row security": Leak(code(filtered_past_row_security), Kind.ORDER, "lists", MEETING, executed=True),
    "a cursor with a raw key": Leak(code(raw_cursor), Kind.CURSOR, "read", MEETING, executed=True),
    "another answer to what is there": Leak(code(another_answer), Kind.DIFFERENT, "ids", CASE, executed=True),
    "a slow answer to what is there": Leak(code(slowly), Kind.SLOW, "timing", CASE, executed=True),
    "a node past row security": Leak(code(past_row_security), Kind.FOREIGN, "ids", CASE, executed=True),
    "a node that hides what lists show": Leak(code(hidden_from_node), Kind.PATHS, "read", CASE, executed=True),
    "a loader shared between requests": Leak(code(shared_loader), Kind.GRADE, "read", CASE, executed=True),
}
"""By what they are."""
