"""The two libraries that are measured beside ours: what each is asked, and how its answers become ours."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from operations import CASE, SIZES

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
STRAWCHEMY_ONE = f"""query OneCase($id: UUID!) {{ cases(filter: {{id: {{eq: $id}}}}, limit: 1) {{
  {CASE} request {{ title state }} decision {{ kind }} risks(limit: 20, orderBy: [{{risk: ASC}}]) {{ risk }}
  activities(limit: 20, orderBy: [{{recordedAt: ASC}}, {{id: ASC}}]) {{ kind recordedAt }} %s }} }}"""
STRAWCHEMY = {
    "list": f"""query Cases($first: Int!) {{ cases(limit: $first, orderBy: [{{openedOn: DESC}}, {{id: DESC}}]) {{
      {CASE} activities(limit: 3, orderBy: [{{recordedAt: ASC}}, {{id: ASC}}]) {{ kind recordedAt }} }} }}""",
    "one": STRAWCHEMY_ONE % "",
    "one_sealed": STRAWCHEMY_ONE % "narrative { opened }",
    "counts": """query Counts { open: caseCounts(filter: {state: {eq: "OPEN"}}) { aggregations { count } }
      monitoring: caseCounts(filter: {state: {eq: "MONITORING"}}) { aggregations { count } }
      stalemate: caseCounts(filter: {state: {eq: "STALEMATE"}}) { aggregations { count } }
      tabled: requestCounts(filter: {state: {eq: "TABLED"}}) { aggregations { count } } }""",
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


def to_strawchemy(operation: Operation, given: dict[str, Any]) -> dict[str, Any]:
    """It pages by offsets and tells of no next page: one row more is asked for, as whoever needs to know would."""
    match operation.kind:
        case "list":
            given = {"first": given["first"] + 1}
        case "one" | "one_sealed":
            given = {"id": given["id"].partition(":")[2]}
    return {"query": STRAWCHEMY[operation.kind], "variables": given}


def from_strawchemy(operation: Operation, answer: Any) -> Any:
    match operation.kind:
        case "list":
            size = SIZES[operation.name]
            page = {"nodes": [_noded(case) for case in answer["cases"][:size]]}
            return {"cases": page | {"pageInfo": {"hasNextPage": len(answer["cases"]) > size}}}
        case "counts":
            return {name: {"totalCount": found["aggregations"]["count"]} for name, found in answer.items()}
        case _:
            return {"node": _noded(answer["cases"][0])}


def _noded(case: Any) -> Any:
    """Lists stand in `nodes` with us."""
    listed = {name: {"nodes": value} if isinstance(value, list) else value for name, value in case.items()}
    return _named(listed) | {"id": f"Case:{case['id']}"}


def _named(value: Any) -> Any:
    if isinstance(value, list):
        return [_named(each) for each in value]
    if isinstance(value, dict):
        named = {NAMES.get(name, name): _named(each) for name, each in value.items()}
        return named | {"id": f"Case:{value['rowId']}"} if "rowId" in value else named
    return value
