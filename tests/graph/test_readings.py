"""Who looked at what was told, as whoever told it may know: a pillar and a day, and never who."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

import pytest
from acting import Team, found, organisation, owner

from api.graph.readings import Readings

if TYPE_CHECKING:
    from conftest import Client

    from api.running import Urls
    from api.settings import Settings
    from api.store.engine import Store

TOLD = """query($id: ID!) { node(id: $id) { ... on Request { narrative { text wantedAction } exactPlace { stated }
  source { statement } } } }"""
HEADER = "query($id: ID!) { node(id: $id) { ... on Request { title narrative { audience } } } }"
WHO = """query($id: ID!) { whoLookedAt(id: $id) { day reader part }
  node(id: $id) { ... on Request { readings { totalCount nodes { day reader part } } } } }"""


@pytest.fixture(scope="module")
async def team(store: Store, settings: Settings, client: Client) -> Team:
    return await found(store, settings, client, "rea")


async def noted(urls: Urls, request_id: str) -> set[tuple[str, str]]:
    async with owner(urls, "readings") as connection:
        rows = await connection.fetch("SELECT reader, part FROM readings WHERE request_id = $1", uuid_of(request_id))
        return {(row["reader"], row["part"]) for row in rows}


async def yesterday(urls: Urls) -> None:
    async with owner(urls, "readings") as connection:
        await connection.execute("UPDATE readings SET day = day - 1")


def uuid_of(row_id: str) -> uuid.UUID:
    return uuid.UUID(row_id.partition(":")[2])


async def test_what_is_opened_is_noted_once_by_pillar(team: Team, urls: Urls) -> None:
    """What is not opened is not, nor is what the author opens of its own."""
    request = await team.tabled(await team.scheduled(), await team.triaged("cso"))
    for name in ("cso", "company", "observer"):
        await team.ask(name, TOLD, {"id": request["id"]})
    await team.ask("officer", HEADER, {"id": request["id"]})
    assert await noted(urls, request["id"]) == set()
    for name in ("officer", "coordinator", "custodian", "officer", "neighbour"):
        await team.ask(name, TOLD, {"id": request["id"]})
    everything = {
        (reader, part) for reader in ("SECRETARIAT", "CUSTODIAN") for part in ("NARRATIVE", "EXACT_PLACE", "SOURCE")
    }
    assert await noted(urls, request["id"]) == {*everything, ("CIVIL_SOCIETY", "NARRATIVE")}


async def test_its_author_and_the_secretariat_are_told_of_days_that_are_over(team: Team, urls: Urls) -> None:
    request = await team.tabled(await team.scheduled(), await team.triaged("cso"))
    await team.ask("neighbour", TOLD, {"id": request["id"]})
    await team.ask("officer", TOLD, {"id": request["id"]})
    for name in ("cso", "officer"):
        assert (await team.ask(name, WHO, {"id": request["id"]}))["whoLookedAt"] == []
    await yesterday(urls)
    for name in ("cso", "officer", "custodian"):
        answer = await team.ask(name, WHO, {"id": request["id"]})
        seen = {(each["reader"], each["part"]) for each in answer["whoLookedAt"]}
        assert ("CIVIL_SOCIETY", "NARRATIVE") in seen
        assert ("SECRETARIAT", "SOURCE") in seen
        assert answer["node"]["readings"] == {"totalCount": len(answer["whoLookedAt"]), "nodes": answer["whoLookedAt"]}
        assert {key for each in answer["whoLookedAt"] for key in each} == {"day", "reader", "part"}
    for name in ("neighbour", "company", "observer", "focal"):
        answer = await team.post(name, WHO, {"id": request["id"]})
        assert answer.json()["data"]["whoLookedAt"] == []
        nowhere = await team.post(name, WHO.partition("node(")[0] + "}", {"id": f"Request:{uuid.uuid4()}"})
        there = await team.post(name, WHO.partition("node(")[0] + "}", {"id": request["id"]})
        assert there.content == nowhere.content


async def test_what_a_case_tells_was_told_of_its_request(team: Team, urls: Urls) -> None:
    case_id = await team.case()
    source = """query($id: ID!) { node(id: $id) { ... on Case { request { id } narrative { text }
      exactPlace { stated } } } }"""
    seen = (await team.ask("custodian", source, {"id": case_id}))["node"]
    parts = {("CUSTODIAN", "NARRATIVE"), ("CUSTODIAN", "EXACT_PLACE")}
    assert parts <= await noted(urls, seen["request"]["id"])


async def test_who_was_walled_reads_on_who_looked_at_its_own(team: Team, urls: Urls) -> None:
    request = await team.tabled(await team.scheduled(), await team.triaged("company"))
    await team.ask("officer", TOLD, {"id": request["id"]})
    declared = {"requestId": request["id"], "organisationId": organisation("Twangiza Mining")}
    await team.done("officer", "declareConflict", declared)
    await yesterday(urls)
    assert (await team.ask("company", WHO, {"id": request["id"]}))["whoLookedAt"]


async def test_what_cannot_be_noted_is_not_answered(team: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    request = await team.tabled(await team.scheduled(), await team.triaged("cso"))

    async def away(*_: Any) -> None:
        raise OSError

    monkeypatch.setattr(Readings, "note", away)
    answer = await team.post("officer", TOLD, {"id": request["id"]})
    assert answer.status_code >= 500
    assert "narrative" not in answer.text
