"""A link opens what it was made for and nothing else, and no row holds it."""

import json
from uuid import UUID, uuid5

import pytest

from services.alerts.delivery.response_link import ResponseLinks

LINKS = ResponseLinks(b"k" * 32, "https://alerts.example/base/")
DELIVERY = UUID("0d9a1f00-0000-4000-8000-0000000000aa")
TOKEN = LINKS.token(DELIVERY)
OTHER_ID = LINKS.token(uuid5(DELIVERY, "another"))


def test_a_link_leads_to_its_message_alone() -> None:
    assert LINKS.link(DELIVERY) == f"https://alerts.example/base/r/{TOKEN}"
    assert LINKS.delivery_of(TOKEN) == DELIVERY


def test_every_attempt_carries_the_same_link() -> None:
    body = b'{"links":{"respond":"{respond}"}}'
    assert LINKS.filled(DELIVERY, body) == LINKS.filled(DELIVERY, body)
    assert json.loads(LINKS.filled(DELIVERY, body)) == {"links": {"respond": LINKS.link(DELIVERY)}}


def test_with_another_key_it_is_no_link() -> None:
    assert ResponseLinks(b"j" * 32, "https://alerts.example").delivery_of(TOKEN) is None


def flipped(token: str, at: int) -> str:
    return token[:at] + ("B" if token[at] == "A" else "A") + token[at + 1 :]


WRONG = [
    "",
    "x",
    "A" * 43,
    TOKEN[:-1],
    TOKEN + "A",
    TOKEN + "=",
    TOKEN + "\n",
    f" {TOKEN}",
    f"{TOKEN}/",
    TOKEN.swapcase(),
    TOKEN[:20] + "+" + TOKEN[21:],
    TOKEN[:20] + "é" + TOKEN[21:],
    TOKEN[:20] + "\x00" + TOKEN[21:],
    TOKEN[:20] + "１" + TOKEN[21:],
    TOKEN[:22] + OTHER_ID[22:],
    OTHER_ID[:21] + TOKEN[21:],
    str(DELIVERY),
    "A" * 5000,
    *(flipped(TOKEN, at) for at in range(43)),
]


@pytest.mark.parametrize("token", WRONG)
def test_whatever_was_not_made_here_is_no_link(token: str) -> None:
    assert LINKS.delivery_of(token) is None


def test_a_link_has_one_spelling() -> None:
    """The last letter of 256 bits in base64 holds two bits that mean nothing."""
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    good = [letter for letter in letters if LINKS.delivery_of(TOKEN[:-1] + letter) is not None]
    assert good == [TOKEN[-1]]
