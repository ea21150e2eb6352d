"""The authorization response (RFC 6749 §4.1.2): code, state and iss, at the redirect URI, and nothing beside."""

from typing import Any

import pytest

from tests import ledger
from tests.driver import Driver, query_of, signed_in
from tests.each import each
from tests.factories import CALLBACK
from tests.flows.authorize.answers import ISSUER

pytestmark = pytest.mark.django_db


@pytest.mark.spec("RFC 6749", "4.1.2")
def test_only_code_state_and_iss_reach_the_redirect_uri(driver: Driver) -> None:
    response = driver.decide(driver.authorize()["Location"])
    assert response.status_code == 303
    assert response["Location"].startswith(f"{CALLBACK}?")
    answer = query_of(response["Location"])
    assert set(answer) == {"code", "state", "iss"}
    assert (answer["state"], answer["iss"]) == ("a state", ISSUER)


@pytest.mark.spec("RFC 6749", "4.1.2")
def test_no_state_is_sent_back_where_none_was_sent(driver: Driver) -> None:
    answer = query_of(driver.decide(driver.authorize(state=None)["Location"])["Location"])
    assert set(answer) == {"code", "iss"}


@pytest.mark.spec("RFC 6749", "4.1.1")
@each(
    "state",
    ["a" * 1000, "a&b=c#d?e%20f+g", "<script>alert(1)</script>", "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~", "0", " "],
    ids=lambda state: state[:12],
)
def test_a_state_comes_back_as_it_was_sent(driver: Driver, state: str) -> None:
    assert query_of(driver.decide(driver.authorize(state=state)["Location"])["Location"])["state"] == state


@pytest.mark.spec("RFC 6749", "3.1")
@each(
    "changes",
    [
        {"extra": "foobar"},
        {"nonce": None},
        {"nonce": "a" * 384},
        {"response_mode": "query"},
        {"response_mode": ""},
        {"display": "popup"},
        {"ui_locales": "xx-nope de"},
        {"scope": "notes:write notes:read"},
        {"scope": "notes:read notes:read"},
        {"redirect_uri": None},
        {"redirect_uri": ""},
        {"extra": "\x00"},
    ],
    ids=lambda changes: str(changes)[:40],
)
def test_what_nobody_knows_or_needs_is_no_obstacle(driver: Driver, changes: dict[str, Any]) -> None:
    assert driver.authorize(**changes)["Location"].startswith("/oauth/consent/")


@pytest.mark.spec("RFC 6749", "3.1")
def test_an_unknown_parameter_is_not_stored(driver: Driver) -> None:
    driver.authorize(extra="never kept", client_secret="slipped in")
    assert "never kept" not in ledger.text()
    assert "slipped in" not in ledger.text()


@pytest.mark.spec("RFC 6749", "3.1.2")
@pytest.mark.parametrize("decision", ["allow", "deny"])
def test_the_query_of_a_redirect_uri_is_kept(decision: str) -> None:
    driver = signed_in(redirect_uri=f"{CALLBACK}?tenant=a%20b&x=")
    location = driver.decide(driver.authorize()["Location"], decision)["Location"]
    assert location.startswith(f"{CALLBACK}?tenant=a%20b&x=&")
    assert ("code" if decision == "allow" else "error") in query_of(location)


@pytest.mark.spec("RFC 8252", "7.1")
@each("uri", ["com.example.app:/callback", "com.example.app://callback/path", "app:cb"])
def test_an_app_is_answered_at_its_own_scheme(uri: str) -> None:
    driver = signed_in(public=True, redirect_uri=uri)
    response = driver.decide(driver.authorize()["Location"])
    assert response.status_code == 303
    assert response["Location"].startswith(f"{uri}?code=")
    assert driver.redeem(query_of(response["Location"])["code"]).status_code == 200


@pytest.mark.spec("RFC 8252", "7.3")
@pytest.mark.parametrize("host", ["127.0.0.1", "[::1]"])
def test_a_native_app_is_answered_at_whichever_port_it_listens_on(host: str) -> None:
    driver = signed_in(public=True, redirect_uri=f"http://{host}/callback")
    driver.redirect_uri = f"http://{host}:49152/callback"
    assert driver.decide(driver.authorize()["Location"])["Location"].startswith(f"http://{host}:49152/callback?code=")
