"""Where a webhook may go: only to public addresses, or into networks that the operator allowed.

Whoever registers an endpoint chooses a URL that our machines will call: it is hostile until shown otherwise.
Invariant: no socket is opened to an address that `AddressGuard.check_address` did not admit. It is asked three
times, because names change their mind: for a literal address when the URL is registered and before each attempt,
for every answer of the resolver, and for the very address that is about to be dialled.

Forbidden ranges follow the IANA special-purpose address registries. For IPv6 the list is turned round: only
2000::/3 is ever public, and from it is taken what carries an IPv4 address inside or belongs to nobody.
"""

import ipaddress
import re
from collections.abc import Iterable
from enum import StrEnum

from yarl import URL

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
Address = ipaddress.IPv4Address | ipaddress.IPv6Address

PUBLIC_PORT = 443
_LONGEST_URL = 2000
_LONGEST_NAME = 253
_MOST_REMEMBERED = 10_000
_URL = re.compile(r"(?P<scheme>[A-Za-z][A-Za-z0-9+.-]*)://(?P<authority>[^/?#]*)(?P<rest>(?:[/?][^#]*)?)(?:#.*)?")
_AUTHORITY = re.compile(r"(?P<host>\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9.-]+)(?::(?P<port>[0-9]{1,5}))?")
_LABEL = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)")
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")
# Names that no public server can have; refused at registration instead of failing at the first page.
_PRIVATE_SUFFIXES = frozenset(
    {"alt", "arpa", "corp", "example", "home", "internal", "intranet", "invalid", "lan", "local", "localdomain"}
    | {"localhost", "onion", "private", "test"}
)


class Refusal(StrEnum):
    """Why an endpoint's address is not called."""

    MALFORMED = "malformed_url"
    SCHEME = "scheme_not_https"
    USER_INFO = "user_info_in_url"
    PORT = "port_not_443"
    NAME = "name_not_public"
    ODD_SPELLING = "odd_spelling_of_an_address"
    UNSPECIFIED = "unspecified_address"
    LOOPBACK = "loopback_address"
    PRIVATE = "private_address"
    LINK_LOCAL = "link_local_address"
    METADATA = "cloud_metadata_address"
    CARRIER_NAT = "carrier_nat_address"
    MULTICAST = "multicast_address"
    BROADCAST = "broadcast_address"
    DOCUMENTATION = "documentation_address"
    BENCHMARKING = "benchmarking_address"
    EMBEDDED_IPV4 = "address_with_ipv4_inside"
    RESERVED = "reserved_address"


class AddressRefused(Exception):
    """Carries the reason and never the URL, which may hold a receiver's token."""

    def __init__(self, reason: Refusal) -> None:
        super().__init__(reason.value)
        self.reason = reason


# The first match names the reason.
_FORBIDDEN: dict[Refusal, str] = {
    Refusal.METADATA: "169.254.169.254/32 168.63.129.16/32 100.100.100.200/32 192.0.0.192/32 "
    "fd00:ec2::254/128 fd20:ce::254/128",
    Refusal.BROADCAST: "255.255.255.255/32",
    Refusal.UNSPECIFIED: "0.0.0.0/8 ::/128",
    Refusal.LOOPBACK: "127.0.0.0/8 ::1/128",
    Refusal.PRIVATE: "10.0.0.0/8 172.16.0.0/12 192.168.0.0/16 fc00::/7 fec0::/10",
    Refusal.LINK_LOCAL: "169.254.0.0/16 fe80::/10",
    Refusal.CARRIER_NAT: "100.64.0.0/10",
    Refusal.MULTICAST: "224.0.0.0/4 ff00::/8",
    Refusal.DOCUMENTATION: "192.0.2.0/24 198.51.100.0/24 203.0.113.0/24 2001:db8::/32 3fff::/20",
    Refusal.BENCHMARKING: "198.18.0.0/15 2001:2::/48",
    Refusal.EMBEDDED_IPV4: "::/96 ::ffff:0:0/96 ::ffff:0:0:0/96 64:ff9b::/96 64:ff9b:1::/48 2001::/32 2002::/16",
    Refusal.RESERVED: "192.0.0.0/24 192.31.196.0/24 192.52.193.0/24 192.88.99.0/24 192.175.48.0/24 240.0.0.0/4 "
    "2001::/23 2620:4f:8000::/48 3ffe::/16",
}
_RANGES = tuple((ipaddress.ip_network(text), why) for why, texts in _FORBIDDEN.items() for text in texts.split())
_PUBLIC_IPV6 = ipaddress.IPv6Network("2000::/3")
# ISATAP puts an IPv4 address behind these 32 bits of the interface identifier, whatever the prefix.
_ISATAP_MARKS = (0x00005EFE, 0x02005EFE)


def refusal_of(address: Address) -> Refusal | None:
    """Why this address is not public; None if it is."""
    for network, reason in _RANGES:
        if address in network:
            return reason
    if isinstance(address, ipaddress.IPv4Address):
        return None
    if (int(address) >> 32) & 0xFFFFFFFF in _ISATAP_MARKS:
        return Refusal.EMBEDDED_IPV4
    return None if address in _PUBLIC_IPV6 else Refusal.RESERVED


class AddressGuard:
    """Allowed networks are exempt from the rules on scheme, port and range, not from those on spelling.

    `ports`: those that may be dialled at public addresses.
    """

    def __init__(
        self, allowed_networks: Iterable[Network] = (), *, ports: frozenset[int] = frozenset({PUBLIC_PORT})
    ) -> None:
        self._allowed = tuple(allowed_networks)
        self._admitted: dict[str, URL] = {}
        self._ports = ports

    def check_url(self, url: str) -> URL:
        """The URL as it will be called, or AddressRefused. Resolves nothing.

        What was admitted is remembered: it depends on the text alone, and an endpoint is called again and again.
        """
        admitted = self._admitted.get(url)
        if admitted is None:
            admitted = self._checked(url)
            if len(self._admitted) >= _MOST_REMEMBERED:
                self._admitted.clear()
            self._admitted[url] = admitted
        return admitted

    def _checked(self, url: str) -> URL:
        scheme, host, port, rest = _parts(url)
        literal = _literal(host)
        if literal is None:
            self._check_name(host)
        if literal is None or not self._allows(literal):
            self._check_public_door(scheme, port, literal)
        if literal is not None:
            self.check_address(literal, port)
        return _rebuilt(scheme, host if literal is None else str(literal), port, rest)

    def check_address(self, address: Address | str, port: int) -> None:
        """Raise AddressRefused unless this address may be dialled on this port."""
        if isinstance(address, str):
            address = ipaddress.ip_address(address)
        if self._allows(address):
            return
        if reason := refusal_of(address):
            raise AddressRefused(reason)
        if port not in self._ports:
            raise AddressRefused(Refusal.PORT)

    def _allows(self, address: Address) -> bool:
        return any(address in network for network in self._allowed)

    def _check_name(self, name: str) -> None:
        labels = name.split(".")
        if len(name) > _LONGEST_NAME or not all(_LABEL.fullmatch(label) for label in labels):
            raise AddressRefused(Refusal.MALFORMED)
        if not self._allowed and (len(labels) < 2 or labels[-1] in _PRIVATE_SUFFIXES):
            raise AddressRefused(Refusal.NAME)

    def _check_public_door(self, scheme: str, port: int, literal: Address | None) -> None:
        """Anything but https on 443 is left to a name that may yet resolve into an allowed network:
        `check_address` holds the port against it if it does not.
        """
        if literal is None and self._allowed and port != PUBLIC_PORT:
            return
        if scheme != "https":
            raise AddressRefused(Refusal.SCHEME)
        if port != PUBLIC_PORT and literal is None:
            raise AddressRefused(Refusal.PORT)


def _parts(url: str) -> tuple[str, str, int, str]:
    """Scheme, host, port, path and query, from a grammar far narrower than what browsers and resolvers put up with."""
    if len(url) > _LONGEST_URL or not all("!" <= character <= "~" for character in url) or "\\" in url:
        raise AddressRefused(Refusal.MALFORMED)
    whole = _URL.fullmatch(url)
    if whole is None:
        raise AddressRefused(Refusal.MALFORMED)
    scheme = whole["scheme"].lower()
    if scheme not in {"http", "https"}:
        raise AddressRefused(Refusal.SCHEME)
    if "@" in whole["authority"]:
        raise AddressRefused(Refusal.USER_INFO)
    authority = _AUTHORITY.fullmatch(whole["authority"])
    if authority is None:
        raise AddressRefused(Refusal.MALFORMED)
    port = int(authority["port"] or {"http": 80, "https": PUBLIC_PORT}[scheme])
    if not 0 < port < 2**16:
        raise AddressRefused(Refusal.MALFORMED)
    return scheme, authority["host"].lower(), port, whole["rest"]


def _literal(host: str) -> Address | None:
    """The host as an address, None if it is a name.

    What only looks like an address (octal, hexadecimal, short or whole-number IPv4) is refused: resolvers disagree
    about what it means.
    """
    try:
        if host.startswith("["):
            return ipaddress.IPv6Address(host[1:-1])
        if _NUMBER.fullmatch(host.rstrip(".").rpartition(".")[2]):
            return ipaddress.IPv4Address(host)
    except ipaddress.AddressValueError:
        raise AddressRefused(Refusal.ODD_SPELLING) from None
    return None


def _rebuilt(scheme: str, host: str, port: int, rest: str) -> URL:
    """From the checked parts, path and query byte for byte. The client must understand them as the check did."""
    try:
        door = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
        url = URL(f"{scheme}://{door}{rest if rest.startswith('/') else '/' + rest}", encoded=True)
    except ValueError:
        raise AddressRefused(Refusal.MALFORMED) from None
    if (url.scheme, url.raw_user, url.raw_host, url.port) != (scheme, None, host, port):
        raise AddressRefused(Refusal.MALFORMED)
    return url
