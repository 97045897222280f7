"""What a document may ask with, a case each: its name, the document, who asks with which variables, and what comes of
it where that says more than that both ways agree."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from alike import COMPILED

from api.demo.roster import demo_id

if TYPE_CHECKING:
    from collections.abc import Mapping

CASE = f"Case:{demo_id('case', 'bitale')}"
REQUEST = f"Request:{demo_id('request', 'bitale')}"
GROUP = f"WorkingGroup:{demo_id('group', 'sk')}"
OTHERS = f"Request:{demo_id('request', 'trespass')}"
NOWHERE = "Case:00000000-0000-4000-8000-000000000000"
LONG = "a_name_that_is_longer_than_the_sixty_three_bytes_that_postgresql_keeps_of_one"
ANY = object()
"""Where the answer is compared and not written down."""


@dataclass(frozen=True)
class Asked:
    """A document, and what is expected of both ways to read it."""

    source: str
    variables: Mapping[str, Any] = field(default_factory=dict)
    data: Any = ANY
    errors: Any = ()
    """Path and code of each."""
    by: str = "sk.coordinator"
    name: str | None = None
    reads: str = COMPILED


def refused(source: str, *errors: tuple[list[str | int], str], **more: Any) -> Asked:
    """What the executor is left to refuse."""
    return Asked(source, errors=errors, reads="EXECUTOR ARGUMENT", **more)


def one(inner: str, **more: Any) -> Asked:
    """Of one case."""
    return Asked(f'{{ node(id: "{CASE}") {{ ... on Case {{ {inner} }} }} }}', **more)


ROOTS = {
    "several root fields": Asked(
        "{ cases { totalCount } requests { totalCount } groups { nodes { code } } actingSeat { roles } }"
    ),
    "root fields in the order asked for": Asked(
        "{ z: actingSeat { __typename } a: actingSeat { __typename } __typename }",
        data={"z": {"__typename": "Seat"}, "a": {"__typename": "Seat"}, "__typename": "Query"},
    ),
    "nothing but the type's name": Asked("{ __typename }", data={"__typename": "Query"}, reads="EXECUTOR SCHEMA_ONLY"),
    "nothing of the schema's rows but their types": Asked(
        "{ __typename cases { __typename edges { __typename node { __typename } } pageInfo { __typename } } }"
    ),
    "a field of the schema beside rows": Asked(
        '{ actingSeat { id } __type(name: "Case") { name } }', reads="EXECUTOR INTROSPECTION"
    ),
    "code lists": Asked(
        '{ codeLists(names: ["Pillar"]) { name codes { code fr en } } }', reads="EXECUTOR CUSTOM_RESOLVER"
    ),
    "several operations": Asked(
        "query A { cases { totalCount } } query B { actingSeat { roles } }",
        name="B",
        data={"actingSeat": {"roles": ["COORDINATOR"]}},
    ),
    "a seat of the network": Asked(
        "{ cases { totalCount nodes { id } } groups { nodes { code seatTally { government } settings { id } } } }",
        by="national.analyst",
    ),
    "a machine": Asked(
        "{ actingSeat { roles } requests { totalCount edges { cursor } pageInfo { endCursor hasNextPage } } }",
        by="shrim.service",
        data={
            "actingSeat": {"roles": ["SERVICE"]},
            "requests": {"totalCount": 0, "edges": [], "pageInfo": {"endCursor": None, "hasNextPage": False}},
        },
    ),
}
ALIASES = {
    "aliases": one("a: state b: state state: title A: version", data=ANY),
    "an alias of another field's name": one("id: version version: id", data={"node": {"id": 1, "version": CASE}}),
    "aliases that differ in case": one("a: state A: version", data={"node": {"a": "OPEN", "A": 1}}),
    "aliases that are words of SQL": one("select: state from: version row: title order: id null: id true: id"),
    "an alias as long as a name can be": one(f"{LONG[:63]}: state", data={"node": {LONG[:63]: "OPEN"}}),
    "aliases that differ beyond that": one(
        f"{LONG}1: state {LONG}2: version",
        data={"node": {f"{LONG}1": "OPEN", f"{LONG}2": 1}},
        reads="EXECUTOR LONG_KEY",
    ),
    "a list under two aliases": Asked("{ a: cases(first: 1) { nodes { id } } b: cases(last: 1) { nodes { id } } }"),
    "an alias of the type's name": one("kind: __typename", data={"node": {"kind": "Case"}}),
    "one key, merged": one(
        "state state place { name } place { pcode name } place { parent { name } place: pcode }",
        data={
            "node": {
                "state": "OPEN",
                "place": {"name": "Kalehe", "pcode": "CD6205", "parent": {"name": "Sud-Kivu"}, "place": "CD6205"},
            }
        },
    ),
    "one list, merged": one(
        "risks(first: 2) { nodes { risk } } risks(first: 2) { totalCount nodes { reason __typename } "
        "pageInfo { hasNextPage } }"
    ),
    "one key, merged through fragments": Asked(
        """query($id: ID!) { node(id: $id) { ...a ... on Case { place { level } } ...b } }
        fragment a on Case { place { name } } fragment b on Case { place { pcode } title: state }""",
        {"id": CASE},
        {"node": {"place": {"name": "Kalehe", "level": 2, "pcode": "CD6205"}, "title": "OPEN"}},
    ),
}
FRAGMENTS = {
    "an inline fragment without a type": one(
        "... { state ... { version } }", data={"node": {"state": "OPEN", "version": 1}}
    ),
    "an inline fragment on the type": one("... on Case { state }", data={"node": {"state": "OPEN"}}),
    "an inline fragment on the interface": one(
        "... on Node { id __typename }", data={"node": {"id": CASE, "__typename": "Case"}}
    ),
    "a fragment on the interface, and types below it": Asked(
        "query($id: ID!) { node(id: $id) { ...any } } fragment any on Node { id ... on Case { state } "
        "... on Request { title } }",
        {"id": CASE},
        {"node": {"id": CASE, "state": "OPEN"}},
    ),
    "fragments on types that it is not": Asked(
        "query($id: ID!) { node(id: $id) { ... on Request { title } ... on Meeting { id } ...s } } "
        "fragment s on Seat { roles }",
        {"id": CASE},
        {"node": {}},
    ),
    "a fragment that is spread twice": Asked(
        "{ a: groups(first: 1) { ...page } b: groups(last: 1) { ...page } } fragment page on "
        "WorkingGroupConnection { nodes { code } }",
        data={"a": {"nodes": [{"code": "kin"}]}, "b": {"nodes": [{"code": "sk"}]}},
    ),
    "fragments within fragments": Asked(
        """{ ...a } fragment a on Query { groups(first: 1) { ...b } }
        fragment b on WorkingGroupConnection { edges { ...c } }
        fragment c on WorkingGroupEdge { node { ...d } } fragment d on Node { ... on WorkingGroup { code } }""",
        data={"groups": {"edges": [{"node": {"code": "kin"}}]}},
    ),
    "one alias with another meaning in each type": Asked(
        "query($ids: [ID!]!) { nodes(ids: $ids) { ... on Case { x: id } ... on Request { x: id } } }",
        {"ids": [CASE, REQUEST]},
        {"nodes": [{"x": CASE}, {"x": REQUEST}]},
    ),
}
VARIABLES = {
    "a default that is taken": Asked(
        "query($n: Int = 1) { groups(first: $n) { nodes { code } } }", data={"groups": {"nodes": [{"code": "kin"}]}}
    ),
    "a default that is not taken": Asked(
        "query($n: Int = 3) { groups(first: $n) { nodes { code } } }",
        {"n": 1},
        {"groups": {"nodes": [{"code": "kin"}]}},
    ),
    "null in place of a default": Asked("query($n: Int = 1) { places(first: $n) { nodes { pcode } } }", {"n": None}),
    "a variable left out": Asked(
        "query($n: Int, $after: String) { places(first: $n, after: $after) { nodes { pcode } } }"
    ),
    "a default for what may not be null": Asked(
        "query($ids: [ID!] = []) { nodes(ids: $ids) { id } }", data={"nodes": []}
    ),
    "null for what may not be null": refused(
        "query($ids: [ID!] = []) { nodes(ids: $ids) { id } }",
        (["nodes"], "VARIABLES_INVALID"),
        variables={"ids": None},
        data=None,
    ),
    "one list in brackets or without": Asked(
        "query($s: [CaseState!]) { a: cases(filter: {state: $s}) { totalCount } b: cases(filter: "
        "{state: OPEN}) { totalCount } }",
        {"s": "OPEN"},
    ),
    "a variable within a list": Asked(
        "query($s: CaseState!) { cases(filter: {state: [$s, CLOSED]}) { nodes { state } } }", {"s": "OPEN"}
    ),
    "a whole object": Asked(
        "query($f: RequestFilter) { requests(filter: $f) { nodes { title } } }",
        {"f": {"urgency": ["IMMEDIATE"], "pcode": "CD6205", "state": None}},
    ),
    "null for the whole object": Asked("query($f: RequestFilter) { requests(filter: $f) { totalCount } }", {"f": None}),
    "a statement for other values": Asked(
        "query($f: CaseFilter, $n: Int) { cases(filter: $f, first: $n) { nodes { id } } }",
        {"f": {"pcode": ["CD6203", "'; DROP TABLE cases; --", '\u2028"\\']}, "n": 2},
    ),
}
CONDITIONS = {
    "skip and include": one(
        "a: state @skip(if: true) b: state @skip(if: false) c: state @include(if: true) d: state @include(if: false)",
        data={"node": {"b": "OPEN", "c": "OPEN"}},
    ),
    "both at once": one(
        "a: state @skip(if: false) @include(if: true) b: state @skip(if: true) @include(if: true)",
        data={"node": {"a": "OPEN"}},
    ),
    "on an inline fragment and a spread": Asked(
        """query($id: ID!, $no: Boolean!) { node(id: $id) { ... on Case @skip(if: $no) { state }
        ... @include(if: $no) { id } ...f @include(if: $no) } } fragment f on Case { place { name } }""",
        {"id": CASE, "no": True},
        {"node": {"id": CASE, "place": {"name": "Kalehe"}}},
    ),
    "by a variable with a default": Asked(
        "query($id: ID!, $yes: Boolean = true) { node(id: $id) { id @include(if: $yes) __typename @skip(if: $yes) } }",
        {"id": CASE},
        {"node": {"id": CASE}},
    ),
    "the other way": Asked(
        "query($id: ID!, $yes: Boolean = true) { node(id: $id) { id @include(if: $yes) __typename @skip(if: $yes) } }",
        {"id": CASE, "yes": False},
        {"node": {"__typename": "Case"}},
    ),
    "nothing left of an object": one("place { name @skip(if: true) }", data={"node": {"place": {}}}),
    "nothing left of rows": Asked(
        "{ groups(first: 2) { nodes { code @include(if: false) } } }", data={"groups": {"nodes": [{}, {}]}}
    ),
    "nothing left of the root": Asked("{ cases @skip(if: true) { totalCount } }", data={}),
    "a root field of two": Asked(
        "query($no: Boolean!) { cases @include(if: $no) { totalCount } actingSeat { roles } }",
        {"no": False},
        {"actingSeat": {"roles": ["COORDINATOR"]}},
    ),
    "one of two merged": one(
        "place @skip(if: true) { name } place { pcode } ... @include(if: false) { place { level } }",
        data={"node": {"place": {"pcode": "CD6205"}}},
    ),
    "what is asked of a page": Asked(
        "{ groups(first: 1) { nodes { code } pageInfo @skip(if: true) { hasNextPage } totalCount "
        "@include(if: true) } }",
        data={"groups": {"nodes": [{"code": "kin"}], "totalCount": 3}},
    ),
}
