"""How public clients name themselves (RFC 6749 §2.3.1 and §3.2.1): what other servers took from them is taken here."""

import base64
from typing import Any

import pytest
from django.contrib.auth.hashers import make_password

from oauth_provider.dot.names import application_model
from oauth_provider.models import ClientPolicy
from tests import ledger
from tests.driver import INTROSPECT, PAR, REVOKE, TOKEN, Driver, post, signed_in
from tests.each import each
from tests.factories import ApplicationFactory

pytestmark = [pytest.mark.django_db, pytest.mark.spec("RFC 6749", "3.2.1")]

# The shape of what DOT makes, for public clients as well: 128 letters and digits.
DOTS_SECRET = "aB3dE6gH" * 16


@pytest.fixture
def spa() -> Driver:
    return signed_in(public=True)


def basic(client_id: str, secret: str = "") -> str:
    """An Authorization header."""
    return "Basic " + base64.b64encode(f"{client_id}:{secret}".encode()).decode()


def refresh(driver: Driver, refresh_token: str, authorization: str, **form: str) -> Any:
    """A refresh whose client is named by the header, unless the form names it."""
    given = {"grant_type": "refresh_token", "refresh_token": refresh_token, **form}
    return post(driver.browser, TOKEN, given, Authorization=authorization)


def with_secret_of_dot(driver: Driver, stored: str) -> None:
    """Put ``stored`` into DOT's column."""
    application_model().objects.filter(pk=driver.application.pk).update(client_secret=stored)


@pytest.mark.spec("RFC 6749", "2.3.1")
def test_basic_with_an_empty_password_names_a_public_client(spa: Driver) -> None:
    answer = refresh(spa, spa.tokens()["refresh_token"], basic(spa.application.client_id))
    assert answer.status_code == 200
    assert refresh(spa, answer.json()["refresh_token"], basic(spa.application.client_id)).status_code == 200


@each("path", [TOKEN, REVOKE, INTROSPECT, PAR])
def test_basic_with_an_empty_password_never_names_a_confidential_client(path: str) -> None:
    web = signed_in()
    form = {"grant_type": "refresh_token", "refresh_token": web.tokens()["refresh_token"], "token": "x"}
    for extra in ({}, {"client_id": web.application.client_id}):
        with ledger.unchanged():
            response = post(web.browser, path, {**form, **extra}, Authorization=basic(web.application.client_id))
        ledger.refused(response, "invalid_client", 401)


@each("method", ["client_secret_basic", "client_secret_post", "none"])
def test_no_policy_lets_a_confidential_client_leave_its_secret_out(method: str) -> None:
    service = Driver(ApplicationFactory(service=True, policy={"token_endpoint_auth_method": method}))
    form = {"grant_type": "client_credentials", "scope": "notes:read"}
    response = post(service.browser, TOKEN, form, Authorization=basic(service.application.client_id))
    ledger.refused(response, "invalid_client", 401)


def test_an_empty_password_beside_a_secret_in_the_body_is_two_methods() -> None:
    web = signed_in()
    header = basic(web.application.client_id)
    response = refresh(web, web.tokens()["refresh_token"], header, **web.credentials)
    ledger.refused(response, "invalid_request")


def test_basic_and_the_body_name_the_same_client(spa: Driver) -> None:
    other = ApplicationFactory(public=True)
    response = refresh(spa, spa.tokens()["refresh_token"], basic(spa.application.client_id), client_id=other.client_id)
    ledger.refused(response, "invalid_client", 401)


def test_a_bearer_header_beside_client_id_authenticates_nobody_and_disturbs_nobody(spa: Driver) -> None:
    tokens = spa.tokens()
    header = f"Bearer {tokens['access_token']}"
    assert refresh(spa, tokens["refresh_token"], header, **spa.credentials).status_code == 200


def test_a_bearer_header_is_no_authentication_of_a_confidential_client() -> None:
    web = signed_in()
    tokens = web.tokens()
    header = f"Bearer {tokens['access_token']}"
    with ledger.unchanged():
        for form in ({}, {"client_id": web.application.client_id}):
            ledger.refused(refresh(web, tokens["refresh_token"], header, **form), "invalid_client", 401)
    assert refresh(web, tokens["refresh_token"], header, **web.credentials).status_code == 200


@each("stored", [DOTS_SECRET, "chosen by hand"])
@each("is_hashed", [True, False])
def test_a_public_client_of_dot_may_go_on_sending_its_stored_secret(spa: Driver, stored: str, is_hashed: bool) -> None:
    with_secret_of_dot(spa, make_password(stored, hasher="md5") if is_hashed else stored)
    refresh_token = spa.tokens()["refresh_token"]
    for _ in range(2):  # found slowly, and then by its digest where DOT made it
        response = spa.refresh(refresh_token, client_secret=stored)
        assert response.status_code == 200
        refresh_token = response.json()["refresh_token"]
    by_header = refresh(spa, refresh_token, basic(spa.application.client_id, stored))
    assert by_header.status_code == 200
    assert spa.refresh(by_header.json()["refresh_token"]).status_code == 200, "it is a public client all the same"


def test_a_public_client_that_sends_a_secret_sends_the_right_one(spa: Driver) -> None:
    refresh_token = spa.tokens()["refresh_token"]
    ledger.refused(spa.refresh(refresh_token, client_secret="anything"), "invalid_client", 401)
    with_secret_of_dot(spa, make_password(DOTS_SECRET, hasher="md5"))
    for wrong in (DOTS_SECRET[:-1], DOTS_SECRET.swapcase(), "anything"):
        with ledger.unchanged():
            ledger.refused(spa.refresh(refresh_token, client_secret=wrong), "invalid_client", 401)
    assert spa.refresh(refresh_token).status_code == 200


def test_a_right_secret_makes_no_confidential_client_of_a_public_one(spa: Driver) -> None:
    with_secret_of_dot(spa, make_password(DOTS_SECRET, hasher="md5"))
    policy = ClientPolicy.default_for(spa.application)
    policy.may_introspect, policy.grant_types = True, [*policy.grant_types, "client_credentials"]
    policy.save()
    granted = spa.token(grant_type="client_credentials", scope="notes:read", client_secret=DOTS_SECRET)
    ledger.refused(granted, "unauthorized_client")
    asked = spa.introspect(spa.tokens()["access_token"], client_secret=DOTS_SECRET)
    assert asked.json() == {"active": False}


@pytest.mark.parametrize("method", ["client_secret_basic", "client_secret_post"])
def test_a_policy_that_asks_a_public_client_for_a_secret_lets_nobody_in(method: str) -> None:
    public = signed_in(public=True, policy={"token_endpoint_auth_method": method})
    with_secret_of_dot(public, make_password(DOTS_SECRET, hasher="md5"))
    for form in ({}, {"client_secret": DOTS_SECRET}):
        ledger.refused(public.refresh("x", **form), "invalid_client", 401)
