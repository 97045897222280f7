"""How somebody comes to a seat, stands in, is replaced and goes; and what the door at an invitation shows."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import asyncpg
import pytest
from acting import Team, contents, found, operation, owner, written

from api.demo.roster import demo_id
from api.identity import DEVELOPMENT_ISSUER, subject
from api.seats import rules

if TYPE_CHECKING:
    from conftest import Client

    from api.running import Urls
    from api.settings import Settings
    from api.store.engine import Store

ME = "{ actingSeat { id roles validFrom group { code } person { name } } }"
OBSERVER = {"category": "PARTNER", "roles": ["OBSERVER"]}
IPIS = f"Organisation:{demo_id('organisation', 'IPIS')}"


@pytest.fixture(scope="module")
async def team(store: Store, settings: Settings, client: Client) -> Team:
    return await found(store, settings, client, "sea")


def today(days: int = 0) -> str:
    return (datetime.now(UTC).date() + timedelta(days=days)).isoformat()


def inviting(**changes: Any) -> dict[str, Any]:
    return {"holder": "Zola Mfano", "organisationId": IPIS, "post": OBSERVER, "validFrom": today(), **changes}


def somebody() -> str:
    """Signed in, without a seat."""
    return f"nobody.{uuid4().hex[:8]}"


async def invited(team: Team, **changes: Any) -> Any:
    return await team.done("coordinator", "inviteToSeat", inviting(**changes))


async def accepts(team: Team, persona: str, code: str, **headers: str) -> Any:
    document, variables = operation(("acceptInvitation", {"code": code}))
    response = await team.client.post(persona, document, variables, **headers)
    assert response.status_code == 200, response.text
    return response.json()["data"]["a0"]


async def test_an_invitation_leads_to_the_seat(team: Team) -> None:
    who, invitation = somebody(), await invited(team)
    refused = await team.client.post(who, ME)
    assert refused.json()["errors"][0]["extensions"]["code"] == "NO_SEAT"
    seat = await accepts(team, who, invitation["invitationCode"])
    assert (seat["id"], seat["roles"]) == (invitation["seat"]["id"], ["OBSERVER"])
    me = (await team.client.ask(who, ME))["actingSeat"]
    assert (me["id"], me["group"]["code"], me["person"]["name"]) == (seat["id"], "sea", "Zola Mfano")


async def test_it_may_be_read_out_in_any_spelling(team: Team) -> None:
    code = (await invited(team))["invitationCode"]
    spelt = f" {code.replace('-', ' ').lower().replace('0', 'o').replace('1', 'i')} "
    assert "id" in await accepts(team, somebody(), spelt)


async def test_accepting_again_answers_the_same_and_to_another_nothing(team: Team, urls: Urls) -> None:
    """A poor link loses answers; what was given over the telephone is overheard."""
    who, invitation = somebody(), await invited(team)
    first = await accepts(team, who, invitation["invitationCode"])
    before = await contents(urls)
    again = await accepts(team, who, invitation["invitationCode"], Idempotency_Key="one")
    assert again == first
    assert await written(urls, before) == {}
    unknown = [
        await accepts(team, somebody(), code)
        for code in (invitation["invitationCode"], "ABCDE-FGHJK", "x" * 60, "é" * 20)
    ]
    assert {(each["code"], each["field"]) for each in unknown} == {("INVITATION_UNKNOWN", "code")}
    assert await written(urls, before) == {}


async def test_who_holds_a_seat_elsewhere_takes_another(team: Team) -> None:
    """The seat asked for in a header does not count at the door, nor does the one that is held."""
    invitation = await invited(team)
    seat = await accepts(team, team.persona("cso"), invitation["invitationCode"], Baraza_Seat=team.seats(["cso"])[0])
    both = (await team.client.post(team.persona("cso"), ME)).json()["errors"][0]["extensions"]
    assert set(both["seats"]) == {seat["id"], *team.seats(["cso"])}
    me = await team.client.ask(team.persona("cso"), ME, Baraza_Seat=seat["id"])
    assert me["actingSeat"]["roles"] == ["OBSERVER"]
    ended = {"seatId": seat["id"], "version": seat["version"]}
    await team.done("coordinator", "endSeat", ended)


async def test_a_door_beside_other_acts_is_none(team: Team) -> None:
    invitation = await invited(team)
    acts = ("acceptInvitation", {"code": invitation["invitationCode"]}), ("endSeat", {"seatId": "Seat:x", "version": 1})
    document, variables = operation(*acts)
    alone = await team.client.post(somebody(), document, variables)
    assert alone.json()["errors"][0]["extensions"]["code"] == "NO_SEAT"
    seated = await team.acts("coordinator", *acts)
    assert [each["code"] for each in seated] == ["NOT_ALLOWED", "NOT_FOUND"]
    twice = operation(acts[0], acts[0])
    answer = (await team.client.post(somebody(), *twice)).json()["data"]
    assert ("id" in answer["a0"], answer["a1"]["code"]) == (True, "NOT_ALLOWED")


async def test_only_who_gives_seats_reads_the_code_and_only_until_it_is_used(team: Team) -> None:
    invitation = await invited(team)
    document = f'{{ node(id: "{invitation["id"]}") {{ ... on Invitation {{ invitationCode acceptedAt }} }} }}'
    listed = "{ invitations { totalCount } seats(first: 100) { nodes { invitation { invitationCode } } } }"
    assert (await team.ask("coordinator", document))["node"] == {
        "invitationCode": invitation["invitationCode"],
        "acceptedAt": None,
    }
    for name in ("officer", "custodian", "cso", "observer", "focal"):
        assert (await team.ask(name, document))["node"] is None
        seen = await team.ask(name, listed)
        assert seen["invitations"]["totalCount"] == 0
        assert not any(seat["invitation"] for seat in seen["seats"]["nodes"])
    who = somebody()
    await accepts(team, who, invitation["invitationCode"])
    used = (await team.ask("coordinator", document))["node"]
    assert (used["invitationCode"], used["acceptedAt"] is None) == (None, False)
    own = (await team.client.ask(who, document))["node"]
    assert own["invitationCode"] is None


async def test_the_code_is_kept_sealed_and_found_by_its_hash(team: Team, urls: Urls) -> None:
    code = (await invited(team))["invitationCode"]
    plain = code.replace("-", "")
    assert len(plain) == rules.CODE_LENGTH
    assert set(plain) <= set(rules.ALPHABET)
    async with owner(urls, "invitations") as connection:
        rows = await connection.fetch("SELECT t::text AS row, code FROM invitations t")
    assert rows
    assert not any(plain in row["row"] or code.encode() in (row["code"] or b"") for row in rows)


async def test_a_new_code_ends_the_old_one(team: Team) -> None:
    invitation = await invited(team)
    renewed = await team.done(
        "coordinator", "renewInvitation", {"invitationId": invitation["id"], "version": invitation["version"]}
    )
    assert renewed["invitationCode"] != invitation["invitationCode"]
    assert (await accepts(team, somebody(), invitation["invitationCode"]))["code"] == "INVITATION_UNKNOWN"
    assert "id" in await accepts(team, somebody(), renewed["invitationCode"])
    again = {"invitationId": invitation["id"], "version": renewed["version"] + 1}
    assert (await team.act("coordinator", "renewInvitation", again))["code"] == "INVITATION_ACCEPTED"


async def test_an_invitation_expires(team: Team, urls: Urls) -> None:
    invitation = await invited(team)
    async with owner(urls, "invitations") as connection:
        await connection.execute(
            "UPDATE invitations SET expires_on = current_date - 1 WHERE id = $1", invitation["id"].partition(":")[2]
        )
    assert (await accepts(team, somebody(), invitation["invitationCode"]))["code"] == "INVITATION_UNKNOWN"


async def test_a_seat_to_come_is_accepted_from_its_first_day(team: Team, urls: Urls) -> None:
    invitation, who = await invited(team, validFrom=today(3)), somebody()
    before = await contents(urls)
    assert (await accepts(team, who, invitation["invitationCode"]))["code"] == "SEAT_NOT_YET"
    assert await written(urls, before) == {}


async def test_rights_end_with_the_next_request(team: Team) -> None:
    who, invitation = somebody(), await invited(team)
    seat = await accepts(team, who, invitation["invitationCode"])
    assert (await team.client.ask(who, ME))["actingSeat"]["id"] == seat["id"]
    ended = await team.done("coordinator", "endSeat", {"seatId": seat["id"], "version": seat["version"]})
    assert ended["validTo"] == today()
    assert (await team.client.post(who, ME)).json()["errors"][0]["extensions"]["code"] == "NO_SEAT"
    again = {"seatId": seat["id"], "version": ended["version"]}
    assert (await team.act("coordinator", "endSeat", again))["code"] == "SEAT_ENDED"
    assert (await accepts(team, who, invitation["invitationCode"]))["code"] == "SEAT_NOT_YET"


async def test_a_last_day_lies_ahead(team: Team) -> None:
    who, invitation = somebody(), await invited(team)
    seat = await accepts(team, who, invitation["invitationCode"])
    named = {"seatId": seat["id"], "version": seat["version"]}
    past = await team.act("coordinator", "endSeat", {**named, "on": today(-1)})
    assert (past["code"], past["field"]) == ("DATE_PAST", "on")
    ended = await team.done("coordinator", "endSeat", {**named, "on": today()})
    assert ended["validTo"] == today()
    assert (await team.client.ask(who, ME))["actingSeat"]["id"] == seat["id"]


async def test_the_last_coordinator_stays(team: Team) -> None:
    seat_id = team.seats(["coordinator"])[0]
    version = (await team.ask("coordinator", "{ actingSeat { version } }"))["actingSeat"]["version"]
    refused = await team.act("coordinator", "endSeat", {"seatId": seat_id, "version": version})
    assert refused["code"] == "LAST_COORDINATOR"
    post = {"category": "CSO", "pillar": "CIVIL_SOCIETY", "roles": ["COORDINATOR"]}
    invitation = await invited(team, post=post)
    still = await team.act("coordinator", "endSeat", {"seatId": seat_id, "version": version})
    assert still["code"] == "LAST_COORDINATOR", "nobody has accepted the second seat yet"
    second = await accepts(team, somebody(), invitation["invitationCode"])
    await team.done("coordinator", "endSeat", {"seatId": second["id"], "version": second["version"]})


async def test_a_representative_is_replaced_and_what_was_done_stays(team: Team) -> None:
    who, invitation = somebody(), await invited(team, post={**OBSERVER, "pillar": None}, holder="Ancien Mfano")
    old = await accepts(team, who, invitation["invitationCode"])
    given = {"seatId": old["id"], "version": old["version"], "holder": "Nouveau Mfano", "starting": today()}
    successor = await team.done("coordinator", "replaceRepresentative", given)
    assert (await team.client.post(who, ME)).json()["errors"][0]["extensions"]["code"] == "NO_SEAT"
    new = somebody()
    seat = await accepts(team, new, successor["invitationCode"])
    document = f"""{{ node(id: "{seat["id"]}") {{ ... on Seat {{ roles category organisation {{ id }} person {{ name }}
        succeeds {{ id validTo person {{ name }} organisation {{ id }} }} }} }} }}"""
    told = (await team.ask("coordinator", document))["node"]
    assert told == {
        "roles": ["OBSERVER"],
        "category": "PARTNER",
        "organisation": {"id": IPIS},
        "person": {"name": "Nouveau Mfano"},
        "succeeds": {
            "id": old["id"],
            "validTo": today(),
            "person": {"name": "Ancien Mfano"},
            "organisation": {"id": IPIS},
        },
    }


async def test_a_replacement_to_come_leaves_the_old_seat_until_the_day_before(team: Team) -> None:
    who, invitation = somebody(), await invited(team)
    old = await accepts(team, who, invitation["invitationCode"])
    given = {"seatId": old["id"], "version": old["version"], "holder": "Nouveau Mfano", "starting": today(2)}
    await team.done("coordinator", "replaceRepresentative", given)
    assert (await team.client.ask(who, ME))["actingSeat"]["id"] == old["id"]
    seen = await team.ask("coordinator", f'{{ node(id: "{old["id"]}") {{ ... on Seat {{ validTo endedAt }} }} }}')
    assert seen["node"] == {"validTo": today(1), "endedAt": None}
    past = {**given, "version": old["version"] + 1, "starting": today(-1)}
    assert (await team.act("coordinator", "replaceRepresentative", past))["code"] == "DATE_PAST"


async def test_an_alternate_has_the_same_rights_and_no_place_of_its_own(team: Team) -> None:
    tally = "{ groups(first: 50) { nodes { code seatTally { government privateSector civilSociety withoutPillar } } } }"

    async def counted() -> Any:
        nodes = (await team.ask("coordinator", tally))["groups"]["nodes"]
        return next(node["seatTally"] for node in nodes if node["code"] == team.code)

    before = await counted()
    principal = team.seats(["pmh"])[0]
    given = {"seatId": principal, "holder": "Suppléant Mfano", "validFrom": today(-400)}
    alternate = await accepts(
        team, somebody(), (await team.done("coordinator", "inviteAlternate", given))["invitationCode"]
    )
    assert alternate["roles"] == ["MEMBER"]
    assert await counted() == before
    second = await team.act("coordinator", "inviteAlternate", {**given, "seatId": alternate["id"]})
    assert second["code"] == "SEAT_IS_ALTERNATE"
    meeting = await team.scheduled()
    request = await team.tabled(meeting)
    held = {"meetingId": meeting["id"], "version": meeting["version"], "held": {"precision": "DAY", "start": today()}}
    await team.done(
        "officer",
        "holdMeeting",
        {**held, "seatIds": [*team.seats(["coordinator", "company"]), principal, alternate["id"]]},
    )
    decided = await team.decided(request, meeting, "DEFER")
    seen = await team.ask("coordinator", f'{{ node(id: "{decided["id"]}") {{ ... on Decision {{ seatsCounted }} }} }}')
    assert seen["node"]["seatsCounted"] == 3


async def test_two_coordinators_who_end_each_other_are_not_both_gone(
    store: Store, settings: Settings, client: Client
) -> None:
    team = await found(store, settings, client, "led")
    post = {"category": "CSO", "pillar": "CIVIL_SOCIETY", "roles": ["COORDINATOR"]}
    who = somebody()
    second = await accepts(team, who, (await invited(team, post=post))["invitationCode"])
    version = (await team.ask("coordinator", "{ actingSeat { version } }"))["actingSeat"]["version"]
    first = {"seatId": team.seats(["coordinator"])[0], "version": version}
    other = {"seatId": second["id"], "version": second["version"]}
    answers = await asyncio.gather(
        team.client.post(who, *operation(("endSeat", first))), team.send("coordinator", ("endSeat", other))
    )
    ends = [answer.json()["data"]["a0"] for answer in answers if answer.json().get("data")]
    assert sum("code" not in end for end in ends) == 1, ends


async def test_an_alternate_of_the_last_coordinator_is_no_other(team: Team) -> None:
    """The two would go together, and nobody could give seats any more."""
    seat_id = team.seats(["coordinator"])[0]
    given = {"seatId": seat_id, "holder": "Suppléant Mfano", "validFrom": today()}
    invitation = await team.done("coordinator", "inviteAlternate", given)
    alternate = await accepts(team, somebody(), invitation["invitationCode"])
    version = (await team.ask("coordinator", "{ actingSeat { version } }"))["actingSeat"]["version"]
    refused = await team.act("coordinator", "endSeat", {"seatId": seat_id, "version": version})
    assert refused["code"] == "LAST_COORDINATOR"
    await team.done("coordinator", "endSeat", {"seatId": alternate["id"], "version": alternate["version"]})


async def test_an_alternate_keeps_an_earlier_end_and_does_not_outlast_its_principal(team: Team) -> None:
    principal = await accepts(team, somebody(), (await invited(team))["invitationCode"])

    async def alternate() -> Any:
        given = {"seatId": principal["id"], "holder": "Suppléant Mfano", "validFrom": today()}
        return await accepts(
            team, somebody(), (await team.done("coordinator", "inviteAlternate", given))["invitationCode"]
        )

    early, late, gone = [await alternate() for _ in range(3)]
    for seat, on in ((early, today(1)), (gone, None)):
        await team.done("coordinator", "endSeat", {"seatId": seat["id"], "version": seat["version"], "on": on})
    ended = {"seatId": principal["id"], "version": principal["version"], "on": today(30)}
    await team.done("coordinator", "endSeat", ended)
    asked = "... on Seat { alternates { nodes { id validTo endedAt } } }"
    document = f'{{ node(id: "{principal["id"]}") {{ {asked} }} }}'
    found = (await team.ask("coordinator", document))["node"]["alternates"]["nodes"]
    told = {row["id"]: (row["validTo"], row["endedAt"] is None) for row in found}
    assert told == {early["id"]: (today(1), True), late["id"]: (today(30), True), gone["id"]: (today(), False)}


async def test_an_alternate_to_come_ends_with_its_principal(team: Team) -> None:
    """Whether it was invited before its principal's end was known, or after."""
    principal = await accepts(team, somebody(), (await invited(team))["invitationCode"])
    given = {"seatId": principal["id"], "holder": "Suppléant Mfano", "validFrom": today(30)}
    await team.done("coordinator", "inviteAlternate", given)
    ended = {"seatId": principal["id"], "version": principal["version"], "on": today(10)}
    await team.done("coordinator", "endSeat", ended)
    await team.done("coordinator", "inviteAlternate", {**given, "validFrom": today(5)})
    late = await team.act("coordinator", "inviteAlternate", {**given, "validFrom": today(11)})
    assert (late["code"], late["field"]) == ("DATE_ORDER", "validFrom")
    asked = "... on Seat { alternates { nodes { validFrom validTo endedAt } } }"
    found = (await team.ask("coordinator", f'{{ node(id: "{principal["id"]}") {{ {asked} }} }}'))["node"]
    told = {row["validFrom"]: (row["validTo"], row["endedAt"] is None) for row in found["alternates"]["nodes"]}
    assert told == {today(30): (today(30), False), today(5): (today(10), True)}


async def test_a_seat_is_replaced_once_and_not_by_an_alternates(team: Team) -> None:
    principal = await accepts(team, somebody(), (await invited(team))["invitationCode"])
    given = {"seatId": principal["id"], "holder": "Suppléant Mfano", "validFrom": today()}
    alternate = await accepts(
        team, somebody(), (await team.done("coordinator", "inviteAlternate", given))["invitationCode"]
    )
    named = {"holder": "Nouveau Mfano", "starting": today(14)}
    refused = await team.act(
        "coordinator", "replaceRepresentative", {"seatId": alternate["id"], "version": alternate["version"], **named}
    )
    assert refused["code"] == "SEAT_IS_ALTERNATE"
    replaced = {"seatId": principal["id"], "version": principal["version"], **named}
    await team.done("coordinator", "replaceRepresentative", replaced)
    again = {**replaced, "version": principal["version"] + 1}
    assert (await team.act("coordinator", "replaceRepresentative", again))["code"] == "SEAT_REPLACED"


async def test_the_last_coordinator_is_not_replaced_before_another_is_there(team: Team) -> None:
    """An answer that is lost on the way would leave the code to nobody."""
    seat_id = team.seats(["coordinator"])[0]
    version = (await team.ask("coordinator", "{ actingSeat { version } }"))["actingSeat"]["version"]
    given = {"seatId": seat_id, "version": version, "holder": "Nouvelle Mfano", "starting": today()}
    assert (await team.act("coordinator", "replaceRepresentative", given))["code"] == "LAST_COORDINATOR"


async def test_a_code_counts_from_the_seats_first_day(team: Team) -> None:
    assert (await invited(team, validFrom=today(45)))["expiresOn"] == today(75)
    assert (await invited(team, validFrom=today(-45)))["expiresOn"] == today(30)


async def test_a_door_is_one_whatever_the_library_asks_beside_it(team: Team) -> None:
    code = (await invited(team))["invitationCode"]
    document = "mutation($code: String!) { __typename a: acceptInvitation(code: $code) { __typename } }"
    answer = await team.client.ask(somebody(), document, {"code": code})
    assert answer == {"__typename": "Mutation", "a": {"__typename": "Seat"}}


async def test_the_tally_follows_seats_on_the_day(team: Team) -> None:
    tally = "{ groups(first: 50) { nodes { code seatTally { withoutPillar } } } }"

    async def counted() -> int:
        nodes = (await team.ask("coordinator", tally))["groups"]["nodes"]
        return next(node["seatTally"]["withoutPillar"] for node in nodes if node["code"] == team.code)

    before = await counted()
    invitation = await invited(team)
    assert await counted() == before + 1
    seat = await accepts(team, somebody(), invitation["invitationCode"])
    await invited(team, validFrom=today(1))
    assert await counted() == before + 1
    await team.done("coordinator", "endSeat", {"seatId": seat["id"], "version": seat["version"]})
    assert await counted() == before


async def test_the_door_shows_one_invitation_and_its_seat(team: Team, urls: Urls) -> None:
    """As the service's role, in the transaction of a bearer who has shown a code; and with another code nothing."""
    code = (await invited(team))["invitationCode"]
    connection = await asyncpg.connect(urls.app.get_secret_value())
    try:
        names = [
            row[0]
            for row in await connection.fetch(
                "SELECT relname FROM pg_class WHERE relkind IN ('r', 'v') AND relnamespace = 'public'::regnamespace"
                " AND has_table_privilege(oid, 'SELECT')"
            )
        ]
        for shown, expected in ((code, {"invitations": 1, "seats": 1}), ("ABCDE", {})):
            async with connection.transaction():
                await connection.execute(
                    "SELECT set_config('baraza.subject', $1, true), set_config('baraza.invitation', $2, true)",
                    subject(DEVELOPMENT_ISSUER, somebody()),
                    rules.code_hash(shown),
                )
                counts = {name: await connection.fetchval(f'SELECT count(*) FROM "{name}"') for name in names}
            assert {name: count for name, count in counts.items() if count} == expected
    finally:
        await connection.close()


async def test_a_replayed_invitation_answers_the_same(team: Team) -> None:
    """The key answers with the code again: an answer that is lost on the way costs no invitation."""
    first, again = [
        await team.act("coordinator", "inviteToSeat", inviting(), Idempotency_Key="invite-1") for _ in range(2)
    ]
    assert first == again
    assert first["invitationCode"]
