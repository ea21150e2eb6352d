"""JWT access tokens (RFC 9068): who gets them, what they say, and how they end."""

import time
from collections import OrderedDict
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from django.contrib.auth import get_user_model
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from oauth_provider.dot.names import access_token_model, application_model
from oauth_provider.models import (
    Authorization,
    ClientPolicy,
    Resource,
    RevokedToken,
    SigningKey,
    TokenBinding,
    revoked_token,
)
from oauth_provider.protocol import jws
from oauth_provider.protocol.access_token import TYP, JwtAccessToken, read_claims, verify_access_token
from oauth_provider.protocol.jose import parse_jwks
from oauth_provider.signals import token_issued
from oauth_provider.tokens import key_ring as key_rings
from oauth_provider.tokens.key_ring import key_ring
from oauth_provider.tokens.verifier import verify
from tests import jose_keys, ledger
from tests.details import ONE, READ, TWO, TYPES, register, said
from tests.driver import AUTHORIZE, JWKS, USERINFO, Driver, query_of, signed_in
from tests.factories import ApplicationFactory, UserFactory
from tests.settings import OAUTH_PROVIDER

pytestmark = [pytest.mark.django_db, pytest.mark.spec("RFC 9068", "2.2")]

ISSUER, NOTES, PHOTOS = "https://auth.example.com", "https://api.example.com/notes", "https://api.example.com/photos"
ALL = ["authorization_code", "refresh_token", "client_credentials"]
OWN = {"grant_type": "client_credentials", "scope": "notes:read"}
SECRET = "a pairwise secret of 32 characters"


@pytest.fixture
def driver() -> Driver:
    """A client whose access tokens are JWTs."""
    return signed_in(policy={"access_token_format": "jwt", "grant_types": ALL})


@pytest.fixture
def asker() -> Driver:
    """An API that may introspect."""
    return Driver(ApplicationFactory(service=True, policy={"may_introspect": True}))


def provider(settings: Any, **changes: Any) -> None:
    settings.OAUTH_PROVIDER = {**OAUTH_PROVIDER, **changes}


def read(token: str) -> JwtAccessToken:
    """As an API elsewhere reads it, by the published keys alone."""
    keys = parse_jwks(Browser().get(JWKS).json())
    return verify_access_token(token, keys, issuer=ISSUER, now=time.time(), algorithms=["ES256"])


def for_resources(driver: Driver, *resources: str, **changes: Any) -> Any:
    """The token response for these resources."""
    pairs = [*driver.request(**changes).items(), *(("resource", uri) for uri in resources)]
    location = driver.browser.get(f"{AUTHORIZE}?{urlencode(pairs)}")["Location"]
    if location.startswith("/oauth/consent/"):
        location = driver.decide(location)["Location"]
    return driver.redeem(query_of(location)["code"])


# -- what it says --------------------------------------------------------------------------------------------------


def test_it_says_what_introspection_would_say_and_names_its_sign_in(driver: Driver, asker: Driver) -> None:
    Authorization.objects.all().delete()
    tokens = driver.tokens()
    authorization = Authorization.objects.get()
    said = read(tokens["access_token"])
    assert said.auth_time is not None
    assert said == JwtAccessToken(
        issuer=ISSUER,
        subject=str(authorization.user_id),
        client_id=driver.application.client_id,
        audience=(ISSUER,),
        expires=said.issued_at + 3600,
        issued_at=said.issued_at,
        jti=said.jti,
        scope="notes:read notes:write",
        auth_time=said.auth_time,
        authorization_id=str(authorization.public_id),
    )
    told = asker.introspect(tokens["access_token"]).json()
    for name in ("iss", "sub", "client_id", "exp", "iat", "jti", "scope", "auth_time"):
        assert told[name] == said.members()[name], name
    assert (told["aud"], told["active"], told["token_type"]) == ([ISSUER], True, "Bearer")


@pytest.mark.spec("RFC 9068", "2.1")
def test_its_header_says_what_it_is_and_which_key_signed(driver: Driver) -> None:
    header = jws.parse(driver.tokens()["access_token"]).header
    assert header == {"alg": "ES256", "kid": jose_keys.key("ES256").kid, "typ": TYP}


def test_how_the_person_signed_in_is_told(driver: Driver, settings: Any) -> None:
    proofs = ["tests.resource_server.proofs.key_proofs.HeaderProof"]
    settings.OAUTH_RESOURCE_SERVER = {"KEY_PROOFS": proofs}
    driver.browser.defaults["HTTP_DPOP"] = "x"
    code = driver.code()
    Authorization.objects.filter(redeemed_at=None).update(acr="mfa", amr=["pwd", "otp"], cnf={"jkt": "x"})
    said = read(driver.redeem(code).json()["access_token"])
    assert (said.acr, said.amr, said.cnf) == ("mfa", ("pwd", "otp"), {"jkt": "x"})


def test_it_has_no_row_and_the_database_does_not_hold_it(driver: Driver) -> None:
    tokens = driver.tokens()
    tokens = driver.refresh(tokens["refresh_token"]).json()
    assert (access_token_model().objects.count(), TokenBinding.objects.count()) == (0, 0)
    assert tokens["access_token"] not in ledger.text()
    assert read(tokens["access_token"]).jti not in ledger.text()


def test_the_setting_names_its_algorithm(driver: Driver, settings: Any) -> None:
    provider(settings, ACCESS_TOKEN_SIGNING_ALG="RS256")
    token = driver.tokens()["access_token"]
    assert jws.parse(token).header["alg"] == "RS256"
    assert ledger.is_good(token)


def test_an_event_tells_of_it_as_of_any_token(driver: Driver, django_capture_on_commit_callbacks: Any) -> None:
    told: list[Any] = []

    def listen(**facts: Any) -> None:
        told.append((facts["grant_type"], facts["scope"], facts["authorization"]))

    token_issued.connect(listen)
    try:
        with django_capture_on_commit_callbacks(execute=True):
            driver.tokens()
            driver.token(**OWN)
    finally:
        token_issued.disconnect(listen)
    assert [one[:2] for one in told] == [
        ("authorization_code", "notes:read notes:write"),
        ("client_credentials", "notes:read"),
    ]


@pytest.mark.spec("OIDC Core", "8.1")
def test_a_client_with_pairwise_subjects_learns_no_other_name_from_it(settings: Any, asker: Driver) -> None:
    """It can read its own access token."""
    provider(settings, PAIRWISE_SECRET=SECRET)
    user = UserFactory()
    driver = signed_in(user, policy={"access_token_format": "jwt", "subject_type": "pairwise"})
    driver.scope = "openid notes:read"
    tokens = driver.tokens()
    said, id_token = read(tokens["access_token"]), jws.parse(tokens["id_token"]).claims
    assert said.subject == id_token["sub"] != str(user.pk)
    assert verify(tokens["access_token"]).user == user
    assert asker.introspect(tokens["access_token"]).json()["sub"] == str(user.pk)


@pytest.mark.spec("OIDC Core", "3.1.3.6")
def test_an_id_token_beside_it_holds_its_hash(driver: Driver) -> None:
    from oauth_provider.protocol.jose import left_half_hash

    driver.scope = "openid notes:read"
    for tokens in (first := driver.tokens(), driver.refresh(first["refresh_token"]).json()):
        claims = jws.parse(tokens["id_token"]).claims
        assert claims["at_hash"] == left_half_hash("RS256", tokens["access_token"])


# -- a client's own ------------------------------------------------------------------------------------------------


def test_a_clients_own_token_is_the_clients(driver: Driver, asker: Driver) -> None:
    token = driver.token(**OWN).json()["access_token"]
    said, client_id = read(token), driver.application.client_id
    assert (said.subject, said.client_id, said.audience, said.scope) == (client_id, client_id, (ISSUER,), "notes:read")
    assert (said.auth_time, said.authorization_id) == (None, "")
    verified = verify(token)
    assert (verified.sub, verified.user, verified.client_id, verified.jti) == (None, None, client_id, said.jti)
    assert verified.application == driver.application
    told = asker.introspect(token).json()
    assert told["active"] is True
    assert not {"sub", "username"} & set(told)


@pytest.mark.spec("RFC 9068", "5")
@pytest.mark.parametrize(("client_id", "status"), [("7", 500), ("0", 500), ("007", 200), ("7a", 200), ("-7", 500)])
def test_a_client_whose_name_could_be_a_persons_gets_no_jwt_of_its_own(client_id: str, status: int) -> None:
    service = Driver(
        ApplicationFactory(service=True, client_id=client_id, policy={"access_token_format": "jwt", "grant_types": ALL})
    )
    with ledger.unchanged():
        assert service.token(**OWN).status_code == status
    ClientPolicy.objects.update(access_token_format="opaque")
    assert service.token(**OWN).status_code == 200


# -- whose tokens are JWTs, and for whom ---------------------------------------------------------------------------


def is_jwt(response: Any) -> bool:
    assert response.status_code == 200, response.content
    return str(response.json()["access_token"]).count(".") == 2


@pytest.mark.spec("RFC 9068", "3")
@pytest.mark.parametrize(
    ("of_client", "of_resource", "expected"),
    [
        ("opaque", "", False),
        ("opaque", "opaque", False),
        ("opaque", "jwt", True),
        ("jwt", "", True),
        ("jwt", "opaque", False),
        ("jwt", "jwt", True),
    ],
)
def test_the_resource_decides_or_else_the_client(of_client: str, of_resource: str, expected: bool) -> None:
    Resource.objects.create(identifier=NOTES, name="Notes", access_token_format=of_resource)
    driver = signed_in(policy={"access_token_format": of_client, "grant_types": ALL})
    response = for_resources(driver, NOTES)
    assert is_jwt(response) is expected
    assert verify(response.json()["access_token"]).resources == (NOTES,)
    assert is_jwt(driver.refresh(response.json()["refresh_token"])) is expected
    assert is_jwt(driver.token(**OWN, resource=NOTES)) is expected
    assert is_jwt(driver.token(**OWN)) is (of_client == "jwt")


def test_a_resource_in_the_settings_decides_too(settings: Any) -> None:
    provider(settings, RESOURCES={NOTES: {"name": "Notes", "access_token_format": "jwt"}, PHOTOS: "Photos"})
    driver = signed_in(policy={"grant_types": ALL})
    assert is_jwt(driver.token(**OWN, resource=NOTES))
    assert not is_jwt(driver.token(**OWN, resource=PHOTOS))


@pytest.mark.spec("RFC 8707", "2.2")
def test_resources_that_want_different_tokens_are_asked_for_one_at_a_time(driver: Driver) -> None:
    Resource.objects.create(identifier=NOTES, name="Notes", access_token_format="jwt")
    Resource.objects.create(identifier=PHOTOS, name="Photos", access_token_format="opaque")
    pairs = [*driver.request().items(), ("resource", NOTES), ("resource", PHOTOS)]
    location = driver.decide(driver.browser.get(f"{AUTHORIZE}?{urlencode(pairs)}")["Location"])["Location"]
    code = query_of(location)["code"]
    with ledger.unchanged():
        ledger.refused(driver.redeem(code), "invalid_target")
    first = driver.redeem(code, resource=NOTES)
    assert is_jwt(first)
    with ledger.unchanged():
        ledger.refused(driver.refresh(first.json()["refresh_token"]), "invalid_target")
    assert not is_jwt(driver.refresh(first.json()["refresh_token"], resource=PHOTOS))


def test_resources_that_want_the_same_are_named_together(driver: Driver) -> None:
    for uri in (NOTES, PHOTOS):
        Resource.objects.create(identifier=uri, name=uri, access_token_format="jwt")
    token = for_resources(driver, NOTES, PHOTOS).json()["access_token"]
    assert read(token).audience == verify(token).resources == (NOTES, PHOTOS)


@pytest.mark.spec("RFC 9068", "3")
@pytest.mark.parametrize(
    ("default", "scope", "audience"),
    [
        ("", "notes:read", (ISSUER,)),
        ("", "openid", (ISSUER,)),
        (NOTES, "notes:read", (NOTES,)),
        (NOTES, "openid", (NOTES, ISSUER)),
        (ISSUER, "openid", (ISSUER,)),
    ],
)
def test_somebody_is_named_also_where_the_client_names_nobody(
    driver: Driver, settings: Any, default: str, scope: str, audience: tuple[str, ...]
) -> None:
    provider(settings, DEFAULT_RESOURCE=default)
    token = driver.redeem(driver.code(scope=scope)).json()["access_token"]
    assert read(token).audience == audience
    # The issuer alone is this project; beside an API it stands for userinfo, and opens no API.
    assert verify(token).resources == (() if audience == (ISSUER,) else audience[:1])
    own = driver.token(**OWN).json()["access_token"]
    assert read(own).audience == audience[:1]


def test_a_resource_shortens_its_life_and_it_never_outlives_its_sign_in(driver: Driver, settings: Any) -> None:
    Resource.objects.create(identifier=NOTES, name="Notes", access_token_lifetime=60)
    response = for_resources(driver, NOTES)
    said = read(response.json()["access_token"])
    assert (said.expires - said.issued_at, response.json()["expires_in"]) == (60, 60)
    provider(settings, AUTHORIZATION_LIFETIME=30)
    said = read(driver.tokens()["access_token"])
    assert 29 <= said.expires - said.issued_at <= 30


# -- refresh -------------------------------------------------------------------------------------------------------


@pytest.mark.spec("RFC 6749", "6")
def test_a_refresh_gives_another_token_of_the_same_sign_in(driver: Driver) -> None:
    first = driver.tokens()
    second = driver.refresh(first["refresh_token"], scope="notes:read").json()
    one, other = read(first["access_token"]), read(second["access_token"])
    assert one.jti != other.jti
    assert one.authorization_id == other.authorization_id
    assert other.scope == "notes:read"
    assert ledger.is_good(first["access_token"])


@pytest.mark.spec("RFC 9700", "4.14.2")
def test_a_refresh_that_is_repeated_gets_the_same_token_under_another_signature(driver: Driver) -> None:
    refresh_token = driver.tokens()["refresh_token"]
    first, again = driver.refresh(refresh_token).json(), driver.refresh(refresh_token).json()
    assert read(first["access_token"]) == read(again["access_token"])
    assert first["refresh_token"] == again["refresh_token"]
    with ledger.later(10):
        later = driver.refresh(refresh_token).json()
        assert read(later["access_token"]) == read(first["access_token"])
        assert 3588 <= later["expires_in"] <= 3590


@pytest.mark.spec("RFC 9700", "4.14.2")
def test_a_repeated_refresh_says_what_was_said_whatever_was_set_meanwhile(driver: Driver, settings: Any) -> None:
    refresh_token = driver.tokens()["refresh_token"]
    first = driver.refresh(refresh_token).json()
    provider(settings, DEFAULT_RESOURCE=ISSUER, ACCESS_TOKEN_LIFETIME=7200)
    ClientPolicy.objects.update(access_token_format="opaque")
    assert read(driver.refresh(refresh_token).json()["access_token"]) == read(first["access_token"])
    ClientPolicy.objects.update(scopes=["notes:read"])
    ledger.refused(driver.refresh(refresh_token), "invalid_grant")


@pytest.mark.spec("RFC 9700", "4.14.2")
def test_a_replayed_refresh_token_ends_the_jwts_as_well(driver: Driver) -> None:
    first = driver.tokens()
    second = driver.refresh(first["refresh_token"]).json()
    third = driver.refresh(second["refresh_token"]).json()
    with ledger.later(61):
        ledger.refused(driver.refresh(first["refresh_token"]), "invalid_grant")
        for tokens in (first, second, third):
            assert not ledger.is_good(tokens["access_token"])


# -- authorization details -----------------------------------------------------------------------------------------


@pytest.fixture
def payer(settings: Any) -> Driver:
    """A client that may ask for details."""
    register(settings)
    return signed_in(
        policy={"access_token_format": "jwt", "grant_types": ALL, "authorization_details_types": list(TYPES)}
    )


@pytest.mark.spec("RFC 9396", "9.1")
def test_details_stand_in_it_and_are_told(payer: Driver, asker: Driver) -> None:
    tokens = payer.redeem(payer.code(scope=None, authorization_details=said(ONE, TWO))).json()
    own = payer.token(grant_type="client_credentials", authorization_details=said(READ)).json()
    for issued, details in ((tokens, [ONE, TWO]), (own, [READ])):
        token = issued["access_token"]
        assert list(read(token).authorization_details) == issued["authorization_details"] == details
        assert list(verify(token).authorization_details) == details
        assert asker.introspect(token).json()["authorization_details"] == details
        assert read(token).scope == ""


@pytest.mark.spec("RFC 9396", "6")
def test_a_refresh_narrows_them_and_repeats_them(payer: Driver) -> None:
    refresh_token = payer.redeem(payer.code(scope=None, authorization_details=said(ONE, TWO))).json()["refresh_token"]
    answers = [payer.refresh(refresh_token, authorization_details=said(TWO)).json() for _once_and_again in range(2)]
    assert [list(read(one["access_token"]).authorization_details) for one in answers] == [[TWO], [TWO]]
    assert answers[0]["authorization_details"] == answers[1]["authorization_details"] == [TWO]
    assert read(answers[0]["access_token"]) == read(answers[1]["access_token"])


@pytest.mark.spec("RFC 6750", "2.1")
def test_no_token_is_longer_than_an_api_takes(payer: Driver) -> None:
    long = [{**ONE, "to": "x" * 190 + f"{number:02}"} for number in range(18)]
    code = payer.code(scope=None, authorization_details=said(*long))
    with ledger.unchanged():
        ledger.refused(payer.redeem(code), "invalid_authorization_details")
    most = payer.redeem(code, authorization_details=said(*long[:12])).json()["access_token"]
    assert 4000 < len(most) <= 8192
    assert Browser().get(USERINFO, headers={"Authorization": f"Bearer {most}"}).status_code == 403


@pytest.mark.spec("RFC 6750", "2.1")
def test_scopes_alone_can_be_too_many(driver: Driver, settings: Any) -> None:
    scopes = {f"scope:{number}:{'x' * 90}": "Words" for number in range(50)}
    provider(settings, SCOPES=scopes)
    with ledger.unchanged():
        answer = driver.token(grant_type="client_credentials", scope=" ".join(scopes))
        ledger.refused(answer, "invalid_scope")
    assert is_jwt(driver.token(grant_type="client_credentials", scope=" ".join(list(scopes)[:35])))


# -- nothing is spent where nothing can be signed ------------------------------------------------------------------


@pytest.mark.parametrize("why", ["no key", "no pairwise secret"])
def test_where_none_can_be_made_nothing_is_spent(driver: Driver, settings: Any, why: str) -> None:
    refresh_token, code = driver.tokens()["refresh_token"], driver.code()
    if why == "no key":
        provider(settings, SIGNING_KEYS=[jose_keys.private_jwk("RS256")])
    else:
        ClientPolicy.objects.update(subject_type="pairwise")
    driver.browser.raise_request_exception = False
    with ledger.unchanged():
        ledger.refused(driver.redeem(code), "server_error", 500)
        ledger.refused(driver.refresh(refresh_token), "server_error", 500)
        if why == "no key":
            ledger.refused(driver.token(**OWN), "server_error", 500)
    provider(settings)
    ClientPolicy.objects.update(subject_type="public")
    assert is_jwt(driver.redeem(code))
    assert is_jwt(driver.refresh(refresh_token))


def test_it_is_signed_when_the_transaction_is_over(driver: Driver, settings: Any, monkeypatch: Any) -> None:
    """A KMS is asked while no row is locked."""
    signed_within: list[bool] = []
    sign = jws.sign

    def spy(*args: Any, **kwargs: Any) -> str:
        signed_within.append(len(connection.savepoint_ids) > baseline)
        return sign(*args, **kwargs)

    baseline = len(connection.savepoint_ids)
    monkeypatch.setattr(jws, "sign", spy)
    tokens = driver.tokens()
    driver.refresh(tokens["refresh_token"])
    driver.token(**OWN)
    assert signed_within == [False, False, False]


# -- how it ends ---------------------------------------------------------------------------------------------------

ENDS = {
    "user inactive": lambda: get_user_model().objects.update(is_active=False),
    "authorization revoked": lambda: Authorization.objects.update(revoked_at=timezone.now()),
    "authorization expired": lambda: Authorization.objects.update(expires_at=timezone.now()),
    "authorization deleted": lambda: Authorization.objects.all().delete(),
    "user deleted": lambda: get_user_model().objects.all().delete(),
    "client suspended": lambda: ClientPolicy.objects.exclude(may_introspect=True).update(status="suspended"),
    "client deleted": lambda: application_model().objects.exclude(oauth_policy__may_introspect=True).delete(),
}


@pytest.mark.spec("RFC 7662", "2.2")
@pytest.mark.parametrize("end", ENDS.values(), ids=ENDS)
def test_what_has_ended_is_not_active_and_opens_nothing(driver: Driver, asker: Driver, end: Any) -> None:
    token = driver.tokens()["access_token"]
    assert asker.introspect(token).json()["active"] is True
    end()
    assert asker.introspect(token).json() == {"active": False}
    assert not ledger.is_good(token)


@pytest.mark.parametrize("own", [False, True])
def test_what_has_expired_is_not_active(driver: Driver, asker: Driver, own: bool) -> None:
    token = (driver.token(**OWN).json() if own else driver.tokens())["access_token"]
    with ledger.later(3590):
        assert asker.introspect(token).json()["active"] is True
    with ledger.later(3601):
        assert asker.introspect(token).json() == {"active": False}
        assert not ledger.is_good(token)


def test_a_suspended_clients_own_token_is_refused(driver: Driver, asker: Driver) -> None:
    token = driver.token(**OWN).json()["access_token"]
    ENDS["client suspended"]()
    assert asker.introspect(token).json() == {"active": False}
    ClientPolicy.objects.update(status="approved")
    assert ledger.is_good(token)
    ENDS["client deleted"]()
    assert not ledger.is_good(token)


@pytest.mark.spec("RFC 7009", "2.1")
def test_revoking_it_ends_the_sign_in(driver: Driver) -> None:
    tokens = driver.tokens()
    assert driver.revoke(tokens["access_token"]).status_code == 200
    assert Authorization.objects.get().revoked_reason == "client"
    assert not ledger.is_good(tokens["access_token"])
    ledger.refused(driver.refresh(tokens["refresh_token"]), "invalid_grant")
    assert not RevokedToken.objects.exists()


@pytest.mark.spec("RFC 7009", "2.1")
def test_revoking_the_refresh_token_ends_it(driver: Driver) -> None:
    tokens = driver.tokens()
    driver.revoke(tokens["refresh_token"])
    assert not ledger.is_good(tokens["access_token"])


@pytest.mark.spec("RFC 7009", "2.1")
def test_a_clients_own_token_ends_alone(driver: Driver, asker: Driver) -> None:
    token, other = (driver.token(**OWN).json()["access_token"] for _ in range(2))
    for _once_and_again in range(2):
        assert driver.revoke(token).status_code == 200
        assert not ledger.is_good(token)
        assert ledger.is_good(other)
        assert asker.introspect(token).json() == {"active": False}
    assert RevokedToken.objects.count() == 1
    assert read(token).jti not in ledger.text()


@pytest.mark.spec("RFC 7009", "2.2.1")
def test_no_client_fills_the_table_of_revoked_tokens(driver: Driver, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(revoked_token, "MOST_OF_CLIENT", 2)
    monkeypatch.setattr(revoked_token, "UNCOUNTED", 1)
    monkeypatch.setattr(revoked_token, "_left", OrderedDict())
    tokens = [driver.token(**OWN).json()["access_token"] for _ in range(3)]
    assert [driver.revoke(token).status_code for token in tokens] == [200, 200, 429]
    refused = driver.revoke(tokens[2])
    assert (refused.json()["error"], refused["Retry-After"]) == ("temporarily_unavailable", "60")
    assert driver.revoke(tokens[0]).status_code == 200  # once more
    assert [ledger.is_good(token) for token in tokens] == [False, False, True]
    # Others go on, and so does this client once some of its own have expired.
    other = Driver(ApplicationFactory(policy={"access_token_format": "jwt", "grant_types": ["client_credentials"]}))
    assert other.revoke(other.token(**OWN).json()["access_token"]).status_code == 200
    RevokedToken.objects.filter(client_id=driver.application.client_id).update(expires=timezone.now())
    assert driver.revoke(tokens[2]).status_code == 200


@pytest.mark.spec("RFC 7009", "2.1")
@pytest.mark.parametrize("own", [False, True])
def test_nobody_else_revokes_it(driver: Driver, asker: Driver, own: bool) -> None:
    token = (driver.token(**OWN).json() if own else driver.tokens())["access_token"]
    header, claims, signature = token.split(".")
    forged = jws.sign(jws.parse(token).claims, jose_keys.key("ES256", 5), typ=TYP)
    id_token = jws.sign(jws.parse(token).claims, jose_keys.key("ES256"), typ="JWT")
    with ledger.unchanged():
        assert asker.revoke(token).status_code == 200
        for text in (forged, id_token, f"{header}.{claims}.", f"{header}.{claims}.{signature[:-4]}AAAA", "a.b.c"):
            assert driver.revoke(text).status_code == 200
        with ledger.later(3601):
            assert driver.revoke(token).status_code == 200
    assert ledger.is_good(token)


@pytest.mark.spec("OIDC Core", "10.1.1")
def test_it_outlives_the_key_that_signed_it_unless_that_was_taken_out_of_use(settings: Any) -> None:
    provider(settings, SIGNING_KEYS=None, SIGNING_ALGORITHMS=["ES256"], SIGNING_KEY_LEAD=0)
    driver = Driver(ApplicationFactory(service=True, policy={"access_token_format": "jwt"}))
    token = driver.token(**OWN).json()["access_token"]
    kid = jws.parse(token).header["kid"]
    SigningKey.objects.rotate("ES256", at_once=True)
    with ledger.later(300):
        key_rings.forget()
        assert jws.parse(driver.token(**OWN).json()["access_token"]).header["kid"] != kid
        assert kid in {key["kid"] for key in Browser().get(JWKS).json()["keys"]}
        assert ledger.is_good(token)
        SigningKey.objects.retire(kid)
        key_rings.forget()
        assert not ledger.is_good(token)


# -- where it is used ----------------------------------------------------------------------------------------------


@pytest.mark.spec("OIDC Core", "5.3")
def test_userinfo_takes_one_that_holds_openid(driver: Driver, settings: Any) -> None:
    token = driver.redeem(driver.code(scope="openid email")).json()["access_token"]
    answer = Browser().get(USERINFO, headers={"Authorization": f"Bearer {token}"})
    assert (answer.status_code, answer.json()["sub"]) == (200, read(token).subject)
    provider(settings, DEFAULT_RESOURCE=NOTES)
    elsewhere = driver.redeem(driver.code(scope="openid")).json()["access_token"]
    assert Browser().get(USERINFO, headers={"Authorization": f"Bearer {elsewhere}"}).status_code == 200


@pytest.mark.spec("OIDC Core", "5.3.3")
def test_userinfo_refuses_every_other(driver: Driver) -> None:
    Resource.objects.create(identifier=NOTES, name="Notes")

    def status(token: str) -> int:
        return int(Browser().get(USERINFO, headers={"Authorization": f"Bearer {token}"}).status_code)

    assert status(driver.tokens()["access_token"]) == 403
    assert status(driver.token(**OWN).json()["access_token"]) == 403
    assert status(for_resources(driver, NOTES, scope="openid").json()["access_token"]) == 401
    openid = driver.redeem(driver.code(scope="openid")).json()
    assert status(openid["id_token"]) == 401
    driver.revoke(openid["access_token"])
    assert status(openid["access_token"]) == 401


@pytest.mark.spec("RFC 9068", "4")
def test_the_machine_that_issued_it_may_be_a_little_ahead(driver: Driver, asker: Driver) -> None:
    with ledger.later(50):
        token = driver.token(**OWN).json()["access_token"]
    with ledger.later(3000):
        far = driver.token(**OWN).json()["access_token"]
    assert ledger.is_good(token)
    assert asker.introspect(token).json()["active"] is True
    assert not ledger.is_good(far)
    assert asker.introspect(far).json() == {"active": False}


@pytest.mark.parametrize("own", [False, True])
def test_verifying_costs_one_statement(driver: Driver, own: bool) -> None:
    token = (driver.token(**OWN).json() if own else driver.tokens())["access_token"]
    verify(token)
    with CaptureQueriesContext(connection) as captured:
        verified = verify(token)
        assert verified.client_id == driver.application.client_id
        assert verified.user is None or verified.user.get_username()
    assert len(captured) == 1


def test_issuing_a_clients_own_costs_no_write(driver: Driver) -> None:
    driver.token(**OWN)
    with CaptureQueriesContext(connection) as captured:
        driver.token(**OWN)
    assert not [query for query in captured.captured_queries if query["sql"].startswith(("INSERT", "UPDATE"))]


def test_both_lookups_say_what_their_twins_say(driver: Driver) -> None:
    from oauth_provider.tokens.jwt_lookup import find_jwt, find_jwt_by_orm

    for token in (driver.tokens()["access_token"], driver.token(**OWN).json()["access_token"]):
        said = read(token)
        found, twin = find_jwt(said), find_jwt_by_orm(said)
        assert found is not None
        assert twin is not None
        assert found == twin
        assert found.load_application() == driver.application


def test_a_token_of_a_row_and_a_jwt_have_the_same_facts(driver: Driver) -> None:
    """Whatever reads one finds the same in the other."""
    Resource.objects.create(identifier=NOTES, name="Notes", access_token_format="opaque")
    jwt = verify(driver.tokens()["access_token"])
    opaque = verify(for_resources(driver, NOTES).json()["access_token"])
    for name in ("scope", "client_id", "sub", "issuer", "cnf", "act", "acr", "user", "application"):
        assert getattr(jwt, name) == getattr(opaque, name), name
    assert abs(jwt.expires - opaque.expires) < timedelta(seconds=5)


@pytest.mark.spec("RFC 9068", "4")
def test_with_debug_and_no_issuer_our_keys_are_what_counts(driver: Driver, settings: Any) -> None:
    settings.DEBUG = True
    without = {name: value for name, value in OAUTH_PROVIDER.items() if name != "ISSUER"}
    settings.OAUTH_PROVIDER = without
    token = driver.tokens()["access_token"]
    assert read_claims(jws.parse(token).claims).issuer == "http://testserver"
    assert ledger.is_good(token)
    assert not ledger.is_good(jws.sign(jws.parse(token).claims, jose_keys.key("ES256", 5), typ=TYP))
    assert key_ring().signer("ES256")
