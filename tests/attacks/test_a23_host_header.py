"""A23, host header poisoning: whatever host is named, we are who the settings say (RFC 8414 §3.3, RFC 9700 §4.13)."""

from urllib.parse import urlsplit

import pytest
from django.test import override_settings

from tests.driver import METADATA, Driver, query_of, signed_in
from tests.each import each

pytestmark = [pytest.mark.django_db, pytest.mark.spec("RFC 8414", "3.3"), pytest.mark.spec("RFC 9700", "4.13")]

ISSUER = "https://auth.example.com"

HEADERS = [
    {"Host": "evil.example.com"},
    {"Host": "auth.example.com:8443"},
    {"Host": "auth.example.com."},
    {"Host": "127.0.0.1"},
    {"X-Forwarded-Host": "evil.example.com"},
    {"X-Forwarded-Proto": "http"},
    {"X-Forwarded-Port": "8443"},
    {"X-Forwarded-Prefix": "/evil"},
    {"X-Original-URL": "/evil"},
    {"Forwarded": "host=evil.example.com;proto=http"},
]


@each("headers", HEADERS, ids=str)
@each("trusts_proxy", [False, True])
def test_metadata_and_answers_stay_as_configured(headers: dict[str, str], trusts_proxy: bool) -> None:
    driver = signed_in()
    driver.browser.defaults |= {f"HTTP_{name.upper().replace('-', '_')}": value for name, value in headers.items()}
    with override_settings(USE_X_FORWARDED_HOST=trusts_proxy, USE_X_FORWARDED_PORT=trusts_proxy):
        document = driver.browser.get(METADATA).json()
        page = driver.authorize()["Location"]
        html = driver.browser.get(page).content.decode()
        error = driver.authorize(scope="nothing:here")["Location"]
        answer = driver.decide(page)["Location"]
        login = Driver(driver.application).authorize()["Location"]
    assert document["issuer"] == ISSUER
    assert all(url.startswith(f"{ISSUER}/") for name, url in document.items() if name.endswith("_endpoint"))
    assert query_of(error)["iss"] == query_of(answer)["iss"] == ISSUER
    assert not urlsplit(page).netloc
    assert not urlsplit(login).netloc
    assert "evil" not in html
    assert "8443" not in html


@each("host", ["evil.example.com", "auth.example.com@evil.example.com", "", "a b", "[::1", "é"])
def test_a_host_that_is_not_allowed_learns_nothing(host: str) -> None:
    driver = signed_in()
    with override_settings(ALLOWED_HOSTS=["auth.example.com"]):
        response = driver.browser.get(METADATA, headers={"Host": host})
    assert response.status_code == 400 or response.json()["issuer"] == ISSUER


def test_without_an_issuer_nothing_is_taken_from_the_request_in_production() -> None:
    from django.core.exceptions import ImproperlyConfigured

    driver = signed_in()
    with override_settings(OAUTH_PROVIDER={"SCOPES": {}}, DEBUG=False), pytest.raises(ImproperlyConfigured):
        driver.browser.get(METADATA)
