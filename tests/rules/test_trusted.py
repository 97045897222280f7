"""How documents are named by their hash, and front ends by the operator."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.documents import rules

TEXTS = st.text(st.characters(codec="utf-8"))


@given(TEXTS)
def test_the_hash_is_that_of_the_exact_bytes(source: str) -> None:
    digits = hashlib.sha256(source.encode()).hexdigest()
    assert rules.hash_of(source) == digits
    assert rules.hash_in(f"sha256:{digits}") == digits
    assert rules.hash_in(digits) is None
    assert str(rules.id_of(digits)).replace("-", "") == digits[:32]


@given(st.text())
def test_nothing_else_is_an_identifier(text: str) -> None:
    assert rules.hash_in(text) is None
    assert rules.hash_in(f"sha256:{text}") is None


@pytest.mark.parametrize("name", ["a", "secretariat", "secretariat-web.2", "0", "a" * 40])
def test_names_of_front_ends(name: str) -> None:
    assert rules.FRONT_END.fullmatch(name)


@pytest.mark.parametrize("name", ["", "A", "-a", ".a", "a b", "a_b", "à", "a\n", "a" * 41])
def test_what_names_no_front_end(name: str) -> None:
    assert not rules.FRONT_END.fullmatch(name)
