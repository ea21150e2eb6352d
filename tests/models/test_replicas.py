"""Projects that send reads to a replica: whatever decides is read where it is written (RFC 7009 §2, RFC 7662 §2.2)."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.db import router
from django.test import Client as Browser
from django.urls import include, path
from django.utils import timezone

from oauth_provider.dot.names import access_token_model, application_model, refresh_token_model
from oauth_provider.models import ClientPolicy, ClientSecret, Consent, Resource, SigningKey
from oauth_provider.resource_server.views import requires_scopes
from oauth_provider.tokens.dot_refresh_token import is_live
from oauth_provider.tokens.withdraw import withdraw_consent
from tests import backchannel, ledger, replica
from tests.bridge import dot_server
from tests.driver import JWKS, LOGOUT, METADATA, USERINFO, Driver, post, query_of, signed_in
from tests.factories import ApplicationFactory, UserFactory
from tests.logout import BYE, is_logged_in, somebody

pytestmark = [pytest.mark.django_db, pytest.mark.urls(__name__)]

GRANTS = ["authorization_code", "refresh_token", "client_credentials"]
POLICY = {"grant_types": GRANTS, "may_introspect": True}
API = "https://api.example.com/"


@requires_scopes("notes:read")
def guarded(request: Any) -> Any:
    from django.http import JsonResponse

    return JsonResponse({"user": request.auth.user.pk, "client": request.auth.application.client_id})


urlpatterns = [path("", include("oauth_provider.urls")), *dot_server.urlpatterns, path("guarded", guarded)]


@pytest.fixture
def driver() -> Driver:
    return signed_in(policy=dict(POLICY))


@pytest.fixture
def lagging(driver: Driver) -> Iterator[None]:
    """From here on, with everything set up, the router sends reads away."""
    with replica.lagging():
        yield


def call(access_token: str) -> Any:
    return Browser().get("/guarded", headers={"Authorization": f"Bearer {access_token}"})


def own(driver: Driver) -> Any:
    return driver.token(grant_type="client_credentials", scope="notes:read")


def test_a_read_of_ours_from_the_replica_is_an_error_here(lagging: None) -> None:
    """Or the tests below could not fail."""
    reading: Callable[[], Any] = compile_in_product("lambda rows: rows.first()")
    for model in (application_model(), get_user_model(), access_token_model()):
        with pytest.raises(replica.ReadFromReplica):
            reading(model._base_manager.all())  # type: ignore[call-arg]
    assert router.db_for_read(ClientPolicy) == "default"  # a test may look


def compile_in_product(source: str) -> Any:
    return eval(compile(source, replica.OURS + "nowhere.py", "eval"), {"__name__": "oauth_provider.nowhere"})


@pytest.mark.spec("RFC 6749", "5.1")
@pytest.mark.usefixtures("lagging")
def test_codes_tokens_and_consents_are_read_where_they_are_written(driver: Driver) -> None:
    tokens = driver.tokens()
    first = driver.refresh(tokens["refresh_token"])
    again = driver.refresh(tokens["refresh_token"])
    assert again.json()["access_token"] == first.json()["access_token"]
    assert own(driver).status_code == 200
    silent = driver.authorize(prompt="none")
    assert "code" in query_of(silent["Location"])
    withdraw_consent(user=Consent.objects.get().user, application=driver.application)
    ledger.refused(driver.refresh(first.json()["refresh_token"]), "invalid_grant")


@pytest.mark.spec("RFC 9126", "2")
@pytest.mark.usefixtures("lagging")
def test_pushed_requests_are_read_where_they_are_written(driver: Driver) -> None:
    response = driver.open(driver.push().json()["request_uri"])
    code = query_of(driver.decide(response["Location"])["Location"])["code"]
    assert driver.redeem(code).status_code == 200


@pytest.mark.spec("RFC 8707", "2")
def test_resources_are_read_where_they_are_written(driver: Driver) -> None:
    Resource.objects.create(identifier=API, name="Notes", scopes=["notes:read", "notes:write"])
    with replica.lagging():
        tokens = driver.redeem(driver.code(resource=API), resource=API).json()
        assert driver.introspect(tokens["access_token"]).json()["aud"] == [API]
        assert driver.introspect(tokens["refresh_token"]).json()["active"] is True
        assert driver.refresh(tokens["refresh_token"], resource=API).status_code == 200


@pytest.mark.spec("RFC 7662", "2.2")
@pytest.mark.spec("RFC 7009", "2")
@pytest.mark.usefixtures("lagging")
def test_introspection_and_revocation_tell_what_is_so_now(driver: Driver) -> None:
    tokens = driver.tokens()
    for name in ("access_token", "refresh_token"):
        assert driver.introspect(tokens[name]).json()["active"] is True
    assert driver.revoke(tokens["refresh_token"]).status_code == 200
    for name in ("access_token", "refresh_token"):
        assert driver.introspect(tokens[name]).json() == {"active": False}
    loose = own(driver).json()["access_token"]
    driver.revoke(loose)
    assert driver.introspect(loose).json() == {"active": False}


@pytest.mark.spec("RFC 6750", "3.1")
@pytest.mark.parametrize("kind", ["", "jwt"], ids=["opaque", "jwt"])
def test_a_guarded_call_reads_where_it_is_written(driver: Driver, settings: Any, kind: str) -> None:
    settings.OAUTH_PROVIDER = {**settings.OAUTH_PROVIDER, "SIGNING_KEYS": None, "SIGNING_ALGORITHMS": ["ES256"]}
    ClientPolicy.objects.update(access_token_format=kind)
    with replica.lagging():
        token = driver.tokens()["access_token"]
        answer = call(token)
        assert (answer.status_code, answer.json()["client"]) == (200, driver.application.client_id)
        driver.revoke(token)
        assert call(token).status_code == 401


@pytest.mark.spec("OIDC Core", "5.3")
def test_userinfo_keys_and_documents_are_read_where_they_are_written(driver: Driver, settings: Any) -> None:
    settings.OAUTH_PROVIDER = {**settings.OAUTH_PROVIDER, "SIGNING_KEYS": None, "SIGNING_ALGORITHMS": ["RS256"]}
    driver.scope = "openid profile"
    with replica.lagging():
        tokens = driver.tokens()
        answer = Browser().get(USERINFO, headers={"Authorization": f"Bearer {tokens['access_token']}"})
        assert answer.status_code == 200
        assert Browser().get(JWKS).json()["keys"][0]["kid"] == SigningKey.objects.get().kid
        assert Browser().get(METADATA).status_code == 200
        preflight = {"Origin": "https://app.example.com", "Access-Control-Request-Method": "POST"}
        assert Browser().options("/oauth/token", headers=preflight).status_code in (200, 204)


@pytest.mark.spec("OIDC RP-Initiated Logout", "2")
def test_a_logout_reads_where_it_is_written_and_so_does_what_tells_of_it() -> None:
    driver = backchannel.somebody()
    with backchannel.listening() as told, replica.lagging():
        hint = driver.tokens()["id_token"]
        driver.browser.get(LOGOUT, {"id_token_hint": hint})
        assert not is_logged_in(driver)
        backchannel.deliver()
    assert len(told.got) == 1


@pytest.mark.spec("OIDC RP-Initiated Logout", "3")
def test_where_a_browser_goes_after_a_logout_is_read_where_it_is_written() -> None:
    driver = somebody()
    with replica.lagging():
        asked = {"id_token_hint": driver.tokens()["id_token"], "post_logout_redirect_uri": BYE}
        assert driver.browser.get(LOGOUT, asked)["Location"] == BYE


@pytest.mark.spec("RFC 6749", "6")
def test_what_dot_issued_is_read_where_it_is_written(driver: Driver) -> None:
    issued = dot_server.issue(driver.application, UserFactory(), scope="notes:read")
    with replica.lagging():
        assert driver.introspect(issued["refresh_token"]).json()["active"] is True
        assert driver.introspect(issued["access_token"]).json()["active"] is True
        adopted = driver.refresh(issued["refresh_token"])
        assert adopted.status_code == 200
        assert not is_live(refresh_token_model().objects.get(), timezone.now())
        driver.revoke(issued["access_token"])
        assert driver.introspect(adopted.json()["access_token"]).json() == {"active": False}


@pytest.mark.spec("RFC 6749", "2.3.1")
def test_a_secret_of_dots_is_tried_where_it_is_written() -> None:
    application = ApplicationFactory(client_secret="Q" * 128, hash_client_secret=True, policy=dict(POLICY))
    ClientSecret.objects.all().delete()
    application.secret = "Q" * 128
    with replica.lagging():
        assert own(Driver(application)).status_code == 200
        assert own(Driver(application)).status_code == 200
        secret = ClientSecret.objects.get()
        ClientSecret.objects.revoke(ClientSecret.objects.get(pk=secret.pk))
        assert own(Driver(application)).status_code == 401


@pytest.mark.spec("RFC 6749", "2.3.1")
@pytest.mark.usefixtures("lagging")
def test_a_secret_that_was_just_rotated_away_and_a_client_just_suspended_get_nothing(driver: Driver) -> None:
    old = driver.application.secret
    _row, driver.application.secret = ClientSecret.objects.rotate(driver.application, overlap=0)
    assert own(driver).status_code == 200
    assert post(Browser(), "/oauth/token", {**driver.credentials, "client_secret": old}).status_code == 401
    ClientPolicy.objects.update(status="suspended")
    assert own(driver).status_code == 401
