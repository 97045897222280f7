"""The two libraries that are measured beside ours: what each is asked, and how its answers become ours."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from operations import Operation

HEADER = "rowId number state title incidentClass openedOn placeByPcode { name }"
ACTIVITIES = """
  activitiesByGroupIdAndCaseId(first: %d, orderBy: [RECORDED_AT_ASC, ROW_ID_ASC]) { nodes { kind recordedAt } }
"""
ONE = f"""query OneCase($group: UUID!, $id: UUID!) {{ caseByGroupIdAndRowId(groupId: $group, rowId: $id) {{
  {HEADER} requestByGroupIdAndRequestId {{ title state }} decisionByGroupIdAndDecisionId {{ kind }}
  caseRisksByGroupIdAndCaseId(first: 20, orderBy: [RISK_ASC]) {{ nodes {{ risk }} }} {ACTIVITIES % 20} %s }} }}"""
POSTGRAPHILE = {
    "list": f"""query Cases($first: Int!) {{ allCases(first: $first, orderBy: [OPENED_ON_DESC, ROW_ID_DESC]) {{
      nodes {{ {HEADER} {ACTIVITIES % 3} }} pageInfo {{ hasNextPage endCursor }} }} }}""",
    "one": ONE % "",
    "one_sealed": ONE % "caseNarrativeByGroupIdAndCaseId { opened }",
    "counts": """query Counts { open: allCases(condition: {state: "OPEN"}) { totalCount }
      monitoring: allCases(condition: {state: "MONITORING"}) { totalCount }
      stalemate: allCases(condition: {state: "STALEMATE"}) { totalCount }
      tabled: allRequests(condition: {state: "TABLED"}) { totalCount } }""",
    "create": """mutation Bring($input: BringRequestInput!) { bringRequest(input: $input) {
      request { rowId state version title placeByPcode { name } } } }""",
}
NAMES = {
    "allCases": "cases",
    "caseByGroupIdAndRowId": "node",
    "placeByPcode": "place",
    "requestByGroupIdAndRequestId": "request",
    "decisionByGroupIdAndDecisionId": "decision",
    "caseRisksByGroupIdAndCaseId": "risks",
    "activitiesByGroupIdAndCaseId": "activities",
    "caseNarrativeByGroupIdAndCaseId": "narrative",
    "opened": "text",
    "rowId": "id",
}


def to_postgraphile(operation: Operation, given: dict[str, Any], group: str) -> dict[str, Any]:
    """Our variables in its words."""
    match operation.kind:
        case "one" | "one_sealed":
            given = {"group": group, "id": given["id"].partition(":")[2]}
        case "create":
            given = {
                "input": {
                    **{name: given[name] for name in ("title", "requestType", "requester", "channel", "pcode")},
                    "incidentClass": given["incidentClass"],
                    "occurredFrom": given["occurred"]["start"],
                    "occurredPrecision": given["occurred"]["precision"],
                    "broughtOn": given["brought"]["start"],
                    "narrative": given["told"]["narrative"],
                }
            }
    return {"query": POSTGRAPHILE[operation.kind], "variables": given}


def from_postgraphile(operation: Operation, answer: Any) -> Any:
    if operation.kind == "create":
        return {"submitRequest": _named(answer["bringRequest"]["request"])}
    return _named(answer)


def _named(value: Any) -> Any:
    if isinstance(value, list):
        return [_named(each) for each in value]
    if isinstance(value, dict):
        named = {NAMES.get(name, name): _named(each) for name, each in value.items()}
        return named | {"id": f"Case:{named['id']}"} if "id" in named else named
    return value
