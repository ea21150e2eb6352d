"""A12, open redirect: no Location outside what that client registered (RFC 9700 §4.11 and §4.12)."""

from typing import Any
from urllib.parse import urlsplit

import pytest
from django.test import Client as Browser

from tests import ledger
from tests.driver import AUTHORIZE, LOGOUT, Driver, post, query_of, signed_in
from tests.each import each
from tests.factories import CALLBACK

pytestmark = [pytest.mark.django_db, pytest.mark.spec("RFC 9700", "4.11"), pytest.mark.spec("RFC 6749", "10.15")]

EVIL = "https://evil.example.com/"

REQUESTS: list[dict[str, Any]] = [
    {"client_id": None},
    {"client_id": "nobody"},
    {"redirect_uri": EVIL},
    {"redirect_uri": "//evil.example.com"},
    {"redirect_uri": "javascript:alert(1)"},
    {"client_id": "nobody", "redirect_uri": EVIL},
    {"redirect_uri": EVIL, "scope": "nothing:here"},
    {"redirect_uri": EVIL, "response_type": "token"},
    {"redirect_uri": EVIL, "prompt": "none"},
    {"redirect_uri": EVIL, "code_challenge": None},
    {"scope": "nothing:here"},
    {"response_type": "token"},
    {"response_mode": "form_post"},
    {"response_mode": "form_post", "redirect_uri": EVIL},
    {"response_mode": "fragment", "redirect_uri": EVIL, "prompt": "none"},
    {"prompt": "login", "ui_locales": EVIL},
    {"prompt": "select_account"},
    {"prompt": "create"},
    {"id_token_hint": EVIL},
    {"request": EVIL, "redirect_uri": EVIL},
    {"request_uri": f"urn:ietf:params:oauth:request_uri:{EVIL}"},
    {"request_uri": EVIL},
    {"state": EVIL},
    {"next": EVIL},
    {"target_link_uri": EVIL},
    {"login_hint": EVIL},
    {"post_logout_redirect_uri": EVIL},
    {"ticket": EVIL},
]


@pytest.fixture(params=["nobody", "somebody"])
def driver(request: pytest.FixtureRequest) -> Driver:
    driver = signed_in()
    return driver if request.param == "somebody" else Driver(driver.application)


@each("changes", REQUESTS, ids=str)
@each("method", ["GET", "POST"])
def test_nobody_is_sent_to_a_stranger(driver: Driver, changes: dict[str, Any], method: str) -> None:
    response = driver.authorize(**changes)
    if method == "POST":
        response = post(driver.browser, AUTHORIZE, driver.request(**changes))
        response = driver.browser.get(response["Location"]) if response.has_header("Location") else response
    location = response.get("Location", "")
    parts = urlsplit(location)
    assert not parts.netloc or location.startswith(f"{CALLBACK}?")
    assert parts.scheme in ("", "https")
    if parts.path == "/accounts/login/":
        assert query_of(location)["next"].startswith(f"{AUTHORIZE}?")
    assert f'href="{EVIL}' not in response.content.decode()
    assert f'action="{EVIL}' not in response.content.decode()


@each("changes", [{"scope": "nothing:here"}, {"response_type": "x"}, {"state": "é"}], ids=str)
def test_an_unapproved_client_redirects_nobody_by_an_error(changes: dict[str, Any]) -> None:
    driver = signed_in(policy={"status": "unapproved"})
    with ledger.unchanged():
        assert not driver.authorize(**changes).has_header("Location")


@each("changes", [{"redirect_uri": EVIL}, {"next": EVIL}, {"decision": "deny", "url": EVIL}], ids=str)
def test_nothing_in_the_form_of_a_decision_decides_where_it_goes(changes: dict[str, str]) -> None:
    driver = signed_in()
    response = driver.browser.post(driver.authorize()["Location"], {"decision": "allow", **changes})
    assert response["Location"].startswith(f"{CALLBACK}?")


@each("uri", [EVIL, "//evil.example.com", "javascript:alert(1)", f"{CALLBACK}@evil.example.com"])
@each("named", [True, False])
def test_no_logout_leads_or_links_to_a_stranger(driver: Driver, uri: str, named: bool) -> None:
    asked = {"post_logout_redirect_uri": uri, "next": uri, "state": uri, "logout_hint": uri}
    response = driver.browser.get(LOGOUT, asked | ({"client_id": driver.application.client_id} if named else {}))
    assert not response.has_header("Location")
    assert f'href="{uri}' not in response.content.decode()


@pytest.mark.parametrize("hint", ["id_token", "nobody's"])
def test_an_unapproved_client_is_followed_after_a_logout_only_by_who_signed_in_to_it(hint: str) -> None:
    driver = signed_in(policy={"status": "unapproved"}, post_logout_redirect_uris=EVIL)
    driver.scope = "openid"
    asked = {"client_id": driver.application.client_id, "post_logout_redirect_uri": EVIL}
    asked |= {"id_token_hint": driver.tokens()["id_token"]} if hint == "id_token" else {}
    assert Browser().get(LOGOUT, asked).has_header("Location") is (hint == "id_token")


@pytest.mark.spec("RFC 9700", "4.12")
def test_a_redirect_that_follows_a_post_is_303() -> None:
    driver = signed_in()
    assert driver.decide(driver.authorize()["Location"], "deny").status_code == 303
    assert driver.decide(driver.authorize()["Location"], "allow").status_code == 303
    assert post(driver.browser, AUTHORIZE, driver.request()).status_code == 303
    assert post(driver.browser, LOGOUT, {"state": "s"}).status_code == 303
