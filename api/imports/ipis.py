"""One row of IPIS' site visits: what it says, and what is wrong with it (DOMAIN 8). Nothing here touches a file or the
database. A blank is unknown; a text is kept as it is spelt, in NFC and without blanks around it."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from datetime import date
from enum import Enum
from typing import TYPE_CHECKING, TypeVar

from api.dates import DateWithPrecision, Precision
from api.imports import words
from api.places.rules import name_key
from api.sentences import sentence
from api.sites.rules import (
    Access,
    Frequency,
    IcglrStatus,
    ItsciStatus,
    Mineral,
    MineralFacts,
    Observed,
    PresenceFacts,
    PresenceKind,
    Seen,
    Service,
    SiteFacts,
    VisitFacts,
    is_state_force,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from api.places.rules import Gazetteer

Code = TypeVar("Code", bound=Enum)

MINERALS = (1, 2, 3)
ARMED = (1, 2)
INTERFERENCES = (
    "taxation",
    "commerce_taxation",
    "entrance_taxation",
    "monopoly",
    "buying_minerals",
    "digging",
    "forced_labour",
    "pillaging",
)
OF_ARMED = ("", "type_", "frequency_", *(f"{kind}_" for kind in INTERFERENCES))
SERVICES = ("state_service1", "state_service2", "state_service3", "state_service4")
COLUMNS = (
    "vid", "source", "project", "pcode", "name", "visit_date", "visit_onsite", "visit_onsite_novisitreason", "geom",
    "longitude", "latitude", "location_origin", "province", "province_old", "territoire", "collectivite", "groupement",
    "village", "workers_numb", "access_dry", "access_wet", "is_3t_mine", "is_gold_mine",
    *(f"{what}mineral{n}" for n in MINERALS for what in ("", "selling_points_", "final_destination_")),
    "mercury", "presence", "interference",
    *(f"{what}armed_group{n}" for n in ARMED for what in OF_ARMED),
    *SERVICES, "itsci", "traceability", "qualification", "childunder15", "childunder15work", "women", "womenwork",
)  # fmt: skip
"""Those that are read. `FID`, `cid` and `id` are not: none of them is a key of a site or a visit."""

LONGEST = 1_000
MOST_WORKERS = 1_000_000
LARGEST = 2**31 - 1
SITE_CODE = re.compile(r"codmine[0-9]{1,10}")
NUMBER = re.compile(r"[0-9]{1,10}")
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
POINT = re.compile(r"POINT ?\((\S+) (\S+)\)")
THREE = {"": Observed.NOT_RECORDED, "0": Observed.NONE_OBSERVED, "1": Observed.OBSERVED}
YES_OR_NO = {"": None, "0": False, "1": True}

REFUSED = {
    "ROW_LENGTH",
    "ROW_NOT_UTF8",
    "TEXT_INVALID",
    "TEXT_LENGTH",
    "VISIT_NUMBER_INVALID",
    "VISIT_NUMBER_TWICE",
    "SITE_CODE_INVALID",
    "SITE_NAME_MISSING",
    "VISIT_DATE_INVALID",
}
"""What keeps a row out. Whatever else is wrong is told, and the visit is taken in without it."""


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with a cell, or with a row where no column is named."""

    code: str
    column: str = ""
    value: str = ""
    values: tuple[tuple[str, int], ...] = ()

    @property
    def refused(self) -> bool:
        return self.code in REFUSED

    def message(self, language: str) -> str:
        return sentence(self.code, language, dict(self.values))


def problem(code: str, column: str = "", value: str = "", **values: int) -> Problem:
    return Problem(code, column, value, tuple(values.items()))


@dataclass(slots=True)
class Row:
    """A row by its columns, and what was found wrong while it was read."""

    cells: Mapping[str, str]
    problems: list[Problem] = field(default_factory=list)

    def wrong(self, code: str, column: str, **values: int) -> None:
        self.problems.append(problem(code, column, self.cells[column], **values))

    def text(self, column: str) -> str | None:
        return unicodedata.normalize("NFC", self.cells[column]).strip() or None

    def one_of(self, column: str, known: Mapping[str, Code], other: Code) -> Code | None:
        """The code for a word; a word that is not known is kept as text, and told."""
        stated = self.text(column)
        if stated is None:
            return None
        code = known.get(name_key(stated))
        if code is None:
            self.wrong("VALUE_NOT_LISTED", column)
        return code or other

    def observed(self, column: str) -> Observed:
        return self._flag(column, THREE, Observed.NOT_RECORDED)

    def flag(self, column: str) -> bool | None:
        return self._flag(column, YES_OR_NO, None)

    def _flag(self, column: str, known: Mapping[str, Flag], unknown: Flag) -> Flag:
        stated = self.cells[column].strip()
        if stated not in known:
            self.wrong("FLAG_INVALID", column)
        return known.get(stated, unknown)

    def number(self, column: str, least: int, most: int, code: str) -> int | None:
        stated = self.cells[column].strip()
        if NUMBER.fullmatch(stated) and least <= int(stated) <= most:
            return int(stated)
        self.wrong(code, column)
        return None


Flag = TypeVar("Flag")


def read(cells: Mapping[str, str], places: Gazetteer, today: date) -> tuple[Seen | None, list[Problem]]:
    """What a row says, none if it is refused, and what is wrong with it."""
    spoilt = _spoilt(cells)
    if spoilt:
        return None, spoilt
    row = Row(cells)
    seen = Seen(_site(row, places), _visit(row, today))
    return (None if any(each.refused for each in row.problems) else seen), row.problems


def _spoilt(cells: Mapping[str, str]) -> list[Problem]:
    """Text that cannot be read, or stored."""
    found = []
    for column, text in cells.items():
        if any("\ud800" <= letter <= "\udfff" for letter in text):  # what is not UTF-8 arrives as these
            found.append(problem("ROW_NOT_UTF8", column))
        elif "\x00" in text:
            found.append(problem("TEXT_INVALID", column))
        elif len(text) > LONGEST:
            found.append(problem("TEXT_LENGTH", column, most=LONGEST))
    return found


def _site(row: Row, places: Gazetteer) -> SiteFacts:
    code, name = row.text("pcode") or "", row.text("name") or ""
    if not SITE_CODE.fullmatch(code):
        row.wrong("SITE_CODE_INVALID", "pcode")
    if not name:
        row.wrong("SITE_NAME_MISSING", "name")
    province, part = _place(row, places)
    longitude, latitude = _point(row)
    return SiteFacts(
        code=code,
        name=name,
        pcode=part,
        province_pcode=province,
        stated_province=row.text("province"),
        stated_former_province=row.text("province_old"),
        stated_territory=row.text("territoire"),
        stated_chiefdom=row.text("collectivite"),
        stated_groupement=row.text("groupement"),
        stated_village=row.text("village"),
        longitude=longitude,
        latitude=latitude,
        location_origin=row.text("location_origin"),
    )


def _place(row: Row, places: Gazetteer) -> tuple[str | None, str | None]:
    """P-codes of province and territory. What the names do not say is told, and not guessed."""
    stated, part = row.text("province"), row.text("territoire")
    province = places.province(stated) if stated else None
    if stated and province is None:
        row.wrong("PROVINCE_UNKNOWN", "province")
    found = places.part(province, part) if province and part else None
    if part and found is None and (province or not stated):
        row.wrong("TERRITORY_UNKNOWN", "territoire")
    return province, found


def _point(row: Row) -> tuple[float | None, float | None]:
    """Longitude and latitude. The text in `geom` has more digits than the columns, which stand in where there is
    none."""
    stated = row.text("geom")
    columns = row.text("longitude"), row.text("latitude")
    if stated is None and columns == (None, None):
        return None, None
    match = POINT.fullmatch(stated or "")
    found = _degrees(*(match.groups() if match else columns))
    if found is None:
        row.wrong("POINT_INVALID", "geom" if stated else "longitude")
        return None, None
    return found


def _degrees(longitude: str | None, latitude: str | None) -> tuple[float, float] | None:
    try:
        east, north = float(longitude or ""), float(latitude or "")
    except ValueError:
        return None
    return (east, north) if abs(east) <= 180 and abs(north) <= 90 else None  # noqa: PLR2004 - degrees of a globe


def _visit(row: Row, today: date) -> VisitFacts:
    services, services_stated = _services(row)
    return VisitFacts(
        vid=row.number("vid", 1, LARGEST, "VISIT_NUMBER_INVALID") or 0,
        visited=_visited(row, today),
        source=row.text("source"),
        project=row.text("project"),
        on_site=row.flag("visit_onsite"),
        absence_reason=row.text("visit_onsite_novisitreason"),
        workers=row.number("workers_numb", 0, MOST_WORKERS, "NUMBER_INVALID") if row.text("workers_numb") else None,
        is_3t=row.flag("is_3t_mine"),
        is_gold=row.flag("is_gold_mine"),
        access_dry=row.one_of("access_dry", words.ACCESSES, Access.OTHER),
        access_dry_stated=row.text("access_dry"),
        access_wet=row.one_of("access_wet", words.ACCESSES, Access.OTHER),
        access_wet_stated=row.text("access_wet"),
        presence=row.observed("presence"),
        interference=row.observed("interference"),
        services=services,
        services_stated=services_stated,
        itsci=row.one_of("itsci", words.ITSCI, ItsciStatus.OTHER),
        itsci_stated=row.text("itsci"),
        traceability=row.text("traceability"),
        icglr_status=row.one_of("qualification", words.STATUSES, IcglrStatus.OTHER),
        qualification=row.text("qualification"),
        children=row.observed("childunder15"),
        children_work=row.text("childunder15work"),
        women=row.observed("women"),
        women_work=row.text("womenwork"),
        mercury=row.observed("mercury"),
        minerals=tuple(filter(None, (_mineral(row, number) for number in MINERALS))),
        presences=tuple(filter(None, (_presence(row, number) for number in ARMED))),
    )


def _visited(row: Row, today: date) -> DateWithPrecision:
    stated = row.cells["visit_date"].strip()
    try:
        day = date.fromisoformat(stated) if DAY.fullmatch(stated) else None
    except ValueError:
        day = None
    if day is None or day > today:
        row.wrong("VISIT_DATE_INVALID", "visit_date")
        return DateWithPrecision(None, None, Precision.UNKNOWN)
    only_year = (day.month, day.day) == (1, 1) and name_key(row.text("project") or "") in words.YEAR_ONLY
    return DateWithPrecision(day, None, Precision.YEAR if only_year else Precision.DAY)


def _services(row: Row) -> tuple[tuple[Service, ...] | None, str | None]:
    """A set that is spread over four columns; nothing in any of them is unknown, not nobody."""
    stated = {column: text for column in SERVICES if (text := row.text(column))}
    if not stated:
        return None, None
    found: set[Service] = set()
    for column, text in stated.items():
        known = words.SERVICES.get(name_key(text))
        if known is None:
            row.wrong("VALUE_NOT_LISTED", column)
        found.update(known or (Service.OTHER,))
    return tuple(service for service in Service if service in found), "; ".join(stated.values())


def _mineral(row: Row, number: int) -> MineralFacts | None:
    column = f"mineral{number}"
    stated, points = row.text(column), row.text(f"selling_points_{column}")
    destination = row.text(f"final_destination_{column}")
    if not (stated or points or destination):
        return None
    mineral = row.one_of(column, words.MINERALS, Mineral.OTHER) or Mineral.UNKNOWN
    return MineralFacts(mineral, stated, points, destination)


def _presence(row: Row, number: int) -> PresenceFacts | None:
    """The actor of a pair of columns; none where there is no name, kind or frequency and no interference."""
    group = f"armed_group{number}"
    name, kind_stated, frequency_stated = row.text(group), row.text(f"type_{group}"), row.text(f"frequency_{group}")
    if kind_stated == "0":  # nobody
        kind_stated = None
    interference = {kind: row.observed(f"{kind}_{group}") for kind in INTERFERENCES}
    if not (name or kind_stated or frequency_stated or Observed.OBSERVED in interference.values()):
        return None
    kind = row.one_of(f"type_{group}", words.KINDS, PresenceKind.OTHER) if kind_stated else None
    named_so = name is not None and name_key(name) in words.STATE_FORCES
    if named_so and is_state_force(kind, named_so=True) is None:
        row.wrong("FORCE_UNCLEAR", group)
    return PresenceFacts(
        name=name,
        kind=kind,
        kind_stated=kind_stated,
        state_force=is_state_force(kind, named_so=named_so),
        frequency=row.one_of(f"frequency_{group}", words.FREQUENCIES, Frequency.OTHER),
        frequency_stated=frequency_stated,
        **interference,
    )
