"""Sites and what was seen at them: all GROUP (DOMAIN 3.3)."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, composite, mapped_column

from api.dates import DateWithPrecision, Precision
from api.sites.rules import (
    Access,
    Frequency,
    IcglrStanding,
    IcglrStatus,
    ItsciStatus,
    Mineral,
    Observed,
    PresenceKind,
    SiteKind,
)
from api.store.base import Base, GroupId, Key, codes


class Site(Base):
    """A mine by its IPIS code. The last five columns before the version are kept by the act that writes visits, so that
    a list of sites is filtered without its visits; a foreign key back to these would be a circle."""

    __tablename__ = "sites"
    __table_args__ = (
        UniqueConstraint("group_id", "code"),
        CheckConstraint("longitude BETWEEN -180 AND 180", name="longitude"),
        CheckConstraint("latitude BETWEEN -90 AND 90", name="latitude"),
        CheckConstraint("(longitude IS NULL) = (latitude IS NULL)", name="point"),
        Index(None, "group_id", "pcode", "code"),
        Index(None, "group_id", "province_pcode", "code"),
        Index(None, "group_id", "kind", "code"),
        Index(None, "group_id", "last_visited_on"),
        Index(None, "group_id", "icglr_status", "icglr_expires_on"),
    )

    group_id: Mapped[GroupId]
    id: Mapped[Key]
    code: Mapped[str]
    name: Mapped[str]
    kind: Mapped[SiteKind]
    pcode: Mapped[str | None] = mapped_column(ForeignKey("places.pcode"))
    province_pcode: Mapped[str | None] = mapped_column(ForeignKey("places.pcode"))
    stated_province: Mapped[str | None]
    stated_former_province: Mapped[str | None]
    stated_territory: Mapped[str | None]
    stated_chiefdom: Mapped[str | None]
    stated_groupement: Mapped[str | None]
    stated_village: Mapped[str | None]
    longitude: Mapped[float | None]
    latitude: Mapped[float | None]
    location_origin: Mapped[str | None]
    latest_visit_id: Mapped[UUID | None]
    last_visited_on: Mapped[date | None]
    status_visit_id: Mapped[UUID | None]
    icglr_status: Mapped[IcglrStatus | None]
    icglr_expires_on: Mapped[date | None]
    version: Mapped[int] = mapped_column()
    __mapper_args__ = {"version_id_col": version}


class SiteVisit(Base):
    """What was seen, or heard, of a site on a date. Null is unknown."""

    __tablename__ = "site_visits"
    __table_args__ = (
        ForeignKeyConstraint(["group_id", "site_id"], ["sites.group_id", "sites.id"]),
        UniqueConstraint("group_id", "vid"),
        CheckConstraint("workers >= 0", name="workers"),
        Index(None, "group_id", "site_id", "visited_on", "vid", "id"),
    )

    group_id: Mapped[GroupId]
    id: Mapped[Key]
    site_id: Mapped[UUID]
    vid: Mapped[int]
    visited_on: Mapped[date]
    visited_to: Mapped[date | None]
    visited_precision: Mapped[Precision]
    visited: Mapped[DateWithPrecision] = composite("visited_on", "visited_to", "visited_precision")
    source: Mapped[str | None]
    project: Mapped[str | None]
    on_site: Mapped[bool | None]
    absence_reason: Mapped[str | None]
    workers: Mapped[int | None]
    is_3t: Mapped[bool | None]
    is_gold: Mapped[bool | None]
    access_dry: Mapped[Access | None] = mapped_column(codes(Access, "access_dry"))
    access_dry_stated: Mapped[str | None]
    access_wet: Mapped[Access | None] = mapped_column(codes(Access, "access_wet"))
    access_wet_stated: Mapped[str | None]
    presence: Mapped[Observed] = mapped_column(codes(Observed, "presence"))
    interference: Mapped[Observed] = mapped_column(codes(Observed, "interference"))
    services: Mapped[list[str] | None]
    services_stated: Mapped[str | None]
    itsci: Mapped[ItsciStatus | None]
    itsci_stated: Mapped[str | None]
    traceability: Mapped[str | None]
    icglr_status: Mapped[IcglrStatus | None]
    icglr_expires_on: Mapped[date | None]
    qualification: Mapped[str | None]
    children: Mapped[Observed] = mapped_column(codes(Observed, "children"))
    children_work: Mapped[str | None]
    women: Mapped[Observed] = mapped_column(codes(Observed, "women"))
    women_work: Mapped[str | None]
    mercury: Mapped[Observed] = mapped_column(codes(Observed, "mercury"))


class VisitMineral(Base):
    """A mineral that was mined. Nothing is ever deleted: what a later import does not state any more is withdrawn."""

    __tablename__ = "visit_minerals"
    __table_args__ = (
        ForeignKeyConstraint(["group_id", "visit_id"], ["site_visits.group_id", "site_visits.id"]),
        Index(None, "group_id", "mineral", "visit_id"),
    )

    group_id: Mapped[GroupId]
    visit_id: Mapped[Key]
    position: Mapped[int] = mapped_column(primary_key=True)
    withdrawn: Mapped[bool]
    mineral: Mapped[Mineral]
    stated: Mapped[str | None]
    selling_points: Mapped[str | None]
    final_destination: Mapped[str | None]


class VisitPresence(Base):
    """An armed actor that was there, and the eight kinds of interference; withdrawn as a mineral is."""

    __tablename__ = "visit_presences"
    __table_args__ = (ForeignKeyConstraint(["group_id", "visit_id"], ["site_visits.group_id", "site_visits.id"]),)

    group_id: Mapped[GroupId]
    visit_id: Mapped[Key]
    position: Mapped[int] = mapped_column(primary_key=True)
    withdrawn: Mapped[bool]
    name: Mapped[str | None]
    kind: Mapped[PresenceKind | None]
    kind_stated: Mapped[str | None]
    state_force: Mapped[bool | None]
    frequency: Mapped[Frequency | None]
    frequency_stated: Mapped[str | None]
    taxation: Mapped[Observed] = mapped_column(codes(Observed, "taxation"))
    commerce_taxation: Mapped[Observed] = mapped_column(codes(Observed, "commerce_taxation"))
    entrance_taxation: Mapped[Observed] = mapped_column(codes(Observed, "entrance_taxation"))
    monopoly: Mapped[Observed] = mapped_column(codes(Observed, "monopoly"))
    buying_minerals: Mapped[Observed] = mapped_column(codes(Observed, "buying_minerals"))
    digging: Mapped[Observed] = mapped_column(codes(Observed, "digging"))
    forced_labour: Mapped[Observed] = mapped_column(codes(Observed, "forced_labour"))
    pillaging: Mapped[Observed] = mapped_column(codes(Observed, "pillaging"))


class SiteStatus(Base):
    """A view over the visits that gave a status, with what each is worth today."""

    __tablename__ = "site_statuses"
    __table_args__ = {"info": {"view": True}}

    group_id: Mapped[UUID] = mapped_column(primary_key=True)
    visit_id: Mapped[UUID] = mapped_column(primary_key=True)
    site_id: Mapped[UUID]
    vid: Mapped[int]
    status: Mapped[IcglrStatus]
    stated: Mapped[str | None]
    given_on: Mapped[date]
    given_to: Mapped[date | None]
    given_precision: Mapped[Precision]
    given: Mapped[DateWithPrecision] = composite("given_on", "given_to", "given_precision")
    expires_on: Mapped[date | None]
    standing: Mapped[IcglrStanding]
