"""What is asked: one document an operation, and bodies in which only the variables differ, as front ends send them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from building import Member

SIZES = {"list10": 10, "list50": 50, "list200": 200, "list1000": 1_000, "list50_tenth": 50, "list50_walled": 50}


@dataclass(frozen=True)
class Operation:
    """One line of the table, driven for so many seconds a round. `has` stands in every right answer, whoever gives it;
    `asker` is the member who asks it, by its name in `building.MEMBERS`."""

    name: str
    has: str
    seconds: int = 2
    asker: str = "large"

    @property
    def lines(self) -> tuple[str, str]:
        """At many connections, and at one."""
        return self.name, f"{self.name}_1"

    @property
    def kind(self) -> str:
        """All lists are one operation, whose variable differs."""
        return "list" if self.name in SIZES else self.name


OPERATIONS = {
    each.name: each
    for each in (
        Operation("list50", has='"recordedAt":"'),
        Operation("list10", has='"recordedAt":"'),
        Operation("list200", has='"recordedAt":"'),
        Operation("list1000", has='"recordedAt":"', seconds=4),
        Operation("one", has='"openedOn":"'),
        Operation("one_sealed", has="exemple fictif"),
        Operation("counts", has='"tabled":{"'),
        Operation("create", has='"SUBMITTED"'),
        Operation("list50_tenth", has='"recordedAt":"', asker="tenth"),
        Operation("list50_walled", has='"recordedAt":"', asker="walled"),
    )
}

CASE = "id number state title incidentClass openedOn place { name }"
ONE = f"""
  {CASE} request {{ title state }} decision {{ kind }} risks {{ nodes {{ risk }} }}
  activities(first: 20) {{ nodes {{ kind recordedAt }} }}
"""
DOCUMENTS = {
    "list": f"""query Cases($first: Int!) {{ cases(first: $first) {{
      nodes {{ {CASE} activities(first: 3) {{ nodes {{ kind recordedAt }} }} }}
      pageInfo {{ hasNextPage endCursor }} }} }}""",
    "one": f"query OneCase($id: ID!) {{ node(id: $id) {{ ... on Case {{ {ONE} }} }} }}",
    "one_sealed": f"query OneCase($id: ID!) {{ node(id: $id) {{ ... on Case {{ {ONE} narrative {{ text }} }} }} }}",
    "counts": """query Counts { open: cases(filter: {state: [OPEN]}) { totalCount }
      monitoring: cases(filter: {state: [MONITORING]}) { totalCount }
      stalemate: cases(filter: {state: [STALEMATE]}) { totalCount }
      tabled: requests(filter: {state: [TABLED]}) { totalCount } }""",
    "create": """mutation Bring($title: String!, $requestType: RequestType!, $requester: Category!, $channel: Channel!,
      $pcode: String!, $incidentClass: IncidentClass, $occurred: DateWithPrecisionInput!,
      $brought: DateWithPrecisionInput!, $told: RequestTold!) {
      submitRequest(title: $title, requestType: $requestType, requester: $requester, channel: $channel, pcode: $pcode,
        incidentClass: $incidentClass, occurred: $occurred, brought: $brought, told: $told) {
        ... on Request { id state version title place { name } } ... on Refusal { code } } }""",
}


def variables(operation: Operation, member: Member) -> list[dict[str, Any]]:
    """What is asked in turn: hundreds of different cases, or requests to bring."""
    match operation.kind:
        case "list":
            return [{"first": SIZES[operation.name]}]
        case "one":
            return [{"id": f"Case:{case}"} for case in member.cases]
        case "one_sealed":
            return [{"id": f"Case:{case}"} for case in member.sealed]
        case "create":
            return [_brought(number) for number in range(300)]
        case _:
            return [{}]


def _brought(number: int) -> dict[str, Any]:
    return {
        "title": f"Barrière n° {number} sur la route de Walungu",
        "requestType": "SITE_INCIDENT",
        "requester": "COMMUNITY",
        "channel": "MEETING",
        "pcode": "CD6207",
        "incidentClass": "ROADBLOCK",
        "occurred": {"start": "2026-10-01", "precision": "MONTH"},
        "brought": {"start": f"2026-11-{1 + number % 20:02d}", "precision": "DAY"},
        "told": {"narrative": f"Des hommes en armes lèvent une taxe (exemple fictif n° {number}). " * 8},
    }
