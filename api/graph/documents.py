"""From the text of a document to an operation that may run.

Source size, parse, limits, choice of the operation, validation; later, with the variables, their coercion. Each stage
only refuses, none needs a connection, and no refusal carries a suggestion: "Did you mean" tells names of the schema.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING

from graphql import (
    FieldNode,
    GraphQLSyntaxError,
    NoSchemaIntrospectionCustomRule,
    OperationDefinitionNode,
    OperationType,
    OverlappingFieldsCanBeMergedRule,
    TokenKind,
    get_variable_values,
    parse,
    specified_rules,
    validate,
    value_from_ast_untyped,
)
from graphql.validation.validate import ValidationAbortedError

from api.errors import RequestRefused
from api.graph.cost import cost, sizes
from api.graph.declare import metadata
from api.graph.limits import Limits, check, check_variables, refused, storable

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping, Sequence

    from graphql import (
        ASTValidationRule,
        DocumentNode,
        GraphQLError,
        GraphQLSchema,
        ValidationContext,
    )
    from graphql.execution.values import VariableValues

MESSAGE_LENGTH = 300
# What a kept document weighs: its text, and for each token the tree made of it (measured: 600 to 800 bytes).
BYTES_PER_TOKEN = 1_000
KEPT_BYTES = 32 * 1_048_576
KEPT_COSTS = 2_000


@dataclass(frozen=True, slots=True)
class Prepared:
    """An operation of a valid document within the limits."""

    text: str
    document: DocumentNode
    operation: OperationDefinitionNode
    kind: OperationType
    # What logs and spans may say of a document (`digest`).
    digest: str

    @property
    def operation_name(self) -> str | None:
        return self.operation.name.value if self.operation.name else None


@dataclass(frozen=True, slots=True)
class Admitted:
    """A valid document, of which any operation may be asked."""

    text: str
    document: DocumentNode
    digest: str
    weight: int

    def prepared(self, operation_name: str | None) -> Prepared:
        operation = chosen(self.document, operation_name)
        return Prepared(self.text, self.document, operation, operation.operation, self.digest)


class Documents:
    """Admits documents to `schema`; keeps those that it admitted last, by their text, within a count and a weight.

    Not for use by several threads at once.
    """

    def __init__(
        self,
        schema: GraphQLSchema,
        limits: Limits,
        *,
        introspection: bool,
        kept: int = 500,
        kept_bytes: int = KEPT_BYTES,
    ) -> None:
        self.schema = schema
        self._limits = limits
        self._rules = _rules(limits.comparisons, introspection=introspection)
        self._doors = _doors(schema)
        self._kept: OrderedDict[str, Admitted] = OrderedDict()
        self._costs: OrderedDict[Hashable, int] = OrderedDict()
        self._kept_at_most = kept
        self._kept_bytes_at_most = kept_bytes
        self.kept_bytes = 0

    def __len__(self) -> int:
        return len(self._kept)

    def prepare(self, source: str, operation_name: str | None) -> Prepared:
        """Return the operation asked for, or raise `RequestRefused`."""
        known = self._kept.get(source)
        if known is None:
            known = self._admit(source, operation_name)
            self._keep(source, known)
        else:
            self._kept.move_to_end(source)
        return known.prepared(operation_name)

    def at_door(self, prepared: Prepared) -> bool:
        """Whether it is a mutation of acts for bearers without a seat, and of nothing else."""
        if prepared.kind is not OperationType.MUTATION:
            return False
        nodes = prepared.operation.selection_set.selections
        named = {node.name.value if isinstance(node, FieldNode) else "" for node in nodes} - {"__typename"}
        return bool(named) and named <= self._doors

    def coerce(self, prepared: Prepared, variables: Mapping[str, object]) -> VariableValues:
        """The variables as the operation's types have them; raise `RequestRefused` unless they fit."""
        check_variables(variables, self._limits)
        declared = prepared.operation.variable_definitions or ()
        most = self._limits.errors - 1  # one more error says that there are more
        outcome = get_variable_values(self.schema, declared, dict(variables), max_errors=most, hide_suggestions=True)
        if isinstance(outcome, list):
            raise _refusal("VARIABLES_INVALID", outcome)
        return outcome

    def cost(self, prepared: Prepared, variables: VariableValues) -> int:
        """What the operation costs; raise `RequestRefused` beyond its budget."""
        key = prepared.text, prepared.operation_name, sizes(variables.coerced)
        points = self._costs.get(key)
        if points is None:
            points = self._counted(prepared.document, prepared.operation, variables.coerced)
            self._costs[key] = points
            if len(self._costs) > KEPT_COSTS:
                self._costs.popitem(last=False)
        return points

    def examine(self, source: str) -> None:
        """Raise `RequestRefused` unless each operation of the document may run with some variables: of those the cost
        is counted with that have a default."""
        document = self._bounded(source)
        self._validate(document)
        for operation in (node for node in document.definitions if isinstance(node, OperationDefinitionNode)):
            self._counted(document, operation, _defaults(operation))

    def _counted(
        self, document: DocumentNode, operation: OperationDefinitionNode, variables: Mapping[str, object]
    ) -> int:
        points = cost(self.schema, document, operation, variables)
        if points > self._limits.cost:
            raise refused("COST_TOO_HIGH", self._limits.cost)
        return points

    def _admit(self, source: str, operation_name: str | None) -> Admitted:
        document = self._bounded(source)
        chosen(document, operation_name)
        self._validate(document)
        weight = len(source.encode()) + BYTES_PER_TOKEN * document.token_count
        return Admitted(source, document, digest(document), weight)

    def _bounded(self, source: str) -> DocumentNode:
        _measure(source, self._limits)
        document = _parsed(source, self._limits)
        check(document, self._limits)
        return document

    def _validate(self, document: DocumentNode) -> None:
        most = self._limits.errors - 1
        errors = validate(self.schema, document, self._rules, max_errors=most, hide_suggestions=True)
        if errors and isinstance(errors[-1], ValidationAbortedError) and len(errors) <= most:
            # Given up before it had found as many errors: the comparison of fields was too much work.
            raise refused("DOCUMENT_TOO_COMPLEX", self._limits.comparisons)
        if errors:
            raise _refusal("DOCUMENT_INVALID", errors)

    def _keep(self, source: str, admitted: Admitted) -> None:
        self._kept[source] = admitted
        self.kept_bytes += admitted.weight
        while len(self._kept) > self._kept_at_most or self.kept_bytes > self._kept_bytes_at_most:
            _, dropped = self._kept.popitem(last=False)
            self.kept_bytes -= dropped.weight


def _doors(schema: GraphQLSchema) -> frozenset[str]:
    acts = schema.mutation_type.fields if schema.mutation_type else {}
    return frozenset(name for name, field in acts.items() if metadata(field).get("door"))


def chosen(document: DocumentNode, name: str | None) -> OperationDefinitionNode:
    """Return the operation called `name`, or the only one; anything else is a refusal."""
    operations = [node for node in document.definitions if isinstance(node, OperationDefinitionNode)]
    if name is not None:
        operations = [node for node in operations if node.name and node.name.value == name]
    if len(operations) != 1:
        raise RequestRefused("OPERATION_UNKNOWN")
    return operations[0]


def digest(document: DocumentNode) -> str:
    """Return the SHA-256 of the document's words joined by blanks, without comments, and with a literal's kind in its
    place: a hash of the literals could be compared with those of every place or name that there is."""
    words, token = [], document.loc.start_token.next if document.loc else None
    while token is not None and token.kind is not TokenKind.EOF:
        if token.kind is not TokenKind.COMMENT:
            words.append(token.value if token.kind is TokenKind.NAME and token.value else token.kind.value)
        token = token.next
    return sha256(" ".join(words).encode()).hexdigest()


def answer(code: str, error: GraphQLError) -> dict[str, object]:
    """Return the GraphQL error object for `error`: no suggestion, and of the client's own input no more than a bit."""
    # Suggestions are switched off; the rule on missing selections has one all the same.
    message = error.message.partition(" Did you mean ")[0]
    if len(message) > MESSAGE_LENGTH:
        message = message[: MESSAGE_LENGTH - 1] + "…"
    places = [{"line": place.line, "column": place.column} for place in error.locations or ()]
    located = {"locations": places} if places else {}
    return {"message": message, **located, "extensions": {"code": code}}


def _refusal(code: str, errors: Sequence[GraphQLError]) -> RequestRefused:
    return RequestRefused(code, errors=[answer(code, error) for error in errors])


def _defaults(operation: OperationDefinitionNode) -> Mapping[str, object]:
    """What the variables are when none is given."""
    declared = operation.variable_definitions or ()
    return {
        node.variable.name.value: value_from_ast_untyped(node.default_value) for node in declared if node.default_value
    }


def _measure(source: str, limits: Limits) -> None:
    """Refuse the source's size; counted before it is copied."""
    if len(source) > limits.document_bytes:
        raise refused("DOCUMENT_TOO_LARGE", limits.document_bytes)
    if len(source.encode(errors="surrogatepass")) > limits.document_bytes:
        raise refused("DOCUMENT_TOO_LARGE", limits.document_bytes)
    if not storable(source):
        raise RequestRefused("TEXT_INVALID")
    if source.count("\n") + source.count("\r") - source.count("\r\n") >= limits.lines:
        raise refused("TOO_MANY_LINES", limits.lines)


def _parsed(source: str, limits: Limits) -> DocumentNode:
    try:
        return parse(
            source,
            max_lexical_tokens=limits.tokens,
            max_comments=limits.lines,
            max_source_length=limits.document_bytes,
        )
    except GraphQLSyntaxError as error:
        refusal = _stopped(error, limits)
    # Raised here, the refusal has no context: the error holds the source, and whoever logs it would log literals.
    raise refusal


def _stopped(error: GraphQLSyntaxError, limits: Limits) -> RequestRefused:
    """Tell a document that goes beyond the parser's limits from one that is no GraphQL: the parser has one error."""
    stop = error.message.removeprefix("Syntax Error: ")
    if stop == f"Document contains more than {limits.tokens} tokens. Parsing aborted.":
        return refused("TOO_MANY_TOKENS", limits.tokens)
    if stop == "Document is nested too deeply. Parsing aborted.":
        return refused("DOCUMENT_TOO_DEEP", limits.nesting)
    return _refusal("DOCUMENT_SYNTAX", [error])


def _rules(comparisons: int, *, introspection: bool) -> tuple[type[ASTValidationRule], ...]:
    bounded = _bounded_overlap(comparisons)
    rules = tuple(bounded if rule is OverlappingFieldsCanBeMergedRule else rule for rule in specified_rules)
    return rules if introspection else (*rules, NoSchemaIntrospectionCustomRule)


def _bounded_overlap(comparisons: int) -> type[ASTValidationRule]:
    """Return the rule that compares fields of one response name with a budget of its own.

    The library's budget allows it most of a second; it is a module's variable, so that changing it there would change
    it for everything in the process.
    """

    class Overlap(OverlappingFieldsCanBeMergedRule):
        def __init__(self, context: ValidationContext) -> None:
            super().__init__(context)
            self.rule_context.remaining_complexity_budget = comparisons

    return Overlap
