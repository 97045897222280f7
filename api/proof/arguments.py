"""Arguments for every mutation, made from their types: a mutation of tomorrow is tried unasked."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLList,
    Undefined,
    get_named_type,
    get_nullable_type,
    is_required_argument,
    is_required_input_field,
)

from api.demo.roster import demo_id
from api.graph.declare import PUBLISHED, metadata

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from graphql import GraphQLField

    from api.proof.documents import Contract

    Rows = Mapping[str, Sequence[Mapping[str, Any]]]
    """By table, rows that a mutation may name, each with its id and, where it has one, its version."""

SCALARS: Mapping[str, Any] = {"String": "Texte", "Int": 1, "Date": "2024-03-05", "Boolean": False}
NOBODYS = f"Organisation:{demo_id('organisation', 'Bazano')}"
"""An organisation whose seats nobody logs in to."""

KNOWN: Mapping[str, Any] = {
    "submitRequest.pcode": "CD6205",
    "DateWithPrecisionInput.precision": "DAY",
    "DateWithPrecisionInput.start": "2024-03-05",
    "DecisionTaken.kind": "DEFER",
    "DecisionTaken.reason": "NO_MEANS",
    "tableRequest.incompleteReason": "Urgent.",
    "SettingsChange.sizeTarget": 31,
    "SeatPost.roles": ["MEMBER"],
    "coverPlace.pcode": "CD6205",
    "setUpStructure.kind": "SUB_CLS",
    "replaceRepresentative.starting": "2099-01-01",
    "takeOffAgenda.reason": "NOT_REACHED",
    "linkOrganisations.organisationId": f"Organisation:{demo_id('organisation', 'Bazano')}",
    "linkOrganisations.parentId": f"Organisation:{demo_id('organisation', 'Vale')}",
    "linkOrganisations.kind": "OWNED_BY",
    "recordEvent.pcode": "CD6205",
    "recordInvolvement.organisationId": NOBODYS,
    "recordInvolvement.unitId": NOBODYS,
    "addParty.organisationId": NOBODYS,
    "declareConflict.organisationId": NOBODYS,
    "recordSponsorship.sponsorId": NOBODYS,
    "recordSponsorship.organisationId": f"Organisation:{demo_id('organisation', 'Vale')}",
    "decideOnConflict.replacingSeatId": None,
    "discloseCase.organisationId": f"Organisation:{demo_id('organisation', 'SAKIMA')}",
}
"""What the types do not say: without it an act is refused before it looks at any row."""

MADE = {
    "submitRequest.id": "Request",
    "scheduleMeeting.id": "Meeting",
    "recordDecision.id": "Decision",
    "logActivity.id": "Activity",
    "CaseTakenUp.id": "Case",
    "assessPhase.id": "GroupPhase",
    "inviteToSeat.id": "Seat",
    "inviteAlternate.id": "Seat",
    "replaceRepresentative.id": "Seat",
    "setUpStructure.id": "Structure",
    "admitToStructure.id": "StructureMember",
    "recordInstrument.id": "Instrument",
    "recordEvent.id": "Event",
    "recordInvolvement.id": "Involvement",
    "addParty.id": "CaseParty",
    "declareConflict.id": "Conflict",
    "recordSponsorship.id": "Sponsorship",
}
"""Ids of rows to be, with their type: they refer to nothing. `test_an_id_that_another_group_has_is_free` tries them."""

MADE_BY_NETWORK = {"placeGroup.id", "registerOrganisation.id", "linkOrganisations.id"}
"""Ids of rows to be that no group makes."""

DOORS = {"acceptInvitation": "it needs a bearer without a seat: tests/graph/test_seats.py"}
"""Mutations that no seat does."""

NAMED_OTHERWISE = {
    "linkOrganisations.parentId": "Organisation",
    "recordInvolvement.unitId": "Organisation",
    "recordSponsorship.sponsorId": "Organisation",
    "decideOnConflict.replacingSeatId": "Seat",
}
"""Ids of rows whose argument is not called as their type."""

VERSION_OF = {"changeSettings": "group_settings"}
"""Whose version a mutation names that refers to no row."""

ANSWER = "__typename ... on Refusal { code field message } ... on VersionConflict { current { id } }"


@dataclass(frozen=True)
class Reference:
    """An argument that names a row: the mutation, the argument, and the type of the row."""

    mutation: str
    argument: str
    type: str
    many: bool

    @property
    def table(self) -> str:
        name: str = PUBLISHED[self.type].table.__tablename__
        return name

    @property
    def has_version(self) -> bool:
        return "version" in PUBLISHED[self.type].table.__table__.c

    def given(self, row_id: Any) -> Any:
        name = f"{self.type}:{row_id}"
        return [name] if self.many else name


def is_owned(kind: str) -> bool:
    """Whether the rows of a published type belong to groups, and are not the network's."""
    return "group_id" in PUBLISHED[kind].table.__table__.columns


@dataclass(frozen=True)
class Acts:
    """The mutations of the contract, and what they are tried with."""

    contract: Contract

    @property
    def fields(self) -> Mapping[str, GraphQLField]:
        return self.contract.mutations

    def references(self, mutation: str) -> list[Reference]:
        """The rows that a mutation names, by `somethingId` or `somethingIds`."""
        return [
            Reference(mutation, name, _referred(f"{mutation}.{name}"), many=name.endswith("Ids"))
            for name, argument in self.fields[mutation].args.items()
            if _is_id(argument) and f"{mutation}.{name}" not in {*MADE, *MADE_BY_NETWORK}
        ]

    def owned(self, mutation: str) -> list[Reference]:
        """Those of the references that are to a group's rows, and not to the registry's."""
        return [reference for reference in self.references(mutation) if is_owned(reference.type)]

    def every_reference(self) -> list[Reference]:
        return [reference for mutation in self.fields for reference in self.owned(mutation)]

    def ids_in_inputs(self) -> set[str]:
        """The fields of input objects that are ids."""
        inputs = [kind for kind in self.contract.schema.type_map.values() if isinstance(kind, GraphQLInputObjectType)]
        return {f"{kind.name}.{name}" for kind in inputs for name, field in kind.fields.items() if _is_id(field)}

    def ids_in_arguments(self) -> set[str]:
        return {
            f"{name}.{each}"
            for name, field in self.fields.items()
            for each, given in field.args.items()
            if _is_id(given)
        }

    def document(self, mutation: str, answer: str = ANSWER) -> str:
        """The mutation with all its arguments as variables."""
        args = self.fields[mutation].args
        declared = ", ".join(f"${name}: {_variable(argument)}" for name, argument in args.items())
        passed = ", ".join(f"{name}: ${name}" for name in args)
        return f"mutation({declared}) {{ {mutation}({passed}) {{ {answer} }} }}"

    def tries(self, mutation: str, rows: Rows, *, but: Reference | None = None) -> Iterator[dict[str, Any]]:
        """Arguments with every combination of these rows as references, one left out; a version is that of its row."""
        asked = [
            each for each in self.references(mutation) if each != but and f"{mutation}.{each.argument}" not in KNOWN
        ]
        for combination in product(*(rows[reference.table] for reference in asked)):
            given = self._values(mutation)
            if mutation in VERSION_OF:
                given["version"] = rows[VERSION_OF[mutation]][0]["version"]
            for reference, row in zip(asked, combination, strict=True):
                given |= self.named(reference, row)
            yield given

    def anything(self, mutation: str) -> tuple[str, dict[str, Any]]:
        """The mutation with values that fit, and ids that no row has."""
        nobodys = {each.argument: each.given(uuid4()) for each in self.references(mutation)}
        version = {"version": 1} if "version" in self.fields[mutation].args else {}
        return self.document(mutation), self._values(mutation) | nobodys | version

    def doors(self) -> list[str]:
        """The mutations for a bearer who has no seat yet."""
        return [name for name, each in self.fields.items() if metadata(each).get("door")]

    def named(self, reference: Reference, row: Mapping[str, Any]) -> dict[str, Any]:
        """A row as a reference, with its version where the reference is the one that the mutation changes."""
        versioned = [
            each for each in self.references(reference.mutation) if "version" in PUBLISHED[each.type].table.__table__.c
        ]
        first = "version" in self.fields[reference.mutation].args and versioned[:1] == [reference]
        return {reference.argument: reference.given(row["id"]), **({"version": row["version"]} if first else {})}

    def _values(self, mutation: str) -> dict[str, Any]:
        """A value for each argument that is needed or known, without versions and the ids of what a group has."""
        return {
            name: _value(argument.type, f"{mutation}.{name}")
            for name, argument in self.fields[mutation].args.items()
            if (is_required_argument(argument) or f"{mutation}.{name}" in KNOWN)
            and (f"{mutation}.{name}" in KNOWN or not _is_id(argument))
            and name != "version"
        }


def _value(kind: Any, where: str) -> Any:
    kind = get_nullable_type(kind)
    if where in KNOWN:
        return KNOWN[where]
    if isinstance(kind, GraphQLList):
        return [_value(kind.of_type, where)]
    if isinstance(kind, GraphQLEnumType):
        return next(iter(kind.values))
    if isinstance(kind, GraphQLInputObjectType):
        return {
            name: _value(field.type, f"{kind.name}.{name}")
            for name, field in kind.fields.items()
            if is_required_input_field(field) or f"{kind.name}.{name}" in KNOWN
        }
    return SCALARS[kind.name]


def _is_id(argument: Any) -> bool:
    name: str = get_named_type(argument.type).name
    return name == "ID"


def _referred(where: str) -> str:
    if where in NAMED_OTHERWISE:
        return NAMED_OTHERWISE[where]
    name = where.partition(".")[2].removesuffix("s").removesuffix("Id")
    kind = name[0].upper() + name[1:]
    assert kind in PUBLISHED, f"{where} is an id of no published type: name it after one, or list it in MADE"
    return kind


def _variable(argument: Any) -> str:
    """An argument with a default is not needed, whatever its type says."""
    return str(argument.type) if argument.default_value is Undefined else str(get_nullable_type(argument.type))
