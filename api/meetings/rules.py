"""Meetings: the monthly or ad hoc session at which the group decides."""

from __future__ import annotations

from enum import Enum, unique

from api.errors import WrongState


@unique
class MeetingKind(Enum):
    """Whether the meeting is the monthly one."""

    MONTHLY = "mensuelle"
    AD_HOC = "extraordinaire"


@unique
class MeetingState(Enum):
    """Where a meeting stands."""

    SCHEDULED = "prévue"
    HELD = "tenue"


@unique
class TakenOff(Enum):
    """Why a request came off an agenda undecided (DOMAIN 3.5)."""

    MEETING_CANCELLED = "réunion annulée"
    NO_QUORUM = "quorum non atteint"
    NOT_REACHED = "point non abordé"


def check_open_agenda(state: MeetingState) -> None:
    """Items go on the agenda of a meeting to come."""
    if state is not MeetingState.SCHEDULED:
        raise WrongState("MEETING_NOT_SCHEDULED", field="meetingId")


def held(state: MeetingState) -> MeetingState:
    """The state once it took place; a meeting is held once."""
    check_open_agenda(state)
    return MeetingState.HELD


def check_held(state: MeetingState) -> None:
    """A decision is recorded at a meeting that was held."""
    if state is not MeetingState.HELD:
        raise WrongState("MEETING_NOT_HELD", field="meetingId")


def check_decides(state: MeetingState, *, on_agenda: bool) -> None:
    """A request is decided on by the meeting that was the last to have it on its agenda."""
    check_held(state)
    if not on_agenda:
        raise WrongState("NOT_ON_AGENDA", field="requestId")


def check_taken_off(reason: TakenOff, state: MeetingState, *, quorate: bool) -> None:
    """The reason is what happened: what was cancelled was not held, and who was there tells of the quorum."""
    cancelled = reason is TakenOff.MEETING_CANCELLED
    if cancelled and state is MeetingState.HELD:
        raise WrongState("MEETING_HELD", field="reason")
    if not cancelled and state is not MeetingState.HELD:
        raise WrongState("MEETING_NOT_HELD", field="reason")
    if reason is TakenOff.NO_QUORUM and quorate:
        raise WrongState("QUORUM_MET", field="reason")
