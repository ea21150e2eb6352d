"""The login page that we ship (RFC 6749 §3.1): who logs in, for which application, and where that leads."""

import re
from typing import Any

import pytest
from django import forms
from django.contrib.auth.forms import AuthenticationForm
from django.test import Client as Browser
from django.utils.html import escape

from oauth_provider.pages.login import LoginView
from tests.driver import Driver, incompressible, post, query_of
from tests.each import each
from tests.factories import ApplicationFactory, UserFactory

pytestmark = [pytest.mark.django_db, pytest.mark.spec("RFC 6749", "3.1")]

LOGIN, PROFILE = "/accounts/login/", "/accounts/profile/"
ANN = {"username": "ann", "password": "correct horse"}


@pytest.fixture(autouse=True)
def ann(settings: Any) -> Any:
    settings.ROOT_URLCONF = "tests.flows.account.urls"
    return UserFactory(username="ann")


@pytest.fixture
def driver() -> Driver:
    return Driver(ApplicationFactory(name="Photo <Book>", policy={}))


def page_at(url: str, browser: Browser | None = None) -> str:
    response = (browser or Browser()).get(url)
    assert response.status_code == 200
    return str(response.content.decode())


def test_the_default_settings_of_django_lead_through_the_whole_flow(driver: Driver, settings: Any) -> None:
    assert (settings.LOGIN_URL, settings.LOGIN_REDIRECT_URL) == (LOGIN, PROFILE)
    login = driver.authorize()["Location"]
    assert login.startswith(f"{LOGIN}?")
    assert f'name="next" value="{escape(query_of(login)["next"])}"' in page_at(login, driver.browser)
    way_back = driver.browser.post(login, ANN)["Location"]
    consent = driver.browser.get(way_back)["Location"]
    assert "code" in query_of(driver.decide(consent)["Location"])


def test_a_login_that_leads_nowhere_ends_on_the_account_page() -> None:
    browser = Browser()
    assert browser.post(LOGIN, ANN)["Location"] == PROFILE
    assert "<strong>ann</strong>" in page_at(PROFILE, browser)


@each("url", ["https://evil.example.com/", "//evil.example.com/", "javascript:alert(1)"])
def test_no_login_leads_to_another_site(url: str) -> None:
    assert "evil" not in page_at(f"{LOGIN}?next={url}")
    assert Browser().post(LOGIN, {**ANN, "next": url})["Location"] == PROFILE
    assert Browser().post(f"{LOGIN}?next={url}", ANN)["Location"] == PROFILE


# -- for which application -----------------------------------------------------------------------------------


def test_the_page_names_the_application_that_waits(driver: Driver) -> None:
    assert "Photo &lt;Book&gt;" in page_at(driver.authorize()["Location"])


def test_an_application_whose_request_waits_in_a_row_is_named_as_well(driver: Driver) -> None:
    login = driver.authorize(state=incompressible(2000))["Location"]
    assert "Photo &lt;Book&gt;" in page_at(login)
    pushed = driver.push()
    assert pushed.status_code == 201
    assert "Photo &lt;Book&gt;" in page_at(driver.open(pushed.json()["request_uri"])["Location"])


def test_it_is_still_named_after_a_wrong_password(driver: Driver) -> None:
    login = driver.authorize()["Location"]
    page = driver.browser.post(login, {**ANN, "password": "wrong", "next": query_of(login)["next"]})
    assert "Photo &lt;Book&gt;" in page.content.decode()
    assert 'role="alert"' in page.content.decode()


@pytest.mark.parametrize("status", ["unapproved", "suspended"])
def test_a_name_that_a_stranger_chose_is_not_shown(driver: Driver, status: str) -> None:
    login = driver.authorize()["Location"]
    policy = driver.application.oauth_policy
    policy.status = status
    policy.save()
    assert "Photo" not in page_at(login)


@each(
    "url",
    ["/oauth/authorize", "/oauth/authorize?ticket=forged", "/oauth/authorize?client_id={client_id}", "/x"],
)
def test_what_we_did_not_sign_names_nobody(driver: Driver, url: str) -> None:
    assert "on your way" not in page_at(f"{LOGIN}?next={url.format(client_id=driver.application.client_id)}")


# -- the form ------------------------------------------------------------------------------------------------


def test_a_field_is_labelled_by_what_the_user_model_calls_it(monkeypatch: Any, ann: Any) -> None:
    monkeypatch.setattr(type(ann)._meta.get_field("username"), "verbose_name", "staff number")
    html = page_at(LOGIN)
    assert re.search(r'<label for="id_username">\s*Staff number\s*</label>', html)


def test_a_form_with_a_second_factor_shows_its_field_and_what_is_wrong_with_it(rf: Any) -> None:
    class TwoFactorForm(AuthenticationForm):
        """A password and a number from a device."""

        otp = forms.CharField(label="Number on your device", required=False)
        device = forms.CharField(widget=forms.HiddenInput, initial="phone")

        def clean_otp(self) -> str:
            raise forms.ValidationError("That number is not right.")

    view = LoginView.as_view(authentication_form=TwoFactorForm)
    browser = Browser()
    request = rf.post(LOGIN, {**ANN, "otp": "000000", "device": "phone"})
    request.session, request._dont_enforce_csrf_checks = browser.session, True
    html = view(request).content.decode()
    assert "Number on your device" in html
    assert 'type="hidden" name="device"' in html
    assert 'aria-describedby="id_otp_error"' in html
    assert re.search(r'id="id_otp_error"[^>]*>That number is not right\.', html)


def test_a_way_to_a_new_password_is_offered_where_the_project_has_one(settings: Any) -> None:
    assert "Forgot" not in page_at(LOGIN)
    settings.ROOT_URLCONF = "tests.flows.account.django_urls"
    assert "/accounts/password_reset/" in page_at(LOGIN)


def test_a_new_login_that_is_demanded_says_who_is_signed_in(driver: Driver, ann: Any) -> None:
    driver.sign_in(ann)
    html = page_at(driver.authorize(prompt="login")["Location"], driver.browser)
    assert "<strong>ann</strong>" in html
    assert 'name="password"' in html


# -- how it is sent ------------------------------------------------------------------------------------------


def test_the_page_is_sent_under_the_headers_of_our_pages() -> None:
    page = Browser().get(LOGIN)
    assert page["Content-Security-Policy"].startswith("default-src 'none'; style-src 'self'")
    assert "script-src" not in page["Content-Security-Policy"]
    assert "form-action" not in page["Content-Security-Policy"]  # the form's answer may end at a client
    assert page["X-Frame-Options"] == "DENY"
    assert page["Referrer-Policy"] == "same-origin"  # or the CSRF check would find "Origin: null"
    assert "no-store" in page["Cache-Control"]
    assert page["Cross-Origin-Opener-Policy"] == "unsafe-none"
    assert not re.search(r"<script|<style| style=| on\w+=", page.content.decode())


def test_a_login_from_another_site_is_refused() -> None:
    browser = Browser(enforce_csrf_checks=True)
    assert post(browser, LOGIN, ANN).status_code == 403
    assert "_auth_user_id" not in browser.session


def test_the_pages_are_reachable_where_every_view_requires_a_login(settings: Any) -> None:
    settings.MIDDLEWARE = [*settings.MIDDLEWARE, "django.contrib.auth.middleware.LoginRequiredMiddleware"]
    assert Browser().get(LOGIN).status_code == 200
    assert "You are logged out" in page_at("/accounts/logout/")
    assert Browser().get(PROFILE)["Location"] == f"{LOGIN}?next={PROFILE}"
