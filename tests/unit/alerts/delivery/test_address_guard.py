"""What the guard admits, and why it refuses. That a refused address is never dialled is an integration test."""

import ipaddress

import pytest

from services.alerts.delivery.address_guard import AddressGuard, AddressRefused, Refusal, refusal_of

LOOPBACK = [ipaddress.ip_network("127.0.0.0/8"), ipaddress.ip_network("::1/128")]


def refusal(guard: AddressGuard, url: str) -> Refusal | None:
    try:
        guard.check_url(url)
    except AddressRefused as refused:
        return refused.reason
    return None


@pytest.mark.parametrize(
    ("url", "called"),
    [
        ("https://hooks.example.org/truce", "https://hooks.example.org/truce"),
        ("https://hooks.example.org:443/truce", "https://hooks.example.org/truce"),
        ("HTTPS://Hooks.Example.ORG/Truce", "https://hooks.example.org/Truce"),
        ("https://hooks.example.org", "https://hooks.example.org/"),
        ("https://hooks.example.org?token=a%2Fb", "https://hooks.example.org/?token=a%2Fb"),
        ("https://hooks.example.org/a/../b%41//c?x=+%20%2b#part", "https://hooks.example.org/a/../b%41//c?x=+%20%2b"),
        ("https://xn--bcher-kva.example.org/", "https://xn--bcher-kva.example.org/"),
        ("https://9-to-5.example.org/", "https://9-to-5.example.org/"),
        ("https://8.8.8.8/", "https://8.8.8.8/"),
        ("https://[2606:4700:4700::1111]/", "https://[2606:4700:4700::1111]/"),
        ("https://[2606:4700:4700:0:0:0:0:1111]/", "https://[2606:4700:4700::1111]/"),
    ],
)
def test_a_public_address_is_called_as_written(url: str, called: str) -> None:
    assert str(AddressGuard().check_url(url)).replace(":443/", "/") == called


@pytest.mark.parametrize(
    "address",
    [
        *("1.1.1.1", "8.8.8.8", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0", "126.255.255.255"),
        *("128.0.0.0", "169.253.255.255", "169.255.0.0", "172.15.255.255", "172.32.0.0", "192.0.1.0"),
        *("192.167.255.255", "192.169.0.0", "198.17.255.255", "198.20.0.0", "223.255.255.255", "168.63.129.15"),
        *("2606:4700:4700::1111", "2a00:1450:4001::1", "2001:200::1", "2001:4860:4860::8888", "2003::1", "3ffd::1"),
    ],
)
def test_the_neighbours_of_forbidden_ranges_are_public(address: str) -> None:
    assert refusal_of(ipaddress.ip_address(address)) is None
    AddressGuard().check_address(address, 443)


def test_what_the_standard_library_calls_not_global_is_refused_too() -> None:
    networks = [*ipaddress.IPv4Address("0.0.0.0")._constants._private_networks]  # noqa: SLF001 - an independent list
    networks += ipaddress.IPv6Address("::")._constants._private_networks  # noqa: SLF001 - an independent list
    for network in networks:
        assert refusal_of(network[0]) is not None, network
        assert refusal_of(network[-1]) is not None, network


@pytest.mark.parametrize("port", [1, 22, 80, 442, 444, 5432, 8443, 65535])
def test_only_443_is_called_on_public_addresses(port: int) -> None:
    guard = AddressGuard(LOOPBACK)
    assert refusal(guard, f"https://8.8.8.8:{port}/") is Refusal.PORT
    assert refusal(AddressGuard(), f"https://hooks.example.org:{port}/") is Refusal.PORT
    with pytest.raises(AddressRefused):
        guard.check_address("8.8.8.8", port)


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:9000/a", "https://127.0.0.1/a", "http://[::1]:9000/", "http://127.1.2.3/"]
)
def test_an_allowed_network_is_called_by_any_scheme_and_port(url: str) -> None:
    assert refusal(AddressGuard(LOOPBACK), url) is None
    assert refusal(AddressGuard(), url) is not None


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("http://127.1:9000/", Refusal.ODD_SPELLING),
        ("http://0x7f.0.0.1:9000/", Refusal.ODD_SPELLING),
        ("http://127.0.0.1.:9000/", Refusal.ODD_SPELLING),
        ("http://[::ffff:127.0.0.1]:9000/", Refusal.SCHEME),
        ("https://[::ffff:127.0.0.1]/", Refusal.EMBEDDED_IPV4),
        ("http://u:p@127.0.0.1:9000/", Refusal.USER_INFO),
        ("ftp://127.0.0.1:9000/", Refusal.SCHEME),
        ("https://10.0.0.1/", Refusal.PRIVATE),
        ("http://8.8.8.8/", Refusal.SCHEME),
        ("http://hooks.example.org:443/", Refusal.SCHEME),
    ],
)
def test_an_allowed_network_opens_nothing_else(url: str, reason: Refusal) -> None:
    assert refusal(AddressGuard(LOOPBACK), url) is reason


def test_a_name_may_use_another_port_only_if_it_can_lead_into_an_allowed_network() -> None:
    assert refusal(AddressGuard(), "http://phone.truce.test:9000/") is Refusal.NAME
    guard = AddressGuard(LOOPBACK)
    assert refusal(guard, "http://phone.truce.test:9000/") is None
    guard.check_address("127.0.0.1", 9000)
    with pytest.raises(AddressRefused):
        guard.check_address("93.184.215.14", 9000)


def test_a_refusal_does_not_repeat_the_url() -> None:
    with pytest.raises(AddressRefused) as refused:
        AddressGuard().check_url("https://10.0.0.1/hooks/secret-token")
    assert "secret-token" not in str(refused.value)
    assert "10.0.0.1" not in str(refused.value)
