"""Introspection by a token instead of a secret (RFC 7662 §2.1): how DOT's resource servers are deployed."""

import pytest
from django.test import Client as Browser
from django.utils import timezone

from oauth_provider.dot.names import access_token_model
from oauth_provider.models import Authorization, ClientPolicy, TokenBinding
from oauth_provider.protocol.digest import digest
from tests.bridge.conftest import MIDDLEWARE
from tests.driver import INTROSPECT, Driver, post
from tests.factories import ApplicationFactory

pytestmark = [pytest.mark.django_db, pytest.mark.spec("RFC 7662", "2.1")]
GRANTS = ["authorization_code", "refresh_token", "client_credentials"]


@pytest.fixture
def asking(driver):
    """A resource server that may introspect, with a token that says so, and the token it asks about."""
    server = Driver(ApplicationFactory(service=True, policy={"may_introspect": True}))
    token = server.token(grant_type="client_credentials", scope="introspection").json()["access_token"]
    return server, token, driver.tokens()["access_token"]


def ask(about, token, **form):
    return post(Browser(), INTROSPECT, {"token": about} | form, authorization=f"Bearer {token}")


def test_a_token_with_the_scope_of_a_client_that_may_is_answered(asking):
    _server, token, about = asking
    answer = ask(about, token)
    assert answer.json()["active"] is True
    assert answer["Cache-Control"] == "no-store"


def test_introspection_by_token_costs_one_statement_more_than_by_secret(
    asking, settings, django_assert_max_num_queries
):
    settings.MIDDLEWARE = [one for one in settings.MIDDLEWARE if one != MIDDLEWARE]  # DOT's, which looks, too
    server, token, about = asking
    with django_assert_max_num_queries(2):
        server.introspect(about)
    with django_assert_max_num_queries(3):
        ask(about, token)


def test_a_client_that_may_not_learns_nothing(driver, asking):
    _server, _token, about = asking
    stranger = Driver(ApplicationFactory(service=True))
    token = stranger.token(grant_type="client_credentials", scope="introspection").json()["access_token"]
    assert ask(about, token).json() == {"active": False}


def test_a_public_client_that_may_learns_nothing(driver, asking):
    _server, _token, about = asking
    driver.scope = "introspection"
    token = driver.tokens()["access_token"]
    ClientPolicy(application=driver.application, may_introspect=True, grant_types=GRANTS).save()
    assert ask(about, token).json()["active"] is True
    driver.application.client_type = "public"
    driver.application.save()
    assert ask(about, token).json() == {"active": False}


@pytest.mark.spec("RFC 6749", "2.3")
@pytest.mark.parametrize(
    "form",
    [
        {"client_secret": "a secret"},
        {
            "client_assertion": "a.b.c",
            "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
        },
        {"client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"},
        {"client_id": "another"},
    ],
)
def test_a_token_is_the_only_credential(asking, form):
    _server, token, about = asking
    answer = ask(about, token, **form)
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")


def test_a_token_may_be_sent_with_its_own_client_id(asking):
    server, token, about = asking
    assert ask(about, token, client_id=server.application.client_id).json()["active"] is True


def without_the_scope(row):
    row.update(scope="read")


def expired(row):
    row.update(expires=timezone.now())


def for_elsewhere(row):
    row.update(resource=["https://elsewhere.example"])


def bound_to_a_key(row):
    TokenBinding.objects.create(access_token=row.get(), cnf={"jkt": "thumbprint"})


def of_nobody(row):
    row.update(application=None)


def of_a_suspended_client(row):
    ClientPolicy.objects.filter(application=row.get().application).update(status="suspended")


@pytest.mark.parametrize(
    "spoil", [without_the_scope, expired, for_elsewhere, bound_to_a_key, of_nobody, of_a_suspended_client]
)
def test_any_other_token_is_refused_with_a_challenge(asking, spoil):
    _server, token, about = asking
    spoil(access_token_model().objects.filter(token_checksum=digest(token)))
    answer = ask(about, token)
    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_token")
    assert answer["WWW-Authenticate"].startswith('Bearer realm="oauth", error="invalid_token"')
    assert Authorization.objects.filter(revoked_at=None).count() == 1


def test_a_token_beside_a_secret_is_one_method_too_many(asking):
    server, token, about = asking
    answer = ask(about, token, **server.credentials)
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")
