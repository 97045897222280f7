"""Bringing IPIS' site visits into a group, some hundred rows a transaction. Killed in the middle, it is run again: what
is in is found unchanged."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from typing import TYPE_CHECKING

from sqlalchemy.exc import DBAPIError

from api.errors import InvalidInput, RequestRefused, StartRefused
from api.groups import reads as groups
from api.imports import ipis, rows
from api.imports.report import Found, Report
from api.places import reads as places
from api.places.rules import Gazetteer, gazetteer
from api.seat import NETWORK, Role, system_seat
from api.sites.actions import Taken, take_in
from api.store.engine import Rollback, refusal_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import date
    from pathlib import Path
    from uuid import UUID

    from api.imports.ipis import Problem
    from api.imports.rows import Record
    from api.seat import Seat
    from api.sites.rules import Seen
    from api.store.engine import Store

    Progress = Callable[[int], None]

BATCH = 200
TRIES = 5
"""Of a batch that met another import of the group's."""


@dataclass(frozen=True, slots=True)
class Source:
    """A file, and what its rows are read with."""

    file: Path
    columns: Sequence[str]
    places: Gazetteer
    today: date


async def import_sites(store: Store, group: str, file: Path, progress: Progress, *, dry_run: bool) -> Report:
    """Take in every row that can be taken in; `progress` is told how many were after each batch."""
    columns = rows.header(file, ipis.COLUMNS)
    report = Report(dry_run)
    try:
        group_id, names = await _looked_up(store, group)
        batches = _batches(Source(file, columns, names, datetime.now(UTC).date()), report)
        await (_tried if dry_run else _written)(
            store, system_seat(Role.CASE_OFFICER, group_id), batches, report, progress
        )
    except (RequestRefused, DBAPIError) as error:
        if not isinstance(refusal_of(error) or error, RequestRefused):
            raise
        raise StartRefused(
            "The database stopped answering: run the import again when it does. What is in stays in."
        ) from None
    return report


async def _looked_up(store: Store, code: str) -> tuple[UUID, Gazetteer]:
    async with store.process(system_seat(Role.NETWORK_ADMIN), write=False) as op:
        found = await op.scalars(groups.id_of(code))
        if not found:
            known = ", ".join(sorted(group.code for group in await op.scalars(groups.whole()) if group.id != NETWORK))
            raise StartRefused(f"No group has the code {code}; there are {known or 'none'}.")
        return found[0], gazetteer(await op.rows(places.names()))


async def _written(
    store: Store, seat: Seat, batches: Iterator[Sequence[Seen]], report: Report, progress: Progress
) -> None:
    for batch in batches:
        _count(report, batch, await _committed(store, seat, batch))
        progress(report.visits)


async def _committed(store: Store, seat: Seat, batch: Sequence[Seen]) -> Taken:
    """Write a batch in a transaction of its own, and again where another import was faster with one of its rows."""
    for _ in range(TRIES):
        try:
            async with store.process(seat) as op:
                return await take_in(op, batch)
        except DBAPIError as error:
            meant = refusal_of(error)
            if not isinstance(meant, RequestRefused | InvalidInput) or meant.code not in {"BUSY", "ID_TAKEN"}:
                raise
    raise StartRefused("Others are changing the same sites: run the import again when they are done.")


async def _tried(
    store: Store, seat: Seat, batches: Iterator[Sequence[Seen]], report: Report, progress: Progress
) -> None:
    """All in one transaction that is not kept, so that each batch finds what those before it brought."""
    with suppress(Rollback):
        async with store.process(seat) as op:
            for batch in batches:
                _count(report, batch, await take_in(op, batch))
                progress(report.visits)
            raise Rollback


def _count(report: Report, batch: Sequence[Seen], taken: Taken) -> None:
    report.visits += len(batch)
    report.sites |= {seen.site.code for seen in batch}
    report.taken.add(taken)


def _batches(source: Source, report: Report) -> Iterator[Sequence[Seen]]:
    read = _rows(source, report)
    while batch := tuple(islice(read, BATCH)):
        yield batch


def _rows(source: Source, report: Report) -> Iterator[Seen]:
    """What the rows say; what is wrong with them goes into the report."""
    first_lines: dict[int, int] = {}
    for record in islice(rows.records(rows.opened(source.file), len(source.columns)), 1, None):
        seen, problems = _read(source, record)
        if seen and seen.visit and (line := first_lines.setdefault(seen.visit.vid, record.line)) != record.line:
            seen, problems = None, [ipis.problem("VISIT_NUMBER_TWICE", "vid", line=line)]
        vid = _cells(source, record).get("vid", "").strip()
        report.found.extend(Found(record.line, vid, each) for each in problems)
        report.refused += seen is None
        if seen:
            yield seen


def _read(source: Source, record: Record) -> tuple[Seen | None, list[Problem]]:
    if record.cells is None:
        return None, [ipis.problem("TEXT_LENGTH", most=ipis.LONGEST)]
    if len(record.cells) != len(source.columns):
        return None, [ipis.problem("ROW_LENGTH")]
    return ipis.read(_cells(source, record), source.places, source.today)


def _cells(source: Source, record: Record) -> dict[str, str]:
    """By column, as far as there are both."""
    named = zip(source.columns, record.cells or (), strict=False)
    return {column: cell for column, cell in named if column in ipis.COLUMNS}
