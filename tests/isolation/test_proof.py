"""`baraza prove-isolation` finds nothing where nothing leaks, has looked everywhere, and finds each leak planted."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from isolation.leaking import FEW, LEAKS, Soil
from isolation.proving import proof_of
from isolation.world import EVERYBODY, GROUPS
from sizes import FULL

from api.graph.declare import PUBLISHED
from api.proof import grades
from api.proof.grades import GRADES, Grade
from api.proof.leaks import Kind
from api.proof.proving import prove, report, require_all, uncovered

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator
    from contextlib import AbstractAsyncContextManager

    from isolation.world import Rows, World

    from api.demo.roster import Persona
    from api.proof.grades import Kept
    from api.settings import Settings

    Copied = Callable[..., AbstractAsyncContextManager[World]]

SOME = ("sk.coordinator", "sk.company", "sk.cls-kalehe", "lub.coordinator", "network.admin")
WORDS = {"PILLAR": Grade.PILLAR, "SECRETARIAT": Grade.SECRETARIAT}


@pytest.fixture(scope="module")
async def leaky(copied: Copied) -> AsyncIterator[World]:
    """A world for leaks, none of which outlives its test."""
    async with copied("leaky") as world:
        yield world


def test_every_type_has_a_grade_and_it_is_its_tables() -> None:
    """A table says its grade; one that names an audience is for it."""
    assert set(GRADES) == set(PUBLISHED)
    for name, published in PUBLISHED.items():
        said = (published.table.__doc__ or "").partition(":")[0].partition(",")[0]
        if said in WORDS:
            assert GRADES[name] is WORDS[said], name
        assert ("audience" in published.table.__table__.columns) == (GRADES[name] is Grade.PILLAR), name


@pytest.mark.proof
async def test_nothing_leaks(leaky: World) -> None:
    """To five seats in `make test`, to everybody in `make prove`."""
    proof = proof_of(leaky, EVERYBODY if FULL else SOME, samples=50 if FULL else 5)
    await prove(proof)
    require_all(proof)
    said = list(report(proof))
    assert not proof.asker.found.leaks, said
    assert uncovered(proof) == []
    assert said[-1].startswith("0 leaks in ")


@pytest.mark.parametrize("name", LEAKS)
async def test_a_leak_is_found(
    leaky: World, settings: Settings, truth: dict[str, Rows], monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    leak = LEAKS[name]
    async with leaky.owner() as owner:
        soil = Soil(leaky, settings, owner, monkeypatch, everything(truth))
        async with leak.plant(soil), soil.application(executed=leak.executed) as http:
            proof = proof_of(leaky, leak.personas, only=leak.only, by=http)
            await prove(proof, dict.fromkeys(["read", leak.stage]))
    assert leak.kind in proof.asker.found.kinds(), proof.asker.found.leaks


@pytest.mark.parametrize("only", sorted({leak.only for leak in LEAKS.values()}), ids="-".join)
async def test_a_part_of_a_proof_finds_nothing_where_nothing_leaks(leaky: World, only: tuple[str, ...]) -> None:
    proof = proof_of(leaky, FEW, only=only)
    await prove(proof, ["read", "ids"])
    assert not proof.asker.found.leaks


async def test_whoever_hides_more_adds_an_entry(leaky: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """As a wall will: a case that keepers see and that one organisation must not, by any path."""

    def walled(kept: Kept, persona: Persona) -> Iterator[str]:
        if persona.organisation == "Twangiza Mining":
            yield from kept.ids("Case")

    monkeypatch.setitem(grades.HIDING, walled, Kind.GRADE)
    proof = proof_of(leaky, FEW, only=["Case"])
    await prove(proof, ["read"])
    assert {leak.persona for leak in proof.asker.found.leaks} == {"sk.company"}
    assert {leak.path for leak in proof.asker.found.leaks} >= {"cases"}


def everything(truth: dict[str, Rows]) -> frozenset[str]:
    """The id of every row of the groups, as the contract writes it."""
    return frozenset(
        f"{name}:{row['id']}"
        for name, published in PUBLISHED.items()
        for code in GROUPS
        for row in truth[code].get(published.table.__tablename__, ())
        if published.has_id and "id" in row
    )
