"""What the source may not do: read as syntax, so that nobody has to remember it."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
GROUND = {"graph", "http", "store", "demo", "imports", "proof"}
FOUR = {"__init__.py", "tables.py", "rules.py", "reads.py", "actions.py"}
EXECUTES = {"add", "rows", "scalars", "session", "execute", "savepoint", "fetch", "flush"}


def _sources(*folders: str) -> Iterator[tuple[Path, ast.Module]]:
    for folder in folders:
        for path in sorted((ROOT / folder).rglob("*.py")):
            yield path.relative_to(ROOT), ast.parse(path.read_text(encoding="utf-8"))


def test_one_commit_in_the_code_base() -> None:
    commits = []
    for path, tree in _sources("api", "schema"):
        for node in ast.walk(tree):
            called = isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "commit"
            text = (
                isinstance(node, ast.Constant)
                and isinstance(node.value, str)
                and re.match(r"\s*commit\b", node.value, re.IGNORECASE)
            )
            if called or text:
                commits.append(str(path))
    assert commits == ["api/store/engine.py"]


STORE = "api/store/"
BEGINS = {"begin", "begin_nested"}
"""What engines, connections and sessions open."""


def beginnings(tree: ast.Module) -> list[str]:
    """Where the source opens a transaction or reaches for what could."""
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in BEGINS:
            found.append(f"{node.lineno} .{node.func.attr}(")
        modules = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
        modules += [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        found += [f"{node.lineno} import {name}" for name in modules if name.startswith("sqlalchemy.ext.asyncio")]
    return found


def test_only_the_store_opens_transactions() -> None:
    """Migrations have the connection that the store hands in, and Alembic's own word for its transaction."""
    found = [
        f"{path}:{each}"
        for path, tree in _sources("api", "schema", "migrations")
        if not str(path).startswith(STORE)
        for each in beginnings(tree)
    ]
    assert found == []


@pytest.mark.parametrize(
    "planted",
    [
        "async def f(store):\n    async with store._engine.begin() as connection: pass",
        "session.begin_nested()",
        "from sqlalchemy.ext.asyncio import AsyncSession",
        "import sqlalchemy.ext.asyncio.engine",
    ],
)
def test_a_planted_beginning_is_found(planted: str) -> None:
    assert len(beginnings(ast.parse(planted))) == 1


def test_resolvers_await_no_sql() -> None:
    """Only declared edges and actions reach the store."""
    found = [
        f"{path}:{node.lineno} {node.attr}"
        for path, tree in _sources("schema")
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and node.attr in EXECUTES
    ]
    assert found == []


def test_domains_have_the_same_four_files() -> None:
    folders = [folder for folder in (ROOT / "api").iterdir() if folder.is_dir() and folder.name not in GROUND]
    strays = [
        str(path.relative_to(ROOT))
        for folder in folders
        for path in folder.iterdir()
        if path.suffix == ".py" and path.name not in FOUR
    ]
    assert len([folder for folder in folders if (folder / "tables.py").exists()]) >= 8
    assert strays == []


def test_no_engine_or_connection_event_hooks() -> None:
    """A cancellation inside such a hook has returned connections inside an open transaction (sqlalchemy#13381)."""
    hooks = [
        str(path)
        for path, tree in _sources("api", "schema")
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute)
        and node.attr in {"listens_for", "listen"}
        and ast.unparse(node).startswith("event.")
    ]
    assert hooks == []
