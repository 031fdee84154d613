"""Our signatures are the ones of Standard Webhooks: its published example, and its own library as the receiver."""

import base64
import json
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from services.alerts.delivery.signing import Scheme, new_key, public_key, sign, signed_headers

EXAMPLE_SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
EXAMPLE_ID = "msg_p5jXN8AQM9LWM0D4loKWxJek"
EXAMPLE_TIMESTAMP = 1614265330
EXAMPLE_BODY = b'{"test": 2432232314}'
EXAMPLE_SIGNATURE = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
# Published with the reference server's test of Ed25519 signatures, over the same message.
EXAMPLE_PRIVATE = "whsk_6Xb/dCcHpPea21PS1N9VY/NZW723CEc77N4rJCubMbfVKIDij2HKpMKkioLlX0dRqSKJp4AJ6p9lMicMFs6Kvg=="
EXAMPLE_PUBLIC = "whpk_1SiA4o9hyqTCpIqC5V9HUakiiaeACeqfZTInDBbOir4="
EXAMPLE_ED25519 = "v1a,hnO3f9T8Ytu9HwrXslvumlUpqtNVqkhqw/enGzPCXe5BdqzCInXqYXFymVJaA7AZdpXwVLPo3mNl8EM+m7TBAg=="
BODIES = [b"{}", b'{"a": "\xc3\xa9\xe2\x98\x82"}', b'{"a":"\\u0000"}', json.dumps({"a": "x" * 60_000}).encode(), b"[]"]


def now() -> int:
    return int(datetime.now(UTC).timestamp())


def test_the_published_example_is_reproduced() -> None:
    assert sign([EXAMPLE_SECRET], EXAMPLE_ID, EXAMPLE_TIMESTAMP, EXAMPLE_BODY) == EXAMPLE_SIGNATURE


def test_the_published_example_with_a_key_pair_is_reproduced() -> None:
    assert sign([EXAMPLE_PRIVATE], EXAMPLE_ID, EXAMPLE_TIMESTAMP, EXAMPLE_BODY) == EXAMPLE_ED25519
    assert public_key(EXAMPLE_PRIVATE) == EXAMPLE_PUBLIC


@pytest.mark.parametrize("body", BODIES)
def test_whoever_has_the_public_key_accepts_what_we_send(body: bytes) -> None:
    private = new_key(Scheme.ED25519)
    public = public_key(private)
    assert public is not None
    headers = signed_headers([private], "msg_1", now(), body)
    version, _, signature = headers["webhook-signature"].partition(",")
    signed = f"msg_1.{headers['webhook-timestamp']}.".encode() + body
    checker = Ed25519PublicKey.from_public_bytes(base64.b64decode(public.removeprefix("whpk_")))
    checker.verify(base64.b64decode(signature), signed)
    assert version == "v1a"
    with pytest.raises(InvalidSignature):
        checker.verify(base64.b64decode(signature), signed + b" ")


def test_during_a_change_to_a_key_pair_a_receiver_with_the_secret_still_accepts() -> None:
    secret = new_key(Scheme.HMAC_SHA256)
    assert Webhook(secret).verify(b"{}", signed_headers([new_key(Scheme.ED25519), secret], "msg_1", now(), b"{}")) == {}


@pytest.mark.parametrize("body", BODIES)
def test_the_public_library_signs_alike(body: bytes) -> None:
    secret = new_key(Scheme.HMAC_SHA256)
    at = datetime(2026, 3, 1, 12, 0, 0, tzinfo=UTC)
    theirs = Webhook(secret).sign("msg_1", at, body.decode())
    assert sign([secret], "msg_1", int(at.timestamp()), body) == theirs


@pytest.mark.parametrize("body", BODIES)
def test_the_public_library_accepts_what_we_send_and_reads_the_same_body(body: bytes) -> None:
    secret = new_key(Scheme.HMAC_SHA256)
    assert Webhook(secret).verify(body, signed_headers([secret], "msg_1", now(), body)) == json.loads(body)


def test_during_a_rotation_a_receiver_with_either_secret_accepts() -> None:
    old, new = new_key(Scheme.HMAC_SHA256), new_key(Scheme.HMAC_SHA256)
    headers = signed_headers([new, old], "msg_1", now(), b"{}")
    assert Webhook(old).verify(b"{}", headers) == {}
    assert Webhook(new).verify(b"{}", headers) == {}


@pytest.mark.parametrize("change", ["body", "id", "timestamp", "secret", "late"])
def test_the_public_library_refuses_what_was_changed_or_is_old(change: str) -> None:
    secret = new_key(Scheme.HMAC_SHA256)
    at = now() - (int(timedelta(minutes=6).total_seconds()) if change == "late" else 0)
    headers, body = signed_headers([secret], "msg_1", at, b"{}"), b"{}"
    match change:
        case "body":
            body = b"[]"
        case "id":
            headers["webhook-id"] = "msg_2"
        case "timestamp":
            headers["webhook-timestamp"] = str(at + 1)
        case "secret":
            secret = new_key(Scheme.HMAC_SHA256)
    with pytest.raises(WebhookVerificationError):
        Webhook(secret).verify(body, headers)
