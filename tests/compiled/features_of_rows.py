"""More of what a document may ask with: lists and their pages, rows by id, values, and what is refused below rows."""

from __future__ import annotations

from compiled.features import ANY, CASE, GROUP, NOWHERE, OTHERS, REQUEST, Asked, one, refused

PAGES = {
    "all of a connection": one(
        """activities(first: 2) { __typename totalCount nodes { kind } edges { __typename cursor node {
        kind recordedAt } } pageInfo { __typename startCursor endCursor hasNextPage hasPreviousPage } }"""
    ),
    "a count alone": Asked("{ groups { totalCount } }", data={"groups": {"totalCount": 3}}),
    "a page's place alone": one(
        "activities(last: 2) { pageInfo { startCursor endCursor hasNextPage hasPreviousPage } }"
    ),
    "its beginning, backward, beside rows": one(
        "activities(last: 2) { nodes { kind } edges { cursor } pageInfo { startCursor endCursor hasPreviousPage } }"
    ),
    "a page of nothing": Asked(
        "{ groups(first: 0) { totalCount nodes { code } pageInfo { startCursor hasNextPage } } }",
        data={"groups": {"totalCount": 3, "nodes": [], "pageInfo": {"startCursor": None, "hasNextPage": True}}},
    ),
    "cursors without rows": one("activities { edges { cursor } }"),
    "rows and edges at once": one("activities(first: 3) { nodes { id } edges { node { kind } } a: nodes { kind } }"),
    "lists within lists": Asked(
        """{ groups { nodes { code phases(first: 1) { totalCount nodes { phase } } jurisdictions { edges { node {
        place { pcode parts(first: 2) { totalCount nodes { name parent { pcode } } } } } } } } } }"""
    ),
    "one list with two sizes below each row": Asked(
        "{ cases { nodes { a: activities(first: 1) { nodes { id } } b: activities(last: 2) { nodes { id } } } } }"
    ),
    "a list below a row that is not there": Asked(
        "query($id: ID!) { node(id: $id) { ... on Case { activities { totalCount } } } }",
        {"id": NOWHERE},
        {"node": None},
    ),
    "lists of nothing": Asked(
        "{ cases(filter: {pcode: []}) { totalCount nodes { id } edges { cursor } pageInfo { startCursor } } }",
        data={"cases": {"totalCount": 0, "nodes": [], "edges": [], "pageInfo": {"startCursor": None}}},
    ),
    "the largest page": Asked("{ places(first: 100) { nodes { pcode name } pageInfo { hasNextPage } } }"),
}
FILTERS = {
    "a value of two": Asked(
        '{ cases(filter: {state: [OPEN, CLOSED], pcode: ["CD6205"]}) { totalCount nodes { id } } }'
    ),
    "no value": Asked("{ cases(filter: {state: null}) { totalCount } }"),
    "no filter": Asked("{ cases(filter: {}) { totalCount } }"),
    "a bound": Asked(
        '{ sites(filter: {lastVisitedBefore: "2020-01-01"}) { totalCount nodes { code lastVisitedOn } } }'
    ),
    "across another list": Asked("{ sites(filter: {mineral: [GOLD]}) { totalCount nodes { code } } }"),
    "every one of sites'": Asked(
        """{ sites(filter: {mineral: [CASSITERITE, COLTAN], icglrStatus: [GREEN, YELLOW, RED, BLUE],
        statusExpiresAfter: "2019-01-01", lastVisitedBefore: "9999-12-30"}) { totalCount nodes { code } } }"""
    ),
    "with a page of it": Asked(
        """{ requests(filter: {pcode: "CD6205"}, last: 3) { totalCount edges { cursor node { title } }
        pageInfo { startCursor hasPreviousPage } } }"""
    ),
    "too many values": refused(
        "query($p: [String!]) { cases(filter: {pcode: $p}) { totalCount } }",
        (["cases"], "LIST_LENGTH"),
        variables={"p": ["CD62"] * 101},
        data=None,
    ),
}
IDS = {
    "a row by its id": Asked(
        "query($id: ID!) { node(id: $id) { __typename id } }",
        {"id": CASE},
        {"node": {"__typename": "Case", "id": CASE}},
    ),
    "rows in the order of their ids, twice, missing, malformed and others'": Asked(
        "query($ids: [ID!]!) { nodes(ids: $ids) { __typename id } }",
        {"ids": [REQUEST, CASE, NOWHERE, "", "Case:x", OTHERS, GROUP, CASE, CASE.lower(), "Query:1"]},
        {
            "nodes": [
                {"__typename": "Request", "id": REQUEST},
                {"__typename": "Case", "id": CASE},
                None,
                None,
                None,
                None,
                {"__typename": "WorkingGroup", "id": GROUP},
                {"__typename": "Case", "id": CASE},
                None,
                None,
            ]
        },
    ),
    "one id without brackets": Asked(
        "query($ids: [ID!]!) { nodes(ids: $ids) { id } }", {"ids": CASE}, {"nodes": [{"id": CASE}]}
    ),
    "no ids": Asked("{ nodes(ids: []) { id } }", data={"nodes": []}),
    "another type's id": Asked(
        "query($id: ID!) { node(id: $id) { id } }", {"id": CASE.replace("Case", "Request")}, {"node": None}
    ),
    "an id that is a number": Asked("{ node(id: 7) { id } }", data={"node": None}),
    "too many ids": refused(
        "query($ids: [ID!]!) { nodes(ids: $ids) { id } }",
        (["nodes"], "PAGE_INVALID"),
        variables={"ids": [CASE] * 101},
        data=None,
    ),
    "rows of several types with lists below them": Asked(
        """query($ids: [ID!]!) { nodes(ids: $ids) { id ... on Case { timeline(first: 2) { nodes { kind } } }
        ... on Request { tablings { totalCount } narrative { text } } ... on WorkingGroup { code } } }""",
        {"ids": [CASE, REQUEST, GROUP]},
    ),
}
VALUES = {
    "days, moments and how exactly": one(
        "openedOn occurred { start end precision } request { submittedAt brought { start precision } }"
    ),
    "parts of a date under other names": one(
        "occurred { b: precision a: start __typename }",
        data={"node": {"occurred": {"b": "MONTH", "a": "2019-05-01", "__typename": "DateWithPrecision"}}},
    ),
    "numbers, texts and truths": Asked(
        "{ sites(last: 50) { nodes { code longitude latitude version latestVisit { workers onSite is3T isGold } } } }"
    ),
    "codes and lists of them": one(
        "state incidentClass narrative { audience } risks { nodes { risk reason } }", data=ANY
    ),
    "sealed texts": one("narrative { text again: text } exactPlace { stated } request { source { statement } }"),
    "sealed texts in lists": Asked(
        "{ requests(first: 50) { nodes { narrative { text wantedAction } triageNote { text completeness } } } }"
    ),
    "what a seat may not read": one("exactPlace { stated } narrative { text } title", by="sk.observer", data=ANY),
    "hard texts": Asked(
        "{ seats(first: 100) { nodes { person { name } organisation { name aliases { nodes { name } } } } } }"
    ),
}
NULLS = {
    "a refused page in an object that may be null": refused(
        f'{{ node(id: "{CASE}") {{ id ... on Case {{ activities(first: -1) {{ totalCount }} }} }} }}',
        (["node", "activities"], "PAGE_INVALID"),
    ),
    "a refused cursor below rows": refused(
        '{ cases(first: 2) { nodes { request { id decisions(after: "x") { totalCount } } } } }',
        (["cases", "nodes", 0, "request", "decisions"], "CURSOR_INVALID"),
        (["cases", "nodes", 1, "request", "decisions"], "CURSOR_INVALID"),
    ),
    "a refused page that nothing above may be null of": refused(
        "{ cases { nodes { activities(first: 1, last: 1) { totalCount } } } }",
        (["cases", "nodes", 0, "activities"], "PAGE_INVALID"),
        data=None,
    ),
    "a refused cursor below no rows": refused(
        '{ cases(filter: {pcode: []}) { nodes { activities(after: "x") { totalCount } } } }',
        data={"cases": {"nodes": []}},
    ),
    "a cursor of another list": refused(
        "query($c: String) { cases(after: $c) { totalCount } }",
        (["cases"], "CURSOR_INVALID"),
        variables={"c": "W10"},
        data=None,
    ),
    "a refused page that is skipped": Asked(
        "{ cases(first: -1) @skip(if: true) { totalCount } actingSeat { roles } }",
        data={"actingSeat": {"roles": ["COORDINATOR"]}},
    ),
}
