"""How a group works and stands, what it covers, its committees; the registry's and the network's acts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest
from acting import Team, contents, day, found, operation, written

from api.demo.roster import demo_id

if TYPE_CHECKING:
    from conftest import Client

    from api.running import Urls
    from api.settings import Settings
    from api.store.engine import Store

PNC = f"Organisation:{demo_id('organisation', 'Police nationale congolaise')}"


@pytest.fixture(scope="module")
async def team(store: Store, settings: Settings, client: Client) -> Team:
    return await found(store, settings, client, "org")


async def network(team: Team, act: str, given: dict[str, Any], **headers: str) -> Any:
    """What an act of the network's administrator came to."""
    response = await team.client.post("network.admin", *operation((act, given)), **headers)
    assert response.status_code == 200, response.text
    return response.json()["data"]["a0"]


async def version(team: Team) -> int:
    nodes = (await team.ask("coordinator", "{ groups(first: 90) { nodes { settings { version } } } }"))["groups"][
        "nodes"
    ]
    (settings,) = [node["settings"] for node in nodes if node["settings"]]
    return int(settings["version"])


async def test_what_is_left_out_of_settings_stays(team: Team) -> None:
    at = await version(team)
    changed = await team.done("coordinator", "changeSettings", {"version": at, "changes": {"quorumPerPillar": 2}})
    assert (changed["quorumPerPillar"], changed["workingMode"], changed["version"]) == (2, "FIELD_MISSION", at + 1)
    stale = await team.act("coordinator", "changeSettings", {"version": at, "changes": {"quorumPerPillar": 3}})
    assert (stale["code"], stale["current"]["__typename"]) == ("VERSION_CONFLICT", "GroupSettings")
    back = {"version": at + 1, "changes": {"quorumPerPillar": 1, "workingMode": "RECOMMENDATION_ONLY"}}
    assert (await team.done("coordinator", "changeSettings", back))["workingMode"] == "RECOMMENDATION_ONLY"


@pytest.mark.parametrize(
    "changes",
    [{"quorumPerPillar": None}, {"formalStatus": None}, {"quorumPerPillar": 21}, {"completenessToTable": -1},
     {"sizeTarget": 0}],
    ids=str,
)  # fmt: skip
async def test_settings_that_cannot_be(team: Team, urls: Urls, changes: dict[str, Any]) -> None:
    given, before = {"version": await version(team), "changes": changes}, await contents(urls)
    assert (await team.act("coordinator", "changeSettings", given))["code"] == "VALUE_INVALID"
    assert await written(urls, before) == {}


async def test_a_target_may_be_taken_back(team: Team) -> None:
    for target in (30, None):
        given = {"version": await version(team), "changes": {"sizeTarget": target}}
        assert "code" not in await team.act("coordinator", "changeSettings", given)


async def test_settings_govern_decisions(team: Team) -> None:
    at = await version(team)
    await team.done("coordinator", "changeSettings", {"version": at, "changes": {"quorumPerPillar": 5}})
    meeting = await team.scheduled()
    request = await team.tabled(meeting)
    await team.held(meeting)
    document, variables = operation(
        ("recordDecision", {
            "requestId": request["id"], "version": request["version"], "meetingId": meeting["id"],
            "decision": {"kind": "DEFER", "reason": "NO_MEANS", "reasoning": "Sans quorum."},
        })
    )  # fmt: skip
    refused = (await team.post("coordinator", document, variables)).json()["data"]["a0"]
    assert refused["code"] == "QUORUM_NOT_MET"
    await team.done("coordinator", "changeSettings", {"version": at + 1, "changes": {"quorumPerPillar": 1}})


async def test_phases_may_go_back(team: Team) -> None:
    for phase, on in (("SETUP", "2020-02-01"), ("GROWTH", "2021-02-01"), ("SETUP", "2022-02-01")):
        await team.done("coordinator", "assessPhase", {"phase": phase, "assessed": day(on)})
    document = "{ groups(first: 90) { nodes { code phases { nodes { phase } } } } }"
    nodes = (await team.ask("observer", document))["groups"]["nodes"]
    (phases,) = [node["phases"]["nodes"] for node in nodes if node["code"] == team.code]
    assert [row["phase"] for row in phases] == ["SETUP", "GROWTH", "SETUP"]
    unknown = {"phase": "GROWTH", "assessed": {"precision": "UNKNOWN"}}
    assert (await team.act("coordinator", "assessPhase", unknown))["code"] == "DATE_INCOMPLETE"


async def test_a_tree_of_structures(team: Team) -> None:
    def given(kind: str, **more: Any) -> dict[str, Any]:
        return {"kind": kind, "name": f"Structure {kind}", "since": {"precision": "UNKNOWN"}, **more}

    cps = await team.done("officer", "setUpStructure", given("CPS", pcode="CD62"))
    cls = await team.done("officer", "setUpStructure", given("CLS", structureId=cps["id"], pcode="CD6205"))
    await team.done("officer", "setUpStructure", given("SUB_CLS", structureId=cls["id"]))
    for kind, parent in (("SUB_CLS", None), ("SUB_CLS", cps), ("CPS", cls), ("CLS", cls)):
        more = {"structureId": parent["id"]} if parent else {}
        assert (await team.act("officer", "setUpStructure", given(kind, **more)))["code"] == "STRUCTURE_PLACE"
    admitted = {"structureId": cls["id"], "organisationId": PNC, "validFrom": "2020-05-01"}
    member = await team.done("officer", "admitToStructure", admitted)
    leaves = {"structureMemberId": member["id"], "version": member["version"]}
    early = await team.act("officer", "leaveStructure", {**leaves, "on": "2020-04-30"})
    assert (early["code"], early["field"]) == ("DATE_ORDER", "on")
    await team.done("officer", "leaveStructure", {**leaves, "on": "2021-01-01"})
    await team.done("officer", "admitToStructure", {**admitted, "validFrom": "2022-05-01"})
    decree = {"structureId": cps["id"], "number": "12/035/GP/SK", "authority": "Gouverneur", "dated": "2012-10-22"}
    await team.done("officer", "recordInstrument", decree)
    document = """{ structures(filter: {kind: [CLS]}) { nodes { parent { kind instruments { nodes { number } } }
        children { nodes { kind } } members { nodes { validTo organisation { name } } } } } }"""
    for name in ("coordinator", "cso", "observer", "focal"):
        (told,) = (await team.ask(name, document))["structures"]["nodes"]
        assert told["parent"] == {"kind": "CPS", "instruments": {"nodes": [{"number": "12/035/GP/SK"}]}}
        assert told["children"]["nodes"] == [{"kind": "SUB_CLS"}]
        assert [row["validTo"] for row in told["members"]["nodes"]] == ["2021-01-01", None]
    assert (await team.act("cso", "setUpStructure", given("CPS")))["code"] == "NOT_ALLOWED"


async def test_the_network_says_what_a_group_covers_and_how_far_it_has_joined(team: Team) -> None:
    group = f"WorkingGroup:{team.group_id}"
    covered = {"workingGroupId": group, "pcode": "CD63", "validFrom": "2024-01-01"}
    assert (await network(team, "coverPlace", covered))["code"] == team.code
    assert (await network(team, "coverPlace", {**covered, "validTo": "2023-01-01"}))["code"] == "DATE_ORDER"
    await network(team, "coverPlace", {**covered, "validTo": "2025-01-01"})
    for standing, since in (("ACTIVE", "2024-01-01"), ("DORMANT", "2025-01-01")):
        await network(team, "placeGroup", {"workingGroupId": group, "standing": standing, "since": since})
    document = """{ groups(first: 90) { nodes { code jurisdictions { nodes { place { pcode } validTo } }
        standings { nodes { standing } } } } }"""
    nodes = (await team.client.ask("national.analyst", document))["groups"]["nodes"]
    (told,) = [node for node in nodes if node["code"] == team.code]
    assert {"place": {"pcode": "CD63"}, "validTo": "2025-01-01"} in told["jurisdictions"]["nodes"]
    assert [row["standing"] for row in told["standings"]["nodes"]][:2] == ["DORMANT", "ACTIVE"]
    for unknown in (f"WorkingGroup:{uuid4()}", "WorkingGroup:x", f"WorkingGroup:{demo_id('group', 'none')}"):
        refused = await network(team, "coverPlace", {**covered, "workingGroupId": unknown})
        assert (refused["code"], refused["field"]) == ("NOT_FOUND", "workingGroupId")


async def test_the_network_names_a_coordinator_once_for_one_key(team: Team, urls: Urls) -> None:
    given = {
        "workingGroupId": f"WorkingGroup:{team.group_id}", "holder": "Deuxième Mfano", "organisationId": PNC,
        "category": "CSO", "validFrom": "2026-01-01",
    }  # fmt: skip
    first = await network(team, "nameCoordinator", given, Idempotency_Key="name-1")
    before = await contents(urls)
    again = await network(team, "nameCoordinator", given, Idempotency_Key="name-1")
    assert again["invitationCode"] == first["invitationCode"]
    assert await written(urls, before) == {}
    assert first["seat"] is None, "seats of a group are the group's"
    other = await network(team, "nameCoordinator", {**given, "holder": "Autre Mfano"}, Idempotency_Key="name-1")
    assert other["code"] == "IDEMPOTENCY_KEY_REUSED"
    document, variables = operation(("acceptInvitation", {"code": first["invitationCode"]}))
    seat = (await team.client.post(f"org.second.{uuid4().hex[:6]}", document, variables)).json()["data"]["a0"]
    assert seat["roles"] == ["COORDINATOR"]


async def test_an_organisation_is_registered_once_under_any_spelling(team: Team) -> None:
    name = f"Coopérative Mfano {uuid4().hex[:6]}"
    made = await network(
        team, "registerOrganisation", {"name": name, "category": "COOPERATIVE", "aliases": ["CM", "cm"]}
    )
    again = await network(team, "registerOrganisation", {"name": name.upper(), "category": "COOPERATIVE"})
    assert again["code"] == "ID_TAKEN"
    seen = await team.ask(
        "cso", f'{{ node(id: "{made["id"]}") {{ ... on Organisation {{ aliases {{ nodes {{ name }} }} }} }} }}'
    )
    assert len(seen["node"]["aliases"]["nodes"]) == 1


async def test_the_tree_of_units_and_owners_has_no_loop_and_no_ministry(team: Team) -> None:
    """Whoever sits in a group reads it, and what different sources say stands side by side."""
    company, holding, ministry = [
        (await network(team, "registerOrganisation", {"name": f"{name} {uuid4().hex[:6]}", "category": category}))["id"]
        for name, category in (("Mines Mfano", "COMPANY"), ("Mfano", "COMPANY"), ("Mfano", "GOVERNMENT_INSTITUTION"))
    ]
    owned = {"organisationId": company, "parentId": holding, "kind": "OWNED_BY", "provenance": "Registre."}
    for known_from in ("Registre.", "Déclaration de la société."):
        assert (await network(team, "linkOrganisations", {**owned, "provenance": known_from}))["kind"] == "OWNED_BY"
    read = f"""{{ node(id: "{company}") {{ ... on Organisation {{
      links {{ nodes {{ provenance parent {{ id linksBelow {{ totalCount }} }} }} }} }} }} }}"""
    (seen,) = (await team.ask("cso", read)).values()
    assert {each["provenance"] for each in seen["links"]["nodes"]} == {"Registre.", "Déclaration de la société."}
    assert seen["links"]["nodes"][0]["parent"] == {"id": holding, "linksBelow": {"totalCount": 2}}
    for more, refusal in (
        ({"organisationId": holding, "parentId": company}, ("LINK_LOOP", "parentId")),
        ({"parentId": company}, ("LINK_LOOP", "parentId")),
        ({"parentId": ministry}, ("LINK_CATEGORY", "kind")),
        ({"kind": "UNIT_OF"}, ("LINK_CATEGORY", "kind")),
        ({"parentId": f"Organisation:{uuid4()}"}, ("NOT_FOUND", "parentId")),
        ({"validFrom": "2020-01-01", "validTo": "2019-01-01"}, ("DATE_ORDER", "validTo")),
    ):
        refused = await network(team, "linkOrganisations", {**owned, **more})
        assert (refused["code"], refused["field"]) == refusal, more


async def test_a_name_has_letters_or_digits(team: Team) -> None:
    """Others are found under nothing, and would all be one."""
    for given, argument in (({"name": "!!!"}, "name"), ({"name": f"M{uuid4().hex}", "aliases": ["—"]}, "aliases")):
        refused = await network(team, "registerOrganisation", {"category": "CSO", **given})
        assert (refused["code"], refused["field"]) == ("VALUE_INVALID", argument)


async def test_the_coordinator_does_not_do_what_is_the_networks(team: Team) -> None:
    group = f"WorkingGroup:{team.group_id}"
    for act, given in (
        ("placeGroup", {"workingGroupId": group, "standing": "ACTIVE", "since": "2026-01-01"}),
        ("coverPlace", {"workingGroupId": group, "pcode": "CD10", "validFrom": "2026-01-01"}),
        ("registerOrganisation", {"name": "Mfano", "category": "CSO"}),
    ):
        assert (await team.act("coordinator", act, given))["code"] == "NOT_ALLOWED"
    other = {"workingGroupId": f"WorkingGroup:{demo_id('group', 'lub')}", "holder": "M", "organisationId": PNC}
    more = {"category": "CSO", "validFrom": "2026-01-01"}
    assert (await team.act("coordinator", "nameCoordinator", {**other, **more}))["field"] == "workingGroupId"
