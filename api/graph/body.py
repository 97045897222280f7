"""What a GraphQL request over HTTP must look like, and what it asks.

Pure functions over plain values: the endpoint gives them the method, the headers as ASGI has them, and the body.
Every no is a `RequestRefused`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

import orjson

from api.documents import rules
from api.errors import RequestRefused

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

Kind = TypeVar("Kind")

# More digits than any length has: not worth making a number of.
LENGTH_DIGITS = 18


@dataclass(frozen=True, slots=True)
class Asked:
    """The members of the body that mean something."""

    source: str
    """Empty where the document is asked for by its hash alone."""
    variables: Mapping[str, object]
    operation_name: str | None
    document_hash: str | None = None


def acceptable(method: str, headers: Iterable[tuple[bytes, bytes]], body_bytes: int) -> None:
    """Refuse a request by its method and headers alone, before its body is read.

    A body without a length, or longer than it says, is for the reader to count: it stops at `too_large(body_bytes)`.
    """
    if method != "POST":
        raise RequestRefused("METHOD_NOT_ALLOWED", 405, headers={"Allow": "POST"})
    given = [(name.lower(), value) for name, value in headers]
    if not _is_json([value for name, value in given if name == b"content-type"]):
        raise RequestRefused("CONTENT_TYPE", 415)
    if any(name == b"content-encoding" for name, _ in given):
        raise RequestRefused("ENCODING_REFUSED", 415)
    for name, value in given:
        if name == b"content-length":
            _check_length(value, body_bytes)


def too_large(body_bytes: int) -> RequestRefused:
    """Return the refusal of a body above `body_bytes`."""
    return RequestRefused("BODY_TOO_LARGE", 413, details={"limit": body_bytes}, limit=body_bytes)


def read(body: bytes) -> Asked:
    """Return what the body asks. Members that GraphQL over HTTP does not know are ignored."""
    members = _members(body)
    source, digits = _document(members)
    variables = _member(members, "variables", dict)
    return Asked(source, variables or {}, _member(members, "operationName", str), digits)


def _document(members: Mapping[str, object]) -> tuple[str, str | None]:
    """The text, the hash, or both of one document. A hash that comes with a text registers nothing."""
    named = {_hash(each) for each in (_member(members, "documentId", str), _of_apollo(members)) if each is not None}
    text = _member(members, "query", str) or ""
    source = "" if text.isspace() else text
    if not source and not named:
        raise RequestRefused("DOCUMENT_MISSING")
    if len(named) > 1 or (source and named and named != {rules.hash_of(source)}):
        raise RequestRefused("DOCUMENT_MISMATCH")
    return source, next(iter(named), None)


def _of_apollo(members: Mapping[str, object]) -> str | None:
    """The document's identifier as Apollo's clients send it: version 1 of their extension holds a bare hash."""
    asked = _member(_member(members, "extensions", dict) or {}, "persistedQuery", dict)
    if asked is None:
        return None
    return f"{rules.PREFIX}{_member(asked, 'sha256Hash', str)}" if asked.get("version") == 1 else ""


def _hash(document_id: str) -> str:
    digits = rules.hash_in(document_id)
    if digits is None:
        raise RequestRefused("DOCUMENT_ID_INVALID")
    return digits


def _is_json(types: list[bytes]) -> bool:
    """Say whether the one content type is `application/json`, in UTF-8 if it names an encoding."""
    if len(types) != 1:
        return False
    kind, *parameters = [part.strip().lower() for part in types[0].split(b";")]
    return kind == b"application/json" and all(_is_utf8(each) for each in parameters if each)


def _is_utf8(parameter: bytes) -> bool:
    return parameter in {b"charset=utf-8", b'charset="utf-8"'}


def _check_length(value: bytes, body_bytes: int) -> None:
    digits = value.strip()
    if not digits.isdigit():
        raise RequestRefused("CONTENT_LENGTH")
    if len(digits) > LENGTH_DIGITS or int(digits) > body_bytes:
        raise too_large(body_bytes)


def _members(body: bytes) -> Mapping[str, object]:
    # JSON has no NUL, and UTF-16 and UTF-32 have one beside every character of JSON's own.
    if b"\0" in body or not _decodable(body):
        raise RequestRefused("BODY_NOT_UTF8")
    found = _parsed(body)
    if isinstance(found, list):
        raise RequestRefused("BATCH_REFUSED")
    if not isinstance(found, dict):
        raise RequestRefused("BODY_NOT_OBJECT")
    return found


def _member(members: Mapping[str, object], name: str, kind: type[Kind]) -> Kind | None:
    value = members.get(name)
    if value is None or isinstance(value, kind):
        return value
    raise RequestRefused("BODY_MEMBER", details={"member": name}, member=name)


def _decodable(body: bytes) -> bool:
    try:
        body.decode()
    except UnicodeDecodeError:
        return False
    return True


def _parsed(body: bytes) -> object:
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        refusal = RequestRefused("BODY_MALFORMED")
    # Raised here, the refusal has no context: the error holds the body, and whoever logs it would log the body.
    raise refusal
