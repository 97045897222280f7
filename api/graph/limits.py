"""What a document may weigh, measured in one pass before anything but the parser walks or compares it, and what its
variables may weigh, measured before they are coerced.

Each selection set is walked once and each fragment measured once; its measure is added wherever it is spread. So the
pass is linear in the document although its figures are those of the expanded document: twenty-five fragments that
each spread the next one twice are refused after fifty additions. Nothing here recurses.

What stands below the root fields `__schema` and `__type` may be deeper than the rest (`introspection_depth`), because
the standard introspection query is. Whether it may be asked at all is a rule of validation, not a limit.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, TypeAlias

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    InlineFragmentNode,
    ListTypeNode,
    ListValueNode,
    NonNullTypeNode,
    ObjectValueNode,
    OperationDefinitionNode,
    StringValueNode,
)

from api.errors import RequestRefused

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from graphql import DirectiveNode, DocumentNode, Node, SelectionNode, SelectionSetNode

Executable: TypeAlias = OperationDefinitionNode | FragmentDefinitionNode

INTROSPECTION = frozenset({"__schema", "__type"})
# Above any limit; keeps doubled doublings from growing into numbers of thousands of digits.
CEILING = 1 << 40


@dataclass(frozen=True, slots=True)
class Limits:
    """Every bound of a request, which whoever composes the service may set. Within the defaults the hostile documents
    that the tests know are answered in a tenth of a second, or in three times what an honest one of full size takes."""

    body_bytes: int = 1_048_576
    # Seconds without a byte of the body, seconds for the whole of it, and bytes a second that each part of it must keep
    # up after the first silence: a body of full size comes through at 4 kB/s, and nobody holds a connection open.
    body_silence: float = 20.0
    body_seconds: float = 300.0
    body_rate: int = 1_000
    document_bytes: int = 32_768
    # The place of an error is found by counting lines, again for each error.
    lines: int = 2_000
    tokens: int = 2_000
    operations: int = 10
    fragments: int = 50
    variables: int = 100
    # Fields within one another, the innermost included.
    depth: int = 12
    introspection_depth: int = 20
    # Braces within one another, those of spread and inline fragments included: what recursive code sees.
    nesting: int = 50
    # After expansion of fragments, in each operation.
    fields: int = 1_000
    aliases: int = 30
    root_fields: int = 20
    directives: int = 8
    # Lists and objects within one another in a literal, brackets and exclamation marks in the type of a variable.
    literal_depth: int = 32
    # Units of work of the rule that compares fields of one response name, which grows with the square of their number.
    comparisons: int = 10_000
    # Errors answered for one request: each may quote a whole literal, and costs what printing it costs.
    errors: int = 5
    variable_depth: int = 32
    variable_values: int = 20_000
    # Of the cost with real page sizes, which is counted later, with the schema.
    cost: int = 1_000
    # Text of sealed columns in one answer, each time that it stands there: what it takes to open and to hold.
    sealed_characters: int = 4_000_000


def refused(code: str, limit: int) -> RequestRefused:
    """Return the refusal of something above `limit`, which its sentence and its details name."""
    return RequestRefused(code, details={"limit": limit}, limit=limit)


def check(document: DocumentNode, limits: Limits) -> None:
    """Refuse a document above a limit, with a circle of fragments, a type definition, or NUL in a string."""
    outlines = [(node, _outline(node)) for node in _definitions(document, limits)]
    for _, outline in outlines:
        _check_literals(outline.literals, limits.literal_depth)
    # Of two fragments of one name the last is meant by its spreads, as in validation, which refuses them; both are
    # measured.
    fragments = _measured({node.name.value: own for node, own in outlines if isinstance(node, FragmentDefinitionNode)})
    for node, outline in outlines:
        _compare(node, _expanded(outline, fragments), limits)


def check_variables(variables: Mapping[str, object], limits: Limits) -> None:
    """Refuse variables with too many values, values too deep in one another, or a text that cannot be stored."""
    waiting: list[tuple[object, int]] = [(dict(variables), 0)]
    count = 0
    while waiting:
        value, depth = waiting.pop()
        inner = _inner_values(value)
        count += len(inner)
        if count > limits.variable_values:
            raise refused("VARIABLES_TOO_LARGE", limits.variable_values)
        if inner and depth > limits.variable_depth:
            raise refused("VARIABLES_TOO_DEEP", limits.variable_depth)
        waiting.extend((each, depth + 1) for each in inner)


def storable(text: str) -> bool:
    """Say whether PostgreSQL can store `text`: without NUL and without halves of surrogate pairs."""
    try:
        return b"\0" not in text.encode()
    except UnicodeEncodeError:
        return False


def _check_text(text: str) -> None:
    if not storable(text):
        raise RequestRefused("TEXT_INVALID")


def _inner_values(value: object) -> Sequence[object]:
    """Return the values within a JSON value, after a look at its texts."""
    if isinstance(value, str):
        _check_text(value)
    elif isinstance(value, dict):
        for name in value:
            _check_text(name)
        return tuple(value.values())
    elif isinstance(value, list | tuple):
        return value
    return ()


def _definitions(document: DocumentNode, limits: Limits) -> list[Executable]:
    definitions = [node for node in document.definitions if isinstance(node, Executable)]
    if len(definitions) < len(document.definitions):
        raise RequestRefused("DOCUMENT_NOT_EXECUTABLE")
    operations = sum(isinstance(node, OperationDefinitionNode) for node in definitions)
    if operations > limits.operations:
        raise refused("TOO_MANY_OPERATIONS", limits.operations)
    if len(definitions) - operations > limits.fragments:
        raise refused("TOO_MANY_FRAGMENTS", limits.fragments)
    if any(len(node.variable_definitions or ()) > limits.variables for node in definitions):
        raise refused("TOO_MANY_VARIABLES", limits.variables)
    return definitions


@dataclass(slots=True)
class Measure:
    """The figures of one definition."""

    depth: int = 0
    introspection_depth: int = 0
    nesting: int = 0
    fields: int = 0
    aliases: int = 0
    root_fields: int = 0
    directives: int = 0

    def reach(self, depth: int, nesting: int, *, introspection: bool) -> None:
        """Note something that stands at this depth."""
        self.nesting = max(self.nesting, nesting)
        if introspection:
            self.introspection_depth = max(self.introspection_depth, depth)
        else:
            self.depth = max(self.depth, depth)

    def count(self, other: Measure, *, at_root: bool) -> None:
        """Add the counts of a fragment that is spread here."""
        self.fields = min(CEILING, self.fields + other.fields)
        self.aliases = min(CEILING, self.aliases + other.aliases)
        self.directives = min(CEILING, self.directives + other.directives)
        if at_root:
            self.root_fields = min(CEILING, self.root_fields + other.root_fields)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a selection set stands within its definition."""

    depth: int = 0
    nesting: int = 1
    introspection: bool = False

    def below(self, name: str) -> Place:
        """Return the place of the selection set of the field `name` that stands here."""
        introspection = self.introspection or (self.depth == 0 and name in INTROSPECTION)
        return Place(self.depth + 1, self.nesting + 1, introspection)


@dataclass(frozen=True, slots=True)
class Outline:
    """What a definition holds itself, and the fragments that it spreads, each with its place."""

    own: Measure = field(default_factory=Measure)
    spreads: list[tuple[str, Place]] = field(default_factory=list)
    # Values, descriptions and the types of variables.
    literals: list[Node] = field(default_factory=list)

    def note_directives(self, directives: Sequence[DirectiveNode] | None) -> None:
        for directive in directives or ():
            self.own.directives += 1
            self.literals.extend(argument.value for argument in directive.arguments or ())

    def note_head(self, definition: Executable) -> None:
        """Note what stands before the first brace."""
        self.note_directives(definition.directives)
        self.literals.extend(filter(None, [definition.description]))
        for variable in definition.variable_definitions or ():
            self.note_directives(variable.directives)
            self.literals.extend(filter(None, [variable.description, variable.type, variable.default_value]))

    def note(self, node: SelectionNode, place: Place) -> tuple[SelectionSetNode, Place] | None:
        """Note one selection; return the selection set within it, which the caller walks."""
        self.note_directives(node.directives)
        if isinstance(node, FragmentSpreadNode):
            self.spreads.append((node.name.value, place))
            return None
        if isinstance(node, InlineFragmentNode):
            return node.selection_set, replace(place, nesting=place.nesting + 1)
        assert isinstance(node, FieldNode)
        return self.note_field(node, place)

    def note_field(self, node: FieldNode, place: Place) -> tuple[SelectionSetNode, Place] | None:
        below = place.below(node.name.value)
        self.own.fields += 1
        self.own.aliases += node.alias is not None
        self.own.root_fields += place.depth == 0
        self.own.reach(below.depth, place.nesting, introspection=below.introspection)
        self.literals.extend(argument.value for argument in node.arguments or ())
        return (node.selection_set, below) if node.selection_set else None


def _outline(definition: Executable) -> Outline:
    outline = Outline()
    outline.note_head(definition)
    waiting: list[tuple[SelectionSetNode, Place]] = [(definition.selection_set, Place())]
    while waiting:
        selection_set, place = waiting.pop()
        outline.own.reach(0, place.nesting, introspection=False)
        found = (outline.note(node, place) for node in selection_set.selections)
        waiting.extend(each for each in found if each)
    return outline


def _measured(outlines: Mapping[str, Outline]) -> Mapping[str, Measure]:
    """Measure every fragment once, those that it spreads before it; a circle is a refusal."""
    measured: dict[str, Measure] = {}
    for name in outlines:
        _measure(name, outlines, measured)
    return measured


def _measure(first: str, outlines: Mapping[str, Outline], measured: dict[str, Measure]) -> None:
    path: dict[str, Iterator[tuple[str, Place]]] = {first: iter(outlines[first].spreads)}
    while path:
        name = next(reversed(path))
        unmeasured = (spread for spread, _ in path[name] if spread in outlines and spread not in measured)
        following = next(unmeasured, None)
        if following is None:
            measured[name] = _expanded(outlines[name], measured)
            path.popitem()
        elif following in path:
            raise RequestRefused("FRAGMENT_CYCLE")
        else:
            path[following] = iter(outlines[following].spreads)


def _expanded(outline: Outline, fragments: Mapping[str, Measure]) -> Measure:
    """Return the figures of a definition with its fragments in it; an unknown fragment weighs nothing."""
    whole = replace(outline.own)
    for name, place in outline.spreads:
        fragment = fragments.get(name)
        if fragment is None:
            continue
        nesting = place.nesting + fragment.nesting
        whole.reach(place.depth + fragment.depth, nesting, introspection=place.introspection)
        # At the root the introspection within a fragment keeps its allowance; anywhere else there is none to keep.
        allowed = place.introspection or place.depth == 0
        whole.reach(place.depth + fragment.introspection_depth, nesting, introspection=allowed)
        whole.count(fragment, at_root=place.depth == 0)
    return whole


def _compare(definition: Executable, measure: Measure, limits: Limits) -> None:
    for figure, limit, code in (
        (measure.depth, _depth_limit(definition, limits), "DOCUMENT_TOO_DEEP"),
        (measure.introspection_depth, limits.introspection_depth, "DOCUMENT_TOO_DEEP"),
        (measure.nesting, limits.nesting, "DOCUMENT_TOO_DEEP"),
        (measure.fields, limits.fields, "TOO_MANY_FIELDS"),
        (measure.aliases, limits.aliases, "TOO_MANY_ALIASES"),
        (measure.root_fields, _root_limit(definition, limits), "TOO_MANY_ROOT_FIELDS"),
        (measure.directives, limits.directives, "TOO_MANY_DIRECTIVES"),
    ):
        if figure > limit:
            raise refused(code, limit)


def _depth_limit(definition: Executable, limits: Limits) -> int:
    """Return the depth of a definition; parts of an introspection query are measured again where they are spread."""
    if isinstance(definition, FragmentDefinitionNode) and definition.type_condition.name.value.startswith("__"):
        return limits.introspection_depth
    return limits.depth


def _root_limit(definition: Executable, limits: Limits) -> int:
    """Return the bound of root fields; those of a fragment are root fields only where an operation spreads it."""
    return limits.root_fields if isinstance(definition, OperationDefinitionNode) else limits.fields


def _check_literals(literals: Iterable[Node], limit: int) -> None:
    waiting = [(node, 0) for node in literals]
    while waiting:
        node, depth = waiting.pop()
        if isinstance(node, StringValueNode):
            _check_text(node.value)
        inner = _inner_literals(node)
        if inner and depth >= limit:
            raise refused("DOCUMENT_TOO_DEEP", limit)
        waiting.extend((each, depth + 1) for each in inner)


def _inner_literals(node: Node) -> Sequence[Node]:
    if isinstance(node, ListValueNode):
        return node.values
    if isinstance(node, ObjectValueNode):
        return [each.value for each in node.fields]
    if isinstance(node, ListTypeNode | NonNullTypeNode):
        return [node.type]
    return ()
