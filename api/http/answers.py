"""From results and refusals to what the client reads: typed codes, one sentence, and nothing of ours (SECURITY §7)."""

from __future__ import annotations

import logging
import secrets
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from graphql import GraphQLError

from api.errors import Refusal, RequestRefused
from api.sentences import sentence
from api.store.engine import refusal_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from strawberry.types import ExecutionResult

log = logging.getLogger("baraza.graphql")

MOST_ERRORS = 20
COERCION = "values.py:"
"""Where graphql-core, while it executes, refuses a null that only a default let the variable be left out for."""


@dataclass(frozen=True, slots=True)
class Answer:
    """Status, headers beside the usual ones, and the body before it is JSON."""

    status: int
    body: Mapping[str, Any]
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def codes(self) -> Iterable[str]:
        """The codes of its errors."""
        return {error["extensions"]["code"] for error in self.body.get("errors", ())}


def refused(refusal: RequestRefused, language: str) -> Answer:
    """The answer where nothing was executed."""
    errors = [_detailed(error, refusal, language) for error in refusal.errors] or [_error(refusal, language)]
    return Answer(refusal.status, {"errors": errors}, refusal.headers)


def answered(result: ExecutionResult, language: str, digest: str) -> Answer:
    """The answer of an executed operation; an error that nobody expected is masked and logged under an id."""
    said = [_located(error, language, digest) for error in (result.errors or ())[:MOST_ERRORS]]
    body: dict[str, Any] = {"data": result.data}
    if said:
        body = {"errors": [error for error, _ in said], **body}
    whole = next((refusal for error, refusal in said if _undoes(error, refusal, result.data)), None)
    if whole is None:
        return Answer(200, body)
    return Answer(whole.status, body if "path" in said[0][0] else {"errors": body["errors"]}, whole.headers)


def _undoes(error: Mapping[str, Any], refusal: RequestRefused, data: object) -> bool:
    """Whether the operation as a whole was refused or failed, and not a field of it."""
    return data is None and ("path" not in error or refusal.status >= 500)  # noqa: PLR2004 - the server's own failures


def _located(error: GraphQLError, language: str, digest: str) -> tuple[dict[str, Any], RequestRefused]:
    cause = error.original_error or error
    refusal = _meant(cause) or masked(cause, digest)
    said = _error(refusal, language)
    if error.path:
        said["path"] = error.path
    return said, refusal


def _meant(cause: BaseException | None) -> RequestRefused | None:
    if isinstance(cause, RequestRefused):
        return cause
    if isinstance(cause, GraphQLError) and _where(cause).startswith(COERCION):
        return RequestRefused("VARIABLES_INVALID")
    if isinstance(cause, Refusal):
        return RequestRefused(cause.code, 400, values=cause.values)
    meant = refusal_of(cause)
    return meant if isinstance(meant, RequestRefused) else None


def masked(cause: BaseException, digest: str) -> RequestRefused:
    """Logged: the error's kind, where it was raised, the document's hash. Never its text, which may quote values."""
    error_id = secrets.token_hex(6)
    state = getattr(getattr(cause, "orig", cause), "sqlstate", None)
    log.error(
        "error %s: %s %s at %s in document %s", error_id, type(cause).__name__, state or "", _where(cause), digest
    )
    return RequestRefused("INTERNAL", 500, details={"errorId": error_id}, error_id=error_id)


def _where(cause: BaseException | None) -> str:
    """File and line of the innermost frame; no source, no values."""
    trace = cause.__traceback__ if cause else None
    while trace and trace.tb_next:
        trace = trace.tb_next
    return f"{trace.tb_frame.f_code.co_filename.rpartition('/')[2]}:{trace.tb_lineno}" if trace else "execution"


def _detailed(error: Mapping[str, object], refusal: RequestRefused, language: str) -> dict[str, object]:
    """What to do, in the caller's language; then where it is, as the library says it, which has one language."""
    return {**error, "message": f"{refusal.message(language)} {error['message']}"}


def _error(refusal: RequestRefused, language: str) -> dict[str, Any]:
    message = sentence(refusal.code, language, refusal.values)
    return {"message": message, "extensions": {"code": refusal.code, **refusal.details}}
