"""Where the code says a code: found in its syntax, so that no list of them has to be kept."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import api
import schema
from api import errors

CODE = re.compile(r"[A-Z][A-Z0-9_]{3,}")
FILES = [
    file for package in (api, schema) for file in sorted(Path(package.__file__ or "").parent.rglob("*.py"))
    if file.name != "sentences.py"
]  # fmt: skip


TREES = {file: ast.parse(file.read_text()) for file in FILES}
REFUSALS = {
    name: kind
    for name, kind in vars(errors).items()
    if isinstance(kind, type) and issubclass(kind, errors.Refusal | errors.RequestRefused)
}


def _passers(*, of_imports: bool = True) -> set[str]:
    """Functions that are given a code first, and make a refusal, or a remark, of it."""
    trees = [tree for file, tree in TREES.items() if of_imports or file.parent.name != "imports"]
    functions = [node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    return {node.name for node in functions if node.args.args and node.args.args[0].arg == "code"}


SAYS = set(REFUSALS) - {"Conflict"} | _passers()
"""What takes a code first; `Conflict` has one code only, and takes the row."""
HANDED_ON = {"code", "refusal"}
"""Names of a code, or of what has one, where a function is given it or goes through a table of them."""


def calls() -> list[tuple[ast.Call, str]]:
    """Each call that may say a code, and where; a file's own function of one of these names is another."""
    return [
        (node, f"{file.name}:{node.lineno}")
        for file, tree in TREES.items()
        for says in (SAYS - _others(tree),)
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and called(node.func) in says
    ]


def _others(tree: ast.Module) -> set[str]:
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) and node.args.args]
    return {node.name for node in functions if node.args.args[0].arg != "code"}


def said() -> list[tuple[str, str, ast.Call]]:
    """Each code that is given to an error, where, and the call; of a choice, each code that may be chosen."""
    return [(code, place, call) for call, place in calls() for each in given(call) for code in codes(each)]


def tabled() -> set[str]:
    """Codes of tables that are gone through by a variable `code`."""
    loops = [node for tree in TREES.values() for node in ast.walk(tree) if isinstance(node, ast.For)]
    return {code for loop in loops if "code" in map(called, ast.walk(loop.target)) for code in codes(loop.iter)}


def codes(expression: ast.expr) -> list[str]:
    values = [node.value for node in ast.walk(expression) if isinstance(node, ast.Constant)]
    return [value for value in values if isinstance(value, str) and CODE.fullmatch(value)]


def given(call: ast.Call) -> list[ast.expr]:
    return call.args[:1] or [keyword.value for keyword in call.keywords if keyword.arg == "code"]


def called(function: ast.AST) -> str:
    return getattr(function, "id", getattr(function, "attr", ""))


def own_codes() -> set[str]:
    """The codes of refusals that are made, or raised, without another."""
    nodes = [node for tree in TREES.values() for node in ast.walk(tree)]
    made = {called(node.func) for node in nodes if isinstance(node, ast.Call) and not any(map(codes, given(node)))}
    raised = {called(node.exc) for node in nodes if isinstance(node, ast.Raise) and node.exc}
    return {kind.code for name, kind in REFUSALS.items() if name in made | raised and issubclass(kind, errors.Refusal)}


AT_THE_SERVICE = {"RequestRefused", "InvalidInput", "WrongState", "NotAllowed", "NotFound", "KeyReused"}
AT_THE_SERVICE |= _passers(of_imports=False)
"""What the service says a code with; a remark of an import is said to its operator."""


def answers() -> list[tuple[str, str, ast.Call]]:
    """Each code that the service answers, where, and the call that says it."""
    return [(code, place, call) for code, place, call in said() if called(call.func) in AT_THE_SERVICE]


def class_codes() -> set[str]:
    return {kind.code for kind in REFUSALS.values() if issubclass(kind, errors.Refusal) and kind is not errors.Refusal}


def remarked() -> set[str]:
    """Codes that reports of imports say."""
    trees = [tree for file, tree in TREES.items() if file.parent.name == "imports"]
    return {code for tree in trees for node in ast.walk(tree) if isinstance(node, ast.expr) for code in codes(node)}
