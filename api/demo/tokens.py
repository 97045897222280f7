"""Tokens of the development issuer for the demonstration's personas."""

from __future__ import annotations

from typing import TYPE_CHECKING

from api.demo.roster import PERSONAS
from api.errors import StartRefused
from api.identity import DevelopmentIssuer

if TYPE_CHECKING:
    from api.settings import Settings


def issuer(settings: Settings) -> DevelopmentIssuer:
    """The issuer of the server on this data folder; there is none in production."""
    if settings.mode == "production" or not settings.issuer_key.exists():
        raise StartRefused("Tokens are printed for a development server only: start one with `make serve` first.")
    return DevelopmentIssuer(settings.issuer_key)


def token(settings: Settings, persona: str, *, new: bool) -> str:
    """A token for a persona, or for somebody new who has no seat yet."""
    made = issuer(settings)
    if not new and persona not in {known.name for known in PERSONAS}:
        raise StartRefused(f"No persona has this name; there are {', '.join(known.name for known in PERSONAS)}.")
    return made.token(persona, settings.audience)
