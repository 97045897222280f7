"""Whose seat it is: somebody else's, none, an ended one and garbage are one answer, and an end counts at once."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from isolation.living import SCHEDULE
from isolation.world import EVERYBODY, GROUPS, OTHER, TWICE, changed

if TYPE_CHECKING:
    from isolation.world import World

each_group = pytest.mark.parametrize("code", sorted(GROUPS))
READ = "{ actingSeat { id } cases { totalCount nodes { id } } }"
ACT = 'mutation { scheduleMeeting(scheduledOn: "2025-01-01", kind: AD_HOC) { __typename } }'


@pytest.mark.parametrize("document", [READ, ACT], ids=["read", "act"])
@each_group
async def test_a_seat_that_is_not_ones_own_is_no_seat(scratch: World, code: str, document: str) -> None:
    """The same bytes, and nothing written, whatever the header says; the bearer has a seat of its own all the while."""
    await ended(scratch, f"{code}.cso2")
    before = await scratch.state()
    bearer = f"{code}.coordinator"
    wanted = {
        "of another group": EVERYBODY[f"{OTHER[code]}.coordinator"].seat_id,
        "of the same group": EVERYBODY[f"{code}.officer"].seat_id,
        "nobody's": uuid.uuid4(),
        "the worker's": uuid.uuid5(uuid.UUID("b5f1c6de-0f1e-4c0b-8f57-0d4b0d9c1a52"), "WORKER"),
        "the group": GROUPS[code],
        "garbage": "'; DROP TABLE seats",
        "another type's": f"Case:{EVERYBODY[bearer].seat_id}",
        "nothing": "",
    }
    answers = {name: await scratch.post(bearer, document, Baraza_Seat=str(seat)) for name, seat in wanted.items()}
    answers["an ended one"] = await scratch.post(
        f"{code}.cso2", document, Baraza_Seat=str(EVERYBODY[f"{code}.cso2"].seat_id)
    )
    answers["no header, and an ended one"] = await scratch.post(f"{code}.cso2", document)
    answers["no header, and nobody"] = await scratch.post(f"{code}.nobody", document)
    told = {(answer.status_code, answer.content, str(answer.headers)) for answer in answers.values()}
    assert len(told) == 1, {name: answer.text for name, answer in answers.items()}
    assert answers["garbage"].status_code == 403
    assert "NO_SEAT" in answers["garbage"].text
    assert changed(before, await scratch.state()) == set()


@each_group
async def test_a_seat_that_ends_between_two_requests_has_no_rights_at_the_next(scratch: World, code: str) -> None:
    persona = f"{code}.officer"
    first = await scratch.ask(persona, READ)
    assert first["actingSeat"] == {"id": f"Seat:{EVERYBODY[persona].seat_id}"}
    assert (await scratch.act(persona, ACT))["scheduleMeeting"]["__typename"] == "Meeting"
    await ended(scratch, persona)
    before = await scratch.state()
    for document in (READ, ACT):
        answer = await scratch.post(persona, document)
        assert (answer.status_code, answer.json().get("data")) == (403, None)
    assert changed(before, await scratch.state()) == set()
    await ended(scratch, persona, on=None)
    assert (await scratch.ask(persona, READ)) == first


async def test_the_last_day_counts(scratch: World) -> None:
    await ended(scratch, "sk.mines", on=0)
    assert (await scratch.ask("sk.mines", READ))["actingSeat"]
    await ended(scratch, "sk.mines", on=None)


async def test_a_role_that_is_taken_away_is_gone_at_the_next_request(scratch: World) -> None:
    given = {"venue": "Salle", "day": "2025-01-01"}
    assert (await scratch.act("lub.officer", SCHEDULE, given))["scheduleMeeting"]["__typename"] == "Meeting"
    async with scratch.owner() as owner:
        statement = "UPDATE seats SET roles = $2 WHERE id = $1"
        await owner.execute(statement, EVERYBODY["lub.officer"].seat_id, ["MEMBER"])
        assert (await scratch.act("lub.officer", SCHEDULE, given))["scheduleMeeting"]["__typename"] == "NotAllowed"
        await owner.execute(statement, EVERYBODY["lub.officer"].seat_id, ["CASE_OFFICER"])


async def test_of_two_seats_one_is_named(scratch: World) -> None:
    """Each acts in its own group; without a name neither does, and only the bearer's own seats are told."""
    for code in GROUPS:
        answer = await scratch.post("twice", READ, Baraza_Seat=str(TWICE[code]))
        own = await scratch.ask(f"{code}.observer", READ)
        assert answer.json()["data"] == {**own, "actingSeat": {"id": f"Seat:{TWICE[code]}"}}
        assert (await scratch.post("twice", READ, Baraza_Seat=f"Seat:{TWICE[code]}")).json() == answer.json()
    asked = await scratch.post("twice", READ)
    assert asked.status_code == 400
    (error,) = asked.json()["errors"]
    assert error["extensions"]["code"] == "SEAT_REQUIRED"
    assert set(error["extensions"]["seats"]) == {f"Seat:{seat}" for seat in TWICE.values()}


async def ended(world: World, persona: str, *, on: int | None = -1) -> None:
    """The seat's last day is so many days from today."""
    day = None if on is None else (datetime.now(UTC) + timedelta(days=on)).date()
    async with world.owner() as owner:
        await owner.execute("UPDATE seats SET valid_to = $2 WHERE id = $1", EVERYBODY[persona].seat_id, day)
