"""The signer's own rules; its agreement with the standard is shown in tests/contract."""

import base64

import pytest

from services.alerts.delivery.signing import MalformedSecret, Scheme, new_key, public_key, sign, signed_headers

SECRET = "whsec_" + base64.b64encode(b"k" * 32).decode()


def test_a_new_secret_is_32_random_bytes_behind_the_prefix() -> None:
    first, second = new_key(Scheme.HMAC_SHA256), new_key(Scheme.HMAC_SHA256)
    assert first != second
    assert len(base64.b64decode(first.removeprefix("whsec_"), validate=True)) == 32
    assert first.startswith("whsec_")


def test_a_new_key_pair_has_a_public_half_and_a_secret_has_none() -> None:
    first, second = new_key(Scheme.ED25519), new_key(Scheme.ED25519)
    assert first != second
    halves = base64.b64decode(first.removeprefix("whsk_"), validate=True)
    assert public_key(first) == "whpk_" + base64.b64encode(halves[32:]).decode()
    assert public_key(new_key(Scheme.HMAC_SHA256)) is None


def test_during_a_rotation_each_secret_signs_in_the_order_given() -> None:
    old, new = new_key(Scheme.HMAC_SHA256), new_key(Scheme.HMAC_SHA256)
    both = sign([new, old], "msg_1", 1_700_000_000, b"{}").split(" ")
    assert both == [sign([new], "msg_1", 1_700_000_000, b"{}"), sign([old], "msg_1", 1_700_000_000, b"{}")]
    assert all(signature.startswith("v1,") for signature in both)


def test_the_signature_covers_id_time_and_every_byte_of_the_body() -> None:
    signatures = {
        sign([SECRET], "msg_1", 1_700_000_000, b'{"a": 1}'),
        sign([SECRET], "msg_2", 1_700_000_000, b'{"a": 1}'),
        sign([SECRET], "msg_1", 1_700_000_001, b'{"a": 1}'),
        sign([SECRET], "msg_1", 1_700_000_000, b'{"a":1}'),
    }
    assert len(signatures) == 4


def test_the_headers_say_what_was_signed() -> None:
    headers = signed_headers([SECRET], "msg_1", 1_700_000_000, b"{}")
    assert headers == {
        "content-type": "application/json",
        "webhook-id": "msg_1",
        "webhook-timestamp": "1700000000",
        "webhook-signature": sign([SECRET], "msg_1", 1_700_000_000, b"{}"),
    }


@pytest.mark.parametrize(
    "secret",
    [
        "",
        "whsec_",
        SECRET.removeprefix("whsec_"),
        "whsec_" + "A" * 31,
        "whsec_not base64 at all, surely not",
        "whsec_é" + "A" * 43,
        "whsec_" + base64.b64encode(b"k" * 23).decode(),
        "whsec_" + base64.b64encode(b"k" * 65).decode(),
        "whsk_" + base64.b64encode(b"k" * 31).decode(),
        "whsk_not base64 at all, surely not",
        "whpk_" + base64.b64encode(b"k" * 32).decode(),
    ],
)
def test_a_malformed_secret_is_refused_without_being_repeated(secret: str) -> None:
    with pytest.raises(MalformedSecret) as refused:
        sign([secret], "msg_1", 1_700_000_000, b"{}")
    body = secret.removeprefix("whsec_")
    assert not body or body not in str(refused.value)


@pytest.mark.parametrize("message_id", ["", "a.b", "a b", "a\r\nx-evil: 1", "é", "a" * 129])
def test_an_id_that_could_leave_its_header_or_blur_the_signed_text_is_refused(message_id: str) -> None:
    with pytest.raises(ValueError, match="message id"):
        sign([SECRET], message_id, 1_700_000_000, b"{}")


def test_nothing_is_sent_unsigned() -> None:
    with pytest.raises(ValueError, match="at least one secret"):
        sign([], "msg_1", 1_700_000_000, b"{}")
