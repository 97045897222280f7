"""What was read is held against what the keepers have, and one path against another."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from api.graph.declare import metadata
from api.proof.asking import opened
from api.proof.documents import is_leaf, row_type
from api.proof.grades import Grade, grade_of, is_keeper, may_read
from api.proof.leaks import Kind
from api.proof.proof import parts_of
from api.proof.sights import has_id, ids_in, kind_of, selection

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from graphql import GraphQLField

    from api.proof.proof import Proof
    from api.proof.sights import Listing, Sight

UNSHOWN: Mapping[str, str] = {
    "Organisation.matching_key": "its name, folded",
    "OrganisationAlias.matching_key": "its name, folded",
    "TimelineEntry.step": "where an entry's kind stands in the workflow",
    "TimelineEntry.id": "the id of what the entry is of, which the seat may not see: it sees that there is an entry",
    "VisitMineral.position": "where it stands in the visit's list",
    "VisitPresence.position": "where it stands in the visit's list",
    "SiteStatus.vid": "the visit's number",
    "Attendance.seat_id": "the seat's id",
    "ConflictGround.id": "where it stands among those of the same moment",
    "Disclosure.organisation_id": "the organisation's id",
    "Recusal.seat_id": "the seat's id",
    "Jurisdiction.pcode": "the place's P-code",
}
"""By table and column, what lists are ordered by without showing it, and what it is."""

MONTHS: Mapping[str, int] = {"MONTH": 1, "QUARTER": 3, "YEAR": 12}
"""By precision, how many months a date stands for."""


async def read(proof: Proof) -> None:
    """Every list and every row, as everybody."""
    for persona in proof.personas:
        await proof.look(persona)
    for sight in proof.one_a_group():
        await _reach_others(proof, sight)
    proof.learn()
    for sight in proof.seated():
        _rows(proof, sight)
        _listings(proof, sight)
        told = proof.asker.secrets[sight.persona.name].told([sight.rows, [each.nodes for each in sight.lists.values()]])
        if told is Kind.TEXT:
            proof.leak(sight.persona, "query", Kind.TEXT)


async def _reach_others(proof: Proof, sight: Sight) -> None:
    """Types of which nothing was seen are asked for by their path from the root: nothing may stand there."""
    met = {kind_of(row_id) for row_id in sight.rows} | {part["__typename"] for part in typed(sight.rows)}
    for kind, path in proof.contract.paths().items():
        if kind not in met and (proof.only is None or kind in proof.only):
            asked = proof.contract.along(path, selection(proof.contract.kind(kind)))
            data = await proof.asker.data(sight.persona.name, asked)
            for row_id in set(ids_in(data)) - set(sight.ways):
                if proof.only is None or kind_of(row_id) in proof.only:
                    proof.leak(sight.persona, ".".join(path), Kind.PATHS)


def typed(said: Any) -> Iterator[dict[str, Any]]:
    """Every row and part in what was said, with its type."""
    if isinstance(said, dict):
        if "__typename" in said:
            yield said
        for each in said.values():
            yield from typed(each)
    elif isinstance(said, list):
        for each in said:
            yield from typed(each)


def _rows(proof: Proof, sight: Sight) -> None:
    hidden = proof.hidden[sight.persona.name]
    for row_id, row in sight.rows.items():
        if row_id in hidden:
            proof.leak(sight.persona, sight.ways[row_id], hidden[row_id])
        elif row_id in proof.truth.rows:
            _fields(proof, sight, row_id, row)
        elif not _is_in_overview(proof, sight, row_id):
            proof.leak(sight.persona, sight.ways[row_id], Kind.GRADE)


def _is_in_overview(proof: Proof, sight: Sight, row_id: str) -> bool:
    """Of a narrowed proof not every group's keepers are there."""
    overview = grade_of(kind_of(row_id)) is Grade.OVERVIEW and sight.persona.group_code == "network"
    return overview or not any(is_keeper(each.persona) for each in proof.seated() if _is_beside(sight, each))


def _is_beside(one: Sight, other: Sight) -> bool:
    return one.persona.group_code == other.persona.group_code


def _fields(proof: Proof, sight: Sight, row_id: str, row: Mapping[str, Any]) -> None:
    """Each field is as the keepers read it, or null; each part is one that the seat may read."""
    kind, truth = proof.contract.kind(kind_of(row_id)), proof.truth.rows[row_id]
    for name, value in row.items():
        path = f"{kind.name}.{name}"
        if is_leaf(kind.fields[name]) and value is not None and value != truth[name]:
            proof.leak(sight.persona, path, Kind.GRADE)
        known = [part for _, part in parts_of(kind, name, truth.get(name))]
        told = [each for each in parts_of(kind, name, value) if grade_of(each[0]) is not Grade.ITS_OWN]
        for part_kind, part in told:
            match = next((each for each in known if within(part, each)), None)
            if match is None or not may_read(proof.truth, sight.persona, row_id, part_kind, match):
                proof.leak(sight.persona, path, Kind.GRADE)


def within(seen: Any, known: Any) -> bool:
    """Whether what was seen is what is known, or less of it."""
    if seen is None:
        return True
    if isinstance(seen, dict) and isinstance(known, dict):
        return all(within(value, known.get(name)) for name, value in seen.items())
    if isinstance(seen, list) and isinstance(known, list):
        return all(any(within(each, other) for other in known) for each in seen)
    return bool(seen == known)


def _listings(proof: Proof, sight: Sight) -> None:
    roots = proof.contract.roots()
    for name, listing in sight.lists.items():
        _listing(proof, sight, name, roots[name], listing)
        _reached(proof, sight, name, roots[name])
    for (row_id, name), listing in sight.below.items():
        each = proof.contract.kind(kind_of(row_id)).fields[name]
        _listing(proof, sight, f"{kind_of(row_id)}.{name}", each, listing)


def _listing(proof: Proof, sight: Sight, path: str, each: GraphQLField, listing: Listing) -> None:
    if not listing.cut and listing.total != len(listing.nodes):
        proof.leak(sight.persona, f"{path}.totalCount", Kind.COUNT)
    for cursor, node in zip(listing.cursors, listing.nodes, strict=True):
        was_read = "id" not in node or node["id"] in sight.rows
        if was_read and not shown(sight, each, cursor, node):
            proof.leak(sight.persona, f"{path}.cursor", Kind.CURSOR)


def _reached(proof: Proof, sight: Sight, name: str, each: GraphQLField) -> None:
    """A list that keeps nothing back has every row that other paths lead to, unless another list has it."""
    kind = row_type(each).name
    lists = [field for field, root in proof.contract.roots().items() if row_type(root).name == kind]
    if metadata(each)["edge"].where or sight.lists[name].cut or not has_id(row_type(each)):
        return
    listed = {row_id for field in lists if field in sight.lists for row_id in sight.lists[field].ids}
    for row_id in sight.of(kind):
        if row_id not in listed:
            proof.leak(sight.persona, f"{sight.ways[row_id]} against {name}", Kind.PATHS)


def shown(sight: Sight, each: GraphQLField, cursor: str, node: Mapping[str, Any]) -> bool:
    """Whether a cursor holds the values of its order and no more, and the row shows them."""
    edge, values = metadata(each)["edge"], opened(cursor)
    if len(values) != len(edge.order):
        return False
    table = edge.table.__name__
    ordered = zip(edge.order, values, strict=True)
    asked = [value for step, value in ordered if f"{table}.{step.column.key}" not in UNSHOWN]
    row = sight.rows.get(node.get("id", ""), node)
    return set(map(str, asked)) <= set(scalars(sight, row))


def scalars(sight: Sight, row: Any, depth: int = 0) -> Iterator[str]:
    """Every value of a row, of its parts, and of the single rows that it leads to."""
    if isinstance(row, dict):
        if depth and row.get("id") in sight.rows:
            yield from scalars(sight, sight.rows[row["id"]], depth - 1)
        if row.get("start") and row.get("precision") in MONTHS:
            yield last_day(row["start"], MONTHS[row["precision"]])
        for value in row.values():
            yield from scalars(sight, value, depth)
    elif isinstance(row, list):
        for value in row:
            yield from scalars(sight, value)
    elif row is not None:
        yield str(row)
        yield str(row).partition(":")[2]


def last_day(start: str, months: int) -> str:
    """Of so many months that begin with a day."""
    begun = date.fromisoformat(start)
    whole = begun.month - 1 + months
    return str(date(begun.year + whole // 12, whole % 12 + 1, 1) - timedelta(days=1))
