"""Taking in what was seen at sites: what is new is added, what differs is changed, and the rest is left alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from api import policy
from api.audit.actions import record
from api.sites import reads, rules
from api.sites.rules import Seen, SiteKind
from api.sites.tables import Site, SiteVisit, VisitMineral, VisitPresence
from api.store.base import new_id

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from uuid import UUID

    from api.sites.rules import MineralFacts, PresenceFacts, VisitFacts
    from api.store.base import Base
    from api.store.operation import Operation

PARTS: Mapping[str, type[VisitMineral | VisitPresence]] = {"minerals": VisitMineral, "presences": VisitPresence}


@dataclass(slots=True)
class Taken:
    """How many rows an act found new or changed."""

    new_sites: int = 0
    changed_sites: int = 0
    new_visits: int = 0
    changed_visits: int = 0

    def add(self, other: Taken) -> None:
        for name in self.__slots__:
            setattr(self, name, getattr(self, name) + getattr(other, name))


async def take_in(op: Operation, seen: Sequence[Seen]) -> Taken:
    """Write sites by their code and visits by their number; taken in again, the same changes nothing and leaves no
    audit line. What a site is called and where it lies is what its latest visit says."""
    policy.require(op.seat, "site.import")
    taken = Taken()
    sites = await _sites(op, seen, taken)
    touched = await _visits(op, [each for each in seen if each.visit], sites, taken)
    kept = await op.rows(reads.keep_latest(op.group_id, touched)) if touched else ()
    changed = await _describe(op, seen, sites)
    taken.changed_sites = len(changed)
    if taken != Taken() or kept:
        await record(op, "site.import", *sorted({*touched, *changed}))
    return taken


async def _sites(op: Operation, seen: Sequence[Seen], taken: Taken) -> Mapping[str, Site]:
    """The sites by code; those that were not there are added."""
    last: dict[str, Seen] = {}
    for each in seen:
        last[each.site.code] = rules.newer(each, last.get(each.site.code, each))
    sites = {site.code: site for site in await op.scalars(reads.by_code(op.group_id, last))}
    added = [
        Site(group_id=op.group_id, id=new_id(), kind=SiteKind.ASM, **_values(each.site))
        for code, each in sorted(last.items())
        if code not in sites
    ]
    await op.add_together(added)
    taken.new_sites = len(added)
    return {**sites, **{site.code: site for site in added}}


async def _visits(op: Operation, seen: Sequence[Seen], sites: Mapping[str, Site], taken: Taken) -> set[UUID]:
    """Write the visits and their parts; the sites whose visits are others now."""
    facts = {each.visit.vid: (each.visit, sites[each.site.code].id) for each in seen if each.visit}
    there = {visit.vid: visit for visit in await op.scalars(reads.by_vid(op.group_id, facts))}
    before = {vid: visit.site_id for vid, visit in there.items()}
    changed = {vid for vid, visit in there.items() if _put(visit, _visit(*facts[vid]))}
    added = {
        vid: SiteVisit(group_id=op.group_id, id=new_id(), **_visit(*facts[vid]))
        for vid in sorted(facts.keys() - there.keys())
    }
    await op.add_together(list(added.values()))
    visits = {**there, **added}
    for name, table in PARTS.items():
        wanted = {visits[vid].id: getattr(visit, name) for vid, (visit, _) in facts.items()}
        others = await _parts(op, table, wanted, [visit.id for visit in there.values()])
        changed |= {vid for vid, visit in there.items() if visit.id in others}
    taken.new_visits, taken.changed_visits = len(added), len(changed)
    return {site_id for vid in changed | added.keys() for site_id in (before.get(vid), facts[vid][1]) if site_id}


async def _parts(
    op: Operation, table: type[VisitMineral | VisitPresence], wanted: Mapping[UUID, Any], there: Sequence[UUID]
) -> set[UUID]:
    """Write what visits hold in order, by its place; which visits that made others. What is not there any more is
    withdrawn."""
    stated = {
        (visit_id, position): _values(facts)
        for visit_id, parts in wanted.items()
        for position, facts in enumerate(parts, 1)
    }
    rows = {
        (row.visit_id, row.position): row
        for row in (await op.scalars(reads.parts_of(table, op.group_id, there)) if there else ())
    }
    changed = {
        key[0]
        for key, row in rows.items()
        if _put(row, {**stated[key], "withdrawn": False} if key in stated else {"withdrawn": True})
    }
    added = [
        table(group_id=op.group_id, visit_id=key[0], position=key[1], withdrawn=False, **values)
        for key, values in stated.items()
        if key not in rows
    ]
    await op.add_together(added)
    return changed | {row.visit_id for row in added}


async def _describe(op: Operation, seen: Sequence[Seen], sites: Mapping[str, Site]) -> set[UUID]:
    """Let the latest visit say what a site is; which sites it made others."""
    latest = dict(await op.rows(reads.latest_vids(op.group_id, [site.id for site in sites.values()])))
    changed = set()
    for each in seen:
        site = sites[each.site.code]
        if latest[site.id] == (each.visit.vid if each.visit else None) and _put(site, _values(each.site)):
            changed.add(site.id)
    await op.flush()
    return changed


def _visit(facts: VisitFacts, site_id: UUID) -> Mapping[str, Any]:
    values = {name: value for name, value in _values(facts).items() if name not in PARTS}
    services = None if facts.services is None else [service.name for service in facts.services]
    expires_on = rules.expires_on(facts.icglr_status, facts.visited.start)
    return {**values, "site_id": site_id, "services": services, "icglr_expires_on": expires_on}


def _values(facts: rules.SiteFacts | VisitFacts | MineralFacts | PresenceFacts) -> dict[str, Any]:
    return {name: getattr(facts, name) for name in facts.__slots__}


def _put(row: Base, values: Mapping[str, Any]) -> bool:
    """Change what differs; whether anything did."""
    differs = [name for name, value in values.items() if getattr(row, name) != value]
    for name in differs:
        setattr(row, name, values[name])
    return bool(differs)
