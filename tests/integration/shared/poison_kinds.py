"""What a topic may hold that is no event, kind by kind, and what must become of each.

A kind is made from a sound event of the topic by spoiling one thing. `LETTER` names the reason of its dead letter;
`APPLIED` and `IGNORED` are the kinds that only look like poison.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from tests.integration.shared.sound import Sound
from tests.support.raw_batches import RawRecord

APPLIED, IGNORED = "applied", "ignored"
BODY, ENVELOPE, KEY, CONTRADICTION = "bad_body", "bad_envelope", "bad_key", "contradiction"
NEEDED = ("ce_specversion", "ce_id", "ce_type", "ce_source", "ce_subject", "ce_aggregateversion", "content-type")
UNNEEDED = ("ce_time", "ce_dataschema", "traceparent")
DEEP = 30_000
MILLION = 1_000_000


@dataclass(frozen=True)
class Kind:
    name: str
    becomes: str
    spoil: Callable[[Sound], RawRecord]
    codec: int = 0


def _value(name: str, becomes: str, spoil: Callable[[Sound], bytes | None]) -> Kind:
    return Kind(name, becomes, lambda sound: sound.record(value=spoil(sound)))


VALUES = (
    _value("tombstone", "no_value", lambda _: None),
    _value("empty value", BODY, lambda _: b""),
    _value("not JSON", BODY, lambda _: b"hello"),
    _value("cut off", BODY, lambda sound: sound.value[:-1]),
    _value("more bytes behind it", BODY, lambda sound: sound.value + b"x"),
    _value("bad UTF-8", BODY, lambda sound: sound.value.replace(b'"at": "', b'"at": "\xff')),
    _value("byte order mark", BODY, lambda sound: b"\xef\xbb\xbf" + sound.value),
    _value("UTF-16", BODY, lambda sound: sound.value.decode().encode("utf-16")),
    _value("UTF-32", BODY, lambda sound: sound.value.decode().encode("utf-32")),
    _value("30,000 arrays deep", BODY, lambda _: b"[" * DEEP + b"]" * DEEP),
    _value("30,000 objects deep", BODY, lambda _: b'{"at":' * DEEP + b"1" + b"}" * DEEP),
    _value("30,000 deep, never closed", BODY, lambda _: b"[" * DEEP),
    _value(
        "30,000 deep in a field nobody knows",
        BODY,
        lambda s: s.value[:-1] + b',"x":' + b"[" * DEEP + b"]" * DEEP + b"}",
    ),
    _value("an array", BODY, lambda sound: b"[" + sound.value + b"]"),
    _value("null", BODY, lambda _: b"null"),
    _value("a text", BODY, lambda _: b'"hello"'),
    _value("a number", BODY, lambda _: b"1"),
    _value("an empty object", BODY, lambda _: b"{}"),
    _value("another schema", BODY, lambda _: b'{"order": 7}'),
    _value("snapshot is a list", BODY, lambda sound: sound.value.replace(b": {", b": [{", 1).replace(b"}}", b"}]}")),
    _value("1 MB", "too_large", lambda sound: sound.with_field(padding="x" * MILLION)),
    _value("2 MB", "too_large", lambda _: b" " * (2 * MILLION)),
    _value("a key twice, telling two versions", CONTRADICTION, lambda s: s.with_version(b'1, "version": 2')),
    _value("a key twice, telling one version", APPLIED, lambda s: s.with_version(b'2, "version": 1')),
    _value("version as text", BODY, lambda sound: sound.with_version(b'"1"')),
    _value("version as a fraction", BODY, lambda sound: sound.with_version(b"1.0")),
    _value("version true", BODY, lambda sound: sound.with_version(b"true")),
    _value("version null", BODY, lambda sound: sound.with_version(b"null")),
    _value("version 0", BODY, lambda sound: sound.with_version(b"0")),
    _value("version negative", BODY, lambda sound: sound.with_version(b"-1")),
    _value("version NaN", BODY, lambda sound: sound.with_version(b"NaN")),
    _value("version Infinity", BODY, lambda sound: sound.with_version(b"Infinity")),
    _value("version -Infinity", BODY, lambda sound: sound.with_version(b"-Infinity")),
    _value("version beyond any float", BODY, lambda sound: sound.with_version(b"1e400")),
    _value("version of 5,000 digits", BODY, lambda sound: sound.with_version(b"9" * 5000)),
    _value("version of 64 bits", CONTRADICTION, lambda sound: sound.with_version(b"9223372036854775808")),
    _value("root is a number", BODY, lambda sound: sound.with_root(7)),
    _value("root is a list", BODY, lambda sound: sound.with_root([])),
    _value("root with NUL", BODY, lambda sound: sound.with_root("a\x00b")),
    _value("root with half a surrogate pair", BODY, lambda sound: sound.with_root("a\ud800b")),
    _value("root with spaces", BODY, lambda sound: sound.with_root("not an id")),
    _value("root of 1,000 letters", BODY, lambda sound: sound.with_root("a" * 1000)),
    _value("time as a number", BODY, lambda sound: sound.with_time(1_700_000_000)),
    _value("time as a number in text", APPLIED, lambda sound: sound.with_time("1700000000")),
    _value("time without zone", BODY, lambda sound: sound.with_time("2026-03-14T21:07:00")),
    _value("time of day 25", BODY, lambda sound: sound.with_time("2026-03-14T25:07:00Z")),
    _value("time in words", BODY, lambda sound: sound.with_time("yesterday")),
    _value("time as a day", BODY, lambda sound: sound.with_time("2026-03-14")),
    _value("all times in year 9999", BODY, lambda sound: sound.with_all_times("9999-12-31T23:59:59Z")),
    _value("all times in year 1, before it in UTC", BODY, lambda s: s.with_all_times("0001-01-01T00:00:00+14:00")),
    _value("a code nobody knows", BODY, lambda sound: sound.with_unknown_code()),
    _value("time in year 10000", BODY, lambda sound: sound.with_time("10000-01-01T00:00:00Z")),
)
KEYS = (
    Kind("no key", KEY, lambda sound: sound.record(key=None)),
    Kind("empty key", KEY, lambda sound: sound.record(key=b"")),
    Kind("another's key", KEY, lambda sound: sound.record(key=b"another")),
    Kind("key in bad UTF-8", KEY, lambda sound: sound.record(key=b"\xff\xfe")),
    Kind("key of 100 kB", KEY, lambda sound: sound.record(key=b"k" * 100_000)),
)
_SPOILED_HEADERS: dict[str, bytes | None] = {
    "missing": None,
    "empty": b"",
    "not UTF-8": b"\xff\xfe",
    "with NUL": b"a\x00b",
    "of 100 kB": b"a" * 100_000,
}


def _headers() -> Iterator[Kind]:
    for name in NEEDED:
        for how, content in _SPOILED_HEADERS.items():
            yield Kind(f"{name} {how}", ENVELOPE, lambda s, n=name, c=content: s.heading(**{n: c}))
        yield Kind(f"{name} twice", ENVELOPE, lambda s, n=name: s.record(headers=[*s.headers.items(), (n, b"x")]))
        yield Kind(
            f"{name} without value",
            ENVELOPE,
            lambda s, n=name: s.record(headers=[(m, None if m == n else c) for m, c in s.headers.items()]),
        )
    for name in UNNEEDED:
        yield Kind(f"{name} missing", APPLIED, lambda s, n=name: s.heading(**{n: None}))
        yield Kind(f"{name} not UTF-8", APPLIED, lambda s, n=name: s.heading(**{n: b"\xff"}))


HEADERS = (
    *_headers(),
    Kind("no headers", ENVELOPE, lambda sound: sound.record(headers=[])),
    Kind("specversion of another time", ENVELOPE, lambda sound: sound.heading(ce_specversion=b"0.3")),
    Kind("id is no UUID", ENVELOPE, lambda sound: sound.heading(ce_id=b"7")),
    Kind("source is another service", CONTRADICTION, lambda sound: sound.heading(ce_source=b"/truce/nobody")),
    Kind("subject is another root", KEY, lambda sound: sound.heading(ce_subject=b"another")),
    Kind(
        "subject and key are another root", CONTRADICTION, lambda s: (b"another", *s.heading(ce_subject=b"another")[1:])
    ),
    Kind("header version 0", ENVELOPE, lambda sound: sound.heading(ce_aggregateversion=b"0")),
    Kind("header version negative", ENVELOPE, lambda sound: sound.heading(ce_aggregateversion=b"-1")),
    Kind("header version a fraction", ENVELOPE, lambda sound: sound.heading(ce_aggregateversion=b"1.0")),
    Kind("header version in words", ENVELOPE, lambda sound: sound.heading(ce_aggregateversion=b"one")),
    Kind("header version of 18 digits", ENVELOPE, lambda sound: sound.heading(ce_aggregateversion=b"9" * 18)),
    Kind("header version of another digit", ENVELOPE, lambda s: s.heading(ce_aggregateversion="١".encode())),
    Kind("header version is not the body's", CONTRADICTION, lambda sound: sound.heading(ce_aggregateversion=b"2")),
    Kind("content is XML", ENVELOPE, lambda sound: sound.heading(content_type=b"application/xml")),
    Kind(
        "content is JSON with a charset", APPLIED, lambda s: s.heading(content_type=b"application/json; charset=utf-8")
    ),
    Kind(
        "an unknown header of 100 kB", APPLIED, lambda s: s.record(headers=[*s.headers.items(), ("x", b"x" * 100_000)])
    ),
    Kind(
        "5,000 unknown headers",
        APPLIED,
        lambda s: s.record(headers=[*s.headers.items(), *((f"x{number}", b"x") for number in range(5000))]),
    ),
    Kind("one header 5,000 times", ENVELOPE, lambda s: s.record(headers=[*s.headers.items(), *[("x", b"x")] * 5000])),
    Kind(
        "a header's name is not UTF-8",
        "unreadable",
        lambda s: s.record(headers=[*s.headers.items(), (b"\xff\xfe", b"")]),
    ),
    Kind("a header's name is empty", APPLIED, lambda s: s.record(headers=[*s.headers.items(), ("", b"")])),
    Kind("a header's name has NUL", APPLIED, lambda s: s.record(headers=[*s.headers.items(), ("\x00", b"\x00")])),
    Kind("a type nobody knows", IGNORED, lambda sound: sound.heading(ce_type=b"truce.intake.storm.seen.v1")),
    Kind("a version of the type nobody knows", IGNORED, lambda s: s.heading(ce_type=s.kind.TYPE[:-1].encode() + b"9")),
    Kind(
        "a schema number nobody knows",
        APPLIED,
        lambda s: s.heading(ce_dataschema=f"/schemas/{s.kind.TYPE}/99".encode()),
    ),
)
BATCHES = tuple(
    Kind(f"sound, in {name}", APPLIED, lambda sound: sound.record(), codec)
    for codec, name in enumerate(("gzip", "snappy", "lz4", "zstd"), 1)
)
KINDS = (*VALUES, *KEYS, *HEADERS, *BATCHES)
