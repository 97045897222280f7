"""The rules of each domain, without a database."""

from __future__ import annotations

import itertools
import re
from dataclasses import fields
from typing import TYPE_CHECKING
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api import policy
from api.cases import rules as cases
from api.cases.rules import CaseState, OecdRisk
from api.decisions import rules as decisions
from api.decisions.rules import DecisionKind, DecisionMode, Reason
from api.errors import InvalidInput, NotAllowed, Refusal, WrongState
from api.groups import rules as groups
from api.meetings import rules as meetings
from api.meetings.rules import MeetingState, TakenOff
from api.requests import rules as requests
from api.requests.rules import FactSheet, RequestState
from api.seat import NETWORK, Pillar, Role, Seat, system_seat
from api.seats import rules as seats

if TYPE_CHECKING:
    from collections.abc import Callable

GOVERNMENT, PRIVATE, CIVIL = Pillar.GOVERNMENT, Pillar.PRIVATE_SECTOR, Pillar.CIVIL_SOCIETY


def no(rule: Callable[[], object]) -> tuple[type[Refusal], str, str | None] | None:
    """How the rule refuses, or nothing."""
    try:
        rule()
    except Refusal as refusal:
        return type(refusal), refusal.code, refusal.field
    return None


# Requests


@pytest.mark.parametrize("state", RequestState)
def test_where_a_request_may_go(state: RequestState) -> None:
    wrong = (WrongState, "WRONG_STATE", "requestId")
    triage, table = (lambda way=way: requests.moved(state, way) for way in (requests.TRIAGE, requests.TABLE))
    assert no(triage) == (None if state is RequestState.SUBMITTED else wrong)
    assert no(table) == (None if state in {RequestState.TRIAGED, RequestState.DEFERRED} else wrong)
    off = no(lambda: requests.moved(state, requests.TAKE_OFF))
    assert off == (None if state is RequestState.TABLED else wrong)
    for kind in decisions.ON_REQUESTS:
        assert no(lambda kind=kind: requests.decided(state, kind)) == (None if state is RequestState.TABLED else wrong)


def test_each_move_leads_on() -> None:
    assert requests.moved(RequestState.SUBMITTED, requests.TRIAGE) is RequestState.TRIAGED
    assert requests.moved(RequestState.DEFERRED, requests.TABLE) is RequestState.TABLED
    assert requests.moved(RequestState.TABLED, requests.TAKE_OFF) is RequestState.TRIAGED
    led = {kind: requests.decided(RequestState.TABLED, kind).name for kind in decisions.ON_REQUESTS}
    assert led == {
        DecisionKind.ACCEPT: "ACCEPTED",
        DecisionKind.NOT_ACCEPT: "NOT_ACCEPTED",
        DecisionKind.DEFER: "DEFERRED",
        DecisionKind.REFER: "REFERRED",
    }


@given(there=st.lists(st.booleans(), min_size=9, max_size=9))
def test_completeness_is_the_share_of_the_minimum_rounded_down(there: list[bool]) -> None:
    assert len(fields(FactSheet)) == len(there)
    score = requests.completeness(FactSheet(*there))
    assert score == int(sum(there) / 9 * 100 + 1e-9)
    assert (score == 100) == all(there)
    assert (score == 0) == (not any(there))


@pytest.mark.parametrize(
    ("score", "needed", "reason", "refused"),
    [(60, 60, None, False), (59, 60, None, True), (59, 60, "", True), (59, 60, "Urgent.", False), (0, 0, None, False)],
)
def test_below_the_minimum_it_takes_a_reason(score: int, needed: int, reason: str | None, *, refused: bool) -> None:
    outcome = no(lambda: requests.check_tabling(score, needed, reason))
    assert outcome == ((InvalidInput, "INCOMPLETE", "incompleteReason") if refused else None)


# Meetings


def test_a_meeting_is_held_once_and_decides_then() -> None:
    past = (WrongState, "MEETING_NOT_SCHEDULED", "meetingId")
    assert meetings.held(MeetingState.SCHEDULED) is MeetingState.HELD
    assert no(lambda: meetings.held(MeetingState.HELD)) == past
    assert no(lambda: meetings.check_open_agenda(MeetingState.HELD)) == past
    assert no(lambda: meetings.check_open_agenda(MeetingState.SCHEDULED)) is None
    early = (WrongState, "MEETING_NOT_HELD", "meetingId")
    for listed in (True, False):
        assert no(lambda listed=listed: meetings.check_decides(MeetingState.SCHEDULED, on_agenda=listed)) == early
    absent = (WrongState, "NOT_ON_AGENDA", "requestId")
    assert no(lambda: meetings.check_decides(MeetingState.HELD, on_agenda=False)) == absent
    assert no(lambda: meetings.check_decides(MeetingState.HELD, on_agenda=True)) is None


@pytest.mark.parametrize(
    ("reason", "state", "quorate", "code"),
    [
        (TakenOff.MEETING_CANCELLED, MeetingState.SCHEDULED, False, None),
        (TakenOff.MEETING_CANCELLED, MeetingState.HELD, False, "MEETING_HELD"),
        (TakenOff.NO_QUORUM, MeetingState.HELD, False, None),
        (TakenOff.NO_QUORUM, MeetingState.HELD, True, "QUORUM_MET"),
        (TakenOff.NO_QUORUM, MeetingState.SCHEDULED, False, "MEETING_NOT_HELD"),
        (TakenOff.NOT_REACHED, MeetingState.HELD, True, None),
        (TakenOff.NOT_REACHED, MeetingState.HELD, False, None),
        (TakenOff.NOT_REACHED, MeetingState.SCHEDULED, True, "MEETING_NOT_HELD"),
    ],
)
def test_a_request_comes_off_an_agenda_for_what_happened(
    reason: TakenOff, state: MeetingState, code: str | None, *, quorate: bool
) -> None:
    outcome = no(lambda: meetings.check_taken_off(reason, state, quorate=quorate))
    assert outcome == (code and (WrongState, code, "reason"))


# Decisions


@given(present=st.lists(st.sampled_from(Pillar), max_size=12), needed=st.integers(min_value=0, max_value=3))
def test_a_quorum_is_so_many_of_each_pillar(present: list[Pillar], needed: int) -> None:
    enough = all(present.count(pillar) >= needed for pillar in Pillar)
    outcome = no(lambda: decisions.check_quorum(present, needed))
    assert outcome == (None if enough else (WrongState, "QUORUM_NOT_MET", "meetingId"))


def test_who_counts_for_the_quorum() -> None:
    votes = {Role.MEMBER, Role.COORDINATOR, Role.CASE_OFFICER}
    for role, pillar in itertools.product(Role, [*Pillar, None]):
        assert decisions.counts_for_quorum(pillar, [role.name]) == (pillar is not None and role in votes)
    assert decisions.counts_for_quorum(CIVIL, ["OBSERVER", "MEMBER"])
    assert not decisions.counts_for_quorum(CIVIL, ["CUSTODIAN", "MEMBER"])
    assert not decisions.counts_for_quorum(CIVIL, [])


counts = st.integers(min_value=-2, max_value=6)


@given(
    votes=st.none() | st.tuples(counts, counts, counts), mode=st.sampled_from(DecisionMode), present=st.integers(0, 8)
)
def test_votes_are_counted(votes: tuple[int, int, int] | None, mode: DecisionMode, present: int) -> None:
    outcome = no(lambda: decisions.check_votes(mode, votes, present))
    if mode is DecisionMode.CONSENSUS:
        assert outcome == (None if votes is None else (InvalidInput, "VOTES_INVALID", "votes"))
    elif votes is None or any(count < 0 for count in votes) or not 1 <= sum(votes) <= present:
        assert outcome == (InvalidInput, "VOTES_INVALID", "votes")
    else:
        assert outcome == (None if votes[0] > votes[1] else (InvalidInput, "VOTE_NOT_CARRIED", "votes"))


@pytest.mark.parametrize(
    ("kind", "reason", "addressee"), [*itertools.product(DecisionKind, [None, Reason.OTHER], [None, "X"])]
)
def test_every_answer_but_yes_has_a_reason_and_a_referral_an_addressee(
    kind: DecisionKind, reason: Reason | None, addressee: str | None
) -> None:
    outcome = no(lambda: decisions.check_reason(kind, reason, addressee))
    without = set(DecisionKind) - set(decisions.ON_REQUESTS) | {DecisionKind.ACCEPT}
    if (reason is None) != (kind in without):
        assert outcome == (InvalidInput, "REASON_NEEDED", "reason")
    elif (addressee is None) == (kind is DecisionKind.REFER):
        assert outcome == (InvalidInput, "ADDRESSEE_NEEDED", "addressee")
    else:
        assert outcome is None


# Cases


def test_a_case_number_can_be_read_over_the_telephone() -> None:
    numbers = {cases.new_number("sk", 2024) for _ in range(500)}
    assert all(re.fullmatch(r"SK-2024-[2-9A-HJKMNP-Z]{4}", number) for number in numbers)
    assert not set("01ILO") & set(cases.ALPHABET)
    assert len(numbers) > 490
    assert {number[-1] for number in numbers} >= set(cases.ALPHABET[:10])


NONE, O3, O5 = OecdRisk.NONE, OecdRisk.O3, OecdRisk.O5


@pytest.mark.parametrize(
    ("risks", "reason", "code"),
    [
        ({O3}, None, None),
        ({O3, O5}, None, None),
        ({NONE}, "Hors annexe.", None),
        (set(), None, "OECD_MAPPING_NEEDED"),
        (set(), "Rien.", "OECD_MAPPING_NEEDED"),
        ({NONE, O3}, "Rien.", "OECD_MAPPING_NEEDED"),
        ({NONE}, None, "OECD_REASON_NEEDED"),
        ({NONE}, "", "OECD_REASON_NEEDED"),
        ({O3}, "Rien.", "OECD_REASON_NEEDED"),
    ],
)
def test_a_case_is_mapped_to_annex_ii(risks: set[OecdRisk], reason: str | None, code: str | None) -> None:
    outcome = no(lambda: cases.check_mapping(risks, reason))
    assert (outcome and outcome[1]) == code


@pytest.mark.parametrize("state", CaseState)
def test_a_case_is_followed_until_it_is_closed(state: CaseState) -> None:
    closed = (WrongState, "WRONG_STATE", "caseId")
    assert no(lambda: cases.check_followed(state)) == (closed if state is CaseState.CLOSED else None)


# Groups


def roles_of(*names: str) -> frozenset[Role]:
    return frozenset(Role[name] for name in names)


@pytest.mark.parametrize(
    ("roles", "area", "code"),
    [
        (roles_of("COORDINATOR"), None, None),
        (roles_of("MEMBER", "CUSTODIAN"), None, None),
        (roles_of("FOCAL_POINT"), "CD6205", None),
        (roles_of("FOCAL_POINT", "MEMBER"), "CD6205", None),
        (roles_of(), None, "ROLES_INVALID"),
        (roles_of("NETWORK_ADMIN"), None, "ROLES_INVALID"),
        (roles_of("MEMBER", "WORKER"), None, "ROLES_INVALID"),
        (roles_of("CUSTODIAN", "COORDINATOR"), None, "ROLES_APART"),
        (roles_of("CUSTODIAN", "CASE_OFFICER"), None, "ROLES_APART"),
        (roles_of("CUSTODIAN", "CASE_OFFICER", "MEMBER"), None, "ROLES_APART"),
        (roles_of("FOCAL_POINT"), None, "AREA_INVALID"),
        (roles_of("MEMBER"), "CD6205", "AREA_INVALID"),
    ],
)
def test_which_roles_go_together_in_a_group(roles: frozenset[Role], area: str | None, code: str | None) -> None:
    outcome = no(lambda: seats.check_roles(roles, area, uuid4()))
    assert (outcome and outcome[1]) == code


@pytest.mark.parametrize(
    ("roles", "code"),
    [
        (roles_of("NATIONAL_ANALYST"), None),
        (roles_of("SERVICE"), None),
        (roles_of("AUDITOR"), None),
        (roles_of("NETWORK_ADMIN", "RELEASE_BUILDER"), None),
        (roles_of("NATIONAL_ANALYST", "NETWORK_ADMIN"), "ROLES_APART"),
        (roles_of("AUDITOR", "RELEASE_BUILDER"), "ROLES_APART"),
        (roles_of("SERVICE", "NATIONAL_ANALYST"), "ROLES_APART"),
        (roles_of("MEMBER"), "ROLES_INVALID"),
        (roles_of("NETWORK_ADMIN", "COORDINATOR"), "ROLES_INVALID"),
        (roles_of("WORKER"), "ROLES_INVALID"),
        (roles_of("GUEST"), "ROLES_INVALID"),
    ],
)
def test_which_roles_go_together_in_the_network(roles: frozenset[Role], code: str | None) -> None:
    outcome = no(lambda: seats.check_roles(roles, None, NETWORK))
    assert (outcome and outcome[1]) == code


ALIKE = [
    ("Mungu ni Jibu", "MUNGU NI JIBU", "  mungu  ni\tjibu ", "Mungu-ni-Jibu", "Mungu\u00a0ni Jibu"),
    ("Gardes-creuseurs", "gardes creuseurs", "GARDES\u2010CREUSEURS"),
    ("Gécamines", "GECAMINES", "Ge\u0301camines", "gécamines."),
    ("Maï-Maï", "MAI MAI", "Mai\u0308-Mai\u0308"),
    ("Pas d'ingérence", "Pas d’ingérence"),
    ("Académie de police, école Jules Moke", "ACADEMIE DE POLICE ECOLE JULES MOKE"),
    ("CPS/S-K", "cps s k"),
    ("\uff29\uff30\uff29\uff33", "IPIS"),
    ("CSO2", "CSO 2"),
]
"""Spellings of one name: DOMAIN 2, X10, matched without accents, case and blanks."""


@pytest.mark.parametrize("spellings", ALIKE)
def test_spellings_of_one_name_match(spellings: tuple[str, ...]) -> None:
    assert len({groups.matching_key(each) for each in spellings}) == 1


def test_an_organisation_stands_below_all_above_it() -> None:
    """Over several ways, and also where sources contradict each other into a loop."""
    unit, force, other, owner = (UUID(int=number) for number in range(4))
    above = [(unit, force), (unit, other), (force, owner), (other, owner)]
    assert groups.ancestors(unit, above) == {force, other, owner}
    assert groups.ancestors(owner, above) == set()
    assert groups.ancestors(unit, [*above, (owner, unit)]) == {unit, force, other, owner}


def test_other_names_do_not_match() -> None:
    """An alias says that they are one; nothing fuzzier does."""
    names = [
        "COOMIKA",
        "COMIKA",
        "garde-creuseurs",
        "gardes-creuseurs",
        "CSO2",
        "CSO3",
        "COMILAK",
        "COOMIBUK",
        "COOMIBI",
    ]
    assert len({groups.matching_key(name) for name in names}) == len(names)
    assert groups.matching_key("Coopérative n° 2") != groups.matching_key("Coopérative n° 3")


# Grants


def test_a_grant_is_a_role_of_the_seat() -> None:
    for act, (_, roles) in policy.GRANTS.items():
        assert roles
        for role in Role:
            outcome = no(lambda role=role, act=act: policy.require(system_seat(role), act))
            assert outcome == (None if role in roles else (NotAllowed, "NOT_ALLOWED", None))


def test_who_keeps_identities_writes_no_casework() -> None:
    """But it says where it sees a conflict of interest, as members do."""
    written = {act for act in policy.GRANTS if Role.CUSTODIAN in policy.GRANTS[act].roles}
    assert written == {"conflict.declare", "conflict.contest"}
    assert not [act for act in policy.GRANTS if Role.WORKER in policy.GRANTS[act].roles]


def test_a_seat_of_several_roles_has_the_grants_of_each() -> None:
    seat = Seat(system_seat(Role.MEMBER).id, None, None, CIVIL, None, roles_of("OBSERVER", "CASE_OFFICER"))
    assert no(lambda: policy.require(seat, "request.triage")) is None
    with pytest.raises(NotAllowed) as refusal:
        policy.require(seat, "decision.record")
    assert refusal.value.values == {"act": "decision.record"}
