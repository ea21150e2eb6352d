"""Front-channel logout (OpenID Connect Front-Channel Logout 1.0): frames of the clients concerned, and no others."""

import re
from html import unescape
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from oauth_provider.models import Authorization, ClientPolicy
from tests.driver import CALLBACK, LOGOUT, Driver, query_of, signed_in
from tests.each import each
from tests.factories import ApplicationFactory
from tests.logout import BYE, answer, is_logged_in

pytestmark = [pytest.mark.django_db, pytest.mark.spec("OIDC Front-Channel Logout", "2")]

ORIGIN = "https://app.example.com"
FRAME = f"{ORIGIN}/frontchannel?a=b"


@pytest.fixture
def driver() -> Driver:
    driver = signed_in(policy={"frontchannel_logout_uri": FRAME}, post_logout_redirect_uris=BYE)
    driver.scope = "openid"
    return driver


def frames(page: Any) -> list[str]:
    """What the page opens in frames."""
    assert page.status_code == 200
    return [unescape(src) for src in re.findall(r'<iframe src="([^"]*)"', page.content.decode())]


def policy_of(page: Any) -> dict[str, str]:
    """The page's Content-Security-Policy by directive."""
    parts = (part.strip().partition(" ") for part in page["Content-Security-Policy"].split(";"))
    return {name: value for name, _space, value in parts}


def log_out(driver: Driver, **parameters: str) -> Any:
    """With a hint of this session."""
    hint = driver.tokens()["id_token"]
    return driver.browser.get(
        LOGOUT, {"id_token_hint": hint, "post_logout_redirect_uri": BYE, "state": "s", **parameters}
    )


def test_the_client_is_framed_with_iss_and_sid_and_nothing_else(driver: Driver) -> None:
    page = log_out(driver)
    sid = Authorization.objects.get().sid
    (frame,) = frames(page)
    assert frame.startswith(f"{FRAME}&")
    assert query_of(frame) == {"a": "b", "iss": "https://auth.example.com", "sid": sid}
    assert not is_logged_in(driver)


def test_the_page_then_leads_on_with_state(driver: Driver) -> None:
    page = log_out(driver).content.decode()
    assert f'href="{BYE}?state=s"' in page
    assert f'<meta http-equiv="refresh" content="1;url={BYE}?state=s">' in page


def test_the_policy_frames_the_clients_concerned_and_no_others(driver: Driver) -> None:
    elsewhere = "https://other.example.com:8443"
    others = {"redirect_uris": f"{elsewhere}/cb", "policy": {"frontchannel_logout_uri": f"{elsewhere}/out"}}
    other = Driver(ApplicationFactory(**others), browser=driver.browser, redirect_uri=f"{elsewhere}/cb", scope="openid")
    ApplicationFactory(
        redirect_uris="https://third.example.com/cb", policy={"frontchannel_logout_uri": "https://third.example.com/"}
    )
    other.tokens()
    page = log_out(driver)
    assert len(frames(page)) == 2
    policy = policy_of(page)
    assert policy["frame-src"].split() == [ORIGIN, elsewhere]
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == "'self'"
    assert policy["frame-ancestors"] == "'none'"
    assert "unsafe" not in page["Content-Security-Policy"]
    assert page["Referrer-Policy"] == "no-referrer"
    assert page["Cache-Control"] == "no-store"


def test_the_same_happens_after_a_confirmation(driver: Driver) -> None:
    driver.tokens()
    page = answer(driver, driver.browser.get(LOGOUT))
    assert len(frames(page)) == 1
    assert "refresh" not in page.content.decode()


@each("case", ["plain OAuth", "never redeemed", "no URI", "another's host", "http", "injection"])
def test_who_is_not_concerned_is_not_framed(driver: Driver, case: str) -> None:
    uris = {
        "no URI": "",
        "another's host": "https://evil.example.com/",
        "http": "http://app.example.com/",
        "injection": "https://app.example.com; script-src *",
    }
    if case in uris:
        ClientPolicy.objects.update(frontchannel_logout_uri=uris[case])
    code = driver.code(scope="notes:read" if case == "plain OAuth" else "openid")
    if case != "never redeemed":
        driver.redeem(code)
    page = answer(driver, driver.browser.get(LOGOUT))
    assert frames(page) == []
    assert "frame-src" not in policy_of(page)
    assert "script-src" not in policy_of(page)


def test_without_frames_the_browser_is_redirected_at_once(driver: Driver) -> None:
    ClientPolicy.objects.update(frontchannel_logout_uri="")
    assert log_out(driver)["Location"] == f"{BYE}?state=s"


def test_a_second_click_frames_nobody_again(driver: Driver) -> None:
    driver.tokens()
    page = driver.browser.get(LOGOUT)
    assert len(frames(answer(driver, page))) == 1
    assert frames(answer(driver, page)) == []


@each(
    "uri",
    [
        "https://evil.example.com/",
        "https://app.example.com:444/",
        "http://app.example.com/",
        "https://app.example.com/#x",
    ],
)
def test_the_form_takes_only_the_clients_own_origin(driver: Driver, uri: str) -> None:
    policy = ClientPolicy.objects.get()
    policy.frontchannel_logout_uri = uri
    with pytest.raises(ValidationError) as refusal:
        policy.full_clean()
    assert set(refusal.value.message_dict) == {"frontchannel_logout_uri"}


def test_the_form_takes_that(driver: Driver) -> None:
    assert CALLBACK.startswith(ORIGIN)
    ClientPolicy.objects.get().full_clean()
