"""Two acts at once do not miss each other: each keeps the snapshot that it began with, and a wall must close whichever
is first (docs/decisions/2026-11-26-walls.md)."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest
from acting import Team, deciding, found, organisation
from implicating import EVERYBODY, WITHOUT_THE_ACCUSED

if TYPE_CHECKING:
    from conftest import Client

    from api.settings import Settings
    from api.store.engine import Store

TRIES = 5
COOPERATIVES = ("COOMIKA", "COMBECKA", "COMILAK", "COOMIBUK", "COOMIBI")


@pytest.fixture(scope="module")
async def team(store: Store, settings: Settings, client: Client) -> Team:
    return await found(store, settings, client, "one", WITHOUT_THE_ACCUSED)


async def test_what_is_declared_while_a_case_is_opened_walls_the_case_too(team: Team) -> None:
    for _ in range(TRIES):
        meeting = await team.scheduled()
        request = await team.tabled(meeting)
        await team.held(meeting, EVERYBODY)
        declared = {"requestId": request["id"], "organisationId": organisation("SAKIMA")}
        conflict, decision = await asyncio.gather(
            team.done("officer", "declareConflict", declared),
            team.done("coordinator", "recordDecision", deciding(request, meeting)),
        )
        source = "query($id: ID!) { node(id: $id) { ... on Conflict { case { id } } } }"
        seen = (await team.ask("officer", source, {"id": conflict["id"]}))["node"]
        assert seen["case"] == {"id": decision["request"]["case"]["id"]}


async def test_whose_sponsorship_is_recorded_while_a_case_implicates_it_is_walled(team: Team) -> None:
    for name in COOPERATIVES:
        case_id = await team.case()
        sponsored = {"sponsorId": organisation("SAKIMA"), "organisationId": organisation(name), "suspected": True}
        await asyncio.gather(team.done("coordinator", "recordSponsorship", sponsored), team.involved(case_id, name))
        # Whoever the registry links to the cooperative besides is walled too.
        assert set(await team.conflicts(case_id)) >= {name, "SAKIMA"}
