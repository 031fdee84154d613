"""Addresses of text channels: listed services and options alone, and no fault repeats what was sent."""

import pytest

from services.alerts.domain.channels import TEXT_KINDS, EndpointKind, address_fault

SMS, EMAIL, CHAT = EndpointKind.SMS, EndpointKind.EMAIL, EndpointKind.CHAT
TWILIO = "twilio://AC0123:t0ken@12025550100/12025550123"
GOOD = [
    (SMS, TWILIO),
    (SMS, "vonage://key:secret@12025550100/12025550123"),
    (SMS, "jsons://sms.onse.dc.gov/send/12025550123"),
    (EMAIL, "mailtos://truce:pw@smtp.dc.gov?to=heron@dc.gov&from=truce@dc.gov&name=Truce"),
    (EMAIL, "mailtos://truce:pw@smtp.dc.gov:587/heron%40dc.gov"),
    (CHAT, "slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ/#team".replace("#", "%23")),
    (CHAT, "mmosts://chat.dc.gov/3ccdd113474722377935511fc85d3dd4?channel=team"),
]


@pytest.mark.parametrize(("kind", "address"), GOOD)
def test_the_listed_services_are_taken(kind: EndpointKind, address: str) -> None:
    assert address_fault(kind, address, may_be_plain=False) is None


@pytest.mark.parametrize(("kind", "address"), [(SMS, "json://127.0.0.1:1/x"), (EMAIL, "mailto://127.0.0.1:1?to=a@b.c")])
def test_without_encryption_only_where_private_networks_are_allowed(kind: EndpointKind, address: str) -> None:
    assert address_fault(kind, address, may_be_plain=True) is None
    fault = address_fault(kind, address, may_be_plain=False)
    assert fault is not None
    assert fault.detail.startswith("must begin with one of")


BAD = [
    "",
    "12025550123",
    "http://sms.dc.gov/x",
    "https://sms.dc.gov/x",
    "exec:///bin/sh",
    "script:///tmp/hidden",
    "file:///etc/hidden",
    "syslog://hidden",
    "dbus://",
    "glib://",
    "gnome://",
    "macosx://",
    "windows://",
    "schan://hidden",
    "mqtt://hidden/topic",
    "rsyslog://hidden",
    "smpp://hidden",
    "apprise://hidden/token",
    "form://hidden/x",
    "xml://hidden/x",
    "opsgenie://hidden",
    "TWILIO://AC0123:hidden@1/2",
    "twilio:/AC0123:hidden@1/2",
    "twilio://",
    " " + TWILIO,
    TWILIO + " ",
    TWILIO + "\n",
    TWILIO + "\x00",
    TWILIO.replace("@", "\\@"),
    TWILIO + "é",
    TWILIO + "#hidden",
    TWILIO + "?hidden",
    TWILIO + "?&",
    TWILIO + "?to=1&to=2",
    TWILIO + "?to=%ff",
    TWILIO + "?to=1?to=2",
    TWILIO + "?verify=no",
    TWILIO + "?template=/etc/hidden",
    TWILIO + "?cto=9999",
    TWILIO + "?rto=9999",
    TWILIO + "?redirect=yes",
    TWILIO + "?method=call",
    TWILIO + "?retry=99",
    TWILIO + "?wait=99",
    TWILIO + "?format=html",
    TWILIO + "?%2BX-Header=hidden",
    TWILIO + "?+X-Header=hidden",
    TWILIO + "?-X=hidden",
    TWILIO + "?:x=hidden",
    "twilio://" + "1" * 1000,
]
BAD_MAIL = [
    *(f"mailtos://u:p@smtp.dc.gov?to=a@b.c&{option}" for option in (
        "mode=insecure", "pgppub=/etc/hidden", "pgpprv=/etc/hidden", "pgp=encrypt", "wkd=yes", "bcc=x@hidden.org",
        "cc=x@hidden.org", "reply=x@hidden.org", "inline=yes", "attach=/etc/hidden",
    )),
    TWILIO,
]  # fmt: skip


@pytest.mark.parametrize("address", BAD)
@pytest.mark.parametrize("kind", sorted(TEXT_KINDS))
def test_whatever_else_an_address_could_name_is_refused_and_not_repeated(kind: EndpointKind, address: str) -> None:
    fault = address_fault(kind, address, may_be_plain=True)
    assert fault is not None
    assert fault.pointer == "/address"
    assert "hidden" not in fault.detail


@pytest.mark.parametrize("address", BAD_MAIL)
def test_a_mail_address_names_no_file_no_other_receiver_and_no_way_round_encryption(address: str) -> None:
    assert address_fault(EMAIL, address, may_be_plain=True) is not None
