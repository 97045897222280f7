"""Who may see what, in the words of DOMAIN 3.3, written down apart from the policies: only both together can be wrong.

What a row says of itself (its audience, its place, its state) is read as its group's keepers read it.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from enum import Enum, unique
from typing import TYPE_CHECKING, Any

from api.proof.arguments import is_owned
from api.proof.leaks import Kind
from api.proof.sights import ids_in, kind_of
from api.proof.walls import Walls, is_behind, record_of, walls
from api.seat import Role

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from api.demo.roster import Persona
    from api.proof.sights import Sight

    Hiding = Callable[["Kept", Persona], Iterator[str]]
    """The ids of rows that a persona must not see at all."""


@unique
class Grade(Enum):
    """Who may see the rows of a type."""

    NETWORK = "every seat, of every group"
    OVERVIEW = "the group, and the network's seats that have the overview"
    SEATED = "every seat of the group"
    COMMITTEES = "the table and focal points"
    GROUP = "the table; focal points in their area; authors what became of their request"
    REQUEST = "as GROUP, but before tabling the keepers and the author's organisation"
    PILLAR = "keepers, and of the table whoever the row's audience names"
    SECRETARIAT = "keepers"
    GIVERS = "who gives seats"
    ADDRESSEE = "one organisation"
    ITS_OWN = "each seat what is about itself"


GRADES: Mapping[str, Grade] = {
    "Activity": Grade.GROUP,
    "ActivityNote": Grade.PILLAR,
    "AgendaItem": Grade.GROUP,
    "AgendaNote": Grade.SECRETARIAT,
    "AgendaRemoval": Grade.GROUP,
    "Allegation": Grade.PILLAR,
    "AllegationSource": Grade.SECRETARIAT,
    "Attendance": Grade.GROUP,
    "Case": Grade.GROUP,
    "CaseNarrative": Grade.PILLAR,
    "CaseParty": Grade.PILLAR,
    "CasePlace": Grade.SECRETARIAT,
    "CaseRisk": Grade.GROUP,
    "Conflict": Grade.SECRETARIAT,
    "ConflictGround": Grade.SECRETARIAT,
    "Decision": Grade.GROUP,
    "DecisionNote": Grade.PILLAR,
    "Disclosure": Grade.SECRETARIAT,
    "Event": Grade.GROUP,
    "GroupPhase": Grade.OVERVIEW,
    "GroupSettings": Grade.SEATED,
    "GroupStanding": Grade.OVERVIEW,
    "Instrument": Grade.COMMITTEES,
    "Invitation": Grade.GIVERS,
    "Involvement": Grade.PILLAR,
    "InvolvementUnit": Grade.SECRETARIAT,
    "Jurisdiction": Grade.OVERVIEW,
    "Meeting": Grade.GROUP,
    "Notice": Grade.ADDRESSEE,
    "Organisation": Grade.NETWORK,
    "OrganisationAlias": Grade.NETWORK,
    "OrganisationLink": Grade.NETWORK,
    "Person": Grade.GROUP,
    "Place": Grade.NETWORK,
    "Reading": Grade.SECRETARIAT,
    "Recusal": Grade.GROUP,
    "Request": Grade.REQUEST,
    "RequestArrival": Grade.SECRETARIAT,
    "RequestNarrative": Grade.PILLAR,
    "RequestPlace": Grade.SECRETARIAT,
    "RequestSource": Grade.SECRETARIAT,
    "Seat": Grade.GROUP,
    "SeatTally": Grade.OVERVIEW,
    "Sight": Grade.ITS_OWN,
    "Site": Grade.GROUP,
    "SiteStatus": Grade.GROUP,
    "SiteVisit": Grade.GROUP,
    "Sponsorship": Grade.SECRETARIAT,
    "Structure": Grade.COMMITTEES,
    "StructureMember": Grade.COMMITTEES,
    "TimelineEntry": Grade.GROUP,
    "TriageNote": Grade.SECRETARIAT,
    "VisitMineral": Grade.GROUP,
    "VisitPresence": Grade.GROUP,
    "WorkingGroup": Grade.NETWORK,
}
"""By published type."""

KEEPERS = frozenset({Role.COORDINATOR, Role.CASE_OFFICER, Role.CUSTODIAN})
TABLE = KEEPERS | {Role.MEMBER, Role.OBSERVER}
SEES_OVERVIEW = frozenset({Role.NETWORK_ADMIN, Role.NATIONAL_ANALYST, Role.SERVICE})
GIVES_SEATS = frozenset({Role.COORDINATOR, Role.NETWORK_ADMIN})
SEEN_BY: Mapping[Grade, frozenset[Role]] = {
    Grade.NETWORK: frozenset(Role),
    Grade.OVERVIEW: frozenset(Role),
    Grade.SEATED: frozenset(Role),
    Grade.COMMITTEES: TABLE | {Role.FOCAL_POINT},
    Grade.GROUP: TABLE | {Role.NETWORK_ADMIN},
    Grade.REQUEST: TABLE,
    Grade.PILLAR: KEEPERS,
    Grade.SECRETARIAT: KEEPERS,
    Grade.GIVERS: GIVES_SEATS,
}
"""Within the group, whatever the row says. The network's own rows are its administrator's."""
BEFORE_TABLING = frozenset({"SUBMITTED", "TRIAGED"})
IN_AREA = frozenset({"Case", "Site"})
"""What a focal point sees by its place."""
FOLLOWS: Mapping[str, str] = {
    "Activity": "case",
    "AgendaItem": "request",
    "Decision": "request",
    "Event": "case",
    "SiteVisit": "site",
}
"""What is seen with the row at the end of this edge, by whoever sees that one without being at the table."""
BEFORE_WALLS = frozenset({"Place", "TimelineEntry", "AgendaRemoval"})
"""Parts that are told of rows on either side of a wall: what they lead to is looked at itself."""
AUTHORS_OWN = frozenset({"RequestNarrative", "RequestPlace", "RequestArrival", "ConflictGround", "Reading"})
"""Parts of a request, or of a claim, that its author told, and may read again."""


def grade_of(kind: str) -> Grade:
    """A type of a group's that is not on the list is the keepers' alone."""
    return GRADES.get(kind, Grade.SECRETARIAT if is_owned(kind) else Grade.NETWORK)


@dataclass
class Kept:
    """What the keepers of every group see: the truth that other sights are held against."""

    rows: dict[str, dict[str, Any]] = field(default_factory=dict)
    groups: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    """By id, the groups whose keepers see the row: one, where it is a group's."""
    told: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    """By id, the organisations that see the row as only its author, or only its addressee, does."""

    def is_of(self, row_id: str, group: str) -> bool:
        return not is_owned(kind_of(row_id)) or self.groups[row_id] == {group}

    def ids(self, kind: str | None = None) -> Iterator[str]:
        return (row_id for row_id in self.rows if kind is None or kind_of(row_id) == kind)

    def at(self, row_id: str, name: str) -> Mapping[str, Any]:
        """The row at the end of an edge; nothing where there is none."""
        found: Mapping[str, Any] = self.rows.get(row_id, {}).get(name) or {}
        return found


def kept(sights: Iterable[Sight]) -> Kept:
    """What keepers see, all of a group taken together; and who is told what the keepers themselves are not."""
    truth = Kept()
    for sight in sorted(sights, key=lambda each: not is_keeper(each.persona)):
        for row_id, row in sight.rows.items():
            if is_keeper(sight.persona) or grade_of(kind_of(row_id)) is Grade.ADDRESSEE:
                _keep(truth, sight.persona, row_id, row)
            if _is_told(sight.persona, row_id, row):
                truth.told[row_id].add(sight.persona.organisation)
    return truth


def is_keeper(persona: Persona) -> bool:
    """Also of the network's own rows, who administers it."""
    return bool(persona.roles & (KEEPERS | {Role.NETWORK_ADMIN}))


def _keep(truth: Kept, persona: Persona, row_id: str, row: Mapping[str, Any]) -> None:
    """The first keeper's row, with what others see beside it. The overview is of other groups' rows."""
    if persona.group_code == "network" and grade_of(kind_of(row_id)) is Grade.OVERVIEW:
        return
    truth.groups[row_id].add(persona.group_code)
    before = truth.rows.setdefault(row_id, dict(row))
    before.update({name: value for name, value in row.items() if not before.get(name)})


def _is_told(persona: Persona, row_id: str, row: Mapping[str, Any]) -> bool:
    if grade_of(kind_of(row_id)) is Grade.ADDRESSEE:
        return True
    if kind_of(row_id) == "Conflict":
        own = f"Organisation:{persona.post.organisation_id}"
        return not persona.roles & KEEPERS and (row["organisation"] or {}).get("id") != own
    return kind_of(row_id) == "Request" and not persona.roles & KEEPERS and row.get("arrival") is not None


def foreign(truth: Kept, persona: Persona) -> Iterator[str]:
    """Rows of other groups, but for the overview."""
    for row_id in truth.ids():
        overview = grade_of(kind_of(row_id)) is Grade.OVERVIEW and persona.roles & SEES_OVERVIEW
        if not truth.is_of(row_id, persona.group_code) and not overview:
            yield row_id


def above(truth: Kept, persona: Persona) -> Iterator[str]:
    """Rows of the persona's own group above its grade."""
    for row_id in truth.ids():
        if truth.is_of(row_id, persona.group_code) and not may_see(truth, persona, row_id):
            yield row_id


def behind(truth: Kept, persona: Persona) -> Iterator[str]:
    """Rows of the persona's own group that a conflict of interest hides from its organisation."""
    closed = walls_of(truth, persona)
    for row_id in truth.ids() if closed.closed else ():
        if is_behind(closed, truth.rows, row_id, author=_brought(truth, persona, row_id)):
            yield row_id


HIDING: Mapping[Hiding, Kind] = {foreign: Kind.FOREIGN, above: Kind.GRADE, behind: Kind.WALL}
"""What must not be seen at all, and what it is to show it. Whoever hides more adds an entry."""


def walls_of(truth: Kept, persona: Persona) -> Walls:
    """Before the persona's organisation, in its own group."""
    of_group = {row_id: truth.rows[row_id] for row_id in truth.ids() if truth.is_of(row_id, persona.group_code)}
    return walls(of_group, f"Organisation:{persona.post.organisation_id}")


def _brought(truth: Kept, persona: Persona, row_id: str) -> bool:
    """Whether the persona's organisation brought the request that a row is about."""
    record = record_of(truth.rows, row_id)
    return record is not None and is_author(truth, persona, record)


def may_see(truth: Kept, persona: Persona, row_id: str) -> bool:
    """Whether the grade of a row of its own group, or of the network, lets the persona see it."""
    kind = kind_of(row_id)
    if kind == "Seat" and row_id == f"Seat:{persona.seat_id}":
        return True
    return _by_role(truth, persona, row_id, grade_of(kind)) or _by_relation(truth, persona, row_id, kind)


def _by_role(truth: Kept, persona: Persona, row_id: str, grade: Grade) -> bool:
    if grade is Grade.ADDRESSEE:
        return truth.told[row_id] == {persona.organisation}
    if grade is Grade.PILLAR and truth.rows[row_id].get("audience"):
        return is_named(persona, truth.rows[row_id])
    if grade is Grade.REQUEST and truth.rows[row_id]["state"] in BEFORE_TABLING:
        return bool(persona.roles & KEEPERS)
    return bool(persona.roles & SEEN_BY[grade])


def _by_relation(truth: Kept, persona: Persona, row_id: str, kind: str) -> bool:
    """By its area, or as the author of the request that it is about."""
    if kind in IN_AREA and Role.FOCAL_POINT in persona.roles:
        return truth.at(row_id, "place").get("pcode") == persona.area
    if kind == "Request":
        return is_author(truth, persona, row_id)
    if kind == "Conflict":
        own = truth.at(row_id, "organisation").get("id") == f"Organisation:{persona.post.organisation_id}"
        return (own and bool(truth.rows[row_id]["known"])) or is_author(truth, persona, row_id)
    parent = truth.at(row_id, FOLLOWS.get(kind, "")).get("id")
    return parent in truth.rows and _by_relation(truth, persona, str(parent), kind_of(str(parent)))


def is_author(truth: Kept, persona: Persona, row_id: str) -> bool:
    """Nobody is told who brought a request but whoever did: of several organisations that seem to have, none has."""
    return truth.told[row_id] == {persona.organisation}


def may_read(truth: Kept, persona: Persona, row_id: str, kind: str, part: Mapping[str, Any]) -> bool:
    """Whether the persona may read a part of a row that it sees; the part is as the keepers read it."""
    if kind == "Disclosure":
        return walls_of(truth, persona).is_own(part) or bool(persona.roles & KEEPERS)
    if kind in AUTHORS_OWN and is_author(truth, persona, row_id):
        return True
    if kind not in BEFORE_WALLS and record_of(truth.rows, row_id) in walls_of(truth, persona).closed:
        return False
    return _by_grade(truth, persona, row_id, kind, part)


def _by_grade(truth: Kept, persona: Persona, row_id: str, kind: str, part: Mapping[str, Any]) -> bool:
    match grade_of(kind):
        case Grade.PILLAR:
            return is_named(persona, part)
        case Grade.OVERVIEW:
            return bool(persona.roles & SEES_OVERVIEW) or is_own_group(truth, persona, row_id)
        case Grade.SECRETARIAT:
            return bool(persona.roles & KEEPERS)
    return _leads_somewhere(truth, persona, part)


def is_named(persona: Persona, part: Mapping[str, Any]) -> bool:
    """Whether the persona reads a PILLAR row of this audience."""
    named = persona.category.name in part.get("audience", ())
    return bool(persona.roles & KEEPERS or (persona.roles & TABLE and named))


def _leads_somewhere(truth: Kept, persona: Persona, part: Mapping[str, Any]) -> bool:
    """A part that is only about rows that the persona must not see is not there either."""
    about = [row_id for row_id in ids_in(dict(part)) if row_id in truth.rows]
    return not about or any(may_see(truth, persona, row_id) for row_id in about)


def is_own_group(truth: Kept, persona: Persona, row_id: str) -> bool:
    """Whether the row is that of the persona's working group."""
    code: Any = truth.rows.get(row_id, {}).get("code")
    return bool(code == persona.group_code)
