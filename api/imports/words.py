"""IPIS' words for our codes. A word is matched by its key (`api/places/rules.py`); spellings that differ by more than
accents, case and blanks are listed, and whatever is not listed is OTHER."""

from __future__ import annotations

from typing import TYPE_CHECKING

from api.places.rules import name_key
from api.sites.rules import Access, Frequency, IcglrStatus, ItsciStatus, Mineral, PresenceKind, Service

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import TypeVar

    Code = TypeVar("Code")


def _keyed(words: Mapping[Code, str]) -> dict[str, Code]:
    """By key; several words for one code are divided by a bar."""
    return {name_key(word): code for code, some in words.items() for word in some.split("|")}


MINERALS = _keyed({mineral: mineral.value for mineral in Mineral if mineral is not Mineral.OTHER})

KINDS = _keyed(
    {
        PresenceKind.ARMY_UNDISCIPLINED: "FARDC - Éléments indisciplinés",
        PresenceKind.ARMY_NO_INTERFERENCE: "FARDC - Pas d'ingérence constatée",
        PresenceKind.ARMY_NO_DATA: "FARDC - Pas de données sur les ingérences",
        PresenceKind.POLICE_UNDISCIPLINED: "PNC - Éléments indisciplinés",
        PresenceKind.POLICE_NO_INTERFERENCE: "PNC - Pas d'ingérence constatée",
        PresenceKind.POLICE_NO_DATA: "PNC - Pas de données sur les ingérences",
        PresenceKind.MINING_POLICE_UNDISCIPLINED: "PMH - Éléments indisciplinés",
        PresenceKind.MINING_POLICE_NO_INTERFERENCE: "PMH - Pas d'ingérence constatée",
        PresenceKind.MINING_POLICE_NO_DATA: "PMH - Pas de données sur les ingérences",
        PresenceKind.LOCAL_ARMED_GROUP: "Groupe armé local",
        PresenceKind.FOREIGN_ARMED_GROUP: "Groupe armé étranger",
    }
)

FREQUENCIES = _keyed(
    {
        Frequency.PERMANENT: "Permanent|Permanente",
        Frequency.DAILY: "Quotidien|Quotidienne",
        Frequency.SEVERAL_WEEKLY: "Plus d'une fois par semaine|Deux fois par semaine|Trois fois par semaine",
        Frequency.WEEKLY: "Hebdomadaire|Chaque semaine|Une fois par semaine",
        Frequency.FORTNIGHTLY: "Une fois tous les 15 jours",
        Frequency.MONTHLY: "Une fois par mois|Mensuel|Mensuelle",
        Frequency.REGULAR: "Régulier|Régulière",
        Frequency.IRREGULAR: "Irrégulier|Irrégulière",
        Frequency.OCCASIONAL: "Occasionnel|Occasionnelle|Occasionelle",
        Frequency.RANDOM: "Aléatoire",
        Frequency.HALF_YEARLY: "Semestriel|Semestrielle",
        Frequency.NEVER: "Pas",
    }
)

SERVICES: Mapping[str, tuple[Service, ...]] = {
    **_keyed(
        {
            (Service.SAEMAPE,): "SAEMAPE|SAESSCAM",
            (Service.MINES_DIVISION,): "Division des mines",
            (Service.MINING_POLICE,): "Police des mines|Police de mines|Police de mine|PMH",
            (Service.ANTI_FRAUD,): "Anti-fraude|Antifraude",
            (Service.CHIEFTAINCY,): "Chefferie|Secteur",
            (Service.DGI,): "DGI",
            (Service.ANR,): "ANR",
            (Service.CNPRI,): "CNPRI",
            (Service.ENERGY,): "Énergie",
            (Service.ENVIRONMENT,): "Environnement",
            (Service.CLS,): "CLS|Comité local de suivi|Comité local de suivie",
            (Service.ITSCI_AGENT,): "iTSCi",
            (Service.ITSCI_AGENT, Service.SAEMAPE): "iTSCi (via SAESSCAM)|iTSCi (via SAEMAPE)",
        }
    )
}
"""One text may state two facts."""

ACCESSES = _keyed(
    {Access.UNDER_TWO_HOURS: "less2h", Access.OVER_TWO_HOURS: "more2h", Access.CAR_OR_MOTORBIKE: "carmoto"}
)
ITSCI = _keyed({ItsciStatus.ACTIVE: "Actif", ItsciStatus.SUSPENDED: "Suspendu"})
STATUSES = _keyed(
    {
        IcglrStatus.GREEN: "Vert",
        IcglrStatus.YELLOW: "Jaune",
        IcglrStatus.RED: "Rouge",
        IcglrStatus.BLUE: "Bleu",
        IcglrStatus.NONE: "Not class|No class",
    }
)

STATE_FORCES = {
    name_key(name)
    for name in ("FARDC", "PNC", "PMH", "Police Nationale Congolaise (sauf PMH)", "Police des Mines (PMH)")
}
"""Names of the State's forces; the columns for armed groups hold them too."""

YEAR_ONLY = {name_key(name) for name in ("IPIS - 2009", "iTSCi status", "Qualification status")}
"""Campaigns in which 1 January stands for a year."""
