"""Plans are kept within a bound, and hold nothing of whoever asked."""

from __future__ import annotations

import gc
import weakref
from typing import TYPE_CHECKING

import pytest

from api.graph.compiling.plans import Plans
from api.graph.compiling.reasons import NotCompiled, Reason

if TYPE_CHECKING:
    from api.graph.compiling.plan import Plan


class Variables(dict[str, str]):
    """What an operation was asked with."""


def test_a_reason_is_kept_and_nothing_of_the_variables() -> None:
    plans, held = Plans(), []

    def refused() -> Plan:
        variables = Variables(name="nobody's")
        held.append(weakref.ref(variables))
        raise NotCompiled(Reason.LONG_KEY)

    for _ in range(2):
        with pytest.raises(NotCompiled, match="LONG_KEY"):
            plans.plan("key", refused)
    gc.collect()
    assert [each() for each in held] == [None]


def test_no_more_are_kept_than_so_many() -> None:
    def refused() -> Plan:
        raise NotCompiled(Reason.LONG_KEY)

    plans = Plans(most=3)
    for key in range(10):
        with pytest.raises(NotCompiled):
            plans.plan(key, refused)
    assert len(plans) == 3
