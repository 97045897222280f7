"""A team's case in which no list of events, involvements, parties, conflicts and recusals is short."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from acting import GOVERNMENT, PRIVATE, VOTERS, Seats, Team, day, involving, organisation, owner

from api.seat import Role

if TYPE_CHECKING:
    from collections.abc import Sequence

    from api.running import Urls

WITHOUT_THE_ACCUSED: Seats = {
    "mines": ("Division des Mines", GOVERNMENT, Role.MEMBER, None),
    "trader": ("CMSK", PRIVATE, Role.MEMBER, None),
}
"""So that there is a quorum without the police and the company."""

EVERYBODY = (*VOTERS, *WITHOUT_THE_ACCUSED)
PMH, ACTOR, SPONSOR = "Police des Mines", "COOMIBUK", "Alphamin"
DEBATED = {"reasoning": "Le groupe en a débattu."}


async def implicated(team: Team) -> tuple[str, str]:
    """The ids of a decision with recusals and of an involvement with versions."""
    case_id = await team.case()
    happened = {"caseId": case_id, "occurred": day("2024-03-02")}
    kinds = (("ROADBLOCK", "CD6205"), ("REPRISAL", "CD6203"), ("ROADBLOCK", "CD6205"))
    events = [("recordEvent", {**happened, "incidentClass": kind, "pcode": pcode}) for kind, pcode in kinds]
    event_id = (await team.acts("officer", *events))[0]["id"]
    for sponsored in (ACTOR, "Vale", "MUMI"):
        given = {"sponsorId": organisation(SPONSOR), "organisationId": organisation(sponsored), "suspected": True}
        await team.done("officer", "recordSponsorship", given)
    named = [("recordInvolvement", involving(event_id, each)) for each in (ACTOR, SPONSOR, "COOMIBI")]
    involvements = [(await team.done("officer", *each))["id"] for each in named]
    for status in ("CREDIBLE", "CONFIRMED"):
        revised = {"involvementId": involvements[0], "status": status, "stated": day("2024-03-09")}
        await team.done("officer", "reviseAllegation", revised)
    parties = [{"caseId": case_id, "side": side, "category": "COMMUNITY"} for side in (1, 1)]
    parties.append({"caseId": case_id, "side": 2, "category": "COMPANY", "organisationId": organisation(SPONSOR)})
    await team.acts("officer", *(("addParty", party) for party in parties))
    await _disclosed(team, case_id)
    return await _recused(team), involvements[0]


async def looked_at(team: Team, urls: Urls) -> None:
    """What was told of the group's requests was opened by the secretariat and the custodian, yesterday."""
    source = "{ requests(first: 5) { nodes { narrative { text } exactPlace { stated } source { statement } } } }"
    for name in ("officer", "custodian"):
        await team.ask(name, source)
    async with owner(urls, "readings") as connection:
        await connection.execute("UPDATE readings SET day = day - 1 WHERE group_id = $1", team.group_id)


async def _disclosed(team: Team, case_id: str) -> None:
    meeting = await team.held(await team.scheduled(), EVERYBODY)
    parts = ["HEADER", "OUTCOME", "AGREEMENT_AS_PARTY"]
    given = {"caseId": case_id, "organisationId": organisation(ACTOR), "parts": parts, "meetingId": meeting["id"]}
    await team.done("coordinator", "discloseCase", {**given, "deliberation": DEBATED})


async def _recused(team: Team) -> str:
    """A decision at which the police and its alternates were recused."""
    meeting = await team.scheduled()
    request = await team.tabled(meeting)
    declared = {"requestId": request["id"], "organisationId": organisation(PMH)}
    await team.done("officer", "declareConflict", declared)
    seats = [*team.seats(EVERYBODY), *await _seats_of(team, PMH)]
    given = {"meetingId": meeting["id"], "version": meeting["version"], "held": day("2024-04-10")}
    await team.done("officer", "holdMeeting", {**given, "seatIds": sorted(set(seats))})
    decision_id: str = (await team.decided(request, meeting, "DEFER"))["id"]
    return decision_id


async def _seats_of(team: Team, name: str) -> Sequence[str]:
    source = "query($id: ID!) { node(id: $id) { ... on Organisation { seats(first: 10) { nodes { id } } } } }"
    nodes: Any = (await team.ask("officer", source, {"id": organisation(name)}))["node"]["seats"]["nodes"]
    return [node["id"] for node in nodes]
