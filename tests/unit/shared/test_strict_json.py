"""Request bodies: what two parsers could read differently is refused, in words that repeat nothing."""

import json

import pytest

from shared.web.problems import Problem
from shared.web.strict_json import MAX_DEPTH, parse

NESTED_DEEPEST = b"[" * MAX_DEPTH + b"]" * MAX_DEPTH
REFUSED = {
    "empty": b"",
    "no value": b"   ",
    "trailing comma": b'{"a": 1,}',
    "trailing text": b'{"a": 1} canary',
    "single quotes": b"{'canary': 1}",
    "comment": b'{"a": 1 /* canary */}',
    "duplicate names": b'{"canary": 1, "canary": 2}',
    "duplicate names by escape": b'{"a": 1, "\\u0061": 2}',
    "duplicate names within": b'{"a": [{"b": 1, "b": 1}]}',
    "NaN": b'{"a": NaN}',
    "Infinity": b"[Infinity]",
    "minus Infinity": b"[-Infinity]",
    "overflow to infinity": b"[1e999]",
    "too deep": b"[" * (MAX_DEPTH + 1) + b"]" * (MAX_DEPTH + 1),
    "30,000 deep": b"[" * 30_000,
    "30,000 objects deep": b'{"a":' * 30_000,
    "deep behind a string": b'["\\"]", ' + b"[" * MAX_DEPTH + b"]" * MAX_DEPTH + b"]",
    "byte order mark": b"\xef\xbb\xbf{}",
    "UTF-16": '{"canary": 1}'.encode("utf-16"),
    "bad UTF-8": b'{"a": "\xff"}',
    "overlong UTF-8": b'{"a": "\xc0\xaf"}',
    "a number of 100,000 digits": b"[" + b"9" * 100_000 + b"]",
    "half a surrogate pair": b'{"a": "\\ud800"}',
    "half a surrogate pair as a name": b'{"\\udfff": 1}',
    "halves in the wrong order": b'["\\udc00\\ud800"]',
    "raw control character": b'["\x00"]',
    "raw newline in a string": b'["a\nb"]',
    "cut off": b'{"a": "canary',
}


@pytest.mark.parametrize("body", REFUSED.values(), ids=REFUSED.keys())
def test_a_malformed_body_is_a_400_that_repeats_nothing(body: bytes) -> None:
    with pytest.raises(Problem) as refused:
        parse(body)
    assert refused.value.status_code == 400
    assert refused.value.slug == "malformed-json"
    assert "canary" not in str(refused.value.detail)


@pytest.mark.parametrize(
    "body",
    [
        b"{}",
        b"null",
        b'  {"a": [1, -2.5e3, true, null, "\\u00e9\\n"]}  ',
        NESTED_DEEPEST,
        b'["[[[[[[[[[[[[[[[[[[[[[[[[[[[[ \\" {{{{{{{{{{{{"]',
        b'["\\\\", [1]]',
        b'["\\ud83d\\udd4a"]',
        '["🕊", "Ω"]'.encode(),
        b'[{"a": 1}, {"a": 2}]',
        b"[1e308, 9007199254740993]",
    ],
)
def test_a_sound_body_means_what_it_says(body: bytes) -> None:
    assert parse(body) == json.loads(body)
