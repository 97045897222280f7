"""Who is in the demonstration network. Organisations are real unless marked fictive; every person is invented and named
*Mfano* (Swahili: example)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID, uuid5

from api.dates import DateWithPrecision, Precision
from api.groups.rules import FormalStatus, LinkKind, Phase, Ways, WorkingMode
from api.seat import NETWORK, Category, Pillar, Role
from api.seats.rules import Holder, Post

DEMO = UUID("5d0c9d6e-3b1f-4e8a-9a52-6b7d1c2f4e90")
"""Namespace of the demonstration's ids: the same in every installation, so that documents can name them."""

GOVERNMENT, PRIVATE, CIVIL = Pillar.GOVERNMENT, Pillar.PRIVATE_SECTOR, Pillar.CIVIL_SOCIETY


def demo_id(*names: str) -> UUID:
    """The id of a thing of the demonstration."""
    return uuid5(DEMO, "/".join(names))


def group_id(group: str) -> UUID:
    """The id of a group of the demonstration by its code, or of the network, which is the same everywhere."""
    return NETWORK if group == "network" else demo_id("group", group)


@dataclass(frozen=True, slots=True)
class Group:
    """A working group to open."""

    code: str
    name_fr: str
    name_en: str
    ways: Ways
    founded: DateWithPrecision
    jurisdiction: tuple[tuple[str, date, date | None], ...]
    phases: tuple[tuple[Phase, DateWithPrecision], ...] = ()

    @property
    def id(self) -> UUID:
        return group_id(self.code)


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
        prefix = self.name.partition(".")[0]
        return "network" if prefix in {"national", "shrim"} else prefix

    @property
    def seat_id(self) -> UUID:
        return demo_id("seat", self.name)

    @property
    def post(self) -> Post:
        return Post(demo_id("organisation", self.organisation), self.pillar, self.category, self.roles, self.area)

    def held(self, subject: str | None) -> Holder:
        return Holder(self.holder, subject, invented=True)

    @property
    def label(self) -> str:
        return f"{self.holder}, {self.title}, {self.organisation}"


def _since(year: int, month: int = 1, precision: Precision = Precision.YEAR) -> DateWithPrecision:
    return DateWithPrecision(date(year, month, 1), None, precision)


FIELD = Ways(FormalStatus.RECOGNISED, WorkingMode.FIELD_MISSION, size_target=30)
BY_RECOMMENDATION = Ways(FormalStatus.INFORMAL, WorkingMode.RECOMMENDATION_ONLY)

GROUPS = (
    Group(
        "sk",
        "Groupe de travail du Sud-Kivu",
        "South Kivu Working Group",
        FIELD,
        _since(2018, 10, Precision.MONTH),
        (("CD62", date(2018, 10, 1), None),),
        # The study sees key steps of three of the four phases done by the end of the pilot (Executive summary).
        (
            (Phase.SETUP, _since(2018, 12, Precision.MONTH)),
            (Phase.GROWTH, _since(2019)),
            (Phase.SUSTAINABILITY, _since(2021)),
        ),
    ),
    Group(
        "lub",
        "Groupe de travail de Lubumbashi",
        "Lubumbashi Working Group",
        BY_RECOMMENDATION,
        _since(2006),  # or 2012 (X13)
        (
            ("CD71", date(2015, 1, 1), None),
            ("CD72", date(2015, 1, 1), None),
            ("CD20", date(2023, 1, 1), None),
        ),
    ),
    Group(
        "kin",
        "Groupe de travail de Kinshasa",
        "Kinshasa Working Group",
        BY_RECOMMENDATION,
        _since(2014),
        (("CD10", date(2014, 1, 1), None),),
    ),
)

ORGANISATIONS: dict[str, tuple[Category, tuple[str, ...]]] = {
    "Observatoire Gouvernance et Paix": (Category.CSO, ("OGP",)),
    "Police des Mines": (Category.SECURITY_FORCES, ("PMH", "Mining Police", "Police des Mines et Hydrocarbures")),
    "Académie de police, école Jules Moke": (Category.SECURITY_FORCES, ()),
    "Police nationale congolaise": (Category.SECURITY_FORCES, ("PNC",)),
    "FARDC": (Category.SECURITY_FORCES, ("Forces armées de la République démocratique du Congo",)),
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
    "Alphamin": (Category.COMPANY, ("Alphamin Bisie Mining",)),
    "AngloGold Ashanti": (Category.COMPANY, ()),
    "Ministère des Mines": (Category.GOVERNMENT_INSTITUTION, ("DRC Ministry of Mines",)),
    "Ambassade de Suisse": (Category.EMBASSY, ("Swiss Embassy",)),
    "Ambassade du Canada": (Category.EMBASSY, ("Embassy of Canada",)),
    "Ambassade du Royaume-Uni": (Category.EMBASSY, ("Embassy of the United Kingdom",)),
    "Gouvernement de Norvège": (Category.EMBASSY, ("Government of Norway",)),
    "États-Unis d'Amérique": (Category.EMBASSY, ("Embassy of the USA", "USAID")),
    "International Alert": (Category.CSO, ()),
    "Search for Common Ground": (Category.CSO, ("SFCG",)),
    "CICR": (Category.PARTNER, ("ICRC", "Comité international de la Croix-Rouge")),
    "Ministère des Droits humains": (Category.GOVERNMENT_INSTITUTION, ("Ministry of Human Rights",)),
    "DCAF/SHRIM": (Category.PARTNER, ("SHRIM", "Security and Human Rights Implementation Mechanism")),
    "Secrétariat du réseau": (Category.CSO, ()),
    "Auditeur externe Mfano": (Category.PARTNER, ()),
}
LINKS = {
    ("Police des Mines", "Police nationale congolaise"): (LinkKind.UNIT_OF, "Étude DCAF, §4.2"),
    ("Académie de police, école Jules Moke", "Police nationale congolaise"): (LinkKind.UNIT_OF, "Étude DCAF, §4.2"),
    ("FARDC, SECAS", "FARDC"): (LinkKind.UNIT_OF, "Étude DCAF, §4.2"),
    ("Twangiza Mining", "Banro"): (LinkKind.OWNED_BY, "Étude DCAF, §3.1: jusqu'aux ventes de 2020"),
    ("Lugushwa Mining", "Banro"): (LinkKind.OWNED_BY, "Étude DCAF, §5.4; autrement au §3.1"),
}
"""Unit or company, what it stands below, and where it is known from. Of Lugushwa the study says both that it was sold
in 2020 and that it is a subsidiary (X9)."""
FICTIVE = frozenset({"Collectif communautaire Mfano", "Secrétariat du réseau", "Auditeur externe Mfano"})

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
        "sk.mines",
        "Zawadi Mfano",
        "Division des Mines",
        GOVERNMENT,
        Category.GOVERNMENT_INSTITUTION,
        MEMBER | {Role.LESSON_REVIEWER},
        "membre",
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
    Persona(
        "kin.coordinator",
        "Claire Mfano",
        "Ambassade de Suisse",
        GOVERNMENT,
        Category.EMBASSY,
        COORDINATOR,
        "coordinatrice",
    ),
    Persona("kin.embassy", "Pieter Mfano", "Ambassade des Pays-Bas", GOVERNMENT, Category.EMBASSY, MEMBER, "membre"),
    Persona(
        "national.analyst",
        "Espérance Mfano",
        "Ministère des Droits humains",
        None,
        Category.GOVERNMENT_INSTITUTION,
        frozenset({Role.NATIONAL_ANALYST}),
        "analyste nationale",
    ),
    Persona(
        "shrim.service", "SHRIM", "DCAF/SHRIM", None, Category.PARTNER, frozenset({Role.SERVICE}), "client machine"
    ),
    Persona(
        "network.admin",
        "Patient Mfano",
        "Secrétariat du réseau",
        None,
        Category.CSO,
        frozenset({Role.NETWORK_ADMIN, Role.RELEASE_BUILDER}),
        "administrateur du réseau",
    ),
    Persona(
        "network.auditor",
        "Grâce Mfano",
        "Auditeur externe Mfano",
        None,
        Category.PARTNER,
        frozenset({Role.AUDITOR}),
        "auditrice",
    ),
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
    "kin": (
        ("Alphamin", PRIVATE),
        ("AngloGold Ashanti", PRIVATE),
        ("Ministère des Mines", GOVERNMENT),
        ("Ambassade du Canada", GOVERNMENT),
        ("Ambassade du Royaume-Uni", GOVERNMENT),
        ("Gouvernement de Norvège", GOVERNMENT),
        ("États-Unis d'Amérique", GOVERNMENT),
        ("International Alert", CIVIL),
        ("Search for Common Ground", CIVIL),
        ("Pact", CIVIL),
        ("DCAF", None),
        ("CICR", None),
    ),
}
FIRST_NAMES = (
    "Asha", "Bisimwa", "Chantal", "Dieudonné", "Esther", "Faida", "Gloire", "Huruma",
    "Jolie", "Kabeya", "Léonie", "Mapendo", "Nathalie", "Olive", "Pascal",
)  # fmt: skip
