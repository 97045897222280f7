"""Place names, matched as they are spelt: trimmed, without accents and case, and nothing fuzzier (DOMAIN 8)."""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

PROVINCE = 1

_Key = TypeVar("_Key")


def name_key(text: str) -> str:
    """A name or code word as it is matched: NFC or NFD, accents, case, either apostrophe and blanks make no difference;
    hyphens, letters and whole words do."""
    plain = "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))
    return " ".join(plain.replace("’", "'").casefold().split())


@dataclass(frozen=True, slots=True)
class Gazetteer:
    """P-codes by the key of a name: of provinces, and within a province of its territories and towns."""

    provinces: Mapping[str, str]
    parts: Mapping[tuple[str, str], str]

    def province(self, stated: str) -> str | None:
        return self.provinces.get(name_key(stated))

    def part(self, province: str, stated: str) -> str | None:
        """The territory or town of that name in the province; a name of another province's is none."""
        return self.parts.get((province, name_key(stated)))


def gazetteer(places: Iterable[tuple[str, str, int, str | None]]) -> Gazetteer:
    """Made of each place's P-code, name, level and parent. A name that two places share says neither."""
    provinces: dict[str, set[str]] = defaultdict(set)
    parts: dict[tuple[str, str], set[str]] = defaultdict(set)
    for pcode, name, level, parent in places:
        if level == PROVINCE:
            provinces[name_key(name)].add(pcode)
        else:
            parts[parent or "", name_key(name)].add(pcode)
    return Gazetteer(_single(provinces), _single(parts))


def _single(found: Mapping[_Key, set[str]]) -> dict[_Key, str]:
    return {key: next(iter(pcodes)) for key, pcodes in found.items() if len(pcodes) == 1}
