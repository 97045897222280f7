"""What a client would rather have: the form of the answer, and the language of our sentences (RFC 9110, section 12)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

JSON = "application/json"
GRAPHQL_JSON = "application/graphql-response+json"
# Ranges of one header that are looked at; who has more to say is not served better.
MOST = 20
# Also `.2`, which HTTP clients of older Java runtimes send.
WEIGHT = re.compile(r"(0?\.[0-9]{1,3}|0\.?|1(\.0{0,3})?)", re.ASCII)


def media_type(accept: str | None) -> str | None:
    """The form of the answer, or none where the client takes neither.

    Of two that are wanted alike, the one with more to say is served where it is named, and else the one that everybody
    knows: `*/*` is what clients send that were never told of GraphQL.
    """
    wanted = _weights(accept or "")
    if not wanted:
        return JSON
    plain, telling = (_first(wanted, form, "application/*", "*/*", "*") for form in (JSON, GRAPHQL_JSON))
    if telling > plain or (telling == plain > 0 and GRAPHQL_JSON in wanted):
        return GRAPHQL_JSON
    return JSON if plain else None


def language(accept_language: str | None) -> str:
    """`fr`, unless English is preferred to it; a region makes no difference."""
    wanted = _weights(accept_language or "")
    return "en" if _language_weight(wanted, "en") > _language_weight(wanted, "fr") else "fr"


def _language_weight(wanted: Mapping[str, float], primary: str) -> float:
    named = [weight for tag, weight in wanted.items() if tag.partition("-")[0] == primary]
    return max(named, default=wanted.get("*", 0.0))


def _first(wanted: Mapping[str, float], *ranges: str) -> float:
    """The weight of the first of the ranges that is named: the more exact one counts, be it the lower."""
    return next((wanted[each] for each in ranges if each in wanted), 0.0)


def _weights(header: str) -> Mapping[str, float]:
    """Each range that the header names, without parameters of its own, and the highest weight that it is given."""
    weights: dict[str, float] = {}
    for item in header.lower().split(",")[:MOST]:
        name, *parameters = [part.strip() for part in item.split(";")]
        if name:
            weights[name] = max(_weight(parameters), weights.get(name, 0.0))
    return weights


def _weight(parameters: list[str]) -> float:
    """The quality value; one that is none counts nothing."""
    given = next((each.partition("=")[2].strip() for each in parameters if re.match(r"q\s*=", each)), "1")
    return float(given) if WEIGHT.fullmatch(given) else 0.0
