"""Logging out in a real browser (OpenID Connect RP-Initiated Logout 1.0 §2)."""

import sqlite3
from contextlib import closing

import pytest
from playwright.sync_api import expect

from tests.browser.playground import Playground

pytestmark = pytest.mark.spec("OIDC RP-Initiated Logout", "2")


@pytest.fixture
def person(page, unasked) -> Playground:
    """Somebody who is signed in."""
    playground = Playground(page, unasked)
    playground.open()
    playground.connect("notes:read")
    playground.go()
    playground.open()
    return playground


def logout_url(demo, **parameters: str) -> str:
    """The end session endpoint."""
    return f"{demo['issuer']}/oauth/logout?" + "&".join(f"{name}={value}" for name, value in parameters.items())


def is_signed_in(person: Playground) -> bool:
    """Does the demo's own page greet somebody?"""
    person.open()
    return person.page.get_by_role("button", name="Log out demo").count() == 1


def test_the_page_names_the_asker_and_leads_on(person) -> None:
    """One obvious next step, and the way there in words."""
    home = f"{person.demo['issuer']}/"
    person.page.goto(logout_url(person.demo, client_id="demo-web", post_logout_redirect_uri=home, state="s"))
    expect(person.page.get_by_role("heading")).to_have_text("Photo Book asks to log you out")
    expect(person.page.get_by_role("main")).to_contain_text("127.0.0.1")
    person.press("Log out")
    person.page.wait_for_url(f"{home}?state=s")
    assert not is_signed_in(person)


def test_to_stay_is_as_easy_and_changes_nothing(person) -> None:
    """With the keyboard alone."""
    person.page.goto(logout_url(person.demo))
    log_out, stay = (person.page.get_by_role("button", name=name).bounding_box() for name in ("Log out", "Stay"))
    assert log_out["height"] == stay["height"] >= 44
    assert abs(log_out["width"] - stay["width"]) <= 1
    person.page.keyboard.press("Tab")
    expect(person.page.get_by_role("button", name="Log out")).to_be_focused()
    person.page.keyboard.press("Tab")
    person.page.keyboard.press("Enter")
    expect(person.page.get_by_role("heading")).to_have_text("You are still logged in")
    assert is_signed_in(person)


def test_a_form_on_another_site_reaches_the_page(person) -> None:
    """It carries no session cookie, and needs no CSRF token; the person is asked all the same."""
    form = (
        f'<form method="post" action="{person.demo["issuer"]}/oauth/logout"><button name="state" value="s">Go</button>'
    )
    person.page.route("https://app.example.com/", lambda route: route.fulfill(body=form, content_type="text/html"))
    person.page.goto("https://app.example.com/")
    person.page.get_by_role("button", name="Go").click()
    expect(person.page.get_by_role("heading")).to_have_text("Do you want to log out?")
    assert is_signed_in(person)


def test_without_scripts_it_works_as_well(new_context, unasked) -> None:
    """No page of ours needs any."""
    page = new_context(java_script_enabled=False).new_page()
    page.goto(logout_url(unasked))
    expect(page.get_by_role("heading")).to_have_text("You are logged out")


RP = "https://rp.example.com"


@pytest.fixture
def framed(demo, page, unasked):
    """The demo's client lives elsewhere, too, and is told there; what its page there was asked for."""
    Playground(page, unasked).let_in("openid", "notes:read")
    with closing(sqlite3.connect(demo.database)) as database, database:
        uris = "SELECT redirect_uris FROM oauth2_provider_application WHERE client_id = 'demo-web'"
        (before,) = database.execute(uris).fetchone()
        change = "UPDATE oauth2_provider_application SET redirect_uris = ? WHERE client_id = 'demo-web'"
        database.execute(change, [f"{before} {RP}/callback"])
        database.execute("UPDATE oauth_provider_clientpolicy SET frontchannel_logout_uri = ?", [f"{RP}/out"])
    asked: list[str] = []

    def told(route) -> None:
        asked.append(route.request.url)
        route.fulfill(body="Bye.", content_type="text/html")

    page.route(f"{RP}/**", told)
    yield asked
    with closing(sqlite3.connect(demo.database)) as database, database:
        database.execute(change, [before])
        database.execute("UPDATE oauth_provider_clientpolicy SET frontchannel_logout_uri = ''")


@pytest.mark.spec("OIDC Front-Channel Logout", "2")
def test_a_client_elsewhere_is_told_in_a_frame_before_the_browser_goes_on(page, unasked, framed) -> None:
    """The page's policy lets that one frame in, and the way on follows by itself."""
    home = f"{unasked['issuer']}/"
    page.goto(logout_url(unasked, client_id="demo-web", post_logout_redirect_uri=home, state="s"))
    Playground(page, unasked).press("Log out")
    page.wait_for_url(f"{home}?state=s")
    assert len(framed) == 1
    assert framed[0].startswith(f"{RP}/out?iss=http%3A%2F%2F127.0.0.1")
    assert "&sid=" in framed[0]
    assert not is_signed_in(Playground(page, unasked))
