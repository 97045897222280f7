from __future__ import annotations

from hashlib import sha256

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.errors import RequestRefused
from api.graph.body import Asked, acceptable, read, too_large

JSON = (b"content-type", b"application/json")
GOOD = orjson.dumps(
    {"query": "query q($v: Int) { a(x: $v) }", "variables": {"v": 1}, "operationName": "q", "extensions": {"x": 1}}
)


def refused(body: bytes) -> RequestRefused:
    with pytest.raises(RequestRefused) as caught:
        read(body)
    assert caught.value.status == 400
    # The library's error holds the body; a log of the refusal must not reach it.
    assert caught.value.__context__ is None
    return caught.value


def test_a_good_body() -> None:
    assert read(GOOD) == Asked("query q($v: Int) { a(x: $v) }", {"v": 1}, "q")


@pytest.mark.parametrize("body", ['{"query":"{a}"}', '{"query":"{a}","variables":null,"operationName":null}'])
def test_what_is_absent_or_null_is_nothing(body: str) -> None:
    assert read(body.encode()) == Asked("{a}", {}, None)


def test_members_that_nobody_knows_are_ignored() -> None:
    assert read(b'{"query":"{a}","id":7,"extensions":null,"__proto__":[]}') == Asked("{a}", {}, None)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b" ",
        b"{",
        b'{"query":"{a}"',
        b'{"query":"{a}",}',
        b"{'query':'{a}'}",
        b'{"query":"{a}"} {}',
        b"query={a}",
        b'{"query":NaN}',
        b'{"query":"{a}","variables":{"v":1e400}}',
        b'{"query":"{a}","variables":{"v":' + b"9" * 400 + b"}}",
        b'{"query":"\\ud800"}',
        b'{"query":"{a}","variables":{"v":"\\udc00"}}',
        b'{"query":"{a}","variables":{"\\ud83d":1}}',
        b'{"query":' + b"[" * 100_000,
        b'{"query":"{a}","variables":{"v":' + b"[" * 2_000 + b"]" * 2_000 + b"}}",
        b"\xef\xbb\xbf" + GOOD,
    ],
)
def test_what_is_no_json_is_refused(body: bytes) -> None:
    assert refused(body).code == "BODY_MALFORMED"


@pytest.mark.parametrize(
    "body",
    [
        GOOD.decode().encode("utf-16"),
        GOOD.decode().encode("utf-16-le"),
        GOOD.decode().encode("utf-16-be"),
        GOOD.decode().encode("utf-32"),
        '{"query":"{é}"}'.encode("latin-1"),
        b'{"query":"\xed\xa0\x80"}',
        b'{"query":"\xc0\xaf"}',
        GOOD + b"\0",
    ],
)
def test_what_is_not_utf_8_is_refused(body: bytes) -> None:
    assert refused(body).code == "BODY_NOT_UTF8"


@pytest.mark.parametrize("body", [b"null", b"1", b'"{a}"', b"true"])
def test_what_is_no_object_is_refused(body: bytes) -> None:
    assert refused(body).code == "BODY_NOT_OBJECT"


@pytest.mark.parametrize("body", [b"[]", b"[" + GOOD + b"]", b"[" + GOOD + b"," + GOOD + b"]"])
def test_batches_are_refused(body: bytes) -> None:
    assert refused(body).code == "BATCH_REFUSED"


@pytest.mark.parametrize(
    "body",
    [
        b"{}",
        b'{"query":null}',
        b'{"query":""}',
        b'{"query":" \\n"}',
        b'{"Query":"{a}"}',
        b'{"documentId":null,"extensions":{}}',
        b'{"id":"sha256:7dba","doc_id":"7dba","extensions":{"persistedQuery":null}}',
    ],
)
def test_a_body_without_a_document_is_refused(body: bytes) -> None:
    assert refused(body).code == "DOCUMENT_MISSING"


TEXT = "query q($v: Int) { a(x: $v) }"
DIGITS = sha256(TEXT.encode()).hexdigest()
OTHER = sha256(b"{a}").hexdigest()


def apollo(digits: object, version: object = 1) -> dict[str, object]:
    return {"extensions": {"persistedQuery": {"version": version, "sha256Hash": digits}}}


@pytest.mark.parametrize("named", [{"documentId": f"sha256:{DIGITS}"}, apollo(DIGITS)], ids=["documentId", "Apollo"])
def test_a_document_is_named_by_its_hash(named: dict[str, object]) -> None:
    asked = {**named, "variables": {"v": 1}, "operationName": "q"}
    assert read(orjson.dumps(asked)) == Asked("", {"v": 1}, "q", DIGITS)
    for blank in (None, "", " "):
        assert read(orjson.dumps({**asked, "query": blank})) == Asked("", {"v": 1}, "q", DIGITS)
    assert read(orjson.dumps({**asked, "query": TEXT})) == Asked(TEXT, {"v": 1}, "q", DIGITS)
    for other in ("{a}", TEXT + " ", TEXT.replace(" ", "")):
        assert refused(orjson.dumps({**asked, "query": other})).code == "DOCUMENT_MISMATCH"


def test_a_document_is_named_once() -> None:
    for digits, answer in ((DIGITS, ""), (OTHER, "DOCUMENT_MISMATCH")):
        both = {"documentId": f"sha256:{DIGITS}", **apollo(digits)}
        for query in (None, TEXT):
            body = orjson.dumps({**both, "query": query})
            assert (refused(body).code if answer else read(body).document_hash) == (answer or DIGITS)


def test_the_specification_s_own_example() -> None:
    """GraphQL over HTTP, Appendix: Persisted Documents."""
    digits = "7dba4bd717b41f10434822356a93c32b1fb4907b983e854300ad839f84cdcd6e"
    text = "query ($id: ID!) {\n  user(id: $id) {\n    name\n  }\n}"
    assert read(orjson.dumps({"documentId": f"sha256:{digits}", "query": text})).document_hash == digits


@pytest.mark.parametrize(
    "named",
    [
        {"documentId": ""},
        {"documentId": "sha256:"},
        {"documentId": DIGITS},
        {"documentId": f"sha256:{DIGITS.upper()}"},
        {"documentId": f"SHA256:{DIGITS}"},
        {"documentId": f"sha256:{DIGITS[1:]}"},
        {"documentId": f"sha256:{DIGITS}\n"},
        {"documentId": f"sha256:{DIGITS}0"},
        {"documentId": f" sha256:{DIGITS}"},
        {"documentId": f"md5:{DIGITS[:32]}"},
        {"documentId": f"x-ours:{DIGITS}"},
        {"documentId": "sha256:" + "\u0663" * 64},
        apollo(DIGITS.upper()),
        apollo(f"sha256:{DIGITS}"),
        apollo(None),
        apollo(DIGITS, 2),
        apollo(DIGITS, "1"),
        apollo(DIGITS, None),
        {"extensions": {"persistedQuery": {"sha256Hash": DIGITS}}},
        {"extensions": {"persistedQuery": {}}},
    ],
)
def test_another_kind_of_identifier_is_refused_with_a_text_or_without(named: dict[str, object]) -> None:
    for query in (None, TEXT):
        assert refused(orjson.dumps({**named, "query": query})).code == "DOCUMENT_ID_INVALID"


@pytest.mark.parametrize(
    ("member", "named"),
    [
        ("documentId", {"documentId": 7}),
        ("documentId", {"documentId": ["sha256:"]}),
        ("persistedQuery", {"extensions": {"persistedQuery": DIGITS}}),
        ("persistedQuery", {"extensions": {"persistedQuery": []}}),
        ("sha256Hash", apollo(7)),
    ],
)
def test_members_of_an_identifier_of_another_type_are_refused(member: str, named: dict[str, object]) -> None:
    refusal = refused(orjson.dumps({"query": "{a}", **named}))
    assert (refusal.code, refusal.details) == ("BODY_MEMBER", {"member": member})


@pytest.mark.parametrize(
    ("member", "values"),
    [
        ("query", [1, ["{a}"], {"a": 1}, False]),
        ("variables", [1, "{}", [], [{}], False]),
        ("operationName", [1, ["q"], {}, False]),
        ("extensions", [1, "x", [], True]),
    ],
)
def test_members_of_another_type_are_refused(member: str, values: list[object]) -> None:
    for value in values:
        refusal = refused(orjson.dumps({"query": "{a}", member: value}))
        assert refusal.code == "BODY_MEMBER"
        assert refusal.details == refusal.values == {"member": member}


@given(st.binary())
def test_garbage_is_refused_and_nothing_else(body: bytes) -> None:
    assert refused(body).errors == []


@given(st.integers(0, len(GOOD) - 1), st.integers(0, len(GOOD)), st.binary(max_size=8))
def test_a_damaged_body_is_read_or_refused(start: int, length: int, inserted: bytes) -> None:
    try:
        asked = read(GOOD[:start] + inserted + GOOD[start + length :])
    except RequestRefused:
        return
    assert isinstance(asked.source, str)
    assert isinstance(asked.variables, dict)
    assert isinstance(asked.operation_name, str | None)


def status_of(method: str, *headers: tuple[bytes, bytes], body_bytes: int = 100) -> tuple[int, str]:
    try:
        acceptable(method, headers, body_bytes)
    except RequestRefused as refusal:
        return refusal.status, refusal.code
    return 200, ""


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE", "OPTIONS", "post", ""])
def test_only_post_is_accepted(method: str) -> None:
    assert status_of(method, JSON) == (405, "METHOD_NOT_ALLOWED")
    with pytest.raises(RequestRefused) as caught:
        acceptable(method, [JSON], 100)
    assert caught.value.headers == {"Allow": "POST"}


@pytest.mark.parametrize(
    "value",
    [
        b"application/json",
        b"Application/JSON",
        b"application/json; charset=utf-8",
        b"application/json;charset=UTF-8",
        b'application/json ; charset="utf-8"',
        b"application/json;",
    ],
)
def test_json_is_accepted(value: bytes) -> None:
    assert status_of("POST", (b"Content-Type", value)) == (200, "")


@pytest.mark.parametrize(
    "value",
    [
        b"",
        b"text/plain",
        b"text/plain; application/json",
        b"application/x-www-form-urlencoded",
        b"multipart/form-data; boundary=x",
        b"application/graphql",
        b"application/graphql-response+json",
        b"application/jsonp",
        b"application/json, text/plain",
        b"application/json; charset=utf-16",
        b"application/json; charset=iso-8859-1",
        b"application/json; boundary=x",
        b"application/json\xff",
    ],
)
def test_other_content_types_are_refused(value: bytes) -> None:
    assert status_of("POST", (b"content-type", value)) == (415, "CONTENT_TYPE")


def test_there_is_one_content_type() -> None:
    assert status_of("POST") == (415, "CONTENT_TYPE")
    assert status_of("POST", JSON, JSON) == (415, "CONTENT_TYPE")
    assert status_of("POST", JSON, (b"Content-Type", b"text/plain")) == (415, "CONTENT_TYPE")


@pytest.mark.parametrize("value", [b"gzip", b"br", b"deflate", b"identity", b""])
def test_compressed_bodies_are_refused(value: bytes) -> None:
    assert status_of("POST", JSON, (b"Content-Encoding", value)) == (415, "ENCODING_REFUSED")


@pytest.mark.parametrize(
    ("value", "answer"),
    [
        (b"0", (200, "")),
        (b"100", (200, "")),
        (b"101", (413, "BODY_TOO_LARGE")),
        (b"9" * 10_000, (413, "BODY_TOO_LARGE")),
        (b"-1", (400, "CONTENT_LENGTH")),
        (b"1e2", (400, "CONTENT_LENGTH")),
        (b"", (400, "CONTENT_LENGTH")),
        ("٣".encode(), (400, "CONTENT_LENGTH")),
    ],
)
def test_the_length_is_bounded(value: bytes, answer: tuple[int, str]) -> None:
    assert status_of("POST", JSON, (b"content-length", value)) == answer
    assert status_of("POST", JSON, (b"content-length", b"1"), (b"content-length", value)) == answer


def test_a_body_that_is_too_large_is_told_the_bound() -> None:
    refusal = too_large(100)
    assert (refusal.status, refusal.code, refusal.details) == (413, "BODY_TOO_LARGE", {"limit": 100})


@given(st.text(max_size=8), st.lists(st.tuples(st.sampled_from([b"content-type", b"content-length"]), st.binary())))
def test_any_method_and_headers_are_accepted_or_refused(method: str, headers: list[tuple[bytes, bytes]]) -> None:
    assert status_of(method, *headers)[0] in {200, 400, 405, 413, 415}
    assert status_of("POST", JSON, *headers)[0] in {200, 400, 413, 415}
