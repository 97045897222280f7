from __future__ import annotations

from dataclasses import dataclass, replace
from timeit import repeat
from typing import TYPE_CHECKING, TypeAlias

import pytest
from graphql import build_schema, get_introspection_query, parse
from hypothesis import given
from hypothesis import strategies as st

from api.errors import RequestRefused
from api.graph.documents import Documents
from api.graph.limits import Limits, check, check_variables

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

LIMITS = Limits()


def code_of(source: str, limits: Limits = LIMITS) -> str:
    """Return the code that the document is refused with, or nothing."""
    try:
        check(parse(source), limits)
    except RequestRefused as refusal:
        return refusal.code
    return ""


def nested(count: int) -> str:
    return "{a" * count + "}" * count


def many(form: str, count: int) -> str:
    return " ".join(form.format(number) for number in range(count))


BOUNDS: list[tuple[str, str, Callable[[int], str]]] = [
    ("operations", "TOO_MANY_OPERATIONS", lambda count: many("query q{} {{ a }}", count)),
    ("fragments", "TOO_MANY_FRAGMENTS", lambda count: "{ a }" + many("fragment f{} on T {{ a }}", count)),
    ("variables", "TOO_MANY_VARIABLES", lambda count: f"query ({many('$v{}: Int', count)}) {{ a }}"),
    ("depth", "DOCUMENT_TOO_DEEP", nested),
    ("introspection_depth", "DOCUMENT_TOO_DEEP", lambda count: f"{{ __schema {nested(count - 1)} }}"),
    ("nesting", "DOCUMENT_TOO_DEEP", lambda count: "{" + "... {" * (count - 1) + "a" + "}" * count),
    ("nesting", "DOCUMENT_TOO_DEEP", lambda n: "{...f} fragment f on T {" + "... {" * (n - 2) + "a" + "}" * (n - 1)),
    ("fields", "TOO_MANY_FIELDS", lambda count: f"{{ a {{ {'b ' * (count - 1)} }} }}"),
    ("aliases", "TOO_MANY_ALIASES", lambda count: f"{{ a {{ {many('x{}: b', count)} }} }}"),
    ("root_fields", "TOO_MANY_ROOT_FIELDS", lambda count: f"{{ {'a ' * count} }}"),
    ("directives", "TOO_MANY_DIRECTIVES", lambda count: f"{{ a {'@d ' * count} }}"),
    ("literal_depth", "DOCUMENT_TOO_DEEP", lambda count: f"{{ a(x: {'[' * count}1{']' * count}) }}"),
    ("literal_depth", "DOCUMENT_TOO_DEEP", lambda count: f"{{ a(x: {'{y: ' * count}1{'}' * count}) }}"),
    ("literal_depth", "DOCUMENT_TOO_DEEP", lambda count: f"{{ a @d(x: {'[' * count}1{']' * count}) }}"),
    ("literal_depth", "DOCUMENT_TOO_DEEP", lambda count: f"query ($v: {'[' * count}Int{']' * count}) {{ a }}"),
    ("literal_depth", "DOCUMENT_TOO_DEEP", lambda count: f"query ($v: I = {'[' * count}1{']' * count}) {{ a }}"),
]


@pytest.mark.parametrize(("name", "code", "source"), BOUNDS)
def test_what_is_at_the_bound_passes_and_one_above_is_refused(
    name: str, code: str, source: Callable[[int], str]
) -> None:
    bound = getattr(LIMITS, name)
    assert code_of(source(bound)) == ""
    with pytest.raises(RequestRefused) as refused:
        check(parse(source(bound + 1)), LIMITS)
    assert (refused.value.code, refused.value.status) == (code, 400)
    assert refused.value.details == refused.value.values == {"limit": bound}


@pytest.mark.parametrize(("name", "code", "source"), BOUNDS)
def test_each_bound_is_a_setting(name: str, code: str, source: Callable[[int], str]) -> None:
    limits = replace(LIMITS, **{name: 3})
    assert code_of(source(3), limits) == ""
    assert code_of(source(4), limits) == code


@pytest.mark.parametrize(
    ("name", "code", "body"),
    [
        ("fields", "TOO_MANY_FIELDS", "b " * 499),
        ("aliases", "TOO_MANY_ALIASES", many("x{}: b", 15)),
        ("directives", "TOO_MANY_DIRECTIVES", "b @d @d @d @d"),
    ],
)
def test_a_fragment_counts_as_often_as_it_is_spread(name: str, code: str, body: str) -> None:
    fragment = f"fragment f on T {{ {body} }}"
    assert code_of(f"{{ a {{ ...f }} a {{ ...f }} }} {fragment}") == "", name
    assert code_of(f"{{ a {{ ...f }} a {{ ...f }} a {{ ...f }} }} {fragment}") == code


def test_root_fields_of_a_fragment_count_at_the_root_only() -> None:
    fragment = f"fragment f on T {{ {'a ' * 20} }}"
    assert code_of(f"{{ ...f }} {fragment}") == ""
    assert code_of(f"{{ a {{ ...f }} }} {fragment}") == ""
    assert code_of(f"{{ ... {{ ...f }} b }} {fragment}") == "TOO_MANY_ROOT_FIELDS"


def test_depth_goes_on_through_fragments() -> None:
    fragments = f"fragment f on T {{ a {{ ...g }} }} fragment g on T {nested(6)}"
    assert code_of(f"{{ a {{ a {{ a {{ a {{ a {{ ...f }} }} }} }} }} }} {fragments}") == ""
    assert code_of(f"{{ a {{ a {{ a {{ a {{ a {{ a {{ ...f }} }} }} }} }} }} }} {fragments}") == "DOCUMENT_TOO_DEEP"


def test_every_operation_and_every_fragment_is_measured_used_or_not() -> None:
    assert code_of(f"query one {{ a }} query two {nested(13)}") == "DOCUMENT_TOO_DEEP"
    assert code_of(f"{{ a }} fragment f on T {nested(13)}") == "DOCUMENT_TOO_DEEP"

    assert code_of(f"{{ ...f }} fragment f on T {nested(13)} fragment f on T {{ a }}") == "DOCUMENT_TOO_DEEP"


@pytest.mark.parametrize(
    "fragments",
    [
        "fragment f on T { ...f }",
        "fragment f on T { a { ... { ...f } } }",
        "fragment f on T { ...g } fragment g on T { a ...f }",
        "fragment f on T { ...g ...h } fragment g on T { ...h } fragment h on T { a { ...g } }",
    ],
)
def test_a_circle_of_fragments_is_refused_used_or_not(fragments: str) -> None:
    assert code_of(f"{{ ...f }} {fragments}") == "FRAGMENT_CYCLE"
    assert code_of(f"{{ a }} {fragments}") == "FRAGMENT_CYCLE"


def test_an_unknown_fragment_is_left_to_validation() -> None:
    assert code_of("{ ...nowhere }") == ""


@pytest.mark.parametrize("form", ["a {{ ...f{0} }} b {{ ...f{0} }}", "...f{0} ...f{0}", "... {{ ...f{0} }} ...f{0}"])
def test_fragments_that_double_are_refused(form: str) -> None:
    chain = "".join(f"fragment f{number} on T {{ {form.format(number + 1)} }}" for number in range(24))
    source = f"{{ ...f0 }} {chain} fragment f24 on T {{ a }}"
    assert len(source) < 1_500
    roomy = replace(LIMITS, depth=50, root_fields=1_000_000_000)
    assert code_of(source, roomy) == "TOO_MANY_FIELDS"
    assert code_of(source, replace(roomy, fields=2**30)) == ""


def test_a_chain_of_fragments_of_any_length_needs_no_stack() -> None:
    count = 3_000
    chain = " ".join(f"fragment f{number} on T {{ ...f{number + 1} }}" for number in range(count))
    roomy = replace(LIMITS, fragments=count + 1, nesting=count * 2)
    assert code_of(f"{{ ...f0 }} {chain} fragment f{count} on T {{ a }}", roomy) == ""
    assert code_of(f"{{ ...f0 }} {chain} fragment f{count} on T {{ ...f0 }}", roomy) == "FRAGMENT_CYCLE"


@pytest.mark.parametrize("definition", ["type T { a: Int }", "extend type T { a: Int }", "directive @d on FIELD"])
def test_type_definitions_are_refused(definition: str) -> None:
    assert code_of(definition) == "DOCUMENT_NOT_EXECUTABLE"
    assert code_of(f"{{ a }} {definition}") == "DOCUMENT_NOT_EXECUTABLE"


@pytest.mark.parametrize(
    "source",
    [
        '{ a(x: "b\\u0000") }',
        '{ a(x: "\\u{0}") }',
        '{ a(x: [{ y: ["\\u0000"] }]) }',
        '{ a(x: """b\0""") }',
        '{ a @d(x: "\\u0000") }',
        'query ($v: String = "\\u0000") { a }',
        'query ($v: Int @d(x: "\\u0000")) { a }',
        'query @d(x: "\\u0000") { a }',
        'query ("\\u0000" $v: Int) { a }',
        '"\\u0000" query { a }',
        '{ a } fragment f on T { b(x: "\\u0000") }',
        '{ a } fragment f on T @d(x: "\\u0000") { b }',
        '{ ... @d(x: "\\u0000") { a } }',
        '{ ...f @d(x: "\\u0000") } fragment f on T { b }',
    ],
)
def test_nul_in_a_string_is_refused_wherever_it_stands(source: str) -> None:
    assert code_of(source) == "TEXT_INVALID"
    assert code_of(source.replace("\\u0000", "\\u00e9").replace("\\u{0}", "x").replace("\0", "x")) == ""


FULL_INTROSPECTION = get_introspection_query(
    specified_by_url=True,
    directive_is_repeatable=True,
    schema_description=True,
    input_value_deprecation=True,
    experimental_directive_deprecation=True,
    one_of=True,
)


@pytest.mark.parametrize("source", [get_introspection_query(), FULL_INTROSPECTION])
def test_the_standard_introspection_query_has_an_allowance(source: str) -> None:
    assert code_of(source) == ""
    assert code_of(source, replace(LIMITS, introspection_depth=12)) == "DOCUMENT_TOO_DEEP"


@pytest.mark.parametrize("name", ["__schema", "__type"])
def test_the_allowance_is_for_root_fields_only_by_whatever_fragment(name: str) -> None:
    assert code_of(f"{{ ... {{ {name} {nested(19)} }} }}") == ""
    assert code_of(f"{{ {name} {{ ...f }} }} fragment f on __Type {nested(19)}") == ""
    assert code_of(f"{{ {name} {{ ...f }} }} fragment f on __Type {nested(20)}") == "DOCUMENT_TOO_DEEP"
    assert code_of(f"{{ a {{ {name} {nested(13)} }} }}") == "DOCUMENT_TOO_DEEP"
    assert code_of(f"{{ a {{ ...f }} }} fragment f on __Type {nested(13)}") == "DOCUMENT_TOO_DEEP"
    assert code_of(f"{{ a {{ ...f }} }} fragment f on T {{ {name} {nested(13)} }}") == "DOCUMENT_TOO_DEEP"
    assert code_of(f"{{ a: {name} {{ b }} c {nested(12)} }}") == "DOCUMENT_TOO_DEEP"


@dataclass(frozen=True)
class Selection:
    """A selection of a generated document: a field, an inline fragment (no name) or a spread (a number)."""

    name: str | int
    within: tuple[Selection, ...] = ()
    alias: bool = False

    def __str__(self) -> str:
        if isinstance(self.name, int):
            return f"...f{self.name}"
        within = f"{{ {' '.join(map(str, self.within))} }}" if self.within else ""
        return f"{'x: ' if self.alias else ''}{self.name or '...'} {within}"


Selections: TypeAlias = tuple[Selection, ...]


def selections(first_fragment: int) -> st.SearchStrategy[Selections]:
    """Draw selections that spread fragments from `first_fragment` on, so that there is no circle."""
    leaf = st.builds(Selection, st.just("a"), st.just(()), st.booleans())
    spread = st.builds(Selection, st.integers(first_fragment, 5)) if first_fragment <= 5 else leaf
    return st.recursive(
        st.lists(leaf | spread, min_size=1, max_size=4).map(tuple),
        lambda inner: st.lists(
            leaf | spread | st.builds(Selection, st.sampled_from(["b", ""]), inner), min_size=1, max_size=4
        ).map(tuple),
        max_leaves=4,
    )


def expanded(within: Selections, fragments: Sequence[Selections], depth: int = 1) -> tuple[int, int, int, int]:
    """Return depth, fields, aliases and root fields the slow way: by walking every spread again."""
    deepest = fields = aliases = roots = 0
    for each in within:
        inner = fragments[each.name] if isinstance(each.name, int) else each.within
        own = isinstance(each.name, str) and each.name != ""
        below = expanded(inner, fragments, depth + own)
        deepest = max(deepest, below[0], depth if own else 0)
        fields, aliases = fields + below[1] + own, aliases + below[2] + each.alias
        roots += (depth == 1) if own else below[3]
    return deepest, fields, aliases, roots


@given(st.tuples(*(selections(number) for number in range(1, 7))), selections(0))
def test_figures_are_those_of_the_expanded_document(fragments: tuple[Selections, ...], operation: Selections) -> None:
    bodies = [f"fragment f{number} on T {{ {' '.join(map(str, each))} }}" for number, each in enumerate(fragments)]
    source = " ".join([f"{{ {' '.join(map(str, operation))} }}", *bodies])
    whole = [expanded(each, fragments) for each in (operation, *fragments)]
    depth, fields, aliases = (max(figures) for figures in list(zip(*whole, strict=True))[:3])
    roots = whole[0][3]
    exact = replace(LIMITS, depth=depth, fields=max(1, fields), aliases=aliases, root_fields=roots)
    assert code_of(source, exact) == ""
    assert code_of(source, replace(exact, depth=depth - 1)) == "DOCUMENT_TOO_DEEP"
    assert code_of(source, replace(exact, fields=fields - 1)) == "TOO_MANY_FIELDS"
    assert code_of(source, replace(exact, aliases=aliases - 1)) == "TOO_MANY_ALIASES"
    assert code_of(source, replace(exact, root_fields=roots - 1)) == "TOO_MANY_ROOT_FIELDS"


def variables_code(variables: dict[str, object], limits: Limits = LIMITS) -> str:
    try:
        check_variables(variables, limits)
    except RequestRefused as refusal:
        return refusal.code
    return ""


def within_lists(count: int) -> object:
    value: object = 1
    for _ in range(count):
        value = [value]
    return value


def test_variables_are_bounded_in_number_and_depth() -> None:
    assert variables_code({"v": [1] * 19_999}) == ""
    assert variables_code({"v": [1] * 20_000}) == "VARIABLES_TOO_LARGE"
    assert variables_code({f"v{number}": {} for number in range(20_001)}) == "VARIABLES_TOO_LARGE"
    assert variables_code({"v": within_lists(32)}) == ""
    assert variables_code({"v": within_lists(33)}) == "VARIABLES_TOO_DEEP"
    assert variables_code({"v": within_lists(100_000)}) == "VARIABLES_TOO_DEEP"


@pytest.mark.parametrize("text", ["\0", "Bukavu\0", "\ud800", "é\udfff", "\ud83d\ude00"])
def test_texts_that_cannot_be_stored_are_refused_wherever_they_stand(text: str) -> None:
    for value in (text, [text], {"a": [{"b": text}]}, {text: 1}, [{"a": {text: None}}]):
        assert variables_code({"v": value}) == "TEXT_INVALID"
    assert variables_code({text: 1}) == "TEXT_INVALID"
    assert variables_code({"v": "Bukavu é 😀 \ufffd"}) == ""


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner, max_size=4),
    max_leaves=8,
)


@given(st.dictionaries(st.text(max_size=4), json_values, max_size=4))
def test_variables_of_any_shape_pass_or_are_refused(variables: dict[str, object]) -> None:
    assert variables_code(variables) in {"", "TEXT_INVALID"}


SCHEMA = build_schema(f"""
    type Case {{ id: ID! parent: Case title(length: Int): String {many("detail{}: String", 60)} }}
    type Site {{ id: ID! name: String }}
    union Found = Case | Site
    input Filter {{ not: Filter }}
    type Query {{ case(filter: Filter, title: String, lengths: [Int!]): Case site: Site found: [Found!] }}
""")


def answer(source: str) -> str:
    """Return the code that a document is refused with by all stages, or nothing."""
    try:
        Documents(SCHEMA, LIMITS, introspection=True).prepare(source, None)
    except RequestRefused as refusal:
        return refusal.code
    return ""


def doubling(form: str) -> str:
    chain = "".join(f"fragment f{number} on Case {{ {form.format(number + 1)} }}" for number in range(24))
    return f"{{ case {{ ...f0 }} }} {chain} fragment f24 on Case {{ id }}"


def fragments_over_one_another(body: str, count: int = 50) -> str:
    return f"{{ case {{ {many('...f{}', count)} }} }}" + many(f"fragment f{{}} on Case {{{{ {body} }}}}", count)


DETAILS = many("detail{}", 60)

HOSTILE = {
    "doubling fields": (doubling("x: parent {{ ...f{0} }} y: parent {{ ...f{0} }}"), "DOCUMENT_TOO_DEEP"),
    "doubling spreads": (doubling("...f{0} ...f{0} id"), "TOO_MANY_FIELDS"),
    "circle": (doubling("...f{0} ...f0"), "FRAGMENT_CYCLE"),
    "10,000 aliases": (f"{{site{{{many('x{}:id', 10_000)}}}}}", "DOCUMENT_TOO_LARGE"),
    "2,500 aliases": (f"{{site{{{many('x{}:id', 2_500)}}}}}", "TOO_MANY_TOKENS"),
    "aliases": (f"{{site{{{many('x{}:id', 600)}}}}}", "TOO_MANY_ALIASES"),
    "depth 50": ("{ case " + "{ parent " * 50 + "{ id }" + " }" * 51, "DOCUMENT_TOO_DEEP"),
    "depth 5,000": ("{a" * 5_000 + "}" * 5_000, "DOCUMENT_TOO_DEEP"),
    "unclosed": ("{a" * 15_000, "DOCUMENT_TOO_DEEP"),
    "breadth": ("{ site { " + "id " * 1_900 + "} }", "TOO_MANY_FIELDS"),
    "roots": ("{ " + "site { id } " * 400 + "}", "TOO_MANY_ROOT_FIELDS"),
    "directives": ("{ site { id " + "@skip(if: true) " * 270 + "} }", "TOO_MANY_DIRECTIVES"),
    "same leaf": ("{ case { " + "id " * 990 + "} }", "DOCUMENT_TOO_COMPLEX"),
    "same object": ("{ case { " + "parent{id}" * 490 + "} }", "DOCUMENT_TOO_COMPLEX"),
    "same arguments": ("{ case { " + "title(length:1)" * 320 + "} }", "DOCUMENT_TOO_COMPLEX"),
    "same in types": ("{found{" + "... on Case{parent{id}}... on Site{name}" * 110 + "}}", "DOCUMENT_TOO_COMPLEX"),
    "same in inline fragments": ("{ case { " + "... {parent{id}}" * 240 + "} }", "DOCUMENT_TOO_COMPLEX"),
    "unknown fields": ("{ case { " + "unknown " * 990 + "} }", "DOCUMENT_TOO_COMPLEX"),
    "fragments over one another": (fragments_over_one_another("parent{{parent{{id}}}} title"), "DOCUMENT_TOO_COMPLEX"),
    "wide fragments": (fragments_over_one_another(DETAILS, 15), "DOCUMENT_TOO_COMPLEX"),
    "many spreads": ("{ case { " + "...f " * 900 + "} } fragment f on Case { id }", ""),
    "valid list": ("{ case(lengths: [" + "1 " * 1_980 + "]) { id } }", ""),
    "huge string": ('{ case(lengths: "' + "a" * 32_000 + '") { id } }', "DOCUMENT_INVALID"),
    "huge number": ("{ case(lengths: " + "9" * 32_000 + ") { id } }", "DOCUMENT_INVALID"),
    "huge float": ("{ case(lengths: 1e" + "9" * 32_000 + ") { id } }", "DOCUMENT_INVALID"),
    "huge name": ("{ " + "z" * 32_000 + " }", "DOCUMENT_INVALID"),
    "huge block string": ('{ case(lengths: """' + " a\n" * 1_900 + '""") { id } }', "DOCUMENT_INVALID"),
    "huge list": ("{ case(lengths: [" + '"a" ' * 1_980 + "]) { id } }", "DOCUMENT_INVALID"),
    "unknown keys": ("{ case(filter: {" + 'a: "" ' * 660 + "}) { id } }", "DOCUMENT_INVALID"),
    "unused variables": (f"query ({many('$v{}: Int', 100)}) {{ site {{ id }} }}", "DOCUMENT_INVALID"),
    "list literals": ("{ case(lengths: " + "[" * 190 + "]" * 190 + ") { id } }", "DOCUMENT_TOO_DEEP"),
    "5,000 list literals": ("{ case(lengths: " + "[" * 5_000 + "]" * 5_000 + ") { id } }", "DOCUMENT_TOO_DEEP"),
    "object literals": ("{ case(filter: " + "{not:" * 5_000 + "}" * 5_000 + ") { id } }", "DOCUMENT_TOO_DEEP"),
    "list types": ("query ($v: " + "[" * 5_000 + "Int" + "]" * 5_000 + ") { site { id } }", "DOCUMENT_TOO_DEEP"),
    "comments": ("#\n" * 15_000 + "{ site { id } }", "TOO_MANY_LINES"),
    "30,000 comments": ("#\n" * 30_000 + "{ site { id } }", "DOCUMENT_TOO_LARGE"),
    "newlines before errors": ("\n" * 30_000 + "{ " + "z " * 30 + "}", "TOO_MANY_LINES"),
    "many operations": (many("query q{} {{ site {{ id }} }}", 200), "TOO_MANY_OPERATIONS"),
    "megabytes": ("é" * 5_000_000, "DOCUMENT_TOO_LARGE"),
}


def seconds(source: str) -> float:
    """Return the best of three: what the work takes, whatever else the machine does."""
    return min(repeat(lambda: answer(source), number=1, repeat=3))


@pytest.fixture(scope="module")
def bound() -> float:
    """Return a tenth of a second, or on a slow machine thrice what an honest document of full size takes."""
    honest = "{" + many(f"x{{}}: case {{{{ {DETAILS} }}}}", 15) + "}"
    assert answer(honest) == ""
    return max(0.1, 3 * seconds(honest))


@pytest.mark.parametrize(("source", "code"), HOSTILE.values(), ids=HOSTILE)
def test_hostile_documents_are_answered_at_once(source: str, code: str, bound: float) -> None:
    assert answer(source) == code
    assert seconds(source) < bound
