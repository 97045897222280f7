"""Everything Baraza says no with.

    Exception
    ├── Refusal               expected: a typed member of an act's result; nothing of the act stays
    │   ├── NotAllowed        the acting seat has no grant for the act
    │   ├── NotFound          missing, or not yours: the same answer
    │   ├── InvalidInput      a value that cannot be taken
    │   ├── WrongState        the thing is not in a state in which this act is possible
    │   ├── Conflict          the change was based on an old version; carries the current row
    │   └── KeyReused         this idempotency key already answered another request
    ├── RequestRefused        the request never became an operation (body, token, seat, document, limits)
    └── StartRefused          the process cannot start or go on; one sentence for the operator

Codes are stable: front ends match on them. Their sentences, in French and English, are in
`api/sentences.py`; each says what to do.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from api.sentences import sentence

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


class Refusal(Exception):  # noqa: N818 - named after what it is: a no, not an error
    """An expected no.

    `code` is stable; `field` names the argument that it is about, if one; `values` fill the sentence and
    never hold a name, narrative, or anything else that the caller did not send or may not read.
    """

    code = "REFUSED"

    def __init__(self, code: str | None = None, *, field: str | None = None, **values: str | int) -> None:
        self.code = code or type(self).code
        self.field = field
        self.values = values
        super().__init__(self.code)

    def message(self, language: str) -> str:
        """The sentence for the caller, in `language` (`fr` or `en`)."""
        return sentence(self.code, language, self.values)


class NotAllowed(Refusal):
    code = "NOT_ALLOWED"


class NotFound(Refusal):
    code = "NOT_FOUND"


class InvalidInput(Refusal):
    code = "VALUE_INVALID"


class WrongState(Refusal):
    code = "WRONG_STATE"


class Conflict(Refusal):
    """The version named by the client is not the row's version any more; `current` is the row now."""

    code = "VERSION_CONFLICT"

    def __init__(self, current: object) -> None:
        super().__init__(field="version")
        self.current = current


class KeyReused(Refusal):
    code = "IDEMPOTENCY_KEY_REUSED"


class RequestRefused(Exception):  # noqa: N818 - named after what it is: a no, not an error
    """The request was refused before, or instead of, becoming an operation.

    `status` is the HTTP status; `details` go into the GraphQL error's extensions beside the code;
    `headers` into the response. `errors`, when given, are ready GraphQL error objects (several validation errors
    of one document) and stand instead of the one made from the code.
    """

    def __init__(  # noqa: PLR0913 - all that an answer may carry
        self,
        code: str,
        status: int = 400,
        *,
        details: Mapping[str, object] | None = None,
        headers: Mapping[str, str] | None = None,
        errors: Sequence[Mapping[str, object]] = (),
        values: Mapping[str, str | int] | None = None,
        **named: str | int,
    ) -> None:
        self.code = code
        self.status = status
        self.details = dict(details or {})
        self.headers = dict(headers or {})
        self.errors = list(errors)
        self.values = {**(values or {}), **named}
        super().__init__(code)

    def message(self, language: str) -> str:
        """The sentence for the caller, in `language` (`fr` or `en`)."""
        return sentence(self.code, language, self.values)


class StartRefused(Exception):  # noqa: N818 - named after what it is: a no, not an error
    """The process stops with this one sentence, which says what to do, and exit code 1."""
