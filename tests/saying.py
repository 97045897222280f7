"""Where the code says a code: found in its syntax, so that no list of them has to be kept."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import api
import schema
from api import errors

SAYS = {"RequestRefused", "InvalidInput", "WrongState", "NotAllowed", "NotFound", "KeyReused", "refused", "_refusal"}
"""What takes a code first."""
CODE = re.compile(r"[A-Z][A-Z0-9_]{3,}")
FILES = [
    file for package in (api, schema) for file in sorted(Path(package.__file__ or "").parent.rglob("*.py"))
    if file.name != "sentences.py"
]  # fmt: skip


def said() -> list[tuple[str, str, ast.Call]]:
    """Each code that is given to an error, where, and the call."""
    calls = [
        (file, node)
        for file in FILES
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, ast.Call) and called(node.func) in SAYS and node.args
    ]
    firsts = [(getattr(node.args[0], "value", None), f"{file.name}:{node.lineno}", node) for file, node in calls]
    return [(code, place, node) for code, place, node in firsts if isinstance(code, str) and CODE.fullmatch(code)]


def called(function: ast.expr) -> str:
    return getattr(function, "id", getattr(function, "attr", ""))


def class_codes() -> set[str]:
    refusals = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, errors.Refusal)]
    return {kind.code for kind in refusals if kind is not errors.Refusal}
