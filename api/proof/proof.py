"""A proof: who is looked at, what the keepers have, what must stay hidden from whom, and what was found."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING, Any

from graphql import get_named_type

from api.proof.arguments import Acts, is_owned
from api.proof.asking import Secrets
from api.proof.documents import is_edge, row_type
from api.proof.grades import HIDING, Grade, Kept, grade_of, kept, may_read
from api.proof.leaks import Kind
from api.proof.sights import Looking, Sight, has_id, kind_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from graphql import GraphQLObjectType

    from api.demo.roster import Persona
    from api.proof.arguments import Reference
    from api.proof.asking import Answer, Asker
    from api.proof.documents import Contract

SHORTEST = 8
"""Shorter texts stand by chance in other words."""
NOBODY = "proof.nobody"
"""A bearer whose token is good and who has no seat."""


@dataclass
class Proof:
    """One run over a service."""

    contract: Contract
    asker: Asker
    personas: Sequence[Persona]
    only: frozenset[str] | None = None
    """Types to look at; all of them without it."""
    samples: int = 30
    """How often each of two times is measured."""
    say: Callable[[str], None] = lambda _: None
    sights: dict[str, Sight] = field(default_factory=dict)
    truth: Kept = field(default_factory=Kept)
    hidden: dict[str, dict[str, Kind]] = field(default_factory=dict)
    """By persona, the rows that it must not see at all, with what it would be to show one."""
    widest: dict[str, float] = field(default_factory=dict)
    """By kind of operation, the largest difference of medians in seconds."""
    referred: set[Reference] = field(default_factory=set)
    """The arguments that were given an id of what is hidden."""
    left_out: dict[str, str] = field(default_factory=dict)
    """What was not tried, with the reason."""

    @property
    def acts(self) -> Acts:
        return Acts(self.contract)

    def leak(self, persona: Persona, path: str, kind: Kind) -> None:
        self.asker.found.leak(persona.name, path, kind)

    def seated(self) -> list[Sight]:
        """The sights of those who have a seat."""
        return [sight for sight in self.sights.values() if sight.seat is not None]

    def one_a_group(self) -> list[Sight]:
        """Of each group the last, who is no keeper where there is anybody else."""
        return list({sight.persona.group_code: sight for sight in self.seated()}.values())

    async def look(self, persona: Persona) -> None:
        """Read everything as the persona."""
        sight = Sight(persona)
        self.sights[persona.name] = await Looking(self.asker, self.contract, sight, self.only).look()

    def learn(self) -> None:
        """From what the keepers have, what is hidden from whom."""
        self.truth = kept(self.seated())
        for sight in self.seated():
            persona = sight.persona
            hidden = self.hidden[persona.name] = {
                row_id: kind for hides, kind in HIDING.items() for row_id in hides(self.truth, persona)
            }
            self.asker.secrets[persona.name] = self._secrets(persona, hidden)

    def _secrets(self, persona: Persona, hidden: Mapping[str, Kind]) -> Secrets:
        """A text that the persona may read somewhere is no secret anywhere, nor is an id."""
        told: dict[bool, set[str]] = {True: set(), False: set()}
        for row_id, row in self.truth.rows.items():
            for readable, text in self._texts(persona, row_id, row, hidden=row_id in hidden):
                told[readable].add(text)
        open_ids = {uuid_in(row_id) for row_id in self.truth.rows if row_id not in hidden}
        ids = {uuid_in(row_id): kind for row_id, kind in hidden.items() if uuid_in(row_id) not in open_ids}
        return Secrets(ids, frozenset(told[False] - told[True]))

    def _texts(
        self, persona: Persona, row_id: str, row: Mapping[str, Any], *, hidden: bool
    ) -> Iterator[tuple[bool, str]]:
        """The texts of a row, each with whether the persona may read it."""
        kind = self.contract.kind(kind_of(row_id))
        yield from ((not hidden, text) for text in texts(kind, row))
        for name, value in row.items():
            for part_kind, part in parts_of(kind, name, value):
                readable = not hidden and may_read(self.truth, persona, row_id, part_kind, part)
                yield from ((readable, text) for text in texts(self.contract.kind(part_kind), part))

    def unseen(self, sight: Sight, kind: str | None = None) -> Iterator[str]:
        """Ids that are somewhere, and that this persona's lists do not show. What is the network's is every seat's."""
        ways = {row_id: None for each in self.sights.values() for row_id in each.ways}
        everywhere = [row_id for row_id in ways if grade_of(kind_of(row_id)) is not Grade.NETWORK]
        ids = (row_id for row_id in everywhere if row_id not in sight.ways)
        return (row_id for row_id in ids if kind is None or kind_of(row_id) == kind)

    def samples_of(self, sight: Sight, each: int) -> list[str]:
        """Unseen ids, a few of each type: of other groups and of its own."""
        chosen: list[str] = []
        for kind in sorted({kind_of(row_id) for row_id in self.unseen(sight)}):
            foreigners = [row_id for row_id in self.unseen(sight, kind) if self._is_foreign(sight, row_id)]
            own = [row_id for row_id in self.unseen(sight, kind) if not self._is_foreign(sight, row_id)]
            chosen += [*foreigners[:each], *own[:each]]
        return chosen

    def _is_foreign(self, sight: Sight, row_id: str) -> bool:
        return not self.truth.is_of(row_id, sight.persona.group_code)

    def compare(self, persona: Persona, path: str, there: Answer, nowhere: Answer) -> None:
        """The answers to what is hidden and to what is nowhere must be one."""
        if there.same != nowhere.same:
            self.leak(persona, path, Kind.DIFFERENT)


def nowhere(row_id: str) -> str:
    """An id of the same type that no row has."""
    return f"{kind_of(row_id)}:{uuid.uuid4()}"


def uuid_in(row_id: str) -> str:
    return row_id.partition(":")[2]


def parts_of(kind: GraphQLObjectType, name: str, value: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    """The rows without ids that a field of a row holds, with their type; only those that belong to groups."""
    each = kind.fields.get(name)
    if each is None or not is_edge(each):
        return
    target = row_type(each)
    if not has_id(target) and is_owned(target.name):
        for part in value if isinstance(value, list) else [value]:
            if part is not None:
                yield target.name, part


def texts(kind: GraphQLObjectType, row: Mapping[str, Any]) -> Iterator[str]:
    """The texts that a row holds itself."""
    for name, value in row.items():
        each = kind.fields.get(name)
        named = get_named_type(each.type) if each else None
        if named is not None and named.name == "String" and isinstance(value, str) and len(value) >= SHORTEST:
            yield value


def first(values: Iterable[Any], count: int) -> list[Any]:
    return list(islice(values, count))
