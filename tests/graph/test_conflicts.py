"""The conflict wall: who loses sight of what, when, and how it opens again (DOMAIN 3.3)."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

import pytest
from acting import TOLD, Team, based, deciding, found, involving, organisation
from implicating import EVERYBODY, WITHOUT_THE_ACCUSED

from api.worker import once

if TYPE_CHECKING:
    from conftest import Client

    from api.settings import Settings
    from api.store.engine import Store

SIGHT = "query($id: ID!) { node(id: $id) { __typename } nodes(ids: [$id]) { __typename } }"
WHY = {"reasoning": "Les sièges qui ne sont pas récusés en ont débattu."}
PMH, PNC = "Police des Mines", "Police nationale congolaise"
COMPANY, OWNER, SISTER = "Twangiza Mining", "Banro", "Lugushwa Mining"


@pytest.fixture(scope="module")
async def team(store: Store, settings: Settings, client: Client) -> Team:
    return await found(store, settings, client, "wal", WITHOUT_THE_ACCUSED)


async def sees(team: Team, name: str, row_id: str) -> bool:
    """Whether the row is there for a seat; where it is not, the answer is the one to an id that is nowhere."""
    kind = row_id.partition(":")[0]
    there, nowhere = [await team.post(name, SIGHT, {"id": each}) for each in (row_id, f"{kind}:{uuid.uuid4()}")]
    if there.json()["data"]["node"] is None:
        assert there.content == nowhere.content
        assert there.headers == nowhere.headers
        return False
    return True


async def request_of(team: Team, case_id: str) -> str:
    source = "query($id: ID!) { node(id: $id) { ... on Case { request { id } } } }"
    request_id: str = (await team.ask("coordinator", source, {"id": case_id}))["node"]["request"]["id"]
    return request_id


async def held(team: Team) -> str:
    meeting_id: str = (await team.held(await team.scheduled(), EVERYBODY))["id"]
    return meeting_id


async def decided(team: Team, conflict: Any, outcome: str, **changes: Any) -> Any:
    this = {"conflictId": conflict["id"], "version": conflict["version"], "outcome": outcome}
    given = {**this, "meetingId": await held(team), "deliberation": {**WHY, **changes}}
    return await team.act("coordinator", "decideOnConflict", given)


async def disclosed(team: Team, case_id: str, name: str, *parts: str) -> Any:
    given = {"caseId": case_id, "organisationId": organisation(name), "parts": list(parts), "deliberation": WHY}
    return await team.act("coordinator", "discloseCase", {**given, "meetingId": await held(team)})


async def test_who_is_named_and_who_stands_above_loses_the_case_in_the_act(team: Team) -> None:
    case_id = await team.case()
    request_id = await request_of(team, case_id)
    assert await sees(team, "pmh", case_id)
    await team.involved(case_id, PMH)
    conflicts = await team.conflicts(case_id)
    assert {name: each["state"] for name, each in conflicts.items()} == {PMH: "PROPOSED", PNC: "PROPOSED"}
    assert conflicts[PMH]["grounds"]["nodes"] == [{"ground": "ALLEGED_ACTOR", "text": None}]
    assert conflicts[PNC]["grounds"]["nodes"] == [{"ground": "TREE", "text": None}]
    assert not await sees(team, "pmh", case_id)
    assert not await sees(team, "pmh", request_id)
    for name in ("coordinator", "officer", "custodian", "company", "cso", "observer", "focal"):
        assert await sees(team, name, case_id), name


async def test_the_whole_force_goes_down_to_its_units(team: Team) -> None:
    case_id = await team.case()
    await team.involved(case_id, PNC)
    assert PMH in await team.conflicts(case_id)
    assert not await sees(team, "pmh", case_id)


async def test_a_party_loses_the_case_with_its_owner_and_not_with_its_sister(team: Team) -> None:
    case_id = await team.case()
    party = {"caseId": case_id, "side": 1, "category": "COMPANY", "organisationId": organisation(COMPANY)}
    await team.done("officer", "addParty", party)
    assert set(await team.conflicts(case_id)) == {COMPANY, OWNER}
    assert not await sees(team, "company", case_id)
    assert SISTER not in await team.conflicts(case_id)


async def test_nothing_that_hangs_on_the_case_is_left(team: Team) -> None:
    """Lists, counts, the agenda and the meeting's decisions are what they would be if the case had never been."""
    case_id = await team.case(incidentClass="ROADBLOCK")
    lists = """{ cases { totalCount nodes { id } } requests(first: 100) { totalCount nodes { id } } events {
    totalCount } meetings(first: 100) { nodes { agenda { totalCount } decisions { totalCount } } } }"""
    await team.event(case_id)
    before = await team.ask("pmh", lists)
    await team.involved(case_id, PMH)
    after = await team.ask("pmh", lists)
    assert after["cases"]["totalCount"] == before["cases"]["totalCount"] - 1
    assert after["requests"]["totalCount"] == before["requests"]["totalCount"] - 1
    assert after["events"]["totalCount"] == before["events"]["totalCount"] - 1
    counted = [[sum(each[name]["totalCount"] for each in lists["meetings"]["nodes"]) for name in ("agenda",
    "decisions")] for lists in (before, after)]  # fmt: skip
    assert counted[1] == [count - 1 for count in counted[0]]
    assert case_id not in str(after)


async def test_a_page_walk_that_is_under_way_does_not_show_it(team: Team) -> None:
    first, _, last = [await team.case() for _ in range(3)]
    source = "query($after: String) { cases(first: 1, after: $after) { edges { cursor node { id } } } }"
    (newest,) = (await team.ask("pmh", source))["cases"]["edges"]
    assert newest["node"]["id"] == last
    await team.involved(first, PMH)
    seen, cursor = [], newest["cursor"]
    for _ in range(2):
        (edge,) = (await team.ask("pmh", source, {"after": cursor}))["cases"]["edges"]
        seen.append(edge["node"]["id"])
        cursor = edge["cursor"]
    assert first not in seen


async def test_its_own_request_stays_and_what_was_said_of_it_does_not(team: Team) -> None:
    case_id = await team.case(name="company", told={**TOLD, "audience": ["COMPANY", "CSO"]})
    request_id = await request_of(team, case_id)
    party = {"caseId": case_id, "side": 1, "category": "COMPANY", "organisationId": organisation(COMPANY)}
    await team.done("officer", "addParty", party)
    source = """query($id: ID!) { node(id: $id) { ... on Request { state narrative { text } case { id }
      tablings { totalCount } decisions { nodes { kind note { reasoning } recusals { totalCount } } } } } }"""
    seen = (await team.ask("company", source, {"id": request_id}))["node"]
    assert (seen["state"], seen["narrative"]["text"], seen["case"]) == ("ACCEPTED", TOLD["narrative"], None)
    assert seen["tablings"]["totalCount"] == 1
    assert seen["decisions"]["nodes"] == [{"kind": "ACCEPT", "note": None, "recusals": {"totalCount": 0}}]
    assert not await sees(team, "company", case_id)


async def test_an_organisation_that_declares_itself_sees_nothing_more_at_once(team: Team) -> None:
    meeting = await team.scheduled()
    request = await team.tabled(meeting)
    given = {"requestId": request["id"], "organisationId": organisation(PMH), "text": "Nous y étions."}
    conflict = await team.done("pmh", "declareConflict", given)
    assert (conflict["state"], conflict["known"]) == ("DECLARED", True)
    assert not await sees(team, "pmh", request["id"])
    assert await sees(team, "pmh", conflict["id"])
    await team.held(meeting, ["coordinator", "officer", "company", "pmh", "cso"])
    refused = await team.act("coordinator", "recordDecision", deciding(request, meeting))
    assert refused["code"] == "QUORUM_NOT_MET"


async def test_what_walls_a_request_walls_the_case_that_it_becomes(team: Team) -> None:
    meeting = await team.scheduled()
    request = await team.tabled(meeting)
    given = {"requestId": request["id"], "organisationId": organisation(COMPANY)}
    assert (await team.done("custodian", "declareConflict", given))["state"] == "DECLARED"
    await team.held(meeting, EVERYBODY)
    case_id = (await team.decided(request, meeting))["request"]["case"]["id"]
    assert await sees(team, "trader", case_id)
    assert not await sees(team, "company", case_id)
    assert (await team.conflicts(case_id))[COMPANY]["state"] == "DECLARED"


async def test_a_recused_seat_is_named_and_neither_counts_nor_votes(team: Team) -> None:
    case_id = await team.case()
    await team.involved(case_id, "SAKIMA")
    conflict = (await team.conflicts(case_id))["SAKIMA"]
    request_id = await request_of(team, case_id)
    await team.done("officer", "declareConflict", {"requestId": request_id, "organisationId": organisation("DCAF")})
    too_many = await decided(team, conflict, "LIFTED", mode="VOTE", votes={"for": 8, "against": 0})
    assert too_many["code"] == "VOTES_INVALID"
    meeting = await team.scheduled()
    await team.held(meeting, [*EVERYBODY, "observer"])
    given = {"conflictId": conflict["id"], "version": conflict["version"], "outcome": "LIFTED", "deliberation": WHY}
    assert (await team.act("coordinator", "decideOnConflict", {**given, "meetingId": meeting["id"]}))[
        "state"
    ] == "LIFTED"
    source = """query($id: ID!) { node(id: $id) { ... on Request { decisions { nodes { kind seatsCounted
      recusals { nodes { seat { id } } } } } } } }"""
    decisions = (await team.ask("cso", source, {"id": request_id}))["node"]["decisions"]["nodes"]
    (lifted,) = [each for each in decisions if each["kind"] == "LIFT_CONFLICT"]
    assert lifted["seatsCounted"] == 7
    assert [each["seat"]["id"] for each in lifted["recusals"]["nodes"]] == team.seats(["observer"])


async def test_a_claim_closes_no_wall_until_it_is_confirmed_by_decision(team: Team) -> None:
    """So that nobody blinds a rival; and who claims sees its own claim and no other conflict."""
    case_id = await team.case()
    await team.involved(case_id, "SAKIMA")
    given = {"requestId": await request_of(team, case_id), "organisationId": organisation(COMPANY), "text": "Rivale."}
    claim = await team.done("cso", "declareConflict", given)
    assert (claim["state"], claim["known"]) == ("CLAIMED", False)
    assert set(await team.conflicts(case_id, "cso")) == {COMPANY}
    assert await sees(team, "company", case_id)
    assert not await sees(team, "company", claim["id"])
    confirmed = await team.act("officer", "confirmConflict", {"conflictId": claim["id"], "version": claim["version"]})
    assert confirmed["code"] == "CONFLICT_NEEDS_DECISION"
    assert (await decided(team, claim, "CONFIRMED"))["state"] == "CONFIRMED"
    assert not await sees(team, "company", case_id)


async def test_a_claim_that_is_dismissed_leaves_everything_as_it_was(team: Team) -> None:
    case_id = await team.case()
    given = {"requestId": await request_of(team, case_id), "organisationId": organisation(COMPANY)}
    claim = await team.done("cso", "declareConflict", given)
    assert (await decided(team, claim, "DISMISSED"))["state"] == "DISMISSED"
    assert await sees(team, "company", case_id)
    again = (await team.conflicts(case_id))[COMPANY]
    assert (await decided(team, again, "CONFIRMED"))["code"] == "CONFLICT_NOT_STANDING"


async def test_nobody_blinds_the_secretariat(team: Team) -> None:
    case_id = await team.case()
    host = "Observatoire Gouvernance et Paix"
    await team.involved(case_id, host)
    given = {"requestId": await request_of(team, case_id), "organisationId": organisation(host)}
    for name in ("cso", "custodian"):
        assert (await team.done(name, "declareConflict", given))["state"] == "CLAIMED"
    assert (await team.conflicts(case_id))[host]["state"] == "CLAIMED"
    for name in ("coordinator", "officer", "custodian", "colleague"):
        assert await sees(team, name, case_id), name


async def test_what_is_shown_through_the_wall_and_contested_and_lifted(team: Team) -> None:
    case_id = await team.case()
    assert (await disclosed(team, case_id, COMPANY, "HEADER"))["code"] == "NOT_WALLED"
    await team.involved(case_id, COMPANY)
    conflict = (await team.conflicts(case_id))[COMPANY]
    this = {"conflictId": conflict["id"], "version": conflict["version"], "text": "Rien ne nous lie."}
    assert (await team.act("company", "contestConflict", this))["code"] == "NOT_FOUND"
    shown = await disclosed(team, case_id, COMPANY, "HEADER", "OUTCOME")
    assert {each["part"] for each in shown["disclosures"]["nodes"]} == {"HEADER", "OUTCOME"}
    assert await sees(team, "company", case_id)
    source = """query($id: ID!) { node(id: $id) { ... on Case { number narrative { text } risks { totalCount }
      activities { totalCount } events { totalCount } timeline { totalCount } } } }"""
    header = (await team.ask("company", source, {"id": case_id}))["node"]
    assert header["number"].startswith("WAL-2024-")
    counts = {name: header[name]["totalCount"] for name in ("risks", "activities", "events")}
    assert (header["narrative"], set(counts.values())) == (None, {0})
    known = (await team.conflicts(case_id, "company"))[COMPANY]
    assert known["grounds"]["nodes"] == []
    contested = await team.done("company", "contestConflict", {**this, "version": known["version"]})
    assert contested["state"] == "CONTESTED"
    assert (await team.ask("company", source, {"id": case_id}))["node"] == header
    assert (await decided(team, contested, "LIFTED"))["state"] == "LIFTED"
    assert (await team.ask("company", source, {"id": case_id}))["node"]["risks"]["totalCount"] == 2


async def test_who_is_named_anew_is_walled_anew_and_not_whoever_stands_beside(team: Team) -> None:
    case_id = await team.case()
    await team.involved(case_id, PMH)
    conflicts = await team.conflicts(case_id)
    for name in (PMH, PNC):
        assert (await decided(team, conflicts[name], "LIFTED"))["state"] == "LIFTED"
    assert await sees(team, "pmh", case_id)
    await team.involved(case_id, PNC)
    assert await sees(team, "pmh", case_id), "its conflict was lifted, and it is not named again"
    await team.involved(case_id, PMH)
    assert not await sees(team, "pmh", case_id)


async def test_a_sponsor_that_is_found_later_loses_the_case_in_that_act(team: Team) -> None:
    case_id = await team.case()
    await team.involved(case_id, "COMILAK")
    assert await sees(team, "company", case_id)
    given = {"sponsorId": organisation(COMPANY), "organisationId": organisation("COMILAK"), "suspected": True}
    await team.done("officer", "recordSponsorship", {**given, "text": "Plusieurs membres le disent."})
    assert not await sees(team, "company", case_id)
    assert set(await team.conflicts(case_id)) == {"COMILAK", COMPANY, OWNER}
    refused = await team.act("officer", "recordSponsorship", {**given, "organisationId": organisation(COMPANY)})
    assert refused["code"] == "SPONSOR_ITSELF"


async def test_a_link_that_the_network_adds_reaches_the_walls(team: Team, store: Store) -> None:
    case_id = await team.case()
    await team.involved(case_id, "COOMIBI")
    link = {"organisationId": organisation("COOMIBI"), "parentId": organisation("Bazano"), "kind": "OWNED_BY"}
    admin = team.joined_by("network.admin")
    await team.done(admin, "linkOrganisations", {**link, "provenance": "Registre (essai)."})
    while await once(store):
        pass
    assert set(await team.conflicts(case_id)) == {"COOMIBI", "Bazano"}


async def test_an_allegation_is_revised_and_what_was_said_stays(team: Team) -> None:
    case_id = await team.case()
    rests = {"code": "SRC-9", "connection": "WITNESS", "statement": "Je les ai vus."}
    involvement = await team.involved(case_id, "SAKIMA", sourceGiven=rests)
    given = {
        "involvementId": involvement["id"],
        "status": "REFUTED",
        "stated": {"precision": "YEAR", "start": "2024-01-01"},
    }
    assert (await team.done("officer", "reviseAllegation", given))["number"] == 2
    source = """query($id: ID!) { node(id: $id) { ... on Involvement { allegations { nodes { number status
      source { code statement } } } } } }"""
    seen = (await team.ask("officer", source, {"id": involvement["id"]}))["node"]["allegations"]["nodes"]
    assert [(each["number"], each["status"]) for each in seen] == [(1, "ALLEGED"), (2, "REFUTED")]
    assert [each["source"] for each in seen] == [{"code": "SRC-9", "statement": "Je les ai vus."}, None]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"affectedAtLeast": 2}, "COUNTING_UNIT_NEEDED"),
        ({"countingUnit": "FAMILY", "affectedAtLeast": 3, "affectedAtMost": 2}, "RANGE_INVALID"),
        ({"countingUnit": "FAMILY", "affectedAtLeast": -1}, "RANGE_INVALID"),
    ],
)
async def test_a_number_says_what_it_counts(team: Team, changes: dict[str, Any], code: str) -> None:
    event_id = await team.event(await team.case())
    alleged = {"actorKind": "UNKNOWN", "degree": "SUSPECTED", **changes}
    given = {"eventId": event_id, "alleged": alleged, "stated": {"precision": "UNKNOWN"}}
    assert (await team.act("officer", "recordInvolvement", given))["code"] == code


async def test_a_source_without_its_connection_is_refused(team: Team) -> None:
    event_id = await team.event(await team.case())
    given = {
        "eventId": event_id,
        "alleged": {"actorKind": "UNKNOWN", "degree": "SUSPECTED"},
        "sourceGiven": {"code": "X"},
    }
    refused = await team.act("officer", "recordInvolvement", {**given, "stated": {"precision": "UNKNOWN"}})
    assert (refused["code"], refused["field"]) == ("SOURCE_INCOMPLETE", "sourceConnection")


async def test_a_side_is_one_of_nine(team: Team) -> None:
    party = {"caseId": await team.case(), "category": "COMMUNITY"}
    assert (await team.act("officer", "addParty", {**party, "side": 10}))["code"] == "RANGE_INVALID"
    assert (await team.done("officer", "addParty", {**party, "side": 9}))["side"] == 9


async def test_no_answer_to_a_request_is_about_conflicts(team: Team) -> None:
    meeting = await team.scheduled()
    request = await team.tabled(meeting)
    await team.held(meeting)
    decision = {"kind": "LIFT_CONFLICT", "reasoning": "x"}
    given = {**based(request), "meetingId": meeting["id"], "decision": decision}
    assert (await team.act("coordinator", "recordDecision", given))["code"] == "VALUE_INVALID"


async def test_the_secretariat_is_walled_with_a_seat_named_that_keeps_the_case_instead(team: Team) -> None:
    """By a decision alone; that seat reads and writes what the secretariat would, of this case and no other."""
    case_id, other = await team.case(), await team.case()
    host = "Observatoire Gouvernance et Paix"
    await team.involved(case_id, host)
    claim = (await team.conflicts(case_id))[host]
    assert (await decided(team, claim, "CONFIRMED"))["code"] == "REPLACEMENT_NEEDED"
    for impossible in ("observer", "custodian", "colleague"):
        refused = await decided_with(team, claim, impossible)
        assert refused["code"] == "REPLACEMENT_IMPOSSIBLE", impossible
    walled = await decided_with(team, claim, "trader")
    assert (walled["state"], walled["known"]) == ("CONFIRMED", True)
    for name in ("coordinator", "officer", "custodian", "colleague"):
        assert not await sees(team, name, case_id), name
        assert await sees(team, name, other), name
    await kept_by(team, "trader", case_id, other)
    standing = (await team.conflicts(case_id, "trader"))[host]
    this = {"conflictId": standing["id"], "version": standing["version"], "outcome": "LIFTED", "deliberation": WHY}
    lifted = await team.act("trader", "decideOnConflict", {**this, "meetingId": await held(team)})
    assert lifted["state"] == "LIFTED"
    assert await sees(team, "officer", case_id)
    happened = {"incidentClass": "ROADBLOCK", "pcode": "CD6205", "occurred": {"precision": "UNKNOWN"}}
    assert (await team.act("trader", "recordEvent", {**happened, "caseId": case_id}))["code"] == "NOT_ALLOWED"


async def decided_with(team: Team, claim: Any, name: str) -> Any:
    this = {"conflictId": claim["id"], "version": claim["version"], "outcome": "CONFIRMED", "deliberation": WHY}
    given = {**this, "meetingId": await held(team), "replacingSeatId": team.seats([name])[0]}
    return await team.act("coordinator", "decideOnConflict", given)


async def kept_by(team: Team, name: str, case_id: str, other: str) -> None:
    """The seat does what the secretariat would in this case, and is refused in another."""
    source = """query($id: ID!) { node(id: $id) { ... on Case { narrative { text } exactPlace { stated }
      sights { nodes { part ground } } conflicts { totalCount } request { source { code } } events { nodes {
      involvements { totalCount } } } } } }"""
    seen = (await team.ask(name, source, {"id": case_id}))["node"]
    assert seen["narrative"]
    assert seen["exactPlace"]
    assert seen["request"]["source"]
    assert {"part": "EXACT_PLACE", "ground": "STAND_IN"} in seen["sights"]["nodes"]
    assert seen["conflicts"]["totalCount"] == 1
    assert [each["involvements"]["totalCount"] for each in seen["events"]["nodes"]] == [1]
    beside = (await team.ask(name, source, {"id": other}))["node"]
    assert (beside["exactPlace"], beside["request"]["source"], beside["conflicts"]["totalCount"]) == (None, None, 0)
    happened = {"incidentClass": "ROADBLOCK", "pcode": "CD6205", "occurred": {"precision": "UNKNOWN"}}
    event = await team.done(name, "recordEvent", {**happened, "caseId": case_id})
    assert (await team.act(name, "recordEvent", {**happened, "caseId": other}))["code"] == "NOT_ALLOWED"
    await team.done(name, "recordInvolvement", involving(event["id"], "SAKIMA"))
    logged = {"kind": "STUDY", "done": {"precision": "YEAR", "start": "2024-01-01"}, "note": "Vu."}
    await team.done(name, "logActivity", {**logged, "caseId": case_id})
    assert (await team.act(name, "logActivity", {**logged, "caseId": other}))["code"] == "NOT_ALLOWED"
    conflict = (await team.conflicts(case_id, name))["SAKIMA"]
    lifting = {"conflictId": conflict["id"], "version": conflict["version"], "outcome": "LIFTED", "deliberation": WHY}
    lifted = await team.act(name, "decideOnConflict", {**lifting, "meetingId": await held(team)})
    assert lifted["state"] == "LIFTED"
    refused = await team.act(name, "scheduleMeeting", {"kind": "AD_HOC", "scheduledOn": "2024-05-05"})
    assert refused["code"] == "NOT_ALLOWED"
