"""Pushed authorization requests (RFC 9126): a client sends its request past the browser, which names it."""

import base64
from typing import Any

import pytest
from django.test import Client as Browser

from oauth_provider.models import ClientPolicy, PendingRequest
from tests import ledger
from tests.driver import AUTHORIZE, METADATA, PAR, Driver, post, query_of, signed_in
from tests.each import each
from tests.factories import CALLBACK, ApplicationFactory, UserFactory
from tests.settings import OAUTH_PROVIDER

pytestmark = pytest.mark.django_db

PREFIX = "urn:ietf:params:oauth:request_uri:"


@pytest.fixture
def driver() -> Driver:
    return signed_in(UserFactory(username="ann"), policy={})


# The endpoint


@pytest.mark.spec("RFC 9126", "2.2")
def test_a_good_request_is_answered_with_its_name(driver: Driver) -> None:
    response = driver.push()
    assert response.status_code == 201
    assert response["Content-Type"] == "application/json"
    assert response["Cache-Control"] == "no-store"
    answer = response.json()
    assert set(answer) == {"request_uri", "expires_in"}
    assert answer["expires_in"] == 300
    assert answer["request_uri"].startswith(PREFIX)
    assert len(answer["request_uri"].removeprefix(PREFIX)) == 43  # of 62 characters: 256 bits
    assert driver.push().json()["request_uri"] != answer["request_uri"]


@pytest.mark.spec("RFC 9126", "2")
@pytest.mark.parametrize("slash", ["", "/"])
def test_every_client_pushes_as_it_authenticates(slash: str) -> None:
    confidential, public = Driver(ApplicationFactory()), Driver(ApplicationFactory(public=True))
    for driver in (confidential, public):
        assert post(driver.browser, PAR + slash, driver.request() | driver.credentials).status_code == 201
    application = confidential.application
    basic = base64.b64encode(f"{application.client_id}:{application.secret}".encode()).decode()
    request = confidential.request(client_id=None)
    assert post(Browser(), PAR + slash, request, Authorization=f"Basic {basic}").status_code == 201


@pytest.mark.spec("RFC 9126", "2.3")
@each(
    "credentials",
    [{"client_secret": "wrong"}, {"client_secret": ""}, {"client_id": "nobody"}, {"client_id": ""}],
    ids=str,
)
def test_nobody_else_pushes(driver: Driver, credentials: dict[str, str]) -> None:
    with ledger.unchanged():
        response = post(driver.browser, PAR, driver.request() | driver.credentials | credentials)
    ledger.refused(response, "invalid_client", 401)


@pytest.mark.spec("RFC 9126", "2.3")
@each(
    ("changes", "error"),
    [
        ({"redirect_uri": f"{CALLBACK}/x"}, "invalid_request"),
        ({"redirect_uri": "https://evil.example.com/"}, "invalid_request"),
        ({"response_type": None}, "invalid_request"),
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"response_type": "code id_token"}, "unsupported_response_type"),
        ({"response_mode": "nonsense"}, "invalid_request"),
        ({"code_challenge": None}, "invalid_request"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"scope": "nothing:here"}, "invalid_scope"),
        ({"scope": None}, "invalid_scope"),
        ({"resource": "https://nowhere.example.com/"}, "invalid_target"),
        ({"prompt": "none login"}, "invalid_request"),
        ({"max_age": "soon"}, "invalid_request"),
        ({"request": "e30.e30."}, "invalid_request_object"),
        ({"request_uri": f"{PREFIX}{'a' * 43}"}, "invalid_request"),
        ({"request_uri": "https://app.example.com/request.jwt"}, "invalid_request"),
        ({"registration": "{}"}, "registration_not_supported"),
        ({"state": "é"}, "invalid_request"),
        ({"nonce": "\x00"}, "invalid_request"),
        ({"ui_locales": "\x00"}, "invalid_request"),
    ],
    ids=str,
)
def test_a_broken_rule_is_told_to_the_client_and_leaves_nothing(
    driver: Driver, changes: dict[str, Any], error: str
) -> None:
    with ledger.unchanged():
        ledger.refused(driver.push(**changes), error)


@pytest.mark.spec("RFC 9126", "2.1")
def test_a_name_cannot_be_pushed_even_a_good_one(driver: Driver) -> None:
    request_uri = driver.push().json()["request_uri"]
    with ledger.unchanged():
        ledger.refused(driver.push(request_uri=request_uri), "invalid_request")


@pytest.mark.spec("RFC 6749", "3.1")
@each("name", ["scope", "state", "redirect_uri", "client_id"])
def test_a_repeated_parameter_is_refused(driver: Driver, name: str) -> None:
    request = driver.request() | driver.credentials
    with ledger.unchanged():
        ledger.refused(post(driver.browser, PAR, [*request.items(), (name, request[name])]), "invalid_request")


@pytest.mark.spec("RFC 9126", "2")
def test_the_clients_secret_and_what_nobody_knows_is_not_kept(driver: Driver) -> None:
    assert driver.push(extra="never kept").status_code == 201
    assert driver.application.secret not in ledger.text()
    assert "never kept" not in ledger.text()


@pytest.mark.spec("RFC 9126", "2.3")
@each("method", ["GET", "PUT", "DELETE", "PATCH"])
def test_only_post_is_taken(driver: Driver, method: str) -> None:
    response = driver.browser.generic(method, PAR)
    assert response.status_code == 405
    assert "POST" in response["Allow"]


@pytest.mark.spec("RFC 9126", "5")
def test_the_endpoint_is_advertised(driver: Driver, settings: Any) -> None:
    document = driver.browser.get(METADATA).json()
    assert document["pushed_authorization_request_endpoint"] == f"https://auth.example.com{PAR}"
    assert document["require_pushed_authorization_requests"] is False
    settings.OAUTH_PROVIDER = {**OAUTH_PROVIDER, "REQUIRE_PUSHED_AUTHORIZATION_REQUESTS": True}
    assert driver.browser.get(METADATA).json()["require_pushed_authorization_requests"] is True


# Requiring


@pytest.mark.spec("RFC 9126", "5")
@pytest.mark.parametrize("whose", ["the client's", "the server's"])
def test_where_requests_must_be_pushed_no_other_is_answered(driver: Driver, settings: Any, whose: str) -> None:
    if whose == "the client's":
        ClientPolicy.objects.update(require_pushed_authorization_requests=True)
    else:
        settings.OAUTH_PROVIDER = {**OAUTH_PROVIDER, "REQUIRE_PUSHED_AUTHORIZATION_REQUESTS": True}
    with ledger.unchanged():
        for browser in (driver.browser, Browser()):
            answer = query_of(browser.get(AUTHORIZE, driver.request())["Location"])
            assert (answer["error"], answer["state"]) == ("invalid_request", "a state")
        posted = post(driver.browser, AUTHORIZE, driver.request())
        assert query_of(driver.browser.get(posted["Location"])["Location"])["error"] == "invalid_request"
    page = driver.open(driver.push().json()["request_uri"])["Location"]
    assert "code" in query_of(driver.decide(page)["Location"])


@pytest.mark.spec("RFC 9126", "5")
def test_another_client_need_not_push(driver: Driver) -> None:
    ClientPolicy.objects.update(require_pushed_authorization_requests=True)
    other = Driver(ApplicationFactory(), browser=driver.browser)
    assert other.authorize()["Location"].startswith("/oauth/consent/")


# Sweeping


def test_what_was_never_answered_is_swept(driver: Driver) -> None:
    from django.core.management import call_command

    driver.push()
    with ledger.later(400):
        call_command("oauth_sweep", verbosity=0)
        assert PendingRequest.objects.count() == 1
    with ledger.later(3600 + 600 + 301):
        call_command("oauth_sweep", verbosity=0)
    assert PendingRequest.objects.count() == 0


@pytest.mark.spec("RFC 9126", "7.3")
def test_a_page_whose_pushed_request_is_gone_grants_nothing(driver: Driver) -> None:
    page = driver.open(driver.push().json()["request_uri"])["Location"]
    PendingRequest.objects.filter(session_digest="").delete()
    with ledger.unchanged():
        ledger.is_error_page(driver.decide(page), "invalid_request_uri")


@pytest.mark.spec("FAPI 2.0", "5.3.2.2")
def test_a_redirect_uri_is_not_left_out_of_what_is_pushed(driver: Driver) -> None:
    with ledger.unchanged():
        response = driver.push(redirect_uri=None)
    assert (response.status_code, response.json()["error"]) == (400, "invalid_request")


@pytest.mark.spec("OIDC Core", "5.5")
@each("claims", ["nonsense", "[]", '{"userinfo": []}'])
def test_malformed_claims_are_refused_where_they_are_pushed(driver: Driver, claims: str) -> None:
    with ledger.unchanged():
        response = driver.push(claims=claims)
    assert (response.status_code, response.json()["error"]) == (400, "invalid_request")
