"""The tables of the documents are what the code has; with BARAZA_WRITE_DOCS (`make docs`) they are written anew."""

from __future__ import annotations

import ast
import os
import re
from typing import TYPE_CHECKING, Any

import pytest
from console import ROOT
from saying import FILES, answers, called, class_codes

from api import errors, policy
from api.graph.limits import Limits
from api.sentences import SENTENCES
from schema.codes import MOST_LISTS
from schema.root import schema

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Client

FRONT_END, ACCESS = ROOT / "docs" / "front-end.md", ROOT / "docs" / "access.md"
LIMITS = {
    "body_bytes": "bytes of the body",
    "document_bytes": "bytes of `query`",
    "lines": "lines of `query`",
    "tokens": "tokens: names, brackets, values",
    "depth": "fields within one another",
    "fields": "fields, fragments included",
    "root_fields": "fields at the root",
    "aliases": "aliases",
    "directives": "directives",
    "fragments": "fragments",
    "operations": "operations in the document",
    "variables": "variables declared",
    "variable_values": "values in the variables",
    "variable_depth": "lists and objects within one another in the variables",
    "cost": "points of cost",
    "sealed_characters": "characters of narratives, notes and other confidential texts in an answer",
}
DOCUMENTS_OWN = {"limits.py", "documents.py", "trusted.py"}
"""Where a well-formed request is refused for its document or variables."""
FIELDS_OWN = {"paging.py", "declare.py", "root.py", "codes.py"}
"""Where a field refuses its arguments."""
WRAPPED = {"Conflict": "VersionConflict"}
"""Refusals that the schema has under another name."""


def limits() -> str:
    return "".join(f"| {words} | {getattr(Limits(), name):,} |\n" for name, words in LIMITS.items())


def codes() -> str:
    how = answered()
    said_here = {code: sentences for code, sentences in SENTENCES.items() if how[code]}
    rows = [f"| `{code}` | {', '.join(how[code])} | {fr} | {en} |\n" for code, (fr, en) in said_here.items()]
    return "".join(rows)


def answered() -> dict[str, list[str]]:
    """By code: the types of refusals that have it, and the statuses of answers that have it in `errors`."""
    found: dict[str, set[str]] = {code: set() for code in SENTENCES}
    for name, kind in vars(errors).items():
        if isinstance(kind, type) and issubclass(kind, errors.Refusal) and kind.code in class_codes():
            found[kind.code].add(_type(name))
    for code, place, call in answers():
        found[code].add(_answer(place.partition(":")[0], call))
    for file in (each for each in FILES if each.name in DOCUMENTS_OWN):
        text = file.read_text(encoding="utf-8")
        for how in (how for code, how in found.items() if f'"{code}"' in text):
            how.add("200")  # also of a limit that stands in a table there
    return {code: sorted(how, key=lambda each: (each.isdigit(), each)) for code, how in found.items()}


def _answer(file: str, call: ast.Call) -> str:
    if isinstance(getattr(errors, called(call.func), None), type) and called(call.func) != "RequestRefused":
        return _type(called(call.func))
    if file in DOCUMENTS_OWN | FIELDS_OWN:
        return "200"
    positional = call.args[1:2] if called(call.func) == "RequestRefused" else []
    given = [*positional, *(keyword.value for keyword in call.keywords if keyword.arg == "status")]
    return str(ast.literal_eval(given[0])) if given else "400"


def _type(name: str) -> str:
    published = WRAPPED.get(name, name)
    assert published in schema._schema.type_map
    return f"`{published}`"


def grants() -> str:
    rows = [
        f"| {grant.said} | {', '.join(role.value for role in policy.holders(act))} | `{act}` |\n"
        for act, grant in policy.GRANTS.items()
    ]
    return "".join(rows)


@pytest.mark.parametrize(
    ("document", "heading", "made"),
    [
        (FRONT_END, "| bound | at most |\n|---|---|\n", limits),
        (FRONT_END, "| code | answer | French | English |\n|---|---|---|---|\n", codes),
        (ACCESS, "| droit | rôles | nom |\n|---|---|---|\n", grants),
    ],
    ids=["limits", "codes", "grants"],
)
def test_a_table_is_what_the_code_has(document: Path, heading: str, made: Any) -> None:
    text = document.read_text(encoding="utf-8")
    before, _, rest = text.partition(heading)
    table = re.match(r"(\|.*\n)*", rest)
    assert table is not None
    assert before != text
    if "BARAZA_WRITE_DOCS" in os.environ:
        document.write_text(f"{before}{heading}{made()}{rest[table.end() :]}", encoding="utf-8")
    else:
        assert table[0] == made()


def test_every_code_is_answered_somehow() -> None:
    """By the service, or in the report of an import, which an operator reads."""
    reports = "".join(file.read_text(encoding="utf-8") for file in (ROOT / "api" / "imports").glob("*.py"))
    assert [code for code, how in answered().items() if not how and f'"{code}"' not in reports] == []


TOO_MANY = '"Urgency" ' * (MOST_LISTS + 1)
MEETING = "mutation($day: Date!) { scheduleMeeting(scheduledOn: $day, kind: AD_HOC) { ... on Refusal { code } } }"


@pytest.mark.parametrize(
    ("code", "document", "headers"),
    [
        ("UNAUTHENTICATED", "{ cases { totalCount } }", {"Authorization": "Bearer no"}),
        ("NO_SEAT", "{ cases { totalCount } }", {"Baraza_Seat": "Seat:no"}),
        ("KEY_INVALID", "{ cases { totalCount } }", {"Idempotency_Key": "a,b"}),
        ("CONTENT_TYPE", "{ cases { totalCount } }", {"Content_Type": "text/plain"}),
        ("DOCUMENT_MISSING", " ", {}),
        ("DOCUMENT_SYNTAX", "{", {}),
        ("DOCUMENT_INVALID", "{ nothing }", {}),
        ("COST_TOO_HIGH", "{ cases(first: 1000) { nodes { timeline { totalCount } } } }", {}),
        ("VARIABLES_INVALID", MEETING, {}),
        ("PAGE_INVALID", "{ cases(first: 1001) { totalCount } }", {}),
        ("CURSOR_INVALID", '{ cases(after: "x") { totalCount } }', {}),
        ("LIST_LENGTH", f"{{ codeLists(names: [{TOO_MANY}]) {{ name }} }}", {}),
    ],
)
async def test_an_answer_has_the_status_that_the_table_says(
    client: Client, code: str, document: str, headers: dict[str, str]
) -> None:
    answer = await client.post("sk.mines", document, **headers)
    assert answer.json()["errors"][0]["extensions"]["code"] == code
    assert str(answer.status_code) in answered()[code]
