"""Two locks: with either of them open the other one holds.

Grants (`api/policy.py`) say who may act, row security (migrations/) which rows are there.
"""

from __future__ import annotations

from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING, Any

import pytest
from asyncpg import UniqueViolationError
from isolation.contract import ACTS
from isolation.test_tables import inserted, raw_of, written
from isolation.world import EVERYBODY, GROUPS, KEPT, OTHER, OWNED, changed, of_group
from sqlalchemy.exc import DBAPIError

from api import policy
from api.dates import DateWithPrecision, Precision
from api.demo.roster import demo_id
from api.documents.actions import register
from api.errors import NotAllowed, Refusal
from api.graph.declare import PUBLISHED
from api.groups import actions as groups
from api.groups.rules import FormalStatus, Standing, Ways, WorkingMode
from api.proof.arguments import DOORS
from api.seat import Role
from api.sites.actions import take_in
from api.sites.rules import Seen, SiteFacts
from api.store import sealing
from api.store.base import new_id
from api.store.engine import refusal_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
    from contextlib import AbstractAsyncContextManager

    from isolation.world import Rows, World

    from api.store.operation import Operation

    Copied = Callable[..., AbstractAsyncContextManager[World]]

OWN, OTHERS = "sk", OTHER["sk"]
KNOWS = f"{OWN}.company"
"""Whose organisation knows of its conflict, and so can contest it."""

ACTING = (f"{OWN}.coordinator", "network.admin", KNOWS)
"""Of these one may do each act."""

SOME = 8
"""Of how many rows of a table an insert is tried."""


@dataclass(frozen=True)
class Possible:
    """Arguments with which a mutation is done by whoever may, and the acts that it asks leave for."""

    by: str
    given: Mapping[str, Any]
    acts: frozenset[str]

    def allowed(self, persona: str) -> bool:
        return all(EVERYBODY[persona].roles & policy.GRANTS[act].roles for act in self.acts)


@pytest.fixture(scope="module")
async def possible(copied: Copied, truth: dict[str, Rows]) -> dict[str, Possible]:
    """By mutation. The last in the alphabet first: a meeting is held once, and what it decides on is tabled before."""
    asked: set[str] = set()

    def noted(seat: Any, act: str, require: Any = policy.require) -> None:
        asked.add(act)
        require(seat, act)

    found = {}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(policy, "require", noted)
        async with copied("possible") as world:
            for mutation in sorted(ACTS.fields, reverse=True):
                for by, given in product(ACTING, ACTS.tries(mutation, truth[OWN])):
                    asked.clear()
                    if await done(world, by, mutation, given):
                        found[mutation] = Possible(by, given, frozenset(asked))
                        break
    return found


def test_every_mutation_is_possible_and_asks_leave(possible: dict[str, Possible]) -> None:
    assert set(possible) == set(ACTS.fields) - set(DOORS)
    assert all(each.acts for each in possible.values())


def test_every_mutation_names_the_grant_that_it_asks_for(possible: dict[str, Possible]) -> None:
    """It stands in the audit where row security refuses the act."""
    named = {
        name: field.extensions["strawberry-definition"].metadata.get("grant") for name, field in ACTS.fields.items()
    }
    named = {name: grant for name, grant in named.items() if name not in DOORS}
    assert {name: each.acts for name, each in possible.items()} == {name: {grant} for name, grant in named.items()}


def test_every_grant_is_asked_for(possible: dict[str, Possible]) -> None:
    assert {act for each in possible.values() for act in each.acts} | {*UNPUBLISHED, "invitation.accept"} == set(
        policy.GRANTS
    )


async def test_row_security_alone_lets_nobody_act_without_a_grant(
    copied: Copied, possible: dict[str, Possible], monkeypatch: pytest.MonkeyPatch
) -> None:
    async with copied("rows") as world:
        without = [(name, each) for name in EVERYBODY for each in possible if refused_here(possible[each], each, name)]
        assert len(without) > 50
        before = await world.state()
        with monkeypatch.context() as patch:
            patch.setattr(policy, "require", lambda *_: None)
            for persona, mutation in without:
                assert not await done(world, persona, mutation, possible[mutation].given), (persona, mutation)
        assert not {each for each in changed(before, await world.state()) if not each.endswith(".audit_lines")}
        await still_possible(world, possible)


async def test_grants_alone_let_nobody_act_without_one(copied: Copied, possible: dict[str, Possible]) -> None:
    async with unguarded(copied) as world:
        before = await world.state()
        for persona in EVERYBODY:
            for mutation, each in possible.items():
                if not each.allowed(persona):
                    answer = await world.post(persona, ACTS.document(mutation), each.given)
                    assert answer.json()["data"][mutation]["__typename"] == "NotAllowed", (persona, mutation)
        everywhere = (*GROUPS, "kin", "network")
        assert changed(before, await world.state()) == {f"{code}.audit_lines" for code in everywhere}
        await still_possible(world, possible)


async def test_acts_alone_touch_no_row_of_another_group(copied: Copied, possible: dict[str, Possible]) -> None:
    """Who has every grant, in another group, without row security: each act names the group that it looks in."""
    async with unguarded(copied) as world:
        before = await world.state()
        for mutation, each in possible.items():
            if ACTS.owned(mutation):
                answer = await world.post(f"{OTHERS}.coordinator", ACTS.document(mutation), each.given)
                assert answer.json()["data"][mutation]["__typename"] == "NotFound", answer.text
        assert changed(before, await world.state()) == set()


@pytest.mark.parametrize("lock", ["grants", "rows"])
async def test_acts_that_are_no_mutations_are_locked_twice(
    copied: Copied, monkeypatch: pytest.MonkeyPatch, lock: str
) -> None:
    async with unguarded(copied) if lock == "grants" else copied("acts") as world:
        if lock == "rows":
            monkeypatch.setattr(policy, "require", lambda *_: None)
        before = await world.state()
        for persona, seat in EVERYBODY.items():
            for act, do in UNPUBLISHED.items():
                if not seat.roles & policy.GRANTS[act].roles:
                    assert isinstance(await refusal(world, persona, do), NotAllowed), (persona, act)
        assert changed(before, await world.state()) == set()


async def refusal(world: World, persona: str, do: Callable[[Operation], Awaitable[object]]) -> object:
    """What an act comes to that is refused by a grant or by row security."""
    try:
        async with world.acting(persona) as op:
            await do(op)
    except Refusal as said:
        return said
    except DBAPIError as error:
        return refusal_of(error)
    return None


async def open_group(op: Operation) -> None:
    group_id = new_id()
    sealing.add_group(op.keyring.file, group_id)
    await groups.open_group(
        op,
        group_id=group_id,
        code="new",
        name_fr="Groupe",
        name_en="Group",
        ways=Ways(FormalStatus.INFORMAL, WorkingMode.FIELD_MISSION),
        founded=DateWithPrecision(None, None, Precision.UNKNOWN),
        standing=Standing.CANDIDATE,
        jurisdiction=(),
    )


async def import_sites(op: Operation) -> None:
    await take_in(op, [Seen(SiteFacts("codmine99999", "Mfano", None))])


async def register_document(op: Operation) -> None:
    await register(op, front_end="mfano", sources=["{ actingSeat { id } }"])


UNPUBLISHED = {
    "document.register": register_document,
    "site.import": import_sites,
    "group.open": open_group,
}
"""Acts that no mutation does yet."""

SECRETARIAT, COORDINATOR = {Role.COORDINATOR, Role.CASE_OFFICER}, {Role.COORDINATOR}
NOBODY: set[Role] = set()
BRINGS = SECRETARIAT | {Role.MEMBER, Role.OBSERVER, Role.FOCAL_POINT}
READS = SECRETARIAT | {Role.CUSTODIAN, Role.MEMBER, Role.OBSERVER}
WRITES: Mapping[str, tuple[set[Role], set[Role]]] = {
    "activities": (SECRETARIAT, NOBODY),
    "activity_notes": (SECRETARIAT, NOBODY),
    "agenda_items": (SECRETARIAT, NOBODY),
    "allegation_sources": (SECRETARIAT, NOBODY),
    "allegations": (SECRETARIAT, NOBODY),
    "attendances": (SECRETARIAT, NOBODY),
    "case_narratives": (COORDINATOR, NOBODY),
    "case_places": (COORDINATOR, NOBODY),
    "case_risks": (COORDINATOR, NOBODY),
    "case_parties": (SECRETARIAT, NOBODY),
    "cases": (COORDINATOR, SECRETARIAT),
    "decision_notes": (COORDINATOR, NOBODY),
    "decisions": (COORDINATOR, NOBODY),
    "disclosures": (COORDINATOR, NOBODY),
    "events": (SECRETARIAT, NOBODY),
    "group_phases": (COORDINATOR, NOBODY),
    "group_settings": (NOBODY, COORDINATOR),
    "instruments": (SECRETARIAT, NOBODY),
    "involvement_units": (SECRETARIAT, NOBODY),
    "involvements": (SECRETARIAT, NOBODY),
    "invitations": (COORDINATOR, COORDINATOR),
    "meetings": (SECRETARIAT, SECRETARIAT),
    "outbox_items": (SECRETARIAT, NOBODY),
    "persons": (COORDINATOR, NOBODY),
    "readings": (READS, NOBODY),
    "recusals": (COORDINATOR, NOBODY),
    "request_sources": (NOBODY, SECRETARIAT),
    "requests": (BRINGS, SECRETARIAT),  # an insert is of a request that is SUBMITTED, whose author follows it
    "seat_terms": (COORDINATOR, COORDINATOR),
    "seats": (COORDINATOR, COORDINATOR),
    "structure_members": (SECRETARIAT, SECRETARIAT),
    "structures": (SECRETARIAT, SECRETARIAT),
    "agenda_notes": (SECRETARIAT, NOBODY),
    "agenda_removals": (SECRETARIAT, NOBODY),
    "triage_notes": (SECRETARIAT, NOBODY),
    "sites": (SECRETARIAT, SECRETARIAT),
    "sponsorships": (SECRETARIAT, NOBODY),
    "site_visits": (SECRETARIAT, SECRETARIAT),
    "visit_minerals": (SECRETARIAT, SECRETARIAT),
    "visit_presences": (SECRETARIAT, SECRETARIAT),
}
"""By table, who may insert rows beside what it brought itself, and who may change rows; nobody may elsewhere."""


BY_ORGANISATION = {"walls", "conflicts", "conflict_grounds", "stand_ins", "turns"}
"""What a member writes of its own organisation, as who stands in or in its turn: tests/isolation/test_walls.py."""


@pytest.mark.parametrize("table", sorted((set(OWNED) & set(KEPT)) - BY_ORGANISATION))
async def test_row_security_alone_lets_each_role_write_this_and_no_more(
    world: World, truth: dict[str, Rows], table: str
) -> None:
    inserts, updates = WRITES.get(table, (NOBODY, NOBODY))
    for persona in of_group(OWN):
        roles = EVERYBODY[persona].roles
        async with world.acting(persona) as op:
            raw = await raw_of(op)
            others = [row for row in truth[OWN][table] if not brought_by(persona, row, truth)]
            may = [await may_insert(raw, table, row) for row in others[:: max(1, len(others) // SOME)]]
            assert any(may) == bool(roles & inserts), (persona, "insert")
            changes = await written(raw, f"UPDATE {table} SET group_id = group_id")
            assert bool(changes) == bool(roles & updates), (persona, "update")


async def test_only_the_secretariat_enters_for_nobodys_organisation(world: World, truth: dict[str, Rows]) -> None:
    """And only so: what it entered for its own organisation would be read by all of that organisation's seats."""
    some = truth[OWN]["request_authors"][0]
    for persona in of_group(OWN):
        roles = EVERYBODY[persona].roles
        own = {**some, "seat_id": EVERYBODY[persona].seat_id}
        its = demo_id("organisation", EVERYBODY[persona].organisation)
        async with world.acting(persona) as op:
            raw = await raw_of(op)
            for organisation, may in ((None, bool(roles & SECRETARIAT)), (its, bool(roles & (BRINGS - SECRETARIAT)))):
                assert await may_insert(raw, "request_authors", {**own, "organisation_id": organisation}) == may, (
                    persona
                )


def brought_by(persona: str, row: Mapping[str, Any], truth: dict[str, Rows]) -> bool:
    """The row is of the persona's own doing, or of what its organisation brought."""
    organisation = demo_id("organisation", EVERYBODY[persona].organisation)
    seat_id = EVERYBODY[persona].seat_id
    brought = {
        author["request_id"]
        for author in truth[OWN]["request_authors"]
        if author["organisation_id"] == organisation or author["seat_id"] == seat_id
    }
    return row.get("seat_id") == seat_id or ("request_id" in row and row["request_id"] in brought)


async def may_insert(raw: Any, table: str, row: Any) -> bool:
    """Row security is asked before the key, which is taken."""
    try:
        await inserted(raw, table, row)
    except UniqueViolationError:
        return True
    return False


def refused_here(each: Possible, mutation: str, persona: str) -> bool:
    """Whether row security must refuse the act of this persona on the own group's rows."""
    elsewhere = persona.startswith(f"{OTHERS}.") and bool(ACTS.owned(mutation))
    return elsewhere or not each.allowed(persona)


async def done(world: World, persona: str, mutation: str, given: Mapping[str, Any]) -> bool:
    """Whether the act was done; every no is a typed one."""
    answer = await world.post(persona, ACTS.document(mutation), given)
    assert "errors" not in answer.json(), answer.text
    return answer.json()["data"][mutation]["__typename"] in PUBLISHED


async def still_possible(world: World, possible: dict[str, Possible]) -> None:
    """So that what was refused was not refused for another reason."""
    for mutation, each in possible.items():
        assert await done(world, each.by, mutation, each.given), mutation


@asynccontextmanager
async def unguarded(copied: Copied) -> AsyncIterator[World]:
    """A world without row security."""
    async with copied("unguarded") as world:
        async with world.owner() as owner:
            for table in KEPT:
                await owner.execute(f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY")
        yield world
