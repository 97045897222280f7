"""Ids that we make: UUIDv7 (RFC 9562), ordered by time."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING
from uuid import RFC_4122

from api.store import base
from api.store.base import new_id

if TYPE_CHECKING:
    import pytest


def test_an_id_says_its_version_and_its_time() -> None:
    before, made, after = time.time_ns() // 1_000_000, new_id(), time.time_ns() // 1_000_000
    assert (made.version, made.variant) == (7, RFC_4122)
    assert before <= made.int >> 80 <= after


def test_ids_are_ordered_by_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """As PostgreSQL orders them, and as text."""
    ids = []
    for tick in range(1_700_000_000_000_000, 1_700_000_000_005_000, 7):
        monkeypatch.setattr(base.time, "time_ns", lambda tick=tick: tick * 1_000)
        ids.append(new_id())
    assert sorted(ids) == ids
    assert sorted(map(str, ids)) == list(map(str, ids))
    assert sorted(each.bytes for each in ids) == [each.bytes for each in ids]


def test_ids_of_one_moment_are_not_guessed_from_one_another(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(base.time, "time_ns", lambda: 1_700_000_000_000_000_000)
    ids = [new_id().int for _ in range(2_000)]
    assert len(set(ids)) == len(ids)
    for bit in range(62):
        share = sum(each >> bit & 1 for each in ids) / len(ids)
        assert 0.4 < share < 0.6, bit


def test_every_bit_but_version_and_variant_is_free(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(base.time, "time_ns", lambda: (1 << 48) * 1_000_000 - 1)
    for random in (b"\0", b"\xff"):
        monkeypatch.setattr(base.os, "urandom", lambda size, random=random: random * size)
        made = new_id()
        assert (made.version, made.variant) == (7, RFC_4122)
        assert made.int >> 80 == (1 << 48) - 1
