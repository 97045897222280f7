"""The comparison that the tests of compiled reads stand on sees what it should see (`tests/alike.py`)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpx
import pytest
from alike import COMPILED, READS, reads, same
from compiled.rows import ONE_A_GROUP
from isolation.world import KEPT

from api.graph.declare import PUBLISHED

if TYPE_CHECKING:
    from collections.abc import Mapping

    from isolation.world import World

ANSWER = b'{"errors":[{"message":"Non","extensions":{"code":"PAGE_INVALID","limit":1},"path":["b","nodes",0]}],\
"data":{"a":[{"x":1,"y":"\xc3\xa9\\n"}],"b":null}}'
ALIKE = {
    "escapes": (b"\\n", b"\\u000a"),
    "letters": ("é".encode(), b"\\u00e9"),
    "blanks": (b'"a":[', b'"a" : [ '),
}
UNLIKE = {
    "the order of keys": (b'"x":1,"y":"\xc3\xa9\\n"', b'"y":"\xc3\xa9\\n","x":1'),
    "a number that was whole": (b'"x":1,', b'"x":1.0,'),
    "a number that is a text": (b'"x":1,', b'"x":"1",'),
    "a truth": (b'"x":1,', b'"x":true,'),
    "a key that is there twice": (b'"x":1,', b'"x":1,"x":1,'),
    "no number": (b'"x":1,', b'"x":NaN,'),
    "half of a pair": ("é".encode(), b"\\ud83d"),
    "another letter": ("é".encode(), "e\u0301".encode()),
    "bytes that are no text": ("é".encode(), b"\xe9"),
    "a row": (b'"a":[{', b'"a":[{},{'),
    "what is left out": (b',"b":null', b""),
    "the place of an error": (b'"nodes",0', b'"nodes",1'),
    "the code of an error": (b"PAGE_INVALID", b"CURSOR_INVALID"),
    "the message of an error": (b'"Non"', b'"No"'),
    "a detail of an error": (b'"limit":1', b'"limit":2'),
    "an error before another": (b'"errors":[', b'"errors":[{"message":"","extensions":{"code":""}},'),
}


def answer(content: bytes, status: int = 200, headers: Mapping[str, str] | None = None) -> httpx.Response:
    return httpx.Response(status, content=content, headers={"Content-Type": "application/json", **(headers or {})})


@pytest.mark.parametrize(("old", "new"), ALIKE.values(), ids=ALIKE)
def test_ways_to_write_one_answer_are_alike(old: bytes, new: bytes) -> None:
    assert old in ANSWER
    same(answer(ANSWER), answer(ANSWER.replace(old, new)))


@pytest.mark.parametrize(("old", "new"), UNLIKE.values(), ids=UNLIKE)
def test_answers_that_differ_are_not_alike(old: bytes, new: bytes) -> None:
    assert old in ANSWER
    with pytest.raises((AssertionError, UnicodeError)):
        same(answer(ANSWER), answer(ANSWER.replace(old, new)))


def test_status_and_headers_count_but_for_how_it_was_read() -> None:
    same(answer(ANSWER, headers={READS: "compiled"}), answer(ANSWER, headers={READS: "executor OFF"}))
    for other in (answer(ANSWER, 400), answer(ANSWER, headers={"Content-Language": "fr"})):
        with pytest.raises(AssertionError):
            same(answer(ANSWER), other)


async def test_the_two_applications_say_how_they_read(world: World) -> None:
    """Each of the two is the one that it is taken for."""
    compiled, executor = await world.both("sk.coordinator", "{ cases { nodes { number } } }")
    assert (reads(compiled), reads(executor)) == (COMPILED, "EXECUTOR SWITCHED_OFF")


def test_rows_are_planted_in_every_published_table(planted: Mapping[str, int]) -> None:
    """Also in those of tomorrow."""
    published = {each.table.__tablename__ for each in PUBLISHED.values()} & set(KEPT)
    assert published - set(planted) == ONE_A_GROUP
    assert min(planted.values()) > 5, planted
