"""The main line as front ends go it, and each of its guards."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

import pytest
from acting import (
    MUTATIONS,
    SEATS,
    TAKEN_UP,
    TOLD,
    VOTERS,
    Team,
    based,
    contents,
    day,
    deciding,
    found,
    holding,
    involving,
    organisation,
    owner,
    submission,
    written,
)
from graphql import GraphQLInputObjectType, get_named_type

from api import policy
from api.demo.roster import demo_id
from api.sentences import SENTENCES

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from conftest import Client

    from api.running import Urls
    from api.settings import Settings
    from api.store.engine import Store

CODES = {
    "submitRequest": "request.submit",
    "triageRequest": "request.triage",
    "tableRequest": "request.table",
    "takeOffAgenda": "request.take_off",
    "scheduleMeeting": "meeting.schedule",
    "holdMeeting": "meeting.hold",
    "recordDecision": "decision.record",
    "logActivity": "activity.log",
    "recordEvent": "event.record",
    "recordInvolvement": "involvement.record",
    "reviseAllegation": "allegation.revise",
    "addParty": "party.add",
    "declareConflict": "conflict.declare",
    "contestConflict": "conflict.contest",
    "confirmConflict": "conflict.confirm",
    "decideOnConflict": "conflict.decide",
    "discloseCase": "disclosure.decide",
    "recordSponsorship": "sponsorship.record",
    "changeSettings": "settings.change",
    "assessPhase": "group.assess",
    "placeGroup": "group.place",
    "coverPlace": "group.cover",
    "registerOrganisation": "organisation.register",
    "linkOrganisations": "organisation.link",
    "inviteToSeat": "seat.give",
    "nameCoordinator": "seat.give",
    "inviteAlternate": "seat.give",
    "replaceRepresentative": "seat.give",
    "renewInvitation": "seat.give",
    "endSeat": "seat.end",
    "acceptInvitation": "invitation.accept",
    "setUpStructure": "structure.set_up",
    "admitToStructure": "structure.change",
    "leaveStructure": "structure.change",
    "recordInstrument": "structure.change",
}
"""The grant in `api/policy.py` that each published act asks."""
UNPUBLISHED = {"document.register", "group.open", "site.import"}
"""Grants of commands."""

IPIS = f"Organisation:{demo_id('organisation', 'IPIS')}"
LINKED = {
    "organisationId": f"Organisation:{demo_id('organisation', 'COOMIKA')}",
    "parentId": f"Organisation:{demo_id('organisation', 'SAKIMA')}",
}
PERSON = {"holder": "Zola Mfano", "organisationId": IPIS, "validFrom": "2024-01-01"}
INVITED = {**PERSON, "post": {"category": "PARTNER", "roles": ["OBSERVER"]}}
SET_UP = {"kind": "CPS", "name": "Comité Mfano", "since": {"precision": "UNKNOWN"}}
ADMITTED = {"organisationId": IPIS, "validFrom": "2020-05-01"}
VOTED = {"mode": "VOTE", "votes": {"for": 3, "against": 1, "abstaining": 1}}


@pytest.fixture(scope="module")
async def team(store: Store, settings: Settings, client: Client) -> Team:
    return await found(store, settings, client, "act")


@dataclass(frozen=True)
class Stage:
    """Rows at which refusals are tried; none of them changes anything, so that all tests share it."""

    submitted: Any
    triaged: Any
    incomplete: Any
    scheduled: Any
    """A meeting to come, with `waiting` on its agenda."""
    waiting: Any
    held: Any
    """A meeting that was held with `tabled` on its agenda."""
    tabled: Any
    thin: Any
    """A meeting that was held without the private sector, with `unquorate` on its agenda."""
    unquorate: Any
    elsewhere: Any
    """A request on the agenda of another meeting that was held."""
    case_id: str
    closed_id: str
    group: Mapping[str, Any]
    """The argument that names the group."""
    event_id: str
    involvement: Any
    conflict: Any
    invitation: Any
    structure: Any
    member: Any


@pytest.fixture(scope="module")
async def stage(team: Team, urls: Urls) -> Stage:
    scheduled, held, thin, other = [await team.scheduled() for _ in range(4)]
    waiting, tabled, unquorate, elsewhere = [await team.tabled(at) for at in (scheduled, held, thin, other)]
    closed_id, implicated_id = await team.case(), await team.case()
    involvement = await team.involved(implicated_id, "SAKIMA")
    async with owner(urls, "cases") as connection:
        await connection.execute("UPDATE cases SET state = 'CLOSED' WHERE id = $1", UUID(closed_id.partition(":")[2]))
    return Stage(
        submitted=await team.submitted(),
        triaged=await team.triaged(),
        incomplete=await team.triaged(told={"narrative": "Une barrière."}),
        scheduled=scheduled,
        waiting=waiting,
        held=await team.held(held),
        tabled=tabled,
        thin=await team.held(thin, ["coordinator", "officer", "pmh", "observer", "custodian"]),
        unquorate=unquorate,
        elsewhere=elsewhere if await team.held(other) else None,
        case_id=await team.case(),
        closed_id=closed_id,
        group={"workingGroupId": f"WorkingGroup:{team.group_id}"},
        event_id=await team.event(implicated_id),
        involvement=involvement,
        conflict=(await team.conflicts(implicated_id))["SAKIMA"],
        invitation=await team.done("coordinator", "inviteToSeat", INVITED),
        structure=(structure := await team.done("officer", "setUpStructure", SET_UP)),
        member=await team.done("officer", "admitToStructure", {"structureId": structure["id"], **ADMITTED}),
    )


async def test_the_main_line_from_the_request_to_the_timeline(team: Team) -> None:
    request = await team.submitted("focal")
    assert (request["state"], request["version"], request["triageNote"]) == ("SUBMITTED", 1, None)
    judged = {"reliability": "HIGHLY_RELIABLE", "note": "Recoupé auprès du comité local."}
    request = await team.done("officer", "triageRequest", based(request, **judged))
    assert (request["state"], request["version"], request["triageNote"]) == ("TRIAGED", 2, {"completeness": 100})
    meeting = await team.scheduled(venue="Bukavu")
    assert (meeting["state"], meeting["version"]) == ("SCHEDULED", 1)
    request = await team.tabled(meeting, request)
    assert (request["state"], request["version"]) == ("TABLED", 3)
    meeting = await team.held(meeting)
    assert (meeting["state"], meeting["version"]) == ("HELD", 2)
    decision = await team.decided(request, meeting)
    assert (decision["request"]["state"], decision["request"]["version"]) == ("ACCEPTED", 4)
    case_id = decision["request"]["case"]["id"]
    assert re.fullmatch(r"ACT-2024-[2-9A-HJKMNP-Z]{4}", decision["request"]["case"]["number"])

    month = {"precision": "MONTH", "start": "2024-05-01"}
    steps = [("MEDIATION", month), ("ADVOCACY", day("2024-05-20")), ("FIELD_MISSION", day("2024-02-01"))]
    for kind, done in steps:
        await team.done("officer", "logActivity", {"caseId": case_id, "kind": kind, "done": done, "note": "Fait."})
    data = await team.ask(
        "officer",
        """query($id: ID!) { node(id: $id) { ... on Case {
             title state openedOn incidentClass occurred { start precision } place { pcode }
             narrative { text audience occurred { start precision } }
             exactPlace { stated } risks { nodes { risk reason } }
             decision { mode note { reasoning } meeting { venue agenda { nodes { requestVersion } } } }
             request { source { reliability } triageNote { text } }
             timeline { nodes { kind date { start precision } request { id } meeting { id } decision { id }
                                activity { kind note { text done { start precision } } } } } } } }""",
        {"id": case_id},
    )
    case = data["node"]
    timeline = [
        (entry["kind"], entry["date"]["start"], entry["activity"] and entry["activity"]["kind"])
        for entry in case["timeline"]["nodes"]
    ]
    assert timeline == [
        ("ACTIVITY", "2024-02-01", "FIELD_MISSION"),
        ("BROUGHT", "2024-03-01", None),
        ("TABLED", "2024-04-10", None),
        ("DECIDED", "2024-04-10", None),
        ("ACTIVITY", "2024-05-01", "MEDIATION"),
        ("ACTIVITY", "2024-05-01", "ADVOCACY"),
    ]
    notes = [entry["activity"]["note"] for entry in case["timeline"]["nodes"] if entry["activity"]]
    assert [note["done"] for note in notes] == [day("2024-02-01"), month, day("2024-05-20")]
    parts = [{key for key, part in entry.items() if part} - {"kind", "date"} for entry in case["timeline"]["nodes"]]
    assert (
        parts
        == [{"activity"}, {"request"}, {"request", "meeting"}, {"request", "meeting", "decision"}] + [{"activity"}] * 2
    )
    assert case["narrative"] == {
        "text": TOLD["narrative"],
        "audience": ["COMMUNITY", "CSO", "GOVERNMENT_INSTITUTION", "RELIGIOUS_BODY"],
        "occurred": day("2024-03-02"),
    }
    assert case["exactPlace"] == {"stated": TOLD["statedPlace"]}
    assert case["risks"]["nodes"] == [{"risk": "O1_4", "reason": None}, {"risk": "O5", "reason": None}]
    assert case["decision"]["meeting"] == {"venue": "Bukavu", "agenda": {"nodes": [{"requestVersion": 2}]}}
    assert case["request"] == {"source": {"reliability": "HIGHLY_RELIABLE"}, "triageNote": {"text": judged["note"]}}
    assert (case["title"], case["state"], case["openedOn"]) == (TAKEN_UP["title"], "OPEN", "2024-04-10")
    assert (case["occurred"], case["place"]) == ({"start": "2024-03-01", "precision": "MONTH"}, {"pcode": "CD6205"})


@pytest.mark.parametrize("voted", [{}, VOTED], ids=["consensus", "vote"])
@pytest.mark.parametrize(
    ("kind", "state"),
    [("ACCEPT", "ACCEPTED"), ("NOT_ACCEPT", "NOT_ACCEPTED"), ("DEFER", "DEFERRED"), ("REFER", "REFERRED")],
)
async def test_each_decision(team: Team, kind: str, state: str, voted: Mapping[str, Any]) -> None:
    meeting = await team.scheduled()
    request = await team.tabled(meeting)
    await team.held(meeting, [*VOTERS, "observer"])
    decision = await team.decided(request, meeting, kind, dissent="La police s'abstient.", **voted)
    assert decision["request"]["state"] == state
    assert (decision["request"]["case"] is None) == (kind != "ACCEPT")
    data = await team.ask(
        "officer",
        """query($id: ID!) { node(id: $id) { ... on Request { decisions { nodes {
             kind mode reason addressee seatsCounted votesFor votesAgainst votesAbstaining
             meeting { id } note { reasoning dissent audience } } } } } }""",
        {"id": request["id"]},
    )
    (row,) = data["node"]["decisions"]["nodes"]
    assert (row["kind"], row["meeting"]["id"]) == (kind, meeting["id"])
    assert (row["mode"], row["seatsCounted"]) == ("VOTE" if voted else "CONSENSUS", len(VOTERS))
    assert [row["votesFor"], row["votesAgainst"], row["votesAbstaining"]] == ([3, 1, 1] if voted else [None] * 3)
    assert {"reason": row["reason"], "addressee": row["addressee"]} == {
        "reason": {"NOT_ACCEPT": "OUT_OF_SCOPE", "DEFER": "INSUFFICIENT_FACTS", "REFER": "HANDLED_ELSEWHERE"}.get(kind),
        "addressee": "Auditorat militaire" if kind == "REFER" else None,
    }
    assert (row["note"]["reasoning"], row["note"]["dissent"]) == ("Le groupe en a débattu.", "La police s'abstient.")


async def test_a_deferred_request_comes_back_at_another_meeting(team: Team) -> None:
    first, second = await team.scheduled(), await team.scheduled(scheduledOn="2024-06-12")
    request = await team.tabled(first)
    await team.held(first)
    request = (await team.decided(request, first, "DEFER"))["request"]
    request = await team.tabled(second, request)
    second = await team.done("officer", "holdMeeting", holding(second, team.seats(), held=day("2024-06-12")))
    case_id = (await team.decided(request, second))["request"]["case"]["id"]
    data = await team.ask(
        "observer",
        "query($id: ID!) { node(id: $id) { ... on Case { timeline { nodes { kind } } request {"
        " tablings { nodes { requestVersion meeting { id } } } decisions { nodes { kind } } } } } }",
        {"id": case_id},
    )
    assert [entry["kind"] for entry in data["node"]["timeline"]["nodes"]] == [
        *("BROUGHT", "TABLED", "DECIDED", "TABLED", "DECIDED"),
    ]
    assert data["node"]["request"] == {
        "tablings": {
            "nodes": [
                {"requestVersion": 2, "meeting": {"id": first["id"]}},
                {"requestVersion": 4, "meeting": {"id": second["id"]}},
            ]
        },
        "decisions": {"nodes": [{"kind": "DEFER"}, {"kind": "ACCEPT"}]},
    }


async def test_a_request_is_decided_where_it_was_tabled_last(team: Team, urls: Urls) -> None:
    """Not once more at the meeting that deferred it, while it waits for the next one."""
    first, second = await team.scheduled(), await team.scheduled(scheduledOn="2024-06-12")
    request = await team.tabled(first)
    await team.held(first)
    request = await team.tabled(second, (await team.decided(request, first, "DEFER"))["request"])
    before = await contents(urls)
    for kind in ("ACCEPT", "DEFER"):
        outcome = await team.act("coordinator", "recordDecision", deciding(request, first, kind))
        assert (outcome["__typename"], outcome["code"]) == ("WrongState", "NOT_ON_AGENDA")
    assert await written(urls, before) == {}


@pytest.mark.parametrize("reason", ["MEETING_CANCELLED", "NO_QUORUM", "NOT_REACHED"])
async def test_a_request_that_a_meeting_did_not_decide_on_goes_to_another(team: Team, urls: Urls, reason: str) -> None:
    first, second = await team.scheduled(), await team.scheduled(scheduledOn="2024-06-12")
    request = await team.tabled(first)
    if reason != "MEETING_CANCELLED":
        await team.held(first, VOTERS if reason == "NOT_REACHED" else ["coordinator", "officer", "pmh"])
    before = await contents(urls)
    request = await team.done("officer", "takeOffAgenda", based(request, reason=reason))
    assert (request["state"], request["version"]) == ("TRIAGED", 4)
    assert await written(urls, before) == {"requests": 0, "agenda_removals": 1, "audit_lines": 1, "outbox_items": 1}
    again = await team.act("officer", "tableRequest", based(request, meetingId=first["id"]))
    assert again["code"] == ("ALREADY_ON_AGENDA" if reason == "MEETING_CANCELLED" else "MEETING_NOT_SCHEDULED")
    request = await team.tabled(second, request)
    second = await team.done("officer", "holdMeeting", holding(second, team.seats(), held=day("2024-06-12")))
    assert (await team.decided(request, second))["request"]["state"] == "ACCEPTED"
    for persona in ("officer", "observer", "cso"):
        data = await team.ask(
            persona,
            "query($id: ID!) { node(id: $id) { ... on Request { tablings { nodes { takenOff { reason } } } } } }",
            {"id": request["id"]},
        )
        assert data["node"]["tablings"]["nodes"] == [{"takenOff": {"reason": reason}}, {"takenOff": None}]


async def test_what_is_said_of_a_case_is_read_by_whom_its_narrative_is_read(team: Team) -> None:
    """Nobody thinks of the audience at each step: a step that forgets it must not be read by more than the story."""
    meeting = await team.scheduled()
    request = await team.tabled(meeting, told={**TOLD, "audience": ["PARTNER"]})
    await team.held(meeting)
    decision = await team.decided(request, meeting)
    step = {"caseId": decision["request"]["case"]["id"], "kind": "MEDIATION", "done": day("2024-05-01")}
    kept = await team.done("officer", "logActivity", {**step, "note": "Fait."})
    wider = await team.done("officer", "logActivity", {**step, "note": "Fait.", "audience": ["CSO", "PARTNER"]})
    nobody = await team.done("officer", "logActivity", {**step, "note": "Fait.", "audience": []})
    asked = """query($ids: [ID!]!) { nodes(ids: $ids) { ... on Decision { note { audience } }
               ... on Activity { note { audience } } } }"""
    for persona, notes in (
        ("officer", [["PARTNER"], ["PARTNER"], ["CSO", "PARTNER"], []]),
        ("observer", [["PARTNER"], ["PARTNER"], ["CSO", "PARTNER"], None]),
        ("cso", [None, None, ["CSO", "PARTNER"], None]),
        ("company", [None, None, None, None]),
    ):
        data = await team.ask(persona, asked, {"ids": [row["id"] for row in (decision, kept, wider, nobody)]})
        assert [row["note"] and row["note"]["audience"] for row in data["nodes"]] == notes, persona


async def test_below_the_minimum_a_request_is_tabled_with_a_reason(team: Team) -> None:
    meeting, request = await team.scheduled(), await team.triaged(told={"narrative": "Une barrière."})
    assert request["triageNote"] == {"completeness": 33}
    reason = {"meetingId": meeting["id"], "incompleteReason": "Urgent."}
    assert (await team.done("officer", "tableRequest", based(request, **reason)))["state"] == "TABLED"
    source = "query($id: ID!) { node(id: $id) { ... on Meeting { agenda { nodes { note { incompleteReason } } } } } }"
    for persona, note in (("officer", {"incompleteReason": "Urgent."}), ("pmh", None)):
        data = await team.ask(persona, source, {"id": meeting["id"]})
        assert data["node"]["agenda"]["nodes"] == [{"note": note}]


@dataclass(frozen=True)
class Guard:
    """An act that is refused at the stage: by whom, with what, and the code and field of the answer."""

    code: str
    field: str | None
    act: str
    given: Mapping[str, Any]
    persona: str = "officer"


TOMORROW = (datetime.now(UTC).date() + timedelta(days=1)).isoformat()
UNKNOWN = str(uuid4())


def submit(code: str, field: str | None, **changes: Any) -> Guard:
    return Guard(code, field, "submitRequest", submission(**changes), "cso")


def decide(code: str, field: str | None, stage: Stage, kind: str = "ACCEPT", **changes: Any) -> Guard:
    return Guard(code, field, "recordDecision", deciding(stage.tabled, stage.held, kind, **changes), "coordinator")


def at_submission(_: Stage) -> Iterator[Guard]:
    """Of `api/dates.py` and of the fact sheet."""
    for argument in ("occurred", "brought"):
        year, interval = {"precision": "YEAR"}, {"precision": "INTERVAL"}
        yield submit("DATE_PRECISION", argument, **{argument: {**year, "start": "2024-02-01"}})
        yield submit("DATE_PRECISION", argument, **{argument: {"precision": "MONTH", "start": "2024-02-02"}})
        yield submit("DATE_PRECISION", argument, **{argument: {"precision": "QUARTER", "start": "2024-02-01"}})
        yield submit("DATE_IN_FUTURE", argument, **{argument: day(TOMORROW)})
        yield submit("DATE_IN_FUTURE", argument, **{argument: {**interval, "start": "2024-01-01", "end": TOMORROW}})
        yield submit("DATE_ORDER", argument, **{argument: {**interval, "start": "2024-02-02", "end": "2024-02-01"}})
        yield submit("DATE_INCOMPLETE", argument, **{argument: {**interval, "start": "2024-02-02"}})
        yield submit("DATE_INCOMPLETE", argument, **{argument: {**day("2024-01-01"), "end": "2024-01-02"}})
        yield submit("DATE_INCOMPLETE", argument, **{argument: year})
        yield submit("DATE_INCOMPLETE", argument, **{argument: {"precision": "UNKNOWN", "start": "2024-01-01"}})
    yield submit("DATE_INCOMPLETE", "brought", brought={"precision": "UNKNOWN"})
    yield submit("SOURCE_INCOMPLETE", "sourceConnection", told={"narrative": "Une barrière.", "sourceCode": "S"})
    yield submit("SOURCE_INCOMPLETE", "sourceCode", told={"narrative": "Une barrière.", "sourceConnection": "NGO"})
    yield submit("REFERENCE_UNKNOWN", None, pcode="CD9999")
    yield submit("VALUE_INVALID", None, told={**TOLD, "affected": -1})
    yield submit("ID_INVALID", "id", id=f"Case:{UNKNOWN}")


def at_tabling(stage: Stage) -> Iterator[Guard]:
    """Of `api/requests/rules.py` and `api/meetings/rules.py`."""
    at, yet = {"meetingId": stage.scheduled["id"]}, {"meetingId": stage.held["id"]}
    yield Guard("WRONG_STATE", "requestId", "triageRequest", based(stage.triaged))
    yield Guard("WRONG_STATE", "requestId", "tableRequest", based(stage.submitted, **at))
    yield Guard("WRONG_STATE", "requestId", "tableRequest", based(stage.waiting, **at))
    yield Guard("INCOMPLETE", "incompleteReason", "tableRequest", based(stage.incomplete, **at))
    yield Guard("MEETING_NOT_SCHEDULED", "meetingId", "tableRequest", based(stage.triaged, **yet))
    yield Guard("MEETING_NOT_SCHEDULED", "meetingId", "holdMeeting", holding(stage.held, []))
    yield Guard("DATE_IN_FUTURE", "held", "holdMeeting", holding(stage.scheduled, [], held=day(TOMORROW)))
    yield Guard("NOT_FOUND", "seatIds", "holdMeeting", holding(stage.scheduled, [f"Seat:{UNKNOWN}"]))
    yield Guard("NOT_FOUND", "meetingId", "tableRequest", based(stage.triaged, meetingId=f"Meeting:{UNKNOWN}"))
    yield Guard("NOT_FOUND", "requestId", "triageRequest", {"requestId": f"Request:{UNKNOWN}", "version": 1})
    yield Guard("NOT_FOUND", "requestId", "triageRequest", {"requestId": stage.case_id, "version": 1})


def at_decision(stage: Stage) -> Iterator[Guard]:
    """Of `api/decisions/rules.py` and `api/cases/rules.py`."""
    early = deciding(stage.waiting, stage.scheduled)
    yield Guard("MEETING_NOT_HELD", "meetingId", "recordDecision", early, "coordinator")
    absent = deciding(stage.elsewhere, stage.held)
    yield Guard("NOT_ON_AGENDA", "requestId", "recordDecision", absent, "coordinator")
    yield Guard("WRONG_STATE", "requestId", "recordDecision", deciding(stage.triaged, stage.held), "coordinator")
    thin = deciding(stage.unquorate, stage.thin)
    yield Guard("QUORUM_NOT_MET", "meetingId", "recordDecision", thin, "coordinator")
    yield decide("VOTES_INVALID", "votes", stage, mode="VOTE")
    yield decide("VOTES_INVALID", "votes", stage, votes=VOTED["votes"])
    for votes in ((6, 0, 0), (3, 2, 1), (0, 0, 0), (4, -1, 0), (-1, -2, 5), (2**31 - 1, 2**31 - 1, 2)):
        count = dict(zip(("for", "against", "abstaining"), votes, strict=True))
        yield decide("VOTES_INVALID", "votes", stage, mode="VOTE", votes=count)
    yield decide("VOTE_NOT_CARRIED", "votes", stage, mode="VOTE", votes={"for": 2, "against": 2, "abstaining": 1})
    yield decide("VOTE_NOT_CARRIED", "votes", stage, mode="VOTE", votes={"for": 0, "against": 0, "abstaining": 5})
    yield decide("REASON_NEEDED", "reason", stage, reason="OTHER")
    for kind in ("NOT_ACCEPT", "DEFER", "REFER"):
        yield decide("REASON_NEEDED", "reason", stage, kind, reason=None)
        yield replace(guard := decide("CASE_NEEDED", "case", stage, kind), given={**guard.given, "case": TAKEN_UP})
    yield decide("ADDRESSEE_NEEDED", "addressee", stage, addressee="Auditorat")
    yield decide("ADDRESSEE_NEEDED", "addressee", stage, "DEFER", addressee="Auditorat")
    yield decide("ADDRESSEE_NEEDED", "addressee", stage, "REFER", addressee=None)
    yield replace(guard := decide("CASE_NEEDED", "case", stage), given={**guard.given, "case": None})
    for code, field, mapping in (
        ("OECD_MAPPING_NEEDED", "oecdRisks", {"oecdRisks": []}),
        ("OECD_MAPPING_NEEDED", "oecdRisks", {"oecdRisks": ["NONE", "O3"], "oecdNoneReason": "Non."}),
        ("OECD_REASON_NEEDED", "oecdNoneReason", {"oecdRisks": ["NONE"]}),
        ("OECD_REASON_NEEDED", "oecdNoneReason", {"oecdRisks": ["O3"], "oecdNoneReason": "Non."}),
        ("ID_INVALID", "id", {"id": f"Request:{UNKNOWN}"}),
    ):
        yield replace(guard := decide(code, field, stage), given={**guard.given, "case": {**TAKEN_UP, **mapping}})


def at_taking_off(stage: Stage) -> Iterator[Guard]:
    """Of `api/meetings/rules.py`: the reason is what happened."""
    yield Guard("WRONG_STATE", "requestId", "takeOffAgenda", based(stage.triaged, reason="NOT_REACHED"))
    yield Guard(
        "NOT_FOUND", "requestId", "takeOffAgenda", based(stage.waiting, requestId=stage.case_id, reason="NO_QUORUM")
    )
    for reason in ("NO_QUORUM", "NOT_REACHED"):
        yield Guard("MEETING_NOT_HELD", "reason", "takeOffAgenda", based(stage.waiting, reason=reason))
    yield Guard("MEETING_HELD", "reason", "takeOffAgenda", based(stage.tabled, reason="MEETING_CANCELLED"))
    yield Guard("QUORUM_MET", "reason", "takeOffAgenda", based(stage.tabled, reason="NO_QUORUM"))


def at_follow_up(stage: Stage) -> Iterator[Guard]:
    step = {"kind": "MEDIATION", "done": day("2024-05-01")}
    yield Guard("WRONG_STATE", "caseId", "logActivity", {**step, "caseId": stage.closed_id})
    yield Guard("NOT_FOUND", "caseId", "logActivity", {**step, "caseId": f"Case:{UNKNOWN}"})
    yield Guard("DATE_IN_FUTURE", "done", "logActivity", {"caseId": stage.case_id, **step, "done": day(TOMORROW)})


@pytest.mark.parametrize("guards", [at_submission, at_tabling, at_taking_off, at_decision, at_follow_up])
async def test_guards_refuse_in_two_languages_and_leave_nothing(
    team: Team, stage: Stage, urls: Urls, guards: Any
) -> None:
    """Each has its code, names an argument of the act, and leaves every row of every table as it was."""
    before, wrong = await contents(urls), []
    for guard in guards(stage):
        french = await team.act(guard.persona, guard.act, guard.given)
        english = await team.act(guard.persona, guard.act, guard.given, Accept_Language="en")
        said = (french.get("code"), french.get("field"), french.get("message"), english.get("message"))
        if said[:2] != (guard.code, guard.field) or not _says(guard.code, *said[2:]):
            wrong.append((guard, said))
        if guard.field is not None and guard.field not in _arguments(guard.act):
            wrong.append((guard, "names no argument"))
    assert not wrong
    assert await written(urls, before) == {}


def _says(code: str, french: str, english: str) -> bool:
    """The sentences, whatever stands in their braces."""
    forms = [re.escape(form).replace(r"\{", "{").replace(r"\}", "}") for form in SENTENCES[code]]
    patterns = [re.sub(r"\{\w+\}", r"[\\w:]+", form) for form in forms]
    return all(re.fullmatch(pattern, text) for pattern, text in zip(patterns, (french, english), strict=True))


def _arguments(act: str) -> set[str]:
    """Names of an act's arguments, and of the fields of its inputs."""
    named, waiting = set(), list(MUTATIONS[act].args.items())
    while waiting:
        name, argument = waiting.pop()
        named.add(name)
        kind = get_named_type(argument.type)
        waiting += kind.fields.items() if isinstance(kind, GraphQLInputObjectType) else ()
    return named


def conflicting(stage: Stage) -> dict[str, Any]:
    return {"conflictId": stage.conflict["id"], "version": stage.conflict["version"]}


GIVEN = {
    "submitRequest": lambda _: submission(),
    "triageRequest": lambda stage: based(stage.submitted),
    "tableRequest": lambda stage: based(stage.triaged, meetingId=stage.scheduled["id"]),
    "takeOffAgenda": lambda stage: based(stage.unquorate, reason="NO_QUORUM"),
    "scheduleMeeting": lambda _: {"kind": "AD_HOC", "scheduledOn": "2024-04-10"},
    "holdMeeting": lambda stage: holding(stage.scheduled, []),
    "recordDecision": lambda stage: deciding(stage.tabled, stage.held),
    "logActivity": lambda stage: {"caseId": stage.case_id, "kind": "STUDY", "done": day("2024-05-01")},
    "recordEvent": lambda stage: {
        "caseId": stage.case_id,
        "incidentClass": "ROADBLOCK",
        "pcode": "CD6205",
        "occurred": day("2024-03-02"),
    },
    "recordInvolvement": lambda stage: involving(stage.event_id, "SAKIMA"),
    "reviseAllegation": lambda stage: {
        "involvementId": stage.involvement["id"],
        "status": "CREDIBLE",
        "stated": day("2024-03-09"),
    },
    "addParty": lambda stage: {"caseId": stage.case_id, "side": 1, "category": "COMMUNITY"},
    "declareConflict": lambda stage: {"requestId": stage.tabled["id"], "organisationId": IPIS},
    "contestConflict": lambda stage: {**conflicting(stage), "text": "Il n'y en a pas."},
    "confirmConflict": conflicting,
    "decideOnConflict": lambda stage: {
        **conflicting(stage),
        "meetingId": stage.held["id"],
        "outcome": "LIFTED",
        "deliberation": {"reasoning": "Le groupe en a débattu."},
    },
    "discloseCase": lambda stage: {
        "caseId": stage.case_id,
        "organisationId": organisation("SAKIMA"),
        "parts": ["HEADER"],
        "meetingId": stage.held["id"],
        "deliberation": {"reasoning": "Le groupe en a débattu."},
    },
    "recordSponsorship": lambda _: {
        "sponsorId": organisation("Alphamin"),
        "organisationId": organisation("Vale"),
        "suspected": True,
    },
    "changeSettings": lambda _: {"version": 1, "changes": {"sizeTarget": 30}},
    "assessPhase": lambda _: {"phase": "GROWTH", "assessed": day("2022-02-01")},
    "placeGroup": lambda stage: {**stage.group, "standing": "ACTIVE", "since": "2024-01-01"},
    "coverPlace": lambda stage: {**stage.group, "pcode": "CD63", "validFrom": "2024-01-01"},
    "registerOrganisation": lambda _: {"name": "Coopérative Luhoho Mfano", "category": "COOPERATIVE"},
    "linkOrganisations": lambda _: {**LINKED, "kind": "OWNED_BY", "provenance": "Registre."},
    "inviteToSeat": lambda _: INVITED,
    "nameCoordinator": lambda stage: {**stage.group, **PERSON, "category": "CSO"},
    "inviteAlternate": lambda stage: {"seatId": _seat(stage)["seatId"], "holder": "Mfano", "validFrom": "2024-01-01"},
    "replaceRepresentative": lambda stage: {**_seat(stage), "holder": "Mfano", "starting": "9999-12-30"},
    "renewInvitation": lambda stage: {"invitationId": stage.invitation["id"], "version": stage.invitation["version"]},
    "endSeat": lambda stage: {**_seat(stage), "on": "9999-12-30"},
    "acceptInvitation": lambda stage: {"code": stage.invitation["invitationCode"]},
    "setUpStructure": lambda _: SET_UP,
    "admitToStructure": lambda stage: {"structureId": stage.structure["id"], **ADMITTED},
    "leaveStructure": lambda stage: {
        "structureMemberId": stage.member["id"],
        "version": stage.member["version"],
        "on": "2021-01-01",
    },
    "recordInstrument": lambda stage: {
        "structureId": stage.structure["id"],
        "number": "12/035",
        "authority": "Gouverneur",
        "dated": "2012-10-22",
    },
}
BESIDE = {"acceptInvitation": [("endSeat", {"seatId": "Seat:x", "version": 1})]}
"""A door alone is nobody's seat's. Beside an act that finds nothing, whoever asks it, it is refused as others are."""
REFUSED_TO = {
    act: [name for name, seat in SEATS.items() if seat[2] not in policy.GRANTS[grant].roles]
    for act, grant in CODES.items()
}


def _seat(stage: Stage) -> dict[str, Any]:
    return {"seatId": stage.invitation["seat"]["id"], "version": stage.invitation["seat"]["version"]}


def test_every_published_act_has_a_grant_that_is_tested() -> None:
    assert set(CODES) == set(GIVEN) == set(MUTATIONS)
    assert {*CODES.values(), *UNPUBLISHED} == set(policy.GRANTS)
    assert all(REFUSED_TO.values())


@pytest.mark.parametrize("act", REFUSED_TO)
async def test_a_seat_without_the_grant_leaves_only_the_audit_line(
    team: Team, stage: Stage, urls: Urls, act: str
) -> None:
    before, names = await contents(urls), REFUSED_TO[act]
    for name in names:
        acts = [(act, GIVEN[act](stage)), *BESIDE.get(act, [])]
        outcome, *beside = await team.acts(name, *acts, Accept_Language="en-GB,en;q=0.9")
        assert {each["code"] for each in beside} <= {"NOT_FOUND"}, name
        assert (outcome["__typename"], outcome["code"], outcome["field"]) == ("NotAllowed", "NOT_ALLOWED", None), name
        assert outcome["message"] == SENTENCES["NOT_ALLOWED"][1], name
    assert await written(urls, before) == {"audit_lines": len(names)}
    async with owner(urls, "audit_lines") as connection:
        lines = await connection.fetch("SELECT * FROM audit_lines ORDER BY at DESC, id DESC LIMIT $1", len(names))
    assert [line["seat_id"] for line in reversed(lines)] == [team.seat_id(name) for name in names]
    assert {(line["act"], line["outcome"]) for line in lines} == {(CODES[act], "REFUSED")}
    assert all((line["group_id"], line["subject_ids"]) == (team.group_id, []) for line in lines)


async def test_an_act_has_one_name_in_the_audit_whoever_refuses_it(
    team: Team, stage: Stage, urls: Urls, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where the grant let it pass and row security did not."""
    for act, name in (("scheduleMeeting", "pmh"), ("submitRequest", "custodian")):
        with monkeypatch.context() as patch:
            patch.setattr(policy, "require", lambda *_: None)
            outcome = await team.act(name, act, GIVEN[act](stage))
        assert outcome["code"] == "NOT_ALLOWED"
        async with owner(urls, "audit_lines") as connection:
            line = await connection.fetchrow("SELECT act, outcome FROM audit_lines ORDER BY at DESC, id DESC LIMIT 1")
        assert (line["act"], line["outcome"]) == (CODES[act], "REFUSED")
