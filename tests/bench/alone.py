"""What row security costs in SQL alone: the compiled statement of `list50`, prepared, with nothing between it and who
times it."""

from __future__ import annotations

import sys
import time
from statistics import median
from typing import TYPE_CHECKING, Any

import asyncpg
from operations import DOCUMENTS, OPERATIONS, variables
from tenant import of_copy

from api.graph.compiling.compiler import compiled
from api.graph.documents import Documents
from api.graph.limits import Limits
from schema.root import schema

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from building import Member

ROUNDS, EACH = 21, 100
"""Few enough executions a round that whoever is timed next has the same machine."""

Timed = dict[str, list[float]]
"""Milliseconds an execution, round by round: `tenant` and `ours` for the seat without walls, and `walled`."""


async def executed(app_url: str, members: Mapping[str, Member]) -> Timed:
    """Each on a connection of its own, in an order that changes from round to round."""
    sql, values = _statement(members["large"])
    asking = {
        "tenant": (of_copy(app_url), members["large"]),
        "ours": (app_url, members["large"]),
        "walled": (app_url, members["walled"]),
    }
    connections = {name: await asyncpg.connect(url) for name, (url, _) in asking.items()}
    try:
        prepared = {name: await connection.prepare(sql) for name, connection in connections.items()}
        given = {name: (*values, member.settings["baraza.subject"], None) for name, (_, member) in asking.items()}
        _told_apart({name: await prepared[name].fetchrow(*given[name]) for name in asking})
        timed: Timed = {name: [] for name in asking}
        for nth in range(ROUNDS):
            for name in (*list(asking)[nth % 3 :], *list(asking)[: nth % 3]):
                timed[name].append(await _milliseconds(prepared[name], given[name]))
        return timed
    finally:
        for connection in connections.values():
            await connection.close()


def _statement(member: Member) -> tuple[str, Sequence[Any]]:
    """As the server has it of the same document."""
    operation, promised = OPERATIONS["list50"], schema._schema
    documents = Documents(promised, Limits(), introspection=False)
    prepared = documents.prepare(DOCUMENTS[operation.kind], None)
    given = documents.coerce(prepared, variables(operation, member)[0])
    plan = compiled(promised, prepared, given)
    return plan.sql, plan.values(given)


def _told_apart(answers: Mapping[str, Sequence[Any]]) -> None:
    """What is compared is the same list, and the same but for what stands behind walls."""
    said = {name: tuple(answer)[1:] for name, answer in answers.items()}
    if said["tenant"] != said["ours"] or said["walled"] == said["ours"]:
        sys.exit("list50 in SQL: the tenant's filter hides what ours shows, or walls hide nothing.")


async def _milliseconds(statement: Any, given: Sequence[Any]) -> float:
    """The median of so many executions: one that the machine held up tells nothing."""
    took = []
    for _ in range(EACH):
        begun = time.perf_counter()
        await statement.fetchrow(*given)
        took.append(time.perf_counter() - begun)
    return 1_000 * median(took)
