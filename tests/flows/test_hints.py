"""Hints and locales (OpenID Connect Core §3.1.2.1): what fills in the login page, and the language of the pages."""

from typing import Any
from urllib.parse import quote, urlsplit

import pytest
from django.test import Client as Browser
from django.urls import path

from oauth_provider.pages.login import LoginView
from tests import ledger
from tests.driver import Driver, query_of, signed_in
from tests.each import each
from tests.factories import ApplicationFactory, UserFactory
from tests.urls import urlpatterns as project_urls

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.urls(__name__),
    pytest.mark.spec("OIDC Core", "3.1.2.1"),
]

urlpatterns = [path("accounts/login/", LoginView.as_view(template_name="admin/login.html")), *project_urls]


@pytest.fixture
def visitor() -> Driver:
    """Nobody is signed in."""
    return Driver(ApplicationFactory())


def login_page(driver: Driver, **changes: Any) -> str:
    url = driver.authorize(**changes)["Location"]
    assert urlsplit(url).path == "/accounts/login/"
    return str(driver.browser.get(url).content.decode())


# login_hint


def test_a_login_hint_fills_in_the_form(visitor: Driver) -> None:
    assert 'value="ann@example.com"' in login_page(visitor, login_hint="ann@example.com")


def test_the_page_is_the_same_whether_there_is_such_an_account(visitor: Driver) -> None:
    UserFactory(username="someone")
    known, unknown = (
        login_page(visitor, login_hint=name, state="s", code_challenge="a" * 43) for name in ("someone", "nobody1")
    )
    strip = lambda html, name: [line for line in html.replace(name, "x").splitlines() if "csrf" not in line]  # noqa: E731
    assert [line for line in strip(known, "someone") if "ticket" not in line] == [
        line for line in strip(unknown, "nobody1") if "ticket" not in line
    ]


@pytest.mark.spec("RFC 7591", "5")
@pytest.mark.parametrize("hint", ['"><script>alert(1)</script>', "' onfocus='x", "{{ 7|add:7 }}"])
def test_a_login_hint_is_only_text(visitor: Driver, hint: str) -> None:
    html = login_page(visitor, login_hint=hint)
    assert "<script>alert" not in html
    assert "onfocus='x" not in html


@pytest.mark.parametrize("hint", ["zoë@example.com", "昭和", "a b+c@d&e=f"])
def test_a_login_hint_is_in_any_script(visitor: Driver, hint: str) -> None:
    assert query_of(visitor.authorize(login_hint=hint)["Location"])["login_hint"] == hint


@pytest.mark.spec("RFC 6749", "A")
@pytest.mark.parametrize("raw", ["%00", "%0d%0aX:y", "%ff", "%ed%a0%80", "%e2%80%ae"])
def test_a_login_hint_of_bad_text_is_refused(visitor: Driver, raw: str) -> None:
    query = "&".join(f"{name}={quote(value)}" for name, value in visitor.request().items())
    with ledger.unchanged():
        response = visitor.browser.get(f"/oauth/authorize?{query}&login_hint={raw}")
    assert query_of(response["Location"])["error"] == "invalid_request"


def test_a_login_hint_does_not_change_who_is_signed_in() -> None:
    driver = signed_in(UserFactory(username="ann"))
    driver.code(login_hint="somebody-else")
    assert "code" in query_of(driver.authorize(login_hint="somebody-else", prompt="none")["Location"])


# ui_locales


@each(
    ("ui_locales", "language"),
    [
        ("de", "de"),
        ("fr-CA", "fr"),
        ("xx-nope de fr", "de"),
        ("ar", "ar"),
        ("pt-BR en", "pt-br"),
        ("xx", "en"),
        ("se", "en"),
        ("\u202e", "en"),
        ("\x00", "en"),
        ("*", "en"),
        ("a" * 2000, "en"),
        (" ".join(["xx"] * 3000), "en"),
    ],
    ids=lambda value: ascii(value)[:16],
)
def test_pages_speak_the_first_language_listed_that_we_have(ui_locales: str, language: str) -> None:
    driver = signed_in()
    page = driver.authorize(ui_locales=ui_locales)
    html = driver.browser.get(page["Location"]).content.decode()
    assert f'<html lang="{language}' in html


def test_the_login_page_speaks_it_too(visitor: Driver) -> None:
    assert 'lang="de"' in login_page(visitor, ui_locales="xx de")
    assert 'lang="en' in login_page(visitor, ui_locales="xx")
    assert 'lang="en' in login_page(visitor)


def test_error_pages_and_the_account_page_speak_it() -> None:
    driver = signed_in(policy={"status": "unapproved"})
    for changes in ({"redirect_uri": "https://evil.example.com/"}, {"scope": "nothing:here"}):
        assert '<html lang="ar" dir="rtl">' in driver.authorize(ui_locales="ar", **changes).content.decode()
    page = driver.authorize(ui_locales="ar", prompt="select_account")["Location"]
    assert '<html lang="ar" dir="rtl">' in driver.browser.get(page).content.decode()


def test_the_language_of_one_page_is_not_that_of_the_next() -> None:
    driver = signed_in()
    driver.browser.get(driver.authorize(ui_locales="de")["Location"])
    assert '<html lang="en' in driver.authorize(client_id="nobody").content.decode()


def test_a_project_of_one_language_keeps_it(settings: Any) -> None:
    settings.USE_I18N = False
    driver = signed_in()
    assert driver.browser.get(driver.authorize(ui_locales="de")["Location"]).status_code == 200


@each("name", ["claims_locales", "display", "ui_locales"])
@each("value", ["page", "popup", "se", "x" * 500, "\x00", "\udcff", "é"], ids=lambda v: ascii(v)[:9])
def test_what_only_makes_a_page_nicer_is_no_reason_to_refuse(name: str, value: str) -> None:
    driver = signed_in()
    encoded = quote(value, errors="surrogateescape")
    query = "&".join(f"{key}={quote(text)}" for key, text in driver.request().items())
    response = driver.browser.get(f"/oauth/authorize?{query}&{name}={encoded}")
    assert response["Location"].startswith("/oauth/consent/")
    assert driver.browser.get(response["Location"]).status_code == 200


def test_a_signed_out_visit_with_all_of_them_writes_nothing() -> None:
    driver = Driver(ApplicationFactory(), browser=Browser())
    with ledger.unchanged():
        response = driver.authorize(ui_locales="de", login_hint="x", display="wap", claims_locales="de")
    assert not response.cookies
