"""Sites: what may be seen there, and how long an ICGLR status lasts (DOMAIN 3.10, 6.2, 6.3, 8)."""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date
from enum import Enum, unique
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from api.dates import DateWithPrecision


@unique
class SiteKind(Enum):
    """How a site is mined."""

    ASM = "artisanal"
    SEMI_INDUSTRIAL = "semi-industriel"
    LSM = "industriel"


@unique
class Mineral(Enum):
    """What is mined; a name that is not in the list is OTHER, with its text kept."""

    GOLD = "or"
    CASSITERITE = "cassitérite"
    COLTAN = "coltan"
    WOLFRAMITE = "wolframite"
    COPPER = "cuivre"
    COBALT = "cobalt"
    DIAMOND = "diamant"
    TOURMALINE = "tourmaline"
    MANGANESE = "manganèse"
    MONAZITE = "monazite"
    AMETHYST = "améthyste"
    SAPPHIRE = "saphir"
    SILVER = "argent"
    LEAD = "plomb"
    NIOBIUM = "niobium"
    ZIRCON = "zircon"
    PYROCHLORE = "pyrochlore"
    OTHER = "autre"
    UNKNOWN = "inconnu"


@unique
class Observed(Enum):
    """Three values: what nobody looked for is not what was not there."""

    OBSERVED = "constaté"
    NONE_OBSERVED = "rien constaté"
    NOT_RECORDED = "non relevé"


@unique
class PresenceKind(Enum):
    """What kind of armed actor was there, and whether it interfered, in IPIS' words."""

    ARMY_UNDISCIPLINED = "FARDC, éléments indisciplinés"
    ARMY_NO_INTERFERENCE = "FARDC, pas d'ingérence constatée"
    ARMY_NO_DATA = "FARDC, pas de données sur les ingérences"
    POLICE_UNDISCIPLINED = "PNC, éléments indisciplinés"
    POLICE_NO_INTERFERENCE = "PNC, pas d'ingérence constatée"
    POLICE_NO_DATA = "PNC, pas de données sur les ingérences"
    MINING_POLICE_UNDISCIPLINED = "PMH, éléments indisciplinés"
    MINING_POLICE_NO_INTERFERENCE = "PMH, pas d'ingérence constatée"
    MINING_POLICE_NO_DATA = "PMH, pas de données sur les ingérences"
    LOCAL_ARMED_GROUP = "groupe armé local"
    FOREIGN_ARMED_GROUP = "groupe armé étranger"
    OTHER = "autre"


@unique
class Frequency(Enum):
    """How often somebody is there."""

    PERMANENT = "permanente"
    DAILY = "quotidienne"
    SEVERAL_WEEKLY = "plusieurs fois par semaine"
    WEEKLY = "hebdomadaire"
    FORTNIGHTLY = "tous les quinze jours"
    MONTHLY = "mensuelle"
    REGULAR = "régulière"
    IRREGULAR = "irrégulière"
    OCCASIONAL = "occasionnelle"
    RANDOM = "aléatoire"
    HALF_YEARLY = "semestrielle"
    NEVER = "pas"
    OTHER = "autre"


@unique
class Service(Enum):
    """A service of the State, or what stands beside it at a site."""

    SAEMAPE = "SAEMAPE (ancien SAESSCAM)"
    MINES_DIVISION = "division des Mines"
    MINING_POLICE = "police des Mines"
    ANTI_FRAUD = "anti-fraude"
    CHIEFTAINCY = "chefferie, secteur"
    DGI = "direction générale des impôts"
    ANR = "agence nationale de renseignements"
    CNPRI = "comité national de protection contre les rayonnements ionisants"
    ENERGY = "énergie"
    ENVIRONMENT = "environnement"
    CLS = "comité local de suivi"
    ITSCI_AGENT = "agent de l'iTSCi"
    OTHER = "autre"


@unique
class Access(Enum):
    """How a site is reached."""

    UNDER_TWO_HOURS = "moins de deux heures"
    OVER_TWO_HOURS = "plus de deux heures"
    CAR_OR_MOTORBIKE = "voiture ou moto"
    OTHER = "autre"


@unique
class ItsciStatus(Enum):
    """Where a site stands with iTSCi."""

    ACTIVE = "actif"
    SUSPENDED = "suspendu"
    OTHER = "autre"


@unique
class IcglrStatus(Enum):
    """What a site was given by the regional certification mechanism; NONE says that it was given nothing."""

    GREEN = "vert"
    YELLOW = "jaune"
    RED = "rouge"
    BLUE = "bleu"
    NONE = "sans statut"
    OTHER = "autre"


@unique
class IcglrStanding(Enum):
    """What a status is worth on the day of the question."""

    GREEN = "vert, en cours"
    YELLOW = "jaune, en cours"
    RED = "rouge, en cours"
    BLUE = "bleu, en cours"
    NONE = "sans statut"
    OTHER = "autre"
    EXPIRED = "échu"


MONTHS: Mapping[IcglrStatus, int] = {
    IcglrStatus.GREEN: 12,
    IcglrStatus.YELLOW: 6,
    IcglrStatus.RED: 3,
    IcglrStatus.BLUE: 36,
}
"""How long a status lasts (DOMAIN 6.2). Nothing that was not given expires."""

ARMED_GROUPS = {PresenceKind.LOCAL_ARMED_GROUP, PresenceKind.FOREIGN_ARMED_GROUP}


@dataclass(frozen=True, slots=True)
class SiteFacts:
    """What is said of a site itself. The stated place is kept beside the P-codes that it resolves to, or not."""

    code: str
    name: str
    pcode: str | None
    province_pcode: str | None = None
    stated_province: str | None = None
    stated_former_province: str | None = None
    stated_territory: str | None = None
    stated_chiefdom: str | None = None
    stated_groupement: str | None = None
    stated_village: str | None = None
    longitude: float | None = None
    latitude: float | None = None
    location_origin: str | None = None


@dataclass(frozen=True, slots=True)
class MineralFacts:
    """A mineral that is mined, and where it is sold."""

    mineral: Mineral
    stated: str | None = None
    selling_points: str | None = None
    final_destination: str | None = None


@dataclass(frozen=True, slots=True)
class PresenceFacts:
    """An armed actor at a site. `state_force` is none where kind and name do not say, or say different things."""

    name: str | None = None
    kind: PresenceKind | None = None
    kind_stated: str | None = None
    state_force: bool | None = None
    frequency: Frequency | None = None
    frequency_stated: str | None = None
    taxation: Observed = Observed.NOT_RECORDED
    commerce_taxation: Observed = Observed.NOT_RECORDED
    entrance_taxation: Observed = Observed.NOT_RECORDED
    monopoly: Observed = Observed.NOT_RECORDED
    buying_minerals: Observed = Observed.NOT_RECORDED
    digging: Observed = Observed.NOT_RECORDED
    forced_labour: Observed = Observed.NOT_RECORDED
    pillaging: Observed = Observed.NOT_RECORDED


@dataclass(frozen=True, slots=True)
class VisitFacts:
    """What was seen, or heard, of a site on a date. None is unknown, and never no or nought."""

    vid: int
    visited: DateWithPrecision
    source: str | None = None
    project: str | None = None
    on_site: bool | None = None
    absence_reason: str | None = None
    workers: int | None = None
    is_3t: bool | None = None
    is_gold: bool | None = None
    access_dry: Access | None = None
    access_dry_stated: str | None = None
    access_wet: Access | None = None
    access_wet_stated: str | None = None
    presence: Observed = Observed.NOT_RECORDED
    interference: Observed = Observed.NOT_RECORDED
    services: Sequence[Service] | None = None
    services_stated: str | None = None
    itsci: ItsciStatus | None = None
    itsci_stated: str | None = None
    traceability: str | None = None
    icglr_status: IcglrStatus | None = None
    qualification: str | None = None
    children: Observed = Observed.NOT_RECORDED
    children_work: str | None = None
    women: Observed = Observed.NOT_RECORDED
    women_work: str | None = None
    mercury: Observed = Observed.NOT_RECORDED
    minerals: Sequence[MineralFacts] = ()
    presences: Sequence[PresenceFacts] = ()


@dataclass(frozen=True, slots=True)
class Seen:
    """A site, and one visit of it where there was one."""

    site: SiteFacts
    visit: VisitFacts | None = None


def expires_on(status: IcglrStatus | None, given: date | None) -> date | None:
    """The first day on which the status is worth nothing any more. Of a date that is known to the year only, the period
    is counted from its first day: a status is never said to last longer than is known."""
    if status is None or status not in MONTHS or given is None:
        return None
    year, month = divmod(given.year * 12 + given.month - 1 + MONTHS[status], 12)
    return date(year, month + 1, min(given.day, calendar.monthrange(year, month + 1)[1]))


def is_state_force(kind: PresenceKind | None, *, named_so: bool) -> bool | None:
    """Whether army or police was there; none where nothing says so, or the name says one thing and the kind another."""
    if kind is None or kind is PresenceKind.OTHER:
        return True if named_so else None
    if kind in ARMED_GROUPS:
        return None if named_so else False
    return True


def newer(one: Seen, other: Seen) -> Seen:
    """Which of two is the later visit: by date, then by IPIS' number (DOMAIN 8)."""
    return max(one, other, key=_when)


def _when(seen: Seen) -> tuple[date, int]:
    if seen.visit is None or seen.visit.visited.start is None:
        return date.min, 0
    return seen.visit.visited.start, seen.visit.vid
