"""What an operator may set, read from the environment once at start (prefix BARAZA_, and PORT)."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from pydantic import AliasChoices, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from api.errors import StartRefused

COLLECTOR = "OTEL_EXPORTER_OTLP_ENDPOINT"
LOOPBACK = ("127.0.0.1", "::1", "localhost")


class Settings(BaseSettings):
    """Production is the default; development is asked for by name (SECURITY §7)."""

    model_config = SettingsConfigDict(env_prefix="BARAZA_", frozen=True, extra="ignore", env_ignore_empty=True)

    mode: Literal["development", "production"] | None = None
    data: Path = Path(".baraza")
    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=0, le=65_535, validation_alias=AliasChoices("PORT", "BARAZA_PORT"))
    database_url: SecretStr | None = None
    owner_database_url: SecretStr | None = None
    database_pooler: Literal["none", "transaction", "prepared"] = "none"
    """What stands before the service's database: `prepared` keeps prepared statements, `transaction` need not."""
    key_file: Path | None = None
    audience: str = "baraza"
    """For whom the development issuer makes tokens out."""
    oidc_issuer: str | None = None
    oidc_audience: str | None = None
    oidc_token_type: Literal["at+jwt", "JWT"] = "at+jwt"  # noqa: S105 - a type of token
    introspection: bool | None = None
    trusted_documents: bool = False
    """Whether only registered documents are admitted."""
    compiled_reads: bool = True
    """Whether reads are compiled to one statement; off, the executor resolves them, slower and no different."""
    pool_size: int = Field(default=10, ge=1, le=200)
    pool_wait: float = Field(default=3.0, gt=0, le=60)
    otlp_endpoint: str | None = Field(default=None, validation_alias=COLLECTOR)
    traces: float = Field(default=0.05, ge=0, le=1)
    """The share of operations whose spans are exported; those that fail or are slow always are."""
    worker: bool = True
    """Whether `serve` carries the outbox itself; off where `baraza worker` runs beside it."""

    @property
    def development(self) -> bool:
        return self.mode == "development"

    @property
    def issuer_key(self) -> Path:
        """The development issuer's key: beside the data, and only there."""
        return self.data / "development-issuer.json"

    @property
    def keys(self) -> Path:
        return self.key_file or self.data / "keys.json"

    @property
    def shows_schema(self) -> bool:
        """Whether introspection is answered: in development unless it is set otherwise."""
        return self.development if self.introspection is None else self.introspection


def load(**named: str) -> Settings:
    """Read the environment, `named` first; raise `StartRefused` with the names of the variables that cannot be
    taken."""
    try:
        settings = Settings(**named)  # type: ignore[arg-type]
    except ValidationError as error:
        names = ", ".join(sorted({_variable(str(problem["loc"][0])) for problem in error.errors()}))
        raise StartRefused(f"These settings cannot be read: {names}. Correct them in the environment.") from None
    if settings.development and settings.host not in LOOPBACK:
        raise StartRefused(
            "Development mode serves on loopback only: unset BARAZA_HOST, or set BARAZA_MODE=production."
        )
    if (settings.database_url is None) != (settings.owner_database_url is None):
        raise StartRefused("Set both BARAZA_DATABASE_URL and BARAZA_OWNER_DATABASE_URL, or neither.")
    if (settings.oidc_issuer is None) != (settings.oidc_audience is None):
        raise StartRefused("Set both BARAZA_OIDC_ISSUER and BARAZA_OIDC_AUDIENCE, or neither.")
    if settings.oidc_issuer is not None and not _names_an_issuer(settings.oidc_issuer):
        raise StartRefused(
            "BARAZA_OIDC_ISSUER must be an https address without user, query or fragment; "
            "http is for an issuer on loopback only."
        )
    if settings.otlp_endpoint is not None and not secure(settings.otlp_endpoint):
        raise StartRefused(
            f"{COLLECTOR} must be an https URL, or http on loopback; credentials go into OTEL_EXPORTER_OTLP_HEADERS."
        )
    return settings


def secure(url: str) -> bool:
    """Whether what is asked of the URL can be believed: https, or http that does not leave the machine."""
    try:
        parts = urlsplit(url)
        named = bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        return False
    odd = not url.isascii() or not url.isprintable() or " " in url or "\\" in url
    return named and "@" not in parts.netloc and not odd and (parts.scheme == "https" or _by_http_here(url))


def on_loopback(url: str) -> bool:
    return urlsplit(url).hostname in LOOPBACK


def _by_http_here(url: str) -> bool:
    return urlsplit(url).scheme == "http" and on_loopback(url)


def _names_an_issuer(url: str) -> bool:
    """OpenID Connect Discovery 1.0, section 3."""
    return secure(url) and not {"?", "#"} & set(url)


def _variable(field: str) -> str:
    return field if field.upper() in os.environ and field.isupper() else f"BARAZA_{field.upper()}"
