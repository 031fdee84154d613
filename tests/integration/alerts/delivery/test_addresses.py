"""No connection to a forbidden address, however it is spelled and whatever its name resolves to.

The process itself is watched: an audit hook sees every connect of every socket in it.
"""

from collections.abc import AsyncIterator, Sequence
from datetime import timedelta
from typing import Any

import pytest

from services.alerts.delivery.address_guard import AddressGuard, Refusal
from services.alerts.delivery.outcomes import Failed, Stage
from services.alerts.delivery.transport import AiohttpTransport

TIMEOUT = timedelta(seconds=1)
PUBLIC = "93.184.215.14"

FORBIDDEN_ADDRESSES: dict[Refusal, str] = {
    Refusal.METADATA: "169.254.169.254 168.63.129.16 100.100.100.200 192.0.0.192 fd00:ec2::254 fd20:ce::254",
    Refusal.UNSPECIFIED: "0.0.0.0 0.0.0.1 0.255.255.255 ::",
    Refusal.LOOPBACK: "127.0.0.1 127.0.0.2 127.1.2.3 127.255.255.255 ::1 0:0:0:0:0:0:0:1 0000::0001",
    Refusal.PRIVATE: "10.0.0.1 10.255.255.255 172.16.0.1 172.31.255.255 192.168.0.1 192.168.255.255 "
    "fc00::1 fd12::1 fec0::1",
    Refusal.LINK_LOCAL: "169.254.0.1 169.254.255.255 fe80::1 febf::1",
    Refusal.CARRIER_NAT: "100.64.0.1 100.127.255.255",
    Refusal.MULTICAST: "224.0.0.1 239.255.255.255 ff02::1 ff0e::1",
    Refusal.BROADCAST: "255.255.255.255",
    Refusal.DOCUMENTATION: "192.0.2.1 198.51.100.1 203.0.113.1 2001:db8::1 3fff::1 3fff:fff::1",
    Refusal.BENCHMARKING: "198.18.0.1 198.19.255.255 2001:2::1",
    Refusal.EMBEDDED_IPV4: "::ffff:127.0.0.1 ::ffff:7f00:1 ::FFFF:10.0.0.1 0:0:0:0:0:ffff:a9fe:a9fe ::ffff:8.8.8.8 "
    "::127.0.0.1 ::7f00:1 ::a9fe:a9fe ::ffff:0:127.0.0.1 64:ff9b::7f00:1 64:ff9b::127.0.0.1 64:ff9b::169.254.169.254 "
    "64:ff9b:1::10.0.0.1 64:ff9b:1:ffff::1 2002:7f00:1:: 2002:a9fe:a9fe::1 2002:c0a8:1::1 2001:0:7f00:1::1 2001::1 "
    "2600::5efe:127.0.0.1 2600::5efe:a9fe:a9fe 2600::200:5efe:10.0.0.1",
    Refusal.RESERVED: "192.0.0.1 192.0.0.8 192.0.0.170 192.31.196.1 192.52.193.1 192.88.99.1 192.175.48.1 240.0.0.1 "
    "255.255.255.254 100::1 100:0:0:1::1 2001:3::1 2001:4:112::1 2001:10::1 2001:20::1 2001:30::1 2001:1ff::1 "
    "2620:4f:8000::1 3ffe::1 4000::1 5f00::1 5f00:ffff::1 8000::1 e000::1 f800::1 200::1 400::1",
}
FORBIDDEN_SPELLINGS: dict[Refusal, str] = {
    Refusal.ODD_SPELLING: "2130706433 127.1 127.0.1 0 1 017700000001 0177.0.0.1 0177.0.0.01 127.0.0.01 0127.0.0.1 "
    "0x7f000001 0X7F000001 0x7f.0.0.1 0x7f.1 127.0.0.0x1 127.0.0.1. 127.1. 2130706433. 0x7f000001. 256.256.256.256 "
    "127.0.0.256 1.2.3.4.5 010.0.0.1 10.0x0.1 192.168.257 3232235521 4294967295 4294967296 0x 0xa9fea9fe 2852039166 "
    "025177524776 169.254.43518 a.127.1 hooks.0x7f [1.2.3.4] [::1::1] [12345::] [1:2:3] [::127.0.0.256] [:::] [.]",
    Refusal.MALFORMED: "127.0.0.1%00 127%2e0%2e0%2e1 %31%32%37.0.0.1 %6c%6f%63alhost [::1%25lo] [fe80::1%eth0] "
    "[fe80::1%25eth0] [::1 ::1 fe80::1 [::1]x [::1]] [] 127.0.0.1:443:443 127.0.0.1: 127.0.0.1:0 127.0.0.1:65536 "
    "127.0.0.1:999999 127.0.0.1:-1 127.0.0.1:+443 127.0.0.1:４４３ １２７.0.0.1 127。0。0。1 ①②⑦.0.0.1 ⑯⑨.254.169.254 "
    "loc\u00adalhost ⓛocalhost localhoſt ｌocalhost \u212a8s.example.org hooks.exämple.org "
    "127.0.0.1\\@hooks.example.org "
    "hooks.example.org\\ hooks_1.example.org -a.example.org a-.example.org a..example.org .example.org "
    "hooks.example.org. localhost. hooks.example.org.. * *.example.org a,b.example.org a;b.example.org (127.0.0.1) "
    "127.0.0.1'-- $(id).example.org \u202e127.0.0.1 127.0.0.1\u200b 127.0.0.1\x00 127.0.0.1\t 127.0.0.1\x7f",
    Refusal.USER_INFO: "hooks.example.org@127.0.0.1 user:pass@127.0.0.1 @127.0.0.1 127.0.0.1@hooks.example.org "
    "a@b@127.0.0.1 hooks.example.org:443@127.0.0.1 hooks.example.org%40@127.0.0.1 127.0.0.1:443@",
    Refusal.NAME: "localhost LOCALHOST a.localhost metadata metadata.google.internal "
    "kubernetes.default.svc.cluster.local postgres kafka host.docker.internal "
    "router.lan nas.home printer.local a.home.arpa 1.0.0.127.in-addr.arpa "
    "a.onion a.invalid a.test a.example a.corp a.intranet a.localdomain",
}
SPECIAL_URLS = [
    *("", " ", "https", "https:", "https:/", "https://", "https:///", "https:///hooks.example.org/", "//127.0.0.1/"),
    *("https:/127.0.0.1/", "https:127.0.0.1", "https:\\\\127.0.0.1\\", "https://?x", "https://#x", "https://:443/"),
    *(
        " https://127.0.0.1/",
        "\thttps://127.0.0.1/",
        "https://127.0.0.1/ ",
        "https ://127.0.0.1/",
        "https://127.0.0.1\n/",
    ),
    *("https://hooks.example.org/\r\nhost: 127.0.0.1", "ht\ntps://127.0.0.1/", "https://hooks.example.org/\x00"),
    *("http://127.0.0.1/", "http://hooks.example.org/", "http://8.8.8.8/", "HTTP://hooks.example.org:443/"),
    *("ftp://127.0.0.1/", "file:///etc/passwd", "gopher://127.0.0.1/", "ws://127.0.0.1/", "unix:///var/run/x.sock"),
    *("tcp://127.0.0.1:443/", "javascript:alert(1)", "https+unix://127.0.0.1/", "data:,x", "jar:https://127.0.0.1!/"),
    *("https://127.0.0.1:8443/", "https://hooks.example.org:8443/", "https://8.8.8.8:22/", "https://[::1]:8443/"),
    "https://hooks.example.org/" + "a" * 2000,
    "https://" + "a." * 130 + "example.org/",
    "https://" + "a" * 64 + ".example.org/",
]


def forbidden_addresses() -> list[tuple[str, Refusal]]:
    return [(text, why) for why, texts in FORBIDDEN_ADDRESSES.items() for text in texts.split(" ")]


def spelled_urls() -> list[tuple[str, Refusal | None]]:
    spellings = [(text, why) for why, texts in FORBIDDEN_SPELLINGS.items() for text in texts.split(" ")]
    in_brackets = [(f"[{text}]" if ":" in text else text, why) for text, why in forbidden_addresses()]
    return [(f"https://{host}/hooks", why) for host, why in in_brackets + spellings] + [
        (url, None) for url in SPECIAL_URLS
    ]


def test_the_table_of_spellings_has_not_shrunk() -> None:
    assert len({url for url, _ in spelled_urls()}) >= 250


class Names:
    """A resolver that knows the names it was taught, and remembers what it was asked."""

    def __init__(self) -> None:
        self.taught: dict[str, list[str]] = {}
        self.asked: list[str] = []

    async def __call__(self, name: str, _port: int) -> Sequence[str]:
        self.asked.append(name)
        return self.taught[name]


@pytest.fixture(scope="module")
def names() -> Names:
    return Names()


@pytest.fixture(scope="module")
async def public_only(names: Names) -> AsyncIterator[AiohttpTransport]:
    async with AiohttpTransport(AddressGuard(), lookup=names) as transport:
        yield transport


@pytest.mark.parametrize(("url", "reason"), spelled_urls(), ids=lambda part: ascii(part)[:60])
async def test_a_forbidden_address_is_neither_looked_up_nor_dialled(
    url: str, reason: Refusal | None, names: Names, public_only: AiohttpTransport, watch_dialling: Any
) -> None:
    names.asked.clear()
    with watch_dialling() as dialled:
        outcome = await public_only.post(url, {}, b"{}", timeout=TIMEOUT)
    assert dialled == []
    assert names.asked == []
    assert isinstance(outcome, Failed)
    assert outcome.stage is Stage.ADDRESS
    if reason is not None:
        assert outcome.reason is reason


@pytest.mark.parametrize(("address", "reason"), forbidden_addresses())
async def test_a_name_with_a_forbidden_address_among_its_answers_is_not_dialled_at_all(
    address: str, reason: Refusal, names: Names, public_only: AiohttpTransport, watch_dialling: Any
) -> None:
    for answers in ([address], [PUBLIC, address], [address, PUBLIC]):
        name = f"hooks{len(names.taught)}.example.org"
        names.taught[name] = answers
        with watch_dialling() as dialled:
            outcome = await public_only.post(f"https://{name}/", {}, b"{}", timeout=TIMEOUT)
        assert dialled == []
        assert names.asked[-1] == name
        assert outcome == Failed(Stage.ADDRESS, reason, outcome.duration)
