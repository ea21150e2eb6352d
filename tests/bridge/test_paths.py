"""DOT's paths and URL names, served by our endpoints (RFC 6749 §3), for clients that are deployed already."""

import pytest
from django.urls import include, path, reverse

from oauth_provider.models import Authorization, ClientPolicy
from oauth_provider.tokens.id_token import read_id_token
from tests.driver import Driver, post, query_of
from tests.factories import ApplicationFactory, UserFactory

pytestmark = [pytest.mark.django_db, pytest.mark.urls(__name__)]

urlpatterns = [
    path("", include("oauth_provider.urls")),
    path("o/", include("oauth_provider.bridge.urls")),
]


@pytest.fixture
def driver():
    driver = Driver(ApplicationFactory(), scope="read write")
    driver.browser.force_login(UserFactory())
    return driver


@pytest.fixture(autouse=True)
def _urls(settings):
    settings.ROOT_URLCONF = __name__


def test_dots_names_lead_to_dots_paths():
    names = (
        "authorize",
        "token",
        "revoke-token",
        "introspect",
        "jwks-info",
        "user-info",
        "oidc-connect-discovery-info",
        "rp-initiated-logout",
    )
    assert [reverse(f"oauth2_provider:{name}").rstrip("/") for name in names] == [
        "/o/authorize",
        "/o/token",
        "/o/revoke_token",
        "/o/introspect",
        "/o/.well-known/jwks.json",
        "/o/userinfo",
        "/o/.well-known/openid-configuration",
        "/o/logout",
    ]


def test_a_deployed_relying_party_keeps_its_issuer_and_finds_everything(driver, settings):
    settings.OAUTH_PROVIDER = {**settings.OAUTH_PROVIDER, "ISSUER": "https://auth.example.com/o"}
    document = driver.browser.get("/o/.well-known/openid-configuration").json()
    assert document["issuer"] == "https://auth.example.com/o"
    driver.scope = "openid"
    tokens = driver.tokens()
    claims = read_id_token(tokens["id_token"], issuer=document["issuer"], client_id=driver.application.client_id)
    bearer = {"Authorization": f"Bearer {tokens['access_token']}"}
    assert driver.browser.get("/o/userinfo/", headers=bearer).json() == {"sub": claims["sub"]}
    keys = driver.browser.get("/o/.well-known/jwks.json").json()
    assert keys == driver.browser.get("/oauth/jwks").json()


@pytest.mark.parametrize("slash", ["", "/"])
def test_a_deployed_client_completes_the_flow(driver, slash):
    ClientPolicy(
        application=driver.application, may_introspect=True, grant_types=["authorization_code", "refresh_token"]
    ).save()
    page = driver.browser.get(f"/o/authorize{slash}", driver.request())
    answer = query_of(driver.decide(page["Location"])["Location"])
    assert answer["iss"] == "https://auth.example.com"
    form = {"grant_type": "authorization_code", "code": answer["code"], "code_verifier": driver.code_verifier}
    tokens = post(driver.browser, f"/o/token{slash}", form | driver.credentials).json()

    asked = {"token": tokens["access_token"]} | driver.credentials
    assert post(driver.browser, f"/o/introspect{slash}", asked).json()["active"] is True
    assert post(driver.browser, f"/o/revoke_token{slash}", asked).status_code == 200
    assert post(driver.browser, f"/o/introspect{slash}", asked).json() == {"active": False}
    assert Authorization.objects.get().revoked_reason == "client"


def test_nothing_is_served_at_dots_other_paths(driver):
    for other in ("applications/", "authorized_tokens/", "device-authorization/", "register/"):
        assert driver.browser.get(f"/o/{other}").status_code == 404


def test_the_login_page_leads_back_to_our_own_path(driver):
    """The ticket in ``next`` is resumed where our pages are, prefix or not."""
    driver.browser.logout()
    location = driver.browser.get("/o/authorize/", driver.request())["Location"]
    assert query_of(location)["next"].startswith("/oauth/authorize?ticket=")
