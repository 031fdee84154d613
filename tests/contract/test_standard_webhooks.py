"""Our signatures are the ones of Standard Webhooks: its published example, and its own library as the receiver."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from services.alerts.delivery.signing import new_secret, sign, signed_headers

EXAMPLE_SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
EXAMPLE_ID = "msg_p5jXN8AQM9LWM0D4loKWxJek"
EXAMPLE_TIMESTAMP = 1614265330
EXAMPLE_BODY = b'{"test": 2432232314}'
EXAMPLE_SIGNATURE = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
BODIES = [b"{}", b'{"a": "\xc3\xa9\xe2\x98\x82"}', b'{"a":"\\u0000"}', json.dumps({"a": "x" * 60_000}).encode(), b"[]"]


def now() -> int:
    return int(datetime.now(UTC).timestamp())


def test_the_published_example_is_reproduced() -> None:
    assert sign([EXAMPLE_SECRET], EXAMPLE_ID, EXAMPLE_TIMESTAMP, EXAMPLE_BODY) == EXAMPLE_SIGNATURE


@pytest.mark.parametrize("body", BODIES)
def test_the_public_library_signs_alike(body: bytes) -> None:
    secret = new_secret()
    at = datetime(2026, 3, 1, 12, 0, 0, tzinfo=UTC)
    theirs = Webhook(secret).sign("msg_1", at, body.decode())
    assert sign([secret], "msg_1", int(at.timestamp()), body) == theirs


@pytest.mark.parametrize("body", BODIES)
def test_the_public_library_accepts_what_we_send_and_reads_the_same_body(body: bytes) -> None:
    secret = new_secret()
    assert Webhook(secret).verify(body, signed_headers([secret], "msg_1", now(), body)) == json.loads(body)


def test_during_a_rotation_a_receiver_with_either_secret_accepts() -> None:
    old, new = new_secret(), new_secret()
    headers = signed_headers([new, old], "msg_1", now(), b"{}")
    assert Webhook(old).verify(b"{}", headers) == {}
    assert Webhook(new).verify(b"{}", headers) == {}


@pytest.mark.parametrize("change", ["body", "id", "timestamp", "secret", "late"])
def test_the_public_library_refuses_what_was_changed_or_is_old(change: str) -> None:
    secret = new_secret()
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
            secret = new_secret()
    with pytest.raises(WebhookVerificationError):
        Webhook(secret).verify(body, headers)
