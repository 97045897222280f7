"""docs/row-security.md is what the catalogue of a migrated database says; `make docs` writes it anew."""

from __future__ import annotations

import os
import re
from itertools import groupby
from typing import TYPE_CHECKING

import asyncpg
from console import ROOT

from api.store.base import Base
from migrations.models import metadata

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from api.running import Urls

PAGE = ROOT / "docs" / "row-security.md"
MARK = "<!-- What follows is written by `make docs` from the catalogue. -->\n"
POLICIES = """
SELECT tablename, cmd, permissive, coalesce(qual, with_check) AS condition, with_check <> qual AS becomes, with_check
FROM pg_policies WHERE schemaname = 'public'
ORDER BY tablename, array_position('{SELECT,INSERT,UPDATE,DELETE,ALL}', cmd), permissive
"""
DOES = {"SELECT": "Read", "INSERT": "Add", "UPDATE": "Change", "DELETE": "Delete", "ALL": "For all of it"}
PLAIN = (
    (re.compile(r"\s+"), " "),
    (re.compile(r"'([\w<>-]*)'::text"), r"\1"),
    (re.compile(r"\((\w+)\)::text"), r"\1"),
    (re.compile(r"VARIADIC ARRAY\[([^\]]*)\]"), r"\1"),
    (re.compile(r"\( SELECT (\w+\([^()]*\)) AS \w+\)"), r"\1"),
    (re.compile(r"EXISTS \( SELECT FROM"), "EXISTS (SELECT FROM"),
    (re.compile(r"ARRAY\( SELECT"), "ARRAY(SELECT"),
)
"""From how PostgreSQL prints a condition to how a person would write it: what is evaluated once is `( SELECT … )`."""


def plain(condition: str) -> str:
    for found, put in PLAIN:
        condition = found.sub(put, condition)
    return bare(condition)


def bare(condition: str) -> str:
    """Without parentheses around the whole, or around one comparison."""
    while condition.startswith("(") and closing(condition, 0) == len(condition) - 1:
        condition = condition[1:-1]
    return re.sub(r"\((\w+(?:\.\w+)? (?:=|<>|>=|IS NULL)(?: [\w.]+(?:\(\))?)?)\)", r"\1", condition)


def closing(text: str, opening: int) -> int:
    """Where the parenthesis that opens there is closed."""
    depth = 0
    for place in range(opening, len(text)):
        depth += {"(": 1, ")": -1}.get(text[place], 0)
        if depth == 0:
            return place
    raise AssertionError(text)


def parts(condition: str, word: str) -> list[str]:
    """What is joined by the word outside of all parentheses."""
    found, depth, begun = [], 0, 0
    for place, letter in enumerate(condition):
        depth += {"(": 1, ")": -1}.get(letter, 0)
        if depth == 0 and condition.startswith(f" {word} ", place):
            found.append(condition[begun:place])
            begun = place + len(word) + 2
    return [bare(each) for each in (*found, condition[begun:])]


def listed(condition: str, margin: str = "") -> Iterator[str]:
    """A condition as a list: all of its lines must be met, and of those below `one of` one."""
    for each in parts(condition, "AND"):
        choices = parts(each, "OR")
        if len(choices) == 1:
            yield f"{margin}- `{each}`\n"
            continue
        yield f"{margin}- one of\n"
        for choice in choices:
            if len(parts(choice, "AND")) == 1:
                yield f"{margin}  - `{choice}`\n"
            else:
                yield f"{margin}  - all of\n"
                yield from listed(choice, margin + "    ")


def page(policies: Sequence[asyncpg.Record]) -> Iterator[str]:
    said = {mapper.class_.__tablename__: mapper.class_.__doc__ or "" for mapper in Base.registry.mappers}
    for table, rows in groupby(policies, key=lambda row: row["tablename"]):
        yield f"\n## {table}\n\n{' '.join(said.get(table, '').split())}\n"
        for row in rows:
            narrows = "" if row["permissive"] == "PERMISSIVE" else ", besides"
            yield f"\n{DOES[row['cmd']]}{narrows}:\n\n" + "".join(listed(plain(row["condition"])))
            if row["becomes"]:
                yield "\nWhat it becomes:\n\n" + "".join(listed(plain(row["with_check"])))


async def test_the_page_is_what_the_catalogue_says(urls: Urls) -> None:
    owner = await asyncpg.connect(urls.owner.get_secret_value())
    try:
        policies = await owner.fetch(POLICIES)
    finally:
        await owner.close()
    written = "".join(page(policies))
    before, _, after = PAGE.read_text(encoding="utf-8").partition(MARK)
    if "BARAZA_WRITE_DOCS" in os.environ:
        PAGE.write_text(before + MARK + written, encoding="utf-8")
    else:
        assert after == written
    views = {name for name, table in metadata.tables.items() if table.info.get("view")}
    assert {row["tablename"] for row in policies} == metadata.tables.keys() - views
