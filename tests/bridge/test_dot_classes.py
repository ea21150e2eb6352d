"""DOT's own classes accept our tokens, and refuse what we refuse (RFC 6750 §3.1)."""

import base64
import json
import time
import uuid
from contextlib import nullcontext
from datetime import timedelta

import pytest
from django.test import Client as Browser
from django.utils import timezone
from jwcrypto import jwt
from oauth2_provider.contrib.rest_framework import IsAuthenticatedOrTokenHasScope
from oauth2_provider.models import get_id_token_model
from oauth2_provider.oauth2_validators import OAuth2Validator
from oauthlib.common import Request
from rest_framework.test import APIRequestFactory

from oauth_provider.bridge.validator import BridgeValidator
from oauth_provider.dot.names import access_token_model
from oauth_provider.models import Authorization, ClientPolicy, ClientSecret, TokenBinding
from oauth_provider.protocol.digest import digest
from tests.bridge.views import API, DOORS, api
from tests.driver import Driver
from tests.each import each
from tests.factories import ApplicationFactory

pytestmark = pytest.mark.django_db
THIRD_PARTY_DOORS = [door for door in DOORS if not door.startswith("/ours/")]


def call(door, token, *, method="get", **headers):
    """The status of a call by a machine: no cookie, one header."""
    headers = {"authorization": f"Bearer {token}"} | headers
    return getattr(Browser(), method)(door, headers=headers).status_code


def row_of(token):
    return access_token_model().objects.filter(token_checksum=digest(token))


def lock_out(driver, token):
    driver.user.is_active = False
    driver.user.save()


def suspend(driver, token):
    ClientPolicy(application=driver.application, status=ClientPolicy.Status.SUSPENDED).save()


def revoke(driver, token):
    assert driver.revoke(token).status_code == 200


def revoke_only_here(driver, token):
    """As where the two UPDATEs of a revocation were told apart."""
    Authorization.objects.update(revoked_at=timezone.now())


def expire(driver, token):
    row_of(token).update(expires=timezone.now())


def end_sign_in(driver, token):
    Authorization.objects.update(expires_at=timezone.now())


def bind_to_key(driver, token):
    TokenBinding.objects.update(cnf={"jkt": "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I"})


def restrict(driver, token):
    row_of(token).update(resource=["https://elsewhere.example/api"])


REFUSALS = (lock_out, suspend, revoke, revoke_only_here, expire, end_sign_in, bind_to_key, restrict)


@each("door", DOORS)
def test_a_live_token_opens_it(driver, door):
    token = driver.tokens()["access_token"]
    assert call(door, token) == 200
    assert call(door, token, authorization=f"bearer  {token}") == 200


@pytest.mark.spec("RFC 6750", "3.1")
@each("refusal", REFUSALS, ids=lambda refusal: refusal.__name__)
@each("door", DOORS)
def test_what_we_refuse_is_refused(driver, door, refusal):
    token = driver.tokens()["access_token"]
    refusal(driver, token)
    assert call(door, token) in (401, 403)


@each("door", DOORS)
def test_garbage_opens_nothing(db, door):
    for token in ("", "unknown", "oat_" + "0" * 49, "a.b.c", "é"):
        assert call(door, token) in (400, 401, 403), token


@pytest.mark.spec("RFC 9700", "4.3.2")
@each("door", DOORS)
def test_a_token_in_the_query_string_opens_nothing(driver, door):
    token = driver.tokens()["access_token"]
    assert Browser().get(door, {"access_token": token}).status_code in (400, 401, 403)
    assert call(f"{door}?access_token={token}", token) in (400, 401, 403)
    assert call(f"{door}?%61ccess_token", token) in (400, 401, 403)


@pytest.mark.parametrize("gate", [True, False])
def test_a_query_token_is_refused_even_where_dots_own_check_is_off(driver, settings, gate):
    settings.OAUTH2_PROVIDER = {"COMPLIANT_BCP_RFC9700_ACCESS_TOKEN_TRANSPORT": gate}
    token = driver.tokens()["access_token"]
    with nullcontext() if gate else pytest.warns(DeprecationWarning, match="query string"):
        assert Browser().get("/dot/scope", {"access_token": token}).status_code in (401, 403)


@each("door", THIRD_PARTY_DOORS)
def test_an_odd_query_is_no_error(driver, door):
    """oauthlib's strict parsing of a query raises for a field without "="."""
    token = driver.tokens()["access_token"]
    for query in ("?flag", "?flag&other=1", "?a=1;b=2", "?q=%"):
        assert call(door + query, token) in (200, 400), query


@pytest.mark.spec("RFC 9068", "4")
@each("door", THIRD_PARTY_DOORS)
def test_dots_classes_take_no_jwts(driver, door):
    """They want a row of DOT's, and a JWT has none."""
    grants = ["authorization_code", "refresh_token", "client_credentials"]
    ClientPolicy(application=driver.application, access_token_format="jwt", grant_types=grants).save()
    token = driver.tokens()["access_token"]
    assert token.count(".") == 2
    assert call(door, token) in (401, 403)
    own = driver.token(grant_type="client_credentials", scope="read write").json()["access_token"]
    assert call(door, own) in (401, 403)


@each("door", [door for door in DOORS if door not in ("/view", "/view/client", "/middleware")])
def test_a_token_without_the_scope_opens_nothing(driver, door):
    driver.scope = "introspection"
    assert call(door, driver.tokens()["access_token"]) == 403


def test_writing_needs_the_scope_to_write(driver):
    driver.scope = "read"
    token = driver.tokens()["access_token"]
    for door in ("/dot/read-write", "/ours/read-write", "/dot/oas", "/view/read-write", "/decorator/read-write"):
        assert call(door, token) == 200
        assert call(door, token, method="post") == 403


@pytest.mark.spec("RFC 9700", "4.15")
def test_a_clients_own_token_has_its_scope_and_nobody_behind_it(db):
    service = Driver(ApplicationFactory(service=True))
    token = service.token(grant_type="client_credentials", scope="read notes:read").json()["access_token"]
    assert {door: call(door, token) for door in API} == dict.fromkeys(API, 200)
    assert call("/decorator", token) == 200
    assert call("/middleware", token) == 403


def test_who_signed_in_without_a_token_needs_no_scope(driver):
    """What DOT's IsAuthenticatedOrTokenHasScope is for: a session is let in, a token needs its scope."""

    class ByCookie:
        def authenticate(self, request):
            return driver.user, None

        def authenticate_header(self, request):
            return "Cookie"

    view = api(ByCookie, IsAuthenticatedOrTokenHasScope, ["read"])
    assert view(APIRequestFactory().get("/")).status_code == 200


@pytest.mark.spec("RFC 9068", "4")
@each("door", DOORS)
def test_an_id_token_is_no_access_token(driver, settings, door):
    settings.OAUTH2_PROVIDER = {"OIDC_ENABLED": True}
    token = id_token_by_dot(driver)
    assert OAuth2Validator().validate_id_token(token, [], Request("/"))  # DOT alone would take it
    assert call(door, token) in (401, 403)


def id_token_by_dot(driver):
    application = driver.application
    application.algorithm, application.hash_client_secret = "HS256", False
    application.client_secret = "k" * 64
    application.save()
    jti, now = uuid.uuid4(), int(time.time())
    get_id_token_model().objects.create(
        jti=jti, user=driver.user, application=application, expires=timezone.now() + timedelta(hours=1), scope="read"
    )
    claims = {"aud": application.client_id, "jti": str(jti), "iat": now, "exp": now + 3600}
    signed = jwt.JWT(header=json.dumps({"typ": "JWT", "alg": "HS256"}), claims=json.dumps(claims))
    signed.make_signed_token(application.jwk_key)
    return signed.serialize()


# -- tokens that DOT issued ----------------------------------------------------------------------------------


@each("hashed", [True, False])
@each("door", DOORS)
def test_a_token_that_dot_issued_is_as_good_as_ours(driver, door, hashed):
    token = uuid.uuid4().hex
    row = access_token_model()(
        user=driver.user,
        application=driver.application,
        scope="read write notes:read",
        expires=timezone.now() + timedelta(minutes=5),
    )
    row.token, row._raw_token = ("", token) if hashed else (token, None)
    row.save()
    assert call(door, token) == 200
    suspend(driver, token)
    assert call(door, token) in (401, 403)


def test_what_another_server_calls_active_is_judged_here_too(driver, monkeypatch):
    """DOT as a resource server caches what it was told in its own table, users of ours included."""

    def told(self, token, *args):
        return access_token_model().objects.update_or_create(
            token_checksum=digest(token),
            defaults={
                "token": "",
                "user": driver.user,
                "scope": "read",
                "expires": timezone.now() + timedelta(minutes=5),
            },
        )[0]

    monkeypatch.setattr(OAuth2Validator, "_get_token_from_authentication_server", told)
    validator = BridgeValidator()
    assert validator._get_token_from_authentication_server("theirs", None, None, None).user == driver.user
    lock_out(driver, "theirs")
    assert validator._get_token_from_authentication_server("theirs", None, None, None) is None
    monkeypatch.setattr(OAuth2Validator, "_get_token_from_authentication_server", lambda *args: None)
    assert validator._get_token_from_authentication_server("theirs", None, None, None) is None


# -- a view for clients: their credentials instead of a token ------------------------------------------------


def basic(client_id, secret):
    return {"authorization": "Basic " + base64.b64encode(f"{client_id}:{secret}".encode()).decode()}


def test_a_client_is_known_by_any_of_its_secrets(driver):
    application = driver.application
    _row, second = ClientSecret.objects.create_secret(application)
    for secret in (application.secret, second):
        assert call("/view/client", "", **basic(application.client_id, secret)) == 200
    form = {"client_id": application.client_id, "client_secret": second}
    assert Browser().post("/view/client", form).status_code == 200


def test_an_ended_secret_or_a_suspended_client_is_refused(driver):
    application = driver.application
    ClientSecret.objects.update(expires_at=timezone.now())
    assert call("/view/client", "", **basic(application.client_id, application.secret)) == 403
    ClientSecret.objects.update(expires_at=None)
    suspend(driver, "")
    assert call("/view/client", "", **basic(application.client_id, application.secret)) == 403


@pytest.mark.parametrize("kind", ["confidential", "public"])
def test_no_secret_is_never_the_right_secret(db, kind):
    """Where DOT's column is blank, DOT alone would take an empty secret for the right one."""
    application = ApplicationFactory(client_type=kind, client_secret="")
    assert OAuth2Validator()._check_secret("", application.client_secret)
    assert call("/view/client", "", **basic(application.client_id, "")) == 403
    assert Browser().post("/view/client", {"client_id": application.client_id}).status_code == 403
    assert Browser().post("/view/client", {"client_id": application.client_id, "client_secret": ""}).status_code == 403


@pytest.mark.spec("RFC 8707", "2")
@each("door", DOORS)
def test_the_audience_of_a_token_is_that_of_all_other_guards(driver, door, settings):
    """DOT's own comparison asks the Host header, which the caller writes."""
    settings.ALLOWED_HOSTS = ["*"]
    settings.OAUTH_RESOURCE_SERVER = {"RESOURCE": "https://api2.example"}
    token = driver.tokens()["access_token"]
    for named, refused in (("https://api1.example", True), ("https://api2.example", False)):
        row_of(token).update(resource=[named])
        for host in ("api1.example", "api2.example", "10.0.0.7"):
            status = (
                Browser().get(door, headers={"authorization": f"Bearer {token}", "host": host}, secure=True).status_code
            )
            assert status in ((401, 403) if refused else (200,)), (named, host)
