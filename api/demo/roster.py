"""Who is in the demonstration network. Organisations are real unless marked fictive; every person is invented and named
*Mfano* (Swahili: example)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID, uuid5

from api.dates import DateWithPrecision, Precision
from api.groups.rules import FormalStatus, WorkingMode
from api.seat import Category, Pillar, Role

DEMO = UUID("5d0c9d6e-3b1f-4e8a-9a52-6b7d1c2f4e90")
"""Namespace of the demonstration's ids: the same in every installation, so that documents can name them."""

GOVERNMENT, PRIVATE, CIVIL = Pillar.GOVERNMENT, Pillar.PRIVATE_SECTOR, Pillar.CIVIL_SOCIETY


def demo_id(*names: str) -> UUID:
    """The id of a thing of the demonstration."""
    return uuid5(DEMO, "/".join(names))


@dataclass(frozen=True, slots=True)
class Group:
    """A working group to open."""

    code: str
    name_fr: str
    name_en: str
    formal_status: FormalStatus
    working_mode: WorkingMode
    founded: DateWithPrecision
    jurisdiction: tuple[tuple[str, date, date | None], ...]

    @property
    def id(self) -> UUID:
        return demo_id("group", self.code)


@dataclass(frozen=True, slots=True)
class Persona:
    """Somebody with a login of the development issuer; `name` is the token's subject."""

    name: str
    holder: str
    organisation: str
    pillar: Pillar | None
    category: Category
    roles: frozenset[Role]
    title: str
    area: str | None = None

    @property
    def group_code(self) -> str:
        return self.name.partition(".")[0]

    @property
    def seat_id(self) -> UUID:
        return demo_id("seat", self.name)

    @property
    def label(self) -> str:
        return f"{self.holder}, {self.title}, {self.organisation}"


GROUPS = (
    Group(
        "sk",
        "Groupe de travail du Sud-Kivu",
        "South Kivu Working Group",
        FormalStatus.RECOGNISED,
        WorkingMode.FIELD_MISSION,
        DateWithPrecision(date(2018, 10, 1), None, Precision.MONTH),
        (("CD62", date(2018, 10, 1), None),),
    ),
    Group(
        "lub",
        "Groupe de travail de Lubumbashi",
        "Lubumbashi Working Group",
        FormalStatus.INFORMAL,
        WorkingMode.RECOMMENDATION_ONLY,
        DateWithPrecision(date(2006, 1, 1), None, Precision.YEAR),
        (("CD71", date(2015, 1, 1), None), ("CD72", date(2015, 1, 1), None)),
    ),
)

ORGANISATIONS: dict[str, tuple[Category, tuple[str, ...]]] = {
    "Observatoire Gouvernance et Paix": (Category.CSO, ("OGP",)),
    "Police des Mines": (Category.SECURITY_FORCES, ("PMH", "Mining Police", "Police des Mines et Hydrocarbures")),
    "Académie de police, école Jules Moke": (Category.SECURITY_FORCES, ()),
    "Police nationale congolaise": (Category.SECURITY_FORCES, ("PNC",)),
    "FARDC, SECAS": (Category.SECURITY_FORCES, ("SECAS",)),
    "Division des Mines": (Category.GOVERNMENT_INSTITUTION, ()),
    "SAEMAPE": (Category.GOVERNMENT_INSTITUTION, ("SAESSCAM",)),
    "CAMI": (Category.GOVERNMENT_INSTITUTION, ("Cadastre minier",)),
    "CPS Sud-Kivu": (Category.GOVERNMENT_INSTITUTION, ("CPS/S-K",)),
    "Ministère provincial des Mines du Sud-Kivu": (Category.GOVERNMENT_INSTITUTION, ()),
    "Banro": (Category.COMPANY, ()),
    "SAKIMA": (Category.COMPANY, ()),
    "Twangiza Mining": (Category.COMPANY, ()),
    "Lugushwa Mining": (Category.COMPANY, ()),
    "COOMIKA": (Category.COOPERATIVE, ("COMIKA",)),
    "COMBECKA": (Category.COOPERATIVE, ()),
    "COMILAK": (Category.COOPERATIVE, ()),
    "COOMIBUK": (Category.COOPERATIVE, ()),
    "COOMIBI": (Category.COOPERATIVE, ()),
    "Mungu ni Jibu": (Category.COOPERATIVE, ("Coopérative Mungu ni Jibu",)),
    "Fédération des entreprises du Congo": (Category.BUSINESS_ASSOCIATION, ("FEC",)),
    "Collectif communautaire Mfano": (Category.CSO, ()),
    "DCAF": (Category.PARTNER, ("Geneva Centre for Security Sector Governance",)),
    "IPIS": (Category.PARTNER, ()),
    "OIM": (Category.PARTNER, ("IOM",)),
    "Better Mining": (Category.PARTNER, ("BSP", "Better Sourcing Program")),
    "ITSCI": (Category.PARTNER, ()),
    "Ambassade des Pays-Bas": (Category.EMBASSY, ("Netherlands Embassy",)),
    "CLS Kalehe": (Category.LOCAL_COMMITTEE, ("Comité local de suivi de Kalehe",)),
    "Justicia ASBL": (Category.CSO, ()),
    "Pact": (Category.CSO, ()),
    "MONUSCO": (Category.PARTNER, ()),
    "Gecamines": (Category.COMPANY, ("Gécamines", "Générale des carrières et des mines")),
    "Anvil Mining": (Category.COMPANY, ()),
    "Bazano": (Category.COMPANY, ()),
    "CMSK": (Category.COMPANY, ("CMSK Forestry",)),
    "Freeport-McMoRan": (Category.COMPANY, ()),
    "Huashi Mining": (Category.COMPANY, ()),
    "Katanga Copper Cobalt": (Category.COMPANY, ()),
    "MUMI": (Category.COMPANY, ()),
    "Sicominex": (Category.COMPANY, ()),
    "UTE Elecnor": (Category.COMPANY, ()),
    "Vale": (Category.COMPANY, ()),
    "Division provinciale des Mines du Haut-Katanga": (Category.GOVERNMENT_INSTITUTION, ()),
    "Parquet général de Lubumbashi": (Category.JUSTICE, ()),
}
FICTIVE = frozenset({"Collectif communautaire Mfano"})

COORDINATOR, MEMBER = frozenset({Role.COORDINATOR}), frozenset({Role.MEMBER})
OGP = "Observatoire Gouvernance et Paix"

PERSONAS = (
    Persona("sk.coordinator", "Neema Mfano", OGP, CIVIL, Category.CSO, COORDINATOR, "coordinatrice"),
    Persona(
        "sk.officer", "Baraka Mfano", OGP, CIVIL, Category.CSO, frozenset({Role.CASE_OFFICER}), "chargé de dossiers"
    ),
    Persona(
        "sk.custodian", "Furaha Mfano", OGP, CIVIL, Category.CSO, frozenset({Role.CUSTODIAN}), "gardienne des données"
    ),
    Persona("sk.pmh", "Amani Mfano", "Police des Mines", GOVERNMENT, Category.SECURITY_FORCES, MEMBER, "membre"),
    Persona(
        "sk.mines", "Zawadi Mfano", "Division des Mines", GOVERNMENT, Category.GOVERNMENT_INSTITUTION, MEMBER, "membre"
    ),
    Persona("sk.company", "Imani Mfano", "Twangiza Mining", PRIVATE, Category.COMPANY, MEMBER, "membre"),
    Persona("sk.cooperative", "Bahati Mfano", "COOMIKA", PRIVATE, Category.COOPERATIVE, MEMBER, "membre"),
    Persona("sk.cso", "Rehema Mfano", "Collectif communautaire Mfano", CIVIL, Category.CSO, MEMBER, "membre"),
    Persona("sk.observer", "Anna Mfano", "DCAF", None, Category.PARTNER, frozenset({Role.OBSERVER}), "observatrice"),
    Persona(
        "sk.cls-kalehe",
        "Juma Mfano",
        "CLS Kalehe",
        None,
        Category.LOCAL_COMMITTEE,
        frozenset({Role.FOCAL_POINT}),
        "point focal",
        "CD6205",
    ),
    Persona("lub.coordinator", "Mwamba Mfano", "Justicia ASBL", CIVIL, Category.CSO, COORDINATOR, "coordinateur"),
    Persona("lub.company", "Kasongo Mfano", "Gecamines", PRIVATE, Category.COMPANY, MEMBER, "membre"),
    Persona("lub.cso", "Ilunga Mfano", "Pact", CIVIL, Category.CSO, MEMBER, "membre"),
)

WITHOUT_LOGIN: dict[str, tuple[tuple[str, Pillar | None], ...]] = {
    "sk": (
        ("Académie de police, école Jules Moke", GOVERNMENT),
        ("Police nationale congolaise", GOVERNMENT),
        ("FARDC, SECAS", GOVERNMENT),
        ("SAEMAPE", GOVERNMENT),
        ("CAMI", GOVERNMENT),
        ("CPS Sud-Kivu", GOVERNMENT),
        ("Ministère provincial des Mines du Sud-Kivu", GOVERNMENT),
        ("Banro", PRIVATE),
        ("SAKIMA", PRIVATE),
        ("Fédération des entreprises du Congo", PRIVATE),
        ("IPIS", None),
        ("OIM", None),
        ("Better Mining", None),
        ("ITSCI", None),
        ("Ambassade des Pays-Bas", None),
    ),
    "lub": (
        ("Anvil Mining", PRIVATE),
        ("Bazano", PRIVATE),
        ("CMSK", PRIVATE),
        ("Freeport-McMoRan", PRIVATE),
        ("Huashi Mining", PRIVATE),
        ("Katanga Copper Cobalt", PRIVATE),
        ("MUMI", PRIVATE),
        ("Sicominex", PRIVATE),
        ("UTE Elecnor", PRIVATE),
        ("Vale", PRIVATE),
        ("Division provinciale des Mines du Haut-Katanga", GOVERNMENT),
        ("Police nationale congolaise", GOVERNMENT),
        ("Police des Mines", GOVERNMENT),
        ("Parquet général de Lubumbashi", GOVERNMENT),
        ("MONUSCO", None),
    ),
}
FIRST_NAMES = (
    "Asha", "Bisimwa", "Chantal", "Dieudonné", "Esther", "Faida", "Gloire", "Huruma",
    "Jolie", "Kabeya", "Léonie", "Mapendo", "Nathalie", "Olive", "Pascal",
)  # fmt: skip
