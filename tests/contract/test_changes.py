"""Nothing that was released is taken away unannounced, and each kind of taking away is found."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from contract.changes import broken, deprecated, last_day
from graphql import build_schema, parse, print_ast
from graphql.utilities import BreakingChangeType, DangerousChangeType, find_schema_changes

SCHEMA = Path(__file__).parents[2] / "schema"
RELEASED = (SCHEMA / "released.graphql").read_text(encoding="utf-8")
PRESENT = (SCHEMA / "schema.graphql").read_text(encoding="utf-8")
PRINTED = print_ast(parse(PRESENT))
TODAY = date(2027, 6, 1)
NOTICE = timedelta(days=90)

SMALL = """
directive @slow(seconds: Int) repeatable on FIELD | QUERY
interface Node { id: ID! }
union Outcome = Case | Refusal
enum State { OPEN CLOSED }
input Told { text: String! = "" where: String }
type Refusal { code: String! }
type Case implements Node {
  id: ID! title: String! state(at: String = "now"): State!
  old: Old @deprecated(reason: "Use title. Until 2027-05-31.")
}
type Old { text: String kind(of: String @deprecated(reason: "2027-05-01"), as: Int): Kind }
enum Kind { A B }
scalar Date
type Query { case(id: ID!, told: Told): Outcome day: Date }
"""
PLANTED = [
    ("TYPE_REMOVED", "scalar Date", "", "day: Date", "day: String"),
    ("TYPE_CHANGED_KIND", "scalar Date", "enum Date { A }"),
    ("TYPE_REMOVED_FROM_UNION", "Case | Refusal", "Case"),
    ("VALUE_REMOVED_FROM_ENUM", "OPEN CLOSED", "OPEN"),
    ("REQUIRED_INPUT_FIELD_ADDED", "where: String", "where: String who: String!"),
    ("IMPLEMENTED_INTERFACE_REMOVED", "Case implements Node", "Case"),
    ("FIELD_REMOVED", "title: String!", ""),
    ("FIELD_REMOVED", "where: String", ""),
    ("FIELD_CHANGED_KIND", "title: String!", "title: String"),
    ("FIELD_CHANGED_KIND", "title: String!", "title: [String!]!"),
    ("FIELD_CHANGED_KIND", "where: String", "where: String!"),
    ("REQUIRED_ARG_ADDED", "case(id: ID!", "case(id: ID!, why: String!"),
    ("ARG_REMOVED", '(at: String = "now")', ""),
    ("ARG_CHANGED_KIND", "told: Told", "told: Told!"),
    ("DIRECTIVE_REMOVED", "directive @slow(seconds: Int) repeatable on FIELD | QUERY", ""),
    ("DIRECTIVE_ARG_REMOVED", "@slow(seconds: Int)", "@slow"),
    ("REQUIRED_DIRECTIVE_ARG_ADDED", "seconds: Int", "seconds: Int, why: String!"),
    ("DIRECTIVE_REPEATABLE_REMOVED", "repeatable on", "on"),
    ("DIRECTIVE_LOCATION_REMOVED", "FIELD | QUERY", "FIELD"),
    ("ARG_DEFAULT_VALUE_CHANGE", '"now"', '"then"'),
    ("INPUT_FIELD_DEFAULT_VALUE_CHANGE", 'String! = ""', 'String! = "?"'),
]  # fmt: skip
ALLOWED = [
    ("title: String!", "title: String! number: String"),
    ("where: String", "where: String who: String"),
    ("case(id: ID!", "case(why: String, id: ID!"),
    ("OPEN CLOSED", "OPEN CLOSED HELD"),
    ("Case | Refusal", "Case | Refusal | Old"),
    ("enum Kind { A B }", "enum Kind { A B } type New { a: Int }"),
    ("old: Old", "old: Old!"),
    ('"Use title. Until 2027-05-31."', '"Another sentence."'),
]
OLD_FIELD = 'old: Old @deprecated(reason: "Use title. Until 2027-05-31.")'
OLD_ARGUMENT = 'of: String @deprecated(reason: "2027-05-01"), '


def changed(sdl: str, *texts: str) -> str:
    for before, after in zip(texts[::2], texts[1::2], strict=True):
        assert before in sdl
        sdl = sdl.replace(before, after, 1)
    return sdl


def test_nothing_that_was_released_is_broken() -> None:
    assert broken(RELEASED, PRESENT, date.today()) == [], "see docs/decisions/2026-11-25-schema-changes.md"  # noqa: DTZ011


def test_every_deprecation_names_its_day() -> None:
    assert [name for name, reason in deprecated(PRESENT).items() if last_day(reason) is None] == []


def test_what_was_released_as_deprecated_was_given_notice() -> None:
    said = re.match(r"# Released (\S+)\n", RELEASED)
    assert said, "make release-sdl writes it"
    earliest = date.fromisoformat(said[1]) + NOTICE
    assert [name for name, reason in deprecated(RELEASED).items() if (last_day(reason) or date.min) < earliest] == []


@pytest.mark.parametrize("planted", PLANTED, ids=lambda planted: planted[0])
def test_a_break_is_found(planted: tuple[str, ...]) -> None:
    kind, *texts = planted
    after = changed(SMALL, *texts)
    assert kind in {change.type.name for change in find_schema_changes(build_schema(SMALL), build_schema(after))}
    assert broken(SMALL, after, TODAY)


def test_no_kind_of_break_is_left_untried() -> None:
    defaults = {kind.name for kind in DangerousChangeType if "DEFAULT" in kind.name}
    assert {kind.name for kind in BreakingChangeType} | defaults == {planted[0] for planted in PLANTED}


@pytest.mark.parametrize("texts", ALLOWED)
def test_what_is_added_breaks_nothing(texts: tuple[str, str]) -> None:
    assert broken(SMALL, changed(SMALL, *texts), TODAY) == []


def test_what_was_deprecated_goes_on_its_day_with_all_that_only_it_led_to() -> None:
    gone = re.sub(r"type Old .*|enum Kind .*", "", changed(SMALL, OLD_FIELD, ""))
    assert broken(SMALL, gone, date(2027, 5, 31)) == []
    assert sorted(broken(SMALL, gone, date(2027, 5, 30))) == [
        "Field Case.old was removed.",
        "Kind was removed.",
        "Old was removed.",
    ]
    assert broken(SMALL, changed(SMALL, OLD_ARGUMENT, ""), date(2027, 5, 1)) == []
    assert broken(SMALL, changed(SMALL, OLD_ARGUMENT, ""), date(2027, 4, 30))


def test_what_is_deprecated_only_now_does_not_go_with_it() -> None:
    """The notice counts from the release that carries it."""
    unannounced = changed(SMALL, OLD_FIELD, "old: Old")
    assert broken(unannounced, changed(SMALL, OLD_FIELD, ""), TODAY) == ["Field Case.old was removed."]


MEMBERS = ("fields", "values", "types")
LAST = [
    (definition, name)
    for definition in parse(PRESENT).definitions
    for name in MEMBERS
    if len(getattr(definition, name, ())) > 1 and f"= {getattr(definition, name)[-1].name.value}" not in PRESENT
]
"""What is somebody's default cannot be taken away: that would be no schema."""


@pytest.mark.parametrize("place", range(0, len(LAST), 10), ids=lambda place: LAST[place][0].name.value)
def test_what_our_own_types_name_last_is_missed(place: int) -> None:
    definition, name = LAST[place]
    shortened: Any = replace(definition, **{name: getattr(definition, name)[:-1]})
    before, after = print_ast(definition), print_ast(shortened)
    assert before in PRINTED
    assert broken(PRINTED, PRINTED.replace(before, after), TODAY)
