"""Tokens: what is accepted is pinned here, not in the token; keys come from the provider alone, rarely, and stay."""

import asyncio
import base64
import json
import time
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import pytest
from joserfc.jwk import ECKey, OctKey, RSAKey

from shared.auth import tokens
from shared.auth.principal import Principal, Role
from shared.auth.tokens import BadToken, TokenVerifier
from shared.kernel.errors import Unavailable
from tests.integration.shared.provider import AUDIENCE, Provider, provider

ORGANIZATION = UUID("01890a5d-ac96-774b-bcce-b302099a8057")


@pytest.fixture
async def idp() -> AsyncIterator[Provider]:
    async with provider() as made:
        yield made


@pytest.fixture
def verifier(idp: Provider) -> TokenVerifier:
    return TokenVerifier(idp.issuer, AUDIENCE)


async def refused(verifier: TokenVerifier, token: str) -> bool:
    with pytest.raises(BadToken):
        await verifier.verify(token)
    return True


def unsigned(header: dict[str, Any], claims: dict[str, Any]) -> str:
    parts = (base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode() for part in (header, claims))
    return ".".join(parts) + "."


async def test_a_sound_token_says_who_is_calling(idp: Provider, verifier: TokenVerifier) -> None:
    roles = ["dispatcher", "supervisor", "astronaut"]
    token = idp.token(roles=roles, org=str(ORGANIZATION), worker=str(ORGANIZATION), source_kind="police")
    assert await verifier.verify(token) == Principal(
        subject="somebody",
        roles=frozenset({Role.DISPATCHER, Role.SUPERVISOR}),
        organization=ORGANIZATION,
        worker=ORGANIZATION,
        source_kind="police",
    )


async def test_an_rsa_provider_is_as_good(idp: Provider, verifier: TokenVerifier) -> None:
    key = RSAKey.generate_key(2048, {"use": "sig", "alg": "RS256"}, auto_kid=True)
    idp.offered.append(dict(key.as_dict(private=False)))
    assert (await verifier.verify(idp.token(key, {"alg": "RS256"}))).subject == "somebody"
    assert await refused(verifier, idp.token(key, {"alg": "PS256"}))


CLAIMS: dict[str, dict[str, Any]] = {
    "another issuer": {"iss": "http://127.0.0.1:1"},
    "no issuer": {"iss": None},
    "another audience": {"aud": "another"},
    "no audience": {"aud": None},
    "other audiences": {"aud": ["another", "third"]},
    "expired": {"exp": int(time.time()) - 120},
    "no expiry": {"exp": None},
    "an expiry of another kind": {"exp": "tomorrow"},
    "not yet": {"nbf": int(time.time()) + 3600},
    "issued in the future": {"iat": int(time.time()) + 3600},
    "nobody": {"sub": None},
    "an empty name": {"sub": ""},
    "a name that is none": {"sub": ["somebody"]},
    "a name with NUL": {"sub": "some\x00body"},
    "a name without end": {"sub": "x" * 201},
    "an organization that is none": {"org": "canary"},
    "a worker that is none": {"worker": 7},
    "roles of another kind": {"roles": 7},
    "roles within roles": {"roles": [["admin"]]},
    "a source of another kind": {"source_kind": {"police": True}},
}


@pytest.mark.parametrize("claims", CLAIMS.values(), ids=CLAIMS.keys())
async def test_wrong_claims_are_refused(idp: Provider, verifier: TokenVerifier, claims: dict[str, Any]) -> None:
    assert await refused(verifier, idp.token(**claims))


@pytest.mark.parametrize("seconds", [-50, 50])
async def test_clocks_may_differ_by_less_than_a_minute(idp: Provider, verifier: TokenVerifier, seconds: int) -> None:
    now = int(time.time())
    shifted: dict[str, Any] = {"exp": now + seconds} if seconds < 0 else {"nbf": now + seconds, "iat": now + seconds}
    assert (await verifier.verify(idp.token(**shifted))).subject == "somebody"


@pytest.mark.parametrize("typ", [None, "", "id+jwt", "logout+jwt", "dpop+jwt", 7])
async def test_a_token_of_another_type_is_refused(idp: Provider, verifier: TokenVerifier, typ: Any) -> None:
    assert await refused(verifier, idp.token(header={"typ": typ}))


async def test_unsigned_tokens_are_refused(idp: Provider, verifier: TokenVerifier) -> None:
    sound = idp.token()
    header, claims, signature = sound.split(".")
    body = json.loads(base64.urlsafe_b64decode(claims + "=="))
    for alg in ("none", "None", "NONE", "", None, "ES256"):
        assert await refused(verifier, unsigned({"alg": alg, "typ": "at+jwt", "kid": idp.key.kid}, body))
    assert await refused(verifier, f"{header}.{claims}.{signature[:-4]}AAAA")
    assert await refused(verifier, f"{header}.{claims}")
    tampered = base64.urlsafe_b64encode(json.dumps(body | {"roles": ["admin"]}).encode()).rstrip(b"=").decode()
    assert await refused(verifier, f"{header}.{tampered}.{signature}")


async def test_the_public_key_is_no_secret_to_sign_with(idp: Provider, verifier: TokenVerifier) -> None:
    rsa = RSAKey.generate_key(2048, {"use": "sig"}, auto_kid=True)
    idp.offered.append(dict(rsa.as_dict(private=False)))
    for key in (rsa, idp.key):
        for form in ("PEM", "DER"):
            secret = key.as_bytes(encoding=form, private=False)
            for kid in (key.kid, None):
                assert await refused(verifier, idp.token(secret, {"alg": "HS256", "kid": kid}))


async def test_a_secret_among_the_providers_keys_signs_nothing(idp: Provider, verifier: TokenVerifier) -> None:
    secret = OctKey.generate_key(256, {"kid": "shared"})
    idp.offered.append(dict(secret.as_dict()))
    assert await refused(verifier, idp.token(secret.raw_value, {"alg": "HS256", "kid": "shared"}))


async def test_where_a_token_says_its_keys_are_is_not_where_they_are_looked_for(verifier: TokenVerifier) -> None:
    async with provider() as own, provider() as evil:
        evil.issuer = own.issuer
        place = f"http://127.0.0.1:{evil.port}/keys"
        verifier = TokenVerifier(own.issuer, AUDIENCE)
        public = dict(evil.key.as_dict(private=False))
        for hint in ({"jku": place}, {"x5u": place}, {"jwk": public}, {"jku": place, "kid": own.key.kid}):
            assert await refused(verifier, evil.token(header=hint))
        assert evil.asked == 0


async def test_a_critical_header_that_nobody_knows_is_refused(idp: Provider, verifier: TokenVerifier) -> None:
    claims = {"sub": "somebody"}
    header = {"alg": "ES256", "typ": "at+jwt", "kid": idp.key.kid, "crit": ["b64"], "b64": False}
    assert await refused(verifier, unsigned(header, claims) + "AAAA")


@pytest.mark.parametrize(
    "token",
    ["", ".", "..", "...", "a.b.c", "é.é.é", "\x00", "x" * 9000, "W10.e30.", "bnVsbA.e30.AA", "IjEi.e30.AA", "." * 500],
)
async def test_rubbish_is_refused(verifier: TokenVerifier, token: str) -> None:
    assert await refused(verifier, token)


async def test_a_deeply_nested_token_is_refused(verifier: TokenVerifier) -> None:
    deep = base64.urlsafe_b64encode(b"[" * 3000 + b"]" * 3000).decode()
    assert await refused(verifier, f"{deep[:5000]}.e30.AA")
    within = base64.urlsafe_b64encode(b'{"alg":"ES256","x":' + b"[" * 2500 + b"]" * 2500 + b"}").decode().rstrip("=")
    assert await refused(verifier, f"{within}.e30.AA")


async def test_unknown_keys_are_asked_for_once_a_minute_at_most(
    idp: Provider, verifier: TokenVerifier, monkeypatch: pytest.MonkeyPatch
) -> None:
    await verifier.verify(idp.token())
    new = ECKey.generate_key("P-256", auto_kid=True)
    await asyncio.gather(*(refused(verifier, idp.token(new)) for _ in range(40)))
    assert idp.asked == 1
    idp.offered = [dict(new.as_dict(private=False))]
    assert await refused(verifier, idp.token(new))
    monkeypatch.setattr(tokens, "REFETCH_S", 0.0)  # as if the minute had passed
    assert (await verifier.verify(idp.token(new))).subject == "somebody"
    assert idp.asked == 2
    assert await refused(verifier, idp.token())


async def test_keys_stay_while_the_provider_is_away_or_talks_rubbish(
    idp: Provider, verifier: TokenVerifier, monkeypatch: pytest.MonkeyPatch
) -> None:
    await verifier.verify(idp.token())
    monkeypatch.setattr(tokens, "REFETCH_S", 0.0)
    stranger = ECKey.generate_key("P-256", auto_kid=True)
    for rubbish in ("", "[]", "{}", '{"keys": 7}', '{"keys": [7, {"kty": "odd"}]}', '{"keys": []}', "\ufeff", "null"):
        idp.answer = rubbish
        assert await refused(verifier, idp.token(stranger))
        assert (await verifier.verify(idp.token())).subject == "somebody"
    idp.broken = 500
    assert await refused(verifier, idp.token(stranger))
    idp.broken = None
    for document in (
        {},
        {"issuer": "http://127.0.0.1:1", "jwks_uri": "x"},
        {"issuer": idp.issuer, "jwks_uri": "nowhere"},
    ):
        idp.discovery = document
        assert await refused(verifier, idp.token(stranger))
    await idp.close()
    assert await refused(verifier, idp.token(stranger))
    assert (await verifier.verify(idp.token())).subject == "somebody"


async def test_a_key_of_an_unknown_kind_does_not_spoil_the_others(idp: Provider, verifier: TokenVerifier) -> None:
    idp.offered = [{"kty": "AKP", "alg": "ML-DSA-44", "kid": "new"}, {"nonsense": 1}, *idp.offered]
    assert (await verifier.verify(idp.token())).subject == "somebody"


async def test_without_any_key_ever_it_is_unavailable_and_not_asked_for_by_everyone(
    idp: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    idp.answer = "{}"
    verifier = TokenVerifier(idp.issuer, AUDIENCE)
    answers = await asyncio.gather(*(verifier.verify(idp.token()) for _ in range(50)), return_exceptions=True)
    assert {type(answer) for answer in answers} == {Unavailable}
    assert idp.asked == 1
    idp.answer = None
    monkeypatch.setattr(tokens, "FIRST_FETCH_S", 0.0)  # as if the second had passed
    assert (await verifier.verify(idp.token())).subject == "somebody"


async def test_a_token_that_was_accepted_is_refused_when_its_time_is_over(
    idp: Provider, verifier: TokenVerifier, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = time.time()
    token = idp.token(exp=int(now) + 3 - tokens.LEEWAY_S)
    assert await verifier.verify(token) == await verifier.verify(token)
    monkeypatch.setattr(tokens, "unix_ms", lambda: int(1000 * (now + 4)))
    monkeypatch.setattr(time, "time", lambda: now + 4)
    assert await refused(verifier, token)


async def test_a_token_that_was_accepted_is_checked_anew_when_the_keys_have_changed(
    idp: Provider, verifier: TokenVerifier, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tokens, "REFETCH_S", 0.0)
    token, key = idp.token(), ECKey.generate_key("P-256", {"use": "sig", "alg": "ES256"}, auto_kid=True)
    await verifier.verify(token)
    idp.offered[:] = [dict(key.as_dict(private=False))]
    await verifier.verify(idp.token(key))
    assert await refused(verifier, token)
