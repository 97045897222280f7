"""Every code that is said somewhere has its two sentences, with what they need to be filled, and none is left over."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from string import Formatter

import pytest
from saying import (
    CODE,
    HANDED_ON,
    REFUSALS,
    SAYS,
    TREES,
    called,
    calls,
    codes,
    given,
    own_codes,
    remarked,
    said,
    tabled,
)

from api import errors
from api.sentences import SENTENCES, sentence

NO_VALUES = {"field", "status", "details", "headers", "errors", "values"}
"""Keywords that fill no sentence."""


def blanks(text: str) -> list[str]:
    return sorted(name for _, name, _, _ in Formatter().parse(text) if name is not None)


def test_the_search_finds_codes() -> None:
    found = {code for code, _, _ in said()}
    assert {"UNAUTHENTICATED", "BODY_MALFORMED", "TEXT_LENGTH", "QUORUM_NOT_MET", "CURSOR_INVALID", "BUSY"} <= found
    assert {"NOT_ALLOWED", "NOT_FOUND", "WRONG_STATE", "VERSION_CONFLICT"} <= own_codes()
    assert {"refused", "_refusal", "InvalidInput"} <= SAYS


def test_no_code_is_said_unseen() -> None:
    """A code in a variable would be a sentence that nobody looked for."""
    unseen = [
        (place, ast.unparse(call))
        for call, place in calls()
        for first in given(call)
        if not codes(first) and not _handed_on(first)
    ]
    assert not unseen


def _handed_on(first: ast.expr) -> bool:
    if isinstance(first, ast.Attribute):
        return first.attr == "code" or first.attr in REFUSALS
    return called(first) in HANDED_ON or (isinstance(first, ast.Call) and called(first.func) == "masked")


def test_every_refusal_of_ours_is_an_error_of_the_tree() -> None:
    """One that is drawn elsewhere would be masked, and the search would not know it."""
    strays = [
        f"{file.name}: {node.name}"
        for file, tree in TREES.items()
        if file.name not in {"errors.py", "refusals.py"}  # the tree, and what is published of it
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef) and set(map(called, node.bases)) & set(REFUSALS)
    ]
    assert not strays


def test_every_code_has_its_sentences() -> None:
    missing = defaultdict(list)
    for code, place, _ in said():
        if code not in SENTENCES:
            missing[code].append(place)
    assert not missing
    assert own_codes() | tabled() <= set(SENTENCES)


def test_no_sentence_is_left_over() -> None:
    assert set(SENTENCES) - {code for code, _, _ in said()} - tabled() - own_codes() - remarked() == set()


def test_every_sentence_is_given_what_it_needs() -> None:
    """A blank that nothing fills would be an error while an error is said."""
    wrong = []
    for code, place, call in said():
        filled = {keyword.arg for keyword in call.keywords} - NO_VALUES
        ready = called(call.func) == "_refusal" or any(keyword.arg == "errors" for keyword in call.keywords)
        filled |= {"limit"} if called(call.func) == "refused" else set()
        if not ready and set(blanks(SENTENCES[code][0])) != filled and not set(blanks(SENTENCES[code][0])) < filled:
            wrong.append((code, place, filled))
    assert not wrong


@pytest.mark.parametrize("code", SENTENCES)
def test_a_sentence_is_said_in_both_languages(code: str) -> None:
    french, english = SENTENCES[code]
    assert CODE.fullmatch(code)
    assert blanks(french) == blanks(english)
    assert french != english
    for text in (french, english):
        assert text == text.strip()
        assert re.fullmatch(r"[A-ZÉÀÊ].{15,}\.", text), "a sentence"
        assert len(text) < 160
        assert not re.search(r"sql|postgres|exception|traceback", text, re.IGNORECASE)
    values = dict.fromkeys(blanks(french), 7)
    assert sentence(code, "fr", values) == french.format(**values)
    assert sentence(code, "en", values) == english.format(**values)
    assert sentence(code, "sw", values) == sentence(code, "fr", values)


def test_each_refusal_says_its_own_code() -> None:
    assert errors.NotFound().message("en") == SENTENCES["NOT_FOUND"][1]
    assert errors.InvalidInput("TEXT_LENGTH", field="title", most=120).message("fr") == (
        "Le texte doit avoir de 1 à 120 caractères."
    )
    refused = errors.RequestRefused("BODY_TOO_LARGE", 413, details={"limit": 9}, limit=9)
    assert (refused.message("en"), refused.status) == ("Reduce the body to 9 bytes at most.", 413)
