"""A sealed secret opens in its own place, with its own key, unaltered, and nowhere else."""

import pytest

from services.alerts.delivery.secret_box import SecretBox, SecretUnreadable

PLACE = "webhook_endpoints/secret/0197-aa/1"


def test_what_is_sealed_opens_in_its_own_place() -> None:
    box = SecretBox(b"k" * 32)
    for plain in ("whsec_abc", "", "naïve ☂"):
        assert box.open(box.seal(plain, context=PLACE), context=PLACE) == plain


def test_the_same_secret_never_looks_the_same_twice_and_never_shows() -> None:
    box = SecretBox(b"k" * 32)
    first, second = box.seal("whsec_abc", context=PLACE), box.seal("whsec_abc", context=PLACE)
    assert first != second
    assert b"whsec_abc" not in first


def test_a_secret_moved_to_another_row_does_not_open() -> None:
    box = SecretBox(b"k" * 32)
    with pytest.raises(SecretUnreadable):
        box.open(box.seal("whsec_abc", context=PLACE), context="webhook_endpoints/secret/0197-bb/1")


def test_another_key_does_not_open_it() -> None:
    sealed = SecretBox(b"k" * 32).seal("whsec_abc", context=PLACE)
    with pytest.raises(SecretUnreadable):
        SecretBox(b"l" * 32).open(sealed, context=PLACE)


def test_any_altered_or_missing_byte_is_noticed() -> None:
    box = SecretBox(b"k" * 32)
    sealed = box.seal("whsec_abc", context=PLACE)
    altered = [sealed[:at] + bytes([sealed[at] ^ 1]) + sealed[at + 1 :] for at in range(len(sealed))]
    shortened = [sealed[:length] for length in range(len(sealed))]
    for wrong in altered + shortened:
        with pytest.raises(SecretUnreadable):
            box.open(wrong, context=PLACE)


@pytest.mark.parametrize("length", [0, 16, 31, 33])
def test_a_key_of_another_length_is_refused(length: int) -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        SecretBox(b"k" * length)
