"""Edges to sites and their visits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import or_, select, update
from sqlalchemy.dialects.postgresql import distinct_on

from api.sites.tables import Site, SiteStatus, SiteVisit, VisitMineral, VisitPresence
from api.store.edges import Comparison, Filter, Order, ToMany, ToOne

if TYPE_CHECKING:
    from collections.abc import Collection
    from uuid import UUID

    from sqlalchemy import Select

minerals = ToMany(
    VisitMineral,
    (Order(VisitMineral.position),),
    source="id",
    target=VisitMineral.visit_id,
    default=5,
    where=(VisitMineral.withdrawn.is_(False),),
)
_latest_minerals = ToMany(
    VisitMineral,
    minerals.order,
    source="latest_visit_id",
    target=VisitMineral.visit_id,
    where=minerals.where,
)
presences = ToMany(
    VisitPresence,
    (Order(VisitPresence.position),),
    source="id",
    target=VisitPresence.visit_id,
    default=5,
    where=(VisitPresence.withdrawn.is_(False),),
)
sites = ToMany(
    Site,
    (Order(Site.code), Order(Site.id)),
    most=1_000,
    filters={
        "code": Site.code,
        "pcode": Site.pcode,
        "province": Site.province_pcode,
        "kind": Site.kind,
        "mineral": Filter(VisitMineral.mineral, across=_latest_minerals),
        "icglr_status": Site.icglr_status,
        "status_expires_after": Filter(Site.icglr_expires_on, Comparison.AFTER),
        "last_visited_before": Filter(Site.last_visited_on, Comparison.BEFORE_OR_NEVER),
    },
)
visits = ToMany(
    SiteVisit,
    (
        Order(SiteVisit.visited_on, descending=True),
        Order(SiteVisit.vid, descending=True),
        Order(SiteVisit.id, descending=True),
    ),
    source="id",
    target=SiteVisit.site_id,
)
statuses = ToMany(
    SiteStatus,
    (
        Order(SiteStatus.given_on, descending=True),
        Order(SiteStatus.vid, descending=True),
        Order(SiteStatus.visit_id, descending=True),
    ),
    source="id",
    target=SiteStatus.site_id,
)
latest_visit = ToOne(SiteVisit, "latest_visit_id", SiteVisit.id)
status = ToOne(SiteStatus, "status_visit_id", SiteStatus.visit_id)
visit_of_status = ToOne(SiteVisit, "visit_id", SiteVisit.id)
of = ToOne(Site, "site_id", Site.id)


def by_code(group_id: UUID, codes: Collection[str]) -> Select[Any]:
    return select(Site).where(Site.group_id == group_id, Site.code.in_(codes))


def by_vid(group_id: UUID, vids: Collection[int]) -> Select[Any]:
    return select(SiteVisit).where(SiteVisit.group_id == group_id, SiteVisit.vid.in_(vids))


def parts_of(table: Any, group_id: UUID, visit_ids: Collection[UUID]) -> Select[Any]:
    """The minerals, or the presences, of visits, withdrawn ones too."""
    return select(table).where(table.group_id == group_id, table.visit_id.in_(visit_ids))


def latest_vids(group_id: UUID, site_ids: Collection[UUID]) -> Any:
    """The number of each site's latest visit, beside the site; none where it has none."""
    of_site = (SiteVisit.group_id == Site.group_id) & (SiteVisit.id == Site.latest_visit_id)
    wanted = select(Site.id, SiteVisit.vid).outerjoin(SiteVisit, of_site)
    return wanted.where(Site.group_id == group_id, Site.id.in_(site_ids))


def keep_latest(group_id: UUID, site_ids: Collection[UUID]) -> Any:
    """Set what a site keeps of its visits: the latest, and the last that gave a status; which sites that changed. The
    version stays: nothing that somebody may have been about to change is another."""
    last, given = _last(group_id, site_ids, with_status=False), _last(group_id, site_ids, with_status=True)
    kept = (
        select(Site.id.label("site_id"), last.c.id, last.c.visited_on, given.c.id.label("status_id"))
        .add_columns(given.c.icglr_status, given.c.icglr_expires_on)
        .outerjoin(last, last.c.site_id == Site.id)
        .outerjoin(given, given.c.site_id == Site.id)
        .where(Site.group_id == group_id, Site.id.in_(site_ids))
        .subquery("kept")
    )
    new = {
        Site.latest_visit_id: kept.c.id,
        Site.last_visited_on: kept.c.visited_on,
        Site.status_visit_id: kept.c.status_id,
        Site.icglr_status: kept.c.icglr_status,
        Site.icglr_expires_on: kept.c.icglr_expires_on,
    }
    differs = [column.is_distinct_from(value) for column, value in new.items()]
    return (
        update(Site)
        .where(Site.group_id == group_id, Site.id == kept.c.site_id, or_(*differs))
        .values({column.key: value for column, value in new.items()})
        .returning(Site.id)
        .execution_options(synchronize_session=False)
    )


def _last(group_id: UUID, site_ids: Collection[UUID], *, with_status: bool) -> Any:
    """The latest visit of each site, by date and then by number (DOMAIN 8)."""
    visits = select(SiteVisit).where(SiteVisit.group_id == group_id, SiteVisit.site_id.in_(site_ids))
    if with_status:
        visits = visits.where(SiteVisit.icglr_status.is_not(None))
    ordered = visits.order_by(SiteVisit.site_id, SiteVisit.visited_on.desc(), SiteVisit.vid.desc())
    return ordered.ext(distinct_on(SiteVisit.site_id)).subquery("given" if with_status else "last")
