from __future__ import annotations

import gc
import tracemalloc
from dataclasses import replace
from functools import partial
from hashlib import sha256
from typing import TYPE_CHECKING

import pytest
from graphql import (
    OperationType,
    build_schema,
    get_introspection_query,
    get_variable_values,
    parse,
    validate,
)
from hypothesis import given
from hypothesis import strategies as st

from api.errors import RequestRefused
from api.graph.documents import BYTES_PER_TOKEN, Documents
from api.graph.limits import Limits

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

SCHEMA = build_schema("""
    interface Node { id: ID! }
    type Case implements Node {
        id: ID!
        title(language: Language, length: Int): String
        parent: Case
        parts(filter: Filter, ids: [ID!]): [Case!]!
    }
    type Site implements Node { id: ID! name: String cases: [Case!]! }
    union Found = Case | Site
    enum Language { FRENCH ENGLISH }
    input Filter { language: Language, lengths: [Int!], all: [Filter!], not: Filter, text: String, other: Other }
    scalar Other
    type Query {
        case(filter: Filter, language: Language, lengths: [Int!]): Case
        site: Site
        found: [Found!]!
        node(id: ID): Node
    }
    type Mutation { closeCase(id: ID!): Case }
""")
LIMITS = Limits()


def documents(limits: Limits = LIMITS, *, introspection: bool = True, kept: int = 500) -> Documents:
    return Documents(SCHEMA, limits, introspection=introspection, kept=kept)


def refused(call: Callable[[], object]) -> RequestRefused:
    with pytest.raises(RequestRefused) as caught:
        call()
    refusal = caught.value
    assert refusal.status == 400
    # An error of the library holds the source or the variables; a log of the refusal must not reach it.
    assert refusal.__context__ is None
    assert len(refusal.errors) <= LIMITS.errors
    for error in refusal.errors:
        assert set(error) <= {"message", "locations", "extensions"}
        assert error["extensions"] == {"code": refusal.code}
        assert len(str(error["message"])) <= 300
    return refusal


def code_of(source: str, limits: Limits = LIMITS) -> str:
    try:
        documents(limits).prepare(source, None)
    except RequestRefused as refusal:
        return refusal.code
    return ""


def messages(refusal: RequestRefused) -> list[str]:
    return [str(error["message"]) for error in refusal.errors]


def test_an_operation_is_prepared() -> None:
    source = "mutation close($id: ID!) { closeCase(id: $id) { id } }"
    prepared = documents().prepare(source, None)
    assert prepared.kind is OperationType.MUTATION
    assert prepared.operation is prepared.document.definitions[0]
    assert prepared.digest == sha256(b"mutation close ( $ id : ID ! ) { closeCase ( id : $ id ) { id } }").hexdigest()


def test_a_digest_holds_no_literal() -> None:
    """Nor a comment: what can be guessed, as a place or a name, could be found by hashing every one."""
    forms = [
        'mutation { one: closeCase(id: "Walungu") { id } }',
        """mutation { # of Kalehe
             one: closeCase(id: "Kalehe") { id } }""",
    ]
    assert len({documents().prepare(form, None).digest for form in forms}) == 1
    assert documents().prepare("mutation { one: closeCase(id: 1) { id } }", None).digest not in {
        documents().prepare(form, None).digest for form in forms
    }


def test_the_operation_is_chosen_by_its_name() -> None:
    admitted = documents()
    source = "query one { site { id } } mutation two { closeCase(id: 1) { id } }"
    assert admitted.prepare(source, "one").kind is OperationType.QUERY
    assert admitted.prepare(source, "two").kind is OperationType.MUTATION
    for name in (None, "three", "", "one two"):
        assert refused(partial(admitted.prepare, source, name)).code == "OPERATION_UNKNOWN"


@pytest.mark.parametrize(
    ("source", "code"),
    [
        ("fragment f on Case { id }", "OPERATION_UNKNOWN"),
        ("{ site { id } } { site { id } }", "OPERATION_UNKNOWN"),
        ("{ site { id } } query q { site { id } }", "OPERATION_UNKNOWN"),
        ("type T { a: Int }", "DOCUMENT_NOT_EXECUTABLE"),
        ("{ site { id } } extend type Case { a: Int }", "DOCUMENT_NOT_EXECUTABLE"),
        ("subscription { site { id } }", "DOCUMENT_INVALID"),
        ("{ site { id } } fragment f on Case { id }", "DOCUMENT_INVALID"),
        ("{ site { ...f } } fragment f on Site { id } fragment f on Site { name }", "DOCUMENT_INVALID"),
        ("{ site { ...f } } fragment f on Site { cases { parent { ...f } } }", "FRAGMENT_CYCLE"),
        ("query q { site { id } } query q { site { id } }", "OPERATION_UNKNOWN"),
        ("", "DOCUMENT_SYNTAX"),
        ("#", "DOCUMENT_SYNTAX"),
        ("{ site { id }", "DOCUMENT_SYNTAX"),
        ("query ($v: Int = $w) { site { id } }", "DOCUMENT_SYNTAX"),
        ('{ node(id: "\\ud800") { id } }', "DOCUMENT_SYNTAX"),
        ('{ node(id: "\ud800") { id } }', "TEXT_INVALID"),
        ('{ node(id: "\ud83d\ude00") { id } }', "TEXT_INVALID"),
        ('{ node(id: "\\u0000") { id } }', "TEXT_INVALID"),
        ('{ node(id: "\0") { id } }', "TEXT_INVALID"),
        ("{ site { id } } # \0", "TEXT_INVALID"),
    ],
)
def test_documents_that_are_refused(source: str, code: str) -> None:
    assert refused(lambda: documents().prepare(source, None)).code == code


def test_a_syntax_error_is_located() -> None:
    (error,) = refused(lambda: documents().prepare("{\n  site { id", None)).errors
    assert error["message"] == "Syntax Error: Expected Name, found <EOF>."
    assert error["locations"] == [{"line": 2, "column": 12}]


def test_validation_errors_are_located_and_bounded_in_number_and_length() -> None:
    source = "{ site { " + " ".join(f"unknown{number}" for number in range(40)) + " } }"
    refusal = refused(lambda: documents().prepare(source, None))
    assert refusal.code == "DOCUMENT_INVALID"
    assert refusal.errors[0]["locations"] == [{"line": 1, "column": 10}]
    assert len(refusal.errors) == 5
    assert messages(refusal)[-1].startswith("Too many validation errors")
    long = refused(lambda: documents().prepare(f"{{ {'z' * 1_000} }}", None))
    assert len(messages(long)[0]) == 300
    assert messages(long)[0].endswith("z…")


def filled(tokens: int) -> str:
    """Return a valid document of so many tokens."""
    return f"{{ case(lengths: [{'1 ' * (tokens - 12)}]) {{ id }} }}"


@pytest.mark.parametrize(
    ("name", "code", "source"),
    [
        ("document_bytes", "DOCUMENT_TOO_LARGE", lambda count: "{ site { id } } #".ljust(count, "a")),
        ("document_bytes", "DOCUMENT_TOO_LARGE", lambda count: "{ site { id } } #é".ljust(count - 1, "a")),
        ("tokens", "TOO_MANY_TOKENS", filled),
        ("lines", "TOO_MANY_LINES", lambda count: "{ site { id } }" + "\n" * (count - 1)),
        ("lines", "TOO_MANY_LINES", lambda count: "{ site { id } }" + "\r\n" * (count - 1)),
        ("lines", "TOO_MANY_LINES", lambda count: "{ site { id } }" + "\r" * (count - 1)),
        ("lines", "TOO_MANY_LINES", lambda count: "#\n" * (count - 1) + "{ site { id } }"),
    ],
)
def test_the_text_at_the_bound_passes_and_one_above_is_refused(
    name: str, code: str, source: Callable[[int], str]
) -> None:
    bound = getattr(LIMITS, name)
    assert code_of(source(bound)) == ""
    refusal = refused(lambda: documents().prepare(source(bound + 1), None))
    assert (refusal.code, refusal.details) == (code, {"limit": bound})


SUGGESTIVE = [
    "{ sites { id } }",
    "{ site { nam } }",
    "{ site }",
    "{ node { title } }",
    "{ case(filtre: {}) { id } }",
    "{ case(filter: { lenghts: [1] }) { id } }",
    "{ case(filter: { all: [{ not: { languag: FRENCH } }] }) { id } }",
    "{ case(language: FRENC) { id } }",
    "{ case(filter: { language: FRENC }) { id } }",
    '{ case(language: "FRENCH") { id } }',
    "query ($v: Languag) { case(language: $v) { id } }",
    "query ($v: Language = FRENC) { case(language: $v) { id } }",
    "{ node { ... on Cas { id } } }",
    "{ site { ...f } } fragment f on Sit { id }",
    "{ site @include(i: true) { id } }",
    "{ site { ... on Site @skip(iff: true) { id } } }",
]


@pytest.mark.parametrize("source", SUGGESTIVE)
def test_no_error_of_a_document_suggests_names_of_the_schema(source: str) -> None:
    assert any("Did you mean" in error.message for error in validate(SCHEMA, parse(source)))
    refusal = refused(lambda: documents().prepare(source, None))
    assert refusal.code == "DOCUMENT_INVALID"
    assert "did you mean" not in str(refusal.errors).lower()


FILTERED = "query ($v: Filter) { case(filter: $v) { id } }"
IN_LANGUAGE = "query ($v: Language) { case(language: $v) { id } }"


@pytest.mark.parametrize(
    ("source", "value"),
    [
        (FILTERED, {"lenghts": [1]}),
        (FILTERED, {"all": [{"not": {"languag": "FRENCH"}}]}),
        (FILTERED, {"language": "FRENC"}),
        (FILTERED, {"all": [{"language": "ENGLSH"}]}),
        (IN_LANGUAGE, "FRENC"),
        (IN_LANGUAGE, "french"),
    ],
)
def test_no_error_of_a_variable_suggests_names_of_the_schema(source: str, value: object) -> None:
    admitted = documents()
    prepared = admitted.prepare(source, None)
    declared = prepared.operation.variable_definitions or ()
    told = get_variable_values(SCHEMA, declared, {"v": value})
    assert isinstance(told, list)
    assert any("Did you mean" in error.message for error in told)
    refusal = refused(lambda: admitted.coerce(prepared, {"v": value}))
    assert refusal.code == "VARIABLES_INVALID"
    assert "did you mean" not in str(refusal.errors).lower()


@pytest.mark.parametrize(
    ("variables", "code"),
    [
        ({}, ""),
        ({"v": None}, ""),
        ({"v": {"lengths": [1, 2], "all": [{"text": "Bukavu"}]}, "unused": 1}, ""),
        ({"v": {"other": {"deep": [[1]]}}}, ""),
        ({"v": 1}, "VARIABLES_INVALID"),
        ({"v": []}, "VARIABLES_INVALID"),
        ({"v": {"lengths": [2**31]}}, "VARIABLES_INVALID"),
        ({"v": {"lengths": [1.5]}}, "VARIABLES_INVALID"),
        ({"v": {"lengths": [True]}}, "VARIABLES_INVALID"),
        ({"v": {"text": "a\0"}}, "TEXT_INVALID"),
        ({"unused": "a\0"}, "TEXT_INVALID"),
        ({"v": {"other": ["\ud800"]}}, "TEXT_INVALID"),
        ({"v": {"lengths": [1] * 20_000}}, "VARIABLES_TOO_LARGE"),
    ],
)
def test_variables(variables: Mapping[str, object], code: str) -> None:
    admitted = documents()
    prepared = admitted.prepare(FILTERED, None)
    if code:
        assert refused(lambda: admitted.coerce(prepared, variables)).code == code
    else:
        admitted.coerce(prepared, variables)


def test_a_required_variable_is_asked_for() -> None:
    admitted = documents()
    prepared = admitted.prepare("query ($v: ID!) { node(id: $v) { id } }", None)
    admitted.coerce(prepared, {"v": "1"})
    (error,) = refused(lambda: admitted.coerce(prepared, {})).errors
    assert (
        error["message"] == "Variable '$v' has invalid value: Expected a value of non-null type 'ID!' to be provided."
    )
    assert error["locations"] == [{"line": 1, "column": 8}]


def test_errors_of_variables_are_bounded_in_number_and_length() -> None:
    admitted = documents()
    prepared = admitted.prepare("query ($v: [Int!]) { case(lengths: $v) { id } }", None)
    refusal = refused(lambda: admitted.coerce(prepared, {"v": ["x" * 5_000] * 100}))
    assert len(refusal.errors) == 5
    assert len(messages(refusal)[0]) == 300


def test_the_standard_introspection_query_passes_where_introspection_is_on() -> None:
    source = get_introspection_query(schema_description=True, one_of=True)
    assert documents(introspection=True).prepare(source, None).operation.name
    refusal = refused(lambda: documents(introspection=False).prepare(source, None))
    assert refusal.code == "DOCUMENT_INVALID"
    assert "introspection has been disabled" in messages(refusal)[0]


@pytest.mark.parametrize(
    "source", ['{ __type(name: "Case") { name } }', "{ ...f } fragment f on Query { __schema { description } }"]
)
def test_no_introspection_passes_where_it_is_off(source: str) -> None:
    assert documents(introspection=True).prepare(source, None)
    assert refused(lambda: documents(introspection=False).prepare(source, None)).code == "DOCUMENT_INVALID"
    assert documents(introspection=False).prepare("{ __typename site { __typename } }", None)


def test_refused_documents_are_not_kept() -> None:
    admitted = documents()
    for source in ("{ site { nam } }", "{", "type T { a: Int }", "query q { site { id } } query p { site { id } }"):
        refused(partial(admitted.prepare, source, None))
    assert (len(admitted), admitted.kept_bytes) == (0, 0)


def test_a_document_is_kept_by_its_text() -> None:
    admitted = documents()
    first = admitted.prepare("{ site { id } }", None)
    assert admitted.prepare("{ site { id } }", None).document is first.document
    assert admitted.prepare("{ site { id }  }", None).document is not first.document
    assert len(admitted) == 2
    assert refused(lambda: admitted.prepare("{ site { id } }", "q")).code == "OPERATION_UNKNOWN"


def test_the_document_used_longest_ago_is_dropped() -> None:
    admitted = documents(kept=2)
    one, two, three = ("{ site { id } }", "{ site { name } }", "{ site { id name } }")
    first = admitted.prepare(one, None).document
    second = admitted.prepare(two, None).document
    assert admitted.prepare(one, None).document is first
    admitted.prepare(three, None)
    assert len(admitted) == 2
    assert admitted.prepare(one, None).document is first
    assert admitted.prepare(two, None).document is not second


def test_what_is_kept_is_bounded_in_weight() -> None:
    one = filled(1_000)
    weight = len(one) + BYTES_PER_TOKEN * 1_000
    admitted = Documents(SCHEMA, LIMITS, introspection=False, kept_bytes=3 * weight)
    for number in range(9):
        admitted.prepare(one + " " * number, None)
        assert admitted.kept_bytes <= 3 * weight
    assert len(admitted) == 2
    small = Documents(SCHEMA, LIMITS, introspection=False, kept_bytes=weight - 1)
    assert small.prepare(one, None).digest
    assert (len(small), small.kept_bytes) == (0, 0)


@pytest.mark.parametrize("source", [filled(1_900), "{ case { " + "id title __typename " * 30 + "} }"])
def test_a_kept_document_weighs_no_more_than_is_reckoned(source: str) -> None:
    documents().prepare(source, None)  # what the library itself keeps of a first document
    admitted = documents()
    tracemalloc.start()
    before, _ = tracemalloc.get_traced_memory()
    admitted.prepare(source, None)
    gc.collect()
    after, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert after - before < admitted.kept_bytes


@given(st.text())
def test_any_text_is_a_document_or_refused(source: str) -> None:
    assert code_of(source) in {"DOCUMENT_SYNTAX", "TEXT_INVALID", "DOCUMENT_INVALID", "DOCUMENT_NOT_EXECUTABLE"}


GOOD = 'query q($v: [Int!] = [1]) { case(lengths: $v, filter: {text: "a", not: {}}) { id ...f @skip(if: true) } } '
GOOD += "fragment f on Case { x: title(language: FRENCH) ... on Node { __typename } }"
PIECES = st.sampled_from(
    ["{", "}", "(", "[", "]", ")", "...f", "$v", '"', '"""', "\\u0000", "id", "@", ":", "!", "#", "\0"]
)


@given(st.integers(0, len(GOOD)), st.integers(0, 20), st.lists(PIECES | st.text(max_size=3), max_size=5))
def test_a_damaged_document_is_accepted_or_refused(start: int, length: int, inserted: list[str]) -> None:
    source = GOOD[:start] + " ".join(inserted) + GOOD[start + length :]
    assert code_of(source) in {
        "",
        "DOCUMENT_SYNTAX",
        "DOCUMENT_INVALID",
        "DOCUMENT_NOT_EXECUTABLE",
        "OPERATION_UNKNOWN",
        "TEXT_INVALID",
        "FRAGMENT_CYCLE",
    }


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=4),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["all", "not", "lengths", "other", "x"]), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(st.dictionaries(st.sampled_from("vw"), values))
def test_any_variables_fit_or_are_refused(variables: Mapping[str, object]) -> None:
    admitted = documents()
    prepared = admitted.prepare(FILTERED, None)
    try:
        admitted.coerce(prepared, variables)
    except RequestRefused as refusal:
        code = refusal.code
    else:
        code = ""
    assert code in {"", "VARIABLES_INVALID", "TEXT_INVALID"}


def test_the_limits_are_settings() -> None:
    assert code_of("{ case { parent { id } } }", replace(LIMITS, depth=2)) == "DOCUMENT_TOO_DEEP"
    assert code_of("{ case { id id id } }", replace(LIMITS, comparisons=2)) == "DOCUMENT_TOO_COMPLEX"
    assert code_of("{ a b c d }", replace(LIMITS, errors=1)) == "DOCUMENT_INVALID"


@pytest.mark.parametrize(
    ("source", "code"),
    [
        ("query one { site { id } } query two { case { id } }", ""),
        ("query q($f: Filter!) { case(filter: $f) { id } }", ""),
        ("{", "DOCUMENT_SYNTAX"),
        ("", "DOCUMENT_SYNTAX"),
        ("{ nothing }", "DOCUMENT_INVALID"),
        ("query one { site { id } } query two { nothing }", "DOCUMENT_INVALID"),
        ("query one { site { id } } query one { case { id } }", "DOCUMENT_INVALID"),
        ("fragment f on Case { id }", "DOCUMENT_INVALID"),
        ("type T { a: Int }", "DOCUMENT_NOT_EXECUTABLE"),
        ("{ case { ...f } } fragment f on Case { ...f }", "FRAGMENT_CYCLE"),
        ("{ site { id } } #" + " " * LIMITS.document_bytes, "DOCUMENT_TOO_LARGE"),
        ('{ node(id: "\0") { id } }', "TEXT_INVALID"),
    ],
)
def test_a_document_is_examined_whole_before_anybody_asks_for_an_operation(source: str, code: str) -> None:
    door = documents()
    if code:
        assert refused(partial(door.examine, source)).code == code
    else:
        door.examine(source)
    assert len(door) == 0
