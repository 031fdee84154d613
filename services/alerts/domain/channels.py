"""By what way somebody is reached, and what an address of a text channel may be. Pure: nothing is looked up or called.

An address is a library's URL, which could also name files, programs and options of its own: only listed services and
listed options pass. It holds passwords and tokens, so that no fault repeats any of it.
"""

import re
from enum import StrEnum

from shared.kernel.errors import FieldError


class EndpointKind(StrEnum):
    WEBHOOK = "webhook"
    SMS = "sms"
    EMAIL = "email"
    CHAT = "chat"


TEXT_KINDS = frozenset({EndpointKind.SMS, EndpointKind.EMAIL, EndpointKind.CHAT})
# `jsons`: a gateway of the programme's own.
_SERVICES = {
    EndpointKind.SMS: frozenset({"twilio", "vonage", "msgbird", "plivo", "jsons"}),
    EndpointKind.EMAIL: frozenset({"mailtos"}),
    EndpointKind.CHAT: frozenset({"slack", "mmosts", "rockets", "discord", "tgram", "workflows", "jsons"}),
}
# Without encryption: only where private networks are allowed, which production never does.
_PLAIN = {
    EndpointKind.SMS: frozenset({"json"}),
    EndpointKind.EMAIL: frozenset({"mailto"}),
    EndpointKind.CHAT: frozenset({"json", "mmost", "rocket"}),
}
# None of them names a file, another header, a template, or turns the check of a certificate off.
_OPTIONS = frozenset(
    {"to", "from", "name", "user", "pass", "smtp", "channel", "key", "secret", "sid", "token", "id", "sig", "ver"}
    | {"workflow", "thread", "topic"}
)
MAX_ADDRESS = 1000
# Percent signs stand for ASCII alone.
_OPTION = re.compile(r"(?P<name>[a-z]+)=(?:%[0-7][0-9A-Fa-f]|[^%=&])*")
_ADDRESS = re.compile(r"(?P<service>[a-z]{2,12})://(?P<rest>[^?#\\]+)(?:\?(?P<options>[^?#\\]*))?")


def service_of(address: str) -> str:
    """Total for addresses without fault."""
    return address.partition("://")[0]


def address_fault(kind: EndpointKind, address: str, *, may_be_plain: bool) -> FieldError | None:
    if len(address) > MAX_ADDRESS or not all("!" <= character <= "~" for character in address):
        return FieldError("/address", "is not a text channel's address")
    whole = _ADDRESS.fullmatch(address)
    if whole is None:
        return FieldError("/address", "is not a text channel's address")
    allowed = _SERVICES[kind] | (_PLAIN[kind] if may_be_plain else frozenset())
    if whole["service"] not in allowed:
        return FieldError("/address", f"must begin with one of: {', '.join(sorted(allowed))}")
    return _options_fault(whole["options"] or "")


def _options_fault(options: str) -> FieldError | None:
    pairs = [_OPTION.fullmatch(option) for option in options.split("&")] if options else []
    names = [pair["name"] for pair in pairs if pair]
    if len(names) < len(pairs):
        return FieldError("/address", "has options that cannot be read")
    if not set(names) <= _OPTIONS or len(set(names)) < len(names):
        return FieldError("/address", "has an option that is not allowed")
    return None
