"""Every code that is said somewhere has its two sentences, with what they need to be filled, and none is left over."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from string import Formatter

import pytest
from saying import CODE, FILES, called, class_codes, said

from api import errors
from api.sentences import SENTENCES, sentence

NO_VALUES = {"field", "status", "details", "headers", "errors", "values"}
"""Keywords that fill no sentence."""


def constants() -> set[str]:
    trees = [ast.parse(file.read_text()) for file in FILES]
    nodes = [node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Constant)]
    return {node.value for node in nodes if isinstance(node.value, str)}


def blanks(text: str) -> list[str]:
    return sorted(name for _, name, _, _ in Formatter().parse(text) if name is not None)


def test_the_search_finds_codes() -> None:
    found = {code for code, _, _ in said()}
    assert {"UNAUTHENTICATED", "BODY_MALFORMED", "TEXT_LENGTH", "QUORUM_NOT_MET", "CURSOR_INVALID", "BUSY"} <= found
    assert {"NOT_ALLOWED", "NOT_FOUND", "WRONG_STATE", "VERSION_CONFLICT"} <= class_codes()


def test_every_code_has_its_sentences() -> None:
    missing = defaultdict(list)
    for code, place, _ in said():
        if code not in SENTENCES:
            missing[code].append(place)
    assert not missing
    assert class_codes() <= set(SENTENCES)


def test_no_sentence_is_left_over() -> None:
    assert set(SENTENCES) - constants() - class_codes() == set()


def test_every_sentence_is_given_what_it_needs() -> None:
    """A blank that nothing fills would be an error while an error is said."""
    wrong = []
    for code, place, call in said():
        given = {keyword.arg for keyword in call.keywords} - NO_VALUES
        ready = called(call.func) == "_refusal" or any(keyword.arg == "errors" for keyword in call.keywords)
        given |= {"limit"} if called(call.func) == "refused" else set()
        if not ready and set(blanks(SENTENCES[code][0])) != given and not set(blanks(SENTENCES[code][0])) < given:
            wrong.append((code, place, given))
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
