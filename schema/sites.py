"""Sites: mines by their IPIS code, and what was seen there."""

from __future__ import annotations

from datetime import date

import strawberry

from api.graph.connections import Connection
from api.graph.declare import code_list, column, labelled, published, roots, to_many, to_one
from api.places import reads as places
from api.sites import reads, tables
from api.sites.rules import (
    Access,
    Frequency,
    IcglrStanding,
    IcglrStatus,
    ItsciStatus,
    Mineral,
    Observed,
    PresenceKind,
    Service,
    SiteKind,
)
from schema.nodes import Node
from schema.places import Place
from schema.scalars import DateWithPrecision

labelled(SiteKind, "How a site is mined.")
labelled(Mineral, "What is mined; with OTHER the text says what.")
labelled(Observed, "Three values: what nobody looked for is not what was not there.")
labelled(PresenceKind, "What kind of armed actor was there, and whether it interfered.")
labelled(Frequency, "How often somebody is there; with OTHER the text says how.")
labelled(Service, "A service at a site; with OTHER the text says which.")
labelled(Access, "How a site is reached.")
labelled(ItsciStatus, "Where a site stands with iTSCi.")
labelled(IcglrStatus, "What a site was given by the regional certification mechanism.")
labelled(IcglrStanding, "What a status is worth today: an expired one is not what it was.")


@published(tables.VisitMineral, "A mineral that was mined, and where it was sold.")
class VisitMineral:
    mineral: Mineral = column("The mineral.")
    stated: str | None = column("Its name as stated.")
    selling_points: str | None = column("Where it was sold, as stated.")
    final_destination: str | None = column("Where it went, as stated.")


@published(tables.VisitPresence, "An armed actor that was there, and how it interfered.")
class VisitPresence:
    name: str | None = column("Its name as stated; which actor that is, only people decide.")
    kind: PresenceKind | None = column("What kind of actor; null where none is stated.")
    kind_stated: str | None = column("The kind as stated.")
    state_force: bool | None = column("Whether it is army or police; null where that is not clear.")
    frequency: Frequency | None = column("How often it was there; null where that is not stated.")
    frequency_stated: str | None = column("How often, as stated.")
    taxation: Observed = column("Whether it taxed the miners.")
    commerce_taxation: Observed = column("Whether it taxed trade.")
    entrance_taxation: Observed = column("Whether it took a fee at the entrance.")
    monopoly: Observed = column("Whether it held a monopoly.")
    buying_minerals: Observed = column("Whether it bought minerals.")
    digging: Observed = column("Whether it dug, or let dig.")
    forced_labour: Observed = column("Whether it forced people to work.")
    pillaging: Observed = column("Whether it pillaged.")


@published(tables.SiteVisit, "What was seen, or heard, of a site on a date. Null is unknown.")
class SiteVisit(Node):
    vid: int = column("Number of the visit in IPIS' data.")
    visited: DateWithPrecision = column("When; in some campaigns only the year is known.")
    source: str | None = column("Who collected it.")
    project: str | None = column("In which campaign.")
    on_site: bool | None = column("Whether the team was on the site; without it, others told what is here.")
    absence_reason: str | None = column("Why the team was not on the site.")
    workers: int | None = column("How many people worked there; null is unknown, 0 is nobody.")
    is_3t: bool | None = column("Whether tin, tantalum or tungsten is mined, as stated.", name="is3T")
    is_gold: bool | None = column("Whether gold is mined, as stated.")
    access_dry: Access | None = column("How it was reached in the dry season.")
    access_dry_stated: str | None = column("The same as stated.")
    access_wet: Access | None = column("How it was reached in the rainy season.")
    access_wet_stated: str | None = column("The same as stated.")
    presence: Observed = column("Whether any armed actor was there.")
    interference: Observed = column("Whether any armed actor interfered.")
    services: list[Service] | None = code_list(
        Service, "Services that were there; null where nothing is stated.", of="services"
    )
    services_stated: str | None = column("The services as stated.")
    itsci: ItsciStatus | None = column("Where the site stood with iTSCi.")
    itsci_stated: str | None = column("The same as stated.")
    traceability: str | None = column("System of traceability, as stated.")
    icglr_status: IcglrStatus | None = column("What the visit found its ICGLR status to be; the site knows what it is.")
    icglr_expires_on: date | None = column("First day on which that status was worth nothing any more.")
    qualification: str | None = column("The status as stated.")
    children: Observed = column("Whether children under 15 worked there.")
    children_work: str | None = column("What they did, as stated.")
    women: Observed = column("Whether women worked there.")
    women_work: str | None = column("What they did, as stated.")
    mercury: Observed = column("Whether mercury was used.")
    minerals: Connection[VisitMineral] = to_many(reads.minerals, "What was mined, the main mineral first.")
    presences: Connection[VisitPresence] = to_many(reads.presences, "Armed actors that were there.")
    site: Site | None = to_one(reads.of, "The site.")


@published(tables.SiteStatus, "An ICGLR status, since when, until when, and what it is worth today.")
class SiteStatus:
    standing: IcglrStanding = column("What it is worth today: EXPIRED from its last day on; blue becomes red.")
    status: IcglrStatus = column("What was given.")
    stated: str | None = column("What was given, as stated.")
    given: DateWithPrecision = column("When it was given.")
    expires_on: date | None = column("First day on which it is worth nothing; null where it says that there is none.")
    visit: SiteVisit | None = to_one(reads.visit_of_status, "The visit that it was given on.")


@published(tables.Site, "A mine by its IPIS code. The stated place is what was said, `place` what that resolves to.")
class Site(Node):
    code: str = column("IPIS' code, for example codmine00917; names repeat over different sites.")
    name: str = column("Name as spelt by the latest visit.")
    kind: SiteKind = column("How it is mined.")
    stated_province: str | None = column("Province, as stated.")
    stated_former_province: str | None = column("Province before 2015, as stated.")
    stated_territory: str | None = column("Territory, as stated.")
    stated_chiefdom: str | None = column("Chiefdom, sector or other collectivité, as stated.")
    stated_groupement: str | None = column("Groupement, as stated.")
    stated_village: str | None = column("Village, as stated.")
    longitude: float | None = column("Degrees east, WGS 84.")
    latitude: float | None = column("Degrees north, WGS 84.")
    location_origin: str | None = column("Where the point is from, as stated: GPS, an approximation, a village.")
    last_visited_on: date | None = column("First day of the latest visit; null where there was none.")
    version: int = column("Version of the row: name it when you change it.")
    place: Place | None = to_one(
        places.of("pcode"), "Territory or town; null where the stated one is none of the province."
    )
    province: Place | None = to_one(places.of("province_pcode"), "Province; null where the stated one is none.")
    latest_visit: SiteVisit | None = to_one(
        reads.latest_visit, "The latest visit, by date and then number. What it does not know, it does not know."
    )
    status: SiteStatus | None = to_one(reads.status, "The last ICGLR status that was given, expired or not.")
    visits: Connection[SiteVisit] = to_many(reads.visits, "Its visits, the latest first.")
    statuses: Connection[SiteStatus] = to_many(reads.statuses, "Its ICGLR statuses, the latest first.")


@strawberry.input(description="Which sites.")
class SiteFilter:
    code: list[str] | None = strawberry.field(default=None, description="IPIS' codes.")
    pcode: list[str] | None = strawberry.field(default=None, description="P-codes of territories and towns.")
    province: list[str] | None = strawberry.field(default=None, description="P-codes of provinces.")
    kind: list[SiteKind] | None = strawberry.field(default=None, description="How they are mined.")
    mineral: list[Mineral] | None = strawberry.field(default=None, description="What the latest visit saw mined.")
    icglr_status: list[IcglrStatus] | None = strawberry.field(
        default=None, description="The last status that was given, expired or not."
    )
    status_expires_after: date | None = strawberry.field(
        default=None, description="The last status expires after this day: with today, those that are in force."
    )
    last_visited_before: date | None = strawberry.field(
        default=None, description="The latest visit was before this day, or there was none."
    )


@strawberry.type
class SiteQuery:
    sites: Connection[Site] = roots(reads.sites, "Sites, by code.", SiteFilter)
