"""A session's name by sector (OpenID Connect Core §8.1): pairwise clients that compare theirs learn nothing."""

import base64
import json
from typing import Any

import pytest

from oauth_provider.models import Authorization, ClientPolicy, LogoutDelivery
from tests import ledger
from tests.backchannel import TOLD, deliver, listening
from tests.driver import LOGOUT, Driver, signed_in
from tests.factories import ApplicationFactory
from tests.logout import BYE, answer, is_logged_in
from tests.settings import OAUTH_PROVIDER

pytestmark = [pytest.mark.django_db, pytest.mark.spec("OIDC Core", "8.1")]


@pytest.fixture(autouse=True)
def _secret(settings: Any) -> None:
    settings.OAUTH_PROVIDER = {**OAUTH_PROVIDER, "PAIRWISE_SECRET": "a secret that is never to be rotated"}


def client_at(host: str, first: Driver | None = None, **policy: Any) -> Driver:
    """A pairwise client at ``host``; in the browser of ``first``, or of somebody who signs in."""
    uri = f"https://{host}/callback"
    facts = {"subject_type": "pairwise", "backchannel_logout_uri": TOLD, **policy}
    columns: dict[str, Any] = {"post_logout_redirect_uris": BYE, "policy": facts}
    if first is None:
        driver = signed_in(redirect_uri=uri, **columns)
    else:
        application = ApplicationFactory(redirect_uris=uri, **columns)
        driver = Driver(application, browser=first.browser, redirect_uri=uri)
    driver.scope = "openid notes:read"
    return driver


def payload(token: str) -> dict[str, Any]:
    part = token.split(".")[1]
    claims: dict[str, Any] = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    return claims


def sid_told(driver: Driver) -> str:
    return str(payload(driver.tokens()["id_token"])["sid"])


def test_two_sectors_are_told_two_names_and_neither_is_the_sessions_own() -> None:
    one = client_at("one.example")
    two = client_at("two.example", one)
    told = {sid_told(one), sid_told(two)}
    (sid,) = set(Authorization.objects.values_list("sid", flat=True))
    assert len(told) == 2
    assert sid not in told


def test_clients_of_one_sector_share_a_name_as_they_share_those_of_people() -> None:
    one = client_at("one.example")
    assert sid_told(one) == sid_told(client_at("one.example", one)) == sid_told(one)


def test_another_session_has_another_name() -> None:
    one, other = client_at("one.example"), client_at("one.example")
    assert sid_told(one) != sid_told(other)


def test_a_public_client_is_told_the_sessions_own() -> None:
    driver = client_at("one.example", subject_type="public")
    assert sid_told(driver) == Authorization.objects.get().sid


@pytest.mark.spec("OIDC Back-Channel Logout", "2.4")
def test_logout_tokens_say_what_each_id_token_said() -> None:
    one = client_at("one.example")
    two = client_at("two.example", one)
    told = {driver.application.client_id: payload(driver.tokens()["id_token"]) for driver in (one, two)}
    one.browser.logout()
    with listening() as client:
        deliver()
    said = {claims["aud"]: (claims["sub"], claims["sid"]) for claims in map(payload, client.tokens())}
    assert said == {name: (claims["sub"], claims["sid"]) for name, claims in told.items()}


@pytest.mark.spec("OIDC Front-Channel Logout", "2")
def test_frames_say_what_the_id_token_said() -> None:
    driver = client_at("one.example", frontchannel_logout_uri="https://one.example/out")
    tokens = driver.tokens()
    page = driver.browser.get(LOGOUT, {"id_token_hint": tokens["id_token"]}).content.decode()
    assert f"sid={payload(tokens['id_token'])['sid']}" in page
    assert Authorization.objects.get().sid not in page
    assert not is_logged_in(driver)


@pytest.mark.spec("OIDC RP-Initiated Logout", "2")
def test_a_hint_ends_its_session_at_once_and_another_sessions_asks() -> None:
    one = client_at("one.example")
    hint = one.tokens()["id_token"]
    other = Driver(one.application, redirect_uri=one.redirect_uri, scope=one.scope)
    other.sign_in(Authorization.objects.get().user)
    asked = {"id_token_hint": hint, "post_logout_redirect_uri": BYE}
    assert other.browser.get(LOGOUT, asked).status_code == 200
    assert is_logged_in(other)
    assert one.browser.get(LOGOUT, asked)["Location"] == BYE
    assert not is_logged_in(one)


@pytest.mark.spec("RFC 7662", "2.2")
def test_introspection_and_access_tokens_name_no_session() -> None:
    driver = client_at("one.example", may_introspect=True)
    said = driver.introspect(driver.tokens()["access_token"]).json()
    assert said["active"] is True
    assert "sid" not in said
    assert Authorization.objects.get().sid not in json.dumps(said)


def test_no_answer_to_a_pairwise_client_holds_the_sessions_own_name() -> None:
    driver = client_at("one.example", access_token_format="jwt", frontchannel_logout_uri="https://one.example/out")
    response = driver.authorize()
    location = driver.decide(response["Location"])["Location"]
    tokens = driver.tokens()
    said = [location, *(json.dumps(payload(tokens[name])) for name in ("id_token", "access_token"))]
    sids = set(Authorization.objects.values_list("sid", flat=True))
    assert not [text for text in said for sid in sids if sid in text]


@pytest.mark.spec("OIDC Back-Channel Logout", "2.4")
def test_a_client_that_lost_its_sector_is_told_nothing_rather_than_the_sessions_own_name() -> None:
    driver = client_at("one.example")
    tokens = driver.tokens()
    driver.application.redirect_uris = "https://one.example/callback https://two.example/callback"
    driver.application.save()
    driver.browser.logout()
    assert ledger.is_over(tokens["access_token"])
    assert not LogoutDelivery.objects.exists()


@pytest.mark.spec("OIDC Front-Channel Logout", "2")
def test_its_frame_then_carries_neither_iss_nor_sid() -> None:
    driver = client_at("one.example", frontchannel_logout_uri="https://one.example/out", backchannel_logout_uri="")
    driver.tokens()
    driver.application.redirect_uris = "https://one.example/callback https://two.example/callback"
    driver.application.save()
    page = driver.browser.get(LOGOUT, {"client_id": driver.application.client_id})
    assert '<iframe src="https://one.example/out"' in answer(driver, page).content.decode()


def test_a_hint_from_before_names_had_sectors_still_ends_its_session(monkeypatch: Any) -> None:
    driver = client_at("one.example")
    monkeypatch.setattr("oauth_provider.tokens.id_token.sid_of", lambda sid, client: sid)
    hint = driver.tokens()["id_token"]
    assert payload(hint)["sid"] == Authorization.objects.get().sid
    asked = {"id_token_hint": hint, "post_logout_redirect_uri": BYE}
    assert driver.browser.get(LOGOUT, asked)["Location"] == BYE
    assert ClientPolicy.objects.get().subject_type == "pairwise"
