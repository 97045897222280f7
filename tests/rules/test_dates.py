"""A date never stands without its precision, and what happened did not happen tomorrow."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.dates import DateWithPrecision, Precision, checked
from api.errors import InvalidInput

TODAY = date(2024, 5, 15)
YEAR, QUARTER, MONTH, DAY = Precision.YEAR, Precision.QUARTER, Precision.MONTH, Precision.DAY
INTERVAL, ESTIMATE, UNKNOWN = Precision.INTERVAL, Precision.ESTIMATE, Precision.UNKNOWN


def code_of(start: date | None, end: date | None, precision: Precision, latest: date | None = TODAY) -> str | None:
    value = DateWithPrecision(start, end, precision)
    try:
        assert checked(value, argument="occurred", latest=latest) is value
    except InvalidInput as refusal:
        return refusal.code if refusal.field == "occurred" else f"{refusal.code} of {refusal.field}"
    return None


@pytest.mark.parametrize(
    ("start", "end", "precision", "code"),
    [
        (date(2024, 5, 15), None, DAY, None),
        (date(2024, 5, 16), None, DAY, "DATE_IN_FUTURE"),
        (None, None, DAY, "DATE_INCOMPLETE"),
        (date(2024, 5, 1), date(2024, 5, 2), DAY, "DATE_INCOMPLETE"),
        (date(2024, 5, 1), None, MONTH, None),
        (date(2024, 6, 1), None, MONTH, "DATE_IN_FUTURE"),
        (date(2024, 5, 2), None, MONTH, "DATE_PRECISION"),
        *[(date(2024, month, 1), None, QUARTER, None) for month in (1, 4)],
        *[(date(2023, month, 1), None, QUARTER, None) for month in (1, 4, 7, 10)],
        *[(date(2023, month, 1), None, QUARTER, "DATE_PRECISION") for month in (2, 3, 5, 6, 8, 9, 11, 12)],
        (date(2023, 4, 2), None, QUARTER, "DATE_PRECISION"),
        (date(2024, 1, 1), None, YEAR, None),
        (date(2025, 1, 1), None, YEAR, "DATE_IN_FUTURE"),
        (date(2024, 1, 2), None, YEAR, "DATE_PRECISION"),
        (date(2024, 2, 1), None, YEAR, "DATE_PRECISION"),
        (date(2024, 5, 3), None, ESTIMATE, None),
        (date(2024, 5, 16), None, ESTIMATE, "DATE_IN_FUTURE"),
        (date(2024, 5, 3), date(2024, 5, 4), ESTIMATE, "DATE_INCOMPLETE"),
        (date(2024, 5, 3), date(2024, 5, 15), INTERVAL, None),
        (date(2024, 5, 3), date(2024, 5, 3), INTERVAL, None),
        (date(2024, 5, 3), date(2024, 5, 2), INTERVAL, "DATE_ORDER"),
        (date(2024, 5, 3), date(2024, 5, 16), INTERVAL, "DATE_IN_FUTURE"),
        (date(2024, 5, 16), date(2024, 5, 17), INTERVAL, "DATE_IN_FUTURE"),
        (date(2024, 5, 3), None, INTERVAL, "DATE_INCOMPLETE"),
        (None, date(2024, 5, 3), INTERVAL, "DATE_INCOMPLETE"),
        (None, None, INTERVAL, "DATE_INCOMPLETE"),
        (None, None, UNKNOWN, None),
        (date(2024, 5, 3), None, UNKNOWN, "DATE_INCOMPLETE"),
        (None, date(2024, 5, 3), UNKNOWN, "DATE_INCOMPLETE"),
        (date.min, None, YEAR, None),
        (date.max, None, DAY, "DATE_IN_FUTURE"),
    ],
)
def test_what_a_source_may_say_of_when(
    start: date | None, end: date | None, precision: Precision, code: str | None
) -> None:
    assert code_of(start, end, precision) == code


def test_without_a_latest_day_it_may_lie_ahead() -> None:
    assert code_of(date(2999, 5, 1), None, MONTH, latest=None) is None
    assert code_of(date(2999, 5, 1), date(2999, 6, 1), INTERVAL, latest=None) is None


days = st.none() | st.dates(min_value=TODAY - timedelta(days=500), max_value=TODAY + timedelta(days=500))


@given(start=days, end=days, precision=st.sampled_from(Precision))
def test_what_is_taken_is_whole_ordered_and_past(start: date | None, end: date | None, precision: Precision) -> None:
    if code_of(start, end, precision) is None:
        assert (start is None) == (precision is UNKNOWN)
        assert (end is None) == (precision is not INTERVAL)
        assert all(each <= TODAY for each in (start, end) if each)
        assert not (start and end) or start <= end
        assert precision not in {YEAR, QUARTER, MONTH} or (start and start.day == 1)
