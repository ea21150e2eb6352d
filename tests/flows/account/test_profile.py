"""The account page (RFC 6749 §3.1): who is signed in, a way out, and the pages that the project has for them."""

from typing import Any

import pytest
from django.test import Client as Browser
from django.urls import include, path

from oauth_provider import urls as oauth
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db

PROFILE = "/accounts/profile/"


@pytest.fixture(autouse=True)
def pages(settings: Any) -> None:
    settings.ROOT_URLCONF = "tests.flows.account.urls"


def page_for(**user: Any) -> Any:
    browser = Browser()
    browser.force_login(UserFactory(**user))
    return browser.get(PROFILE)


def test_it_says_who_is_signed_in_and_offers_to_log_out() -> None:
    page = page_for(username="<ann>")
    html = page.content.decode()
    assert "<strong>&lt;ann&gt;</strong>" in html
    assert '<form method="post" action="/accounts/logout/">' in html
    assert 'name="csrfmiddlewaretoken"' in html
    assert page["Content-Security-Policy"].startswith("default-src 'none'")
    assert "no-store" in page["Cache-Control"]


def test_others_log_in_first_and_come_back() -> None:
    assert Browser().get(PROFILE)["Location"] == f"/accounts/login/?next={PROFILE}"


def test_it_takes_no_post() -> None:
    browser = Browser()
    browser.force_login(UserFactory())
    assert browser.post(PROFILE).status_code == 405
    assert "_auth_user_id" in browser.session


def test_only_staff_is_shown_the_way_to_the_admin() -> None:
    assert 'href="/admin/"' in page_for(is_staff=True).content.decode()
    assert 'href="/admin/"' not in page_for().content.decode()


def test_a_page_to_change_the_password_is_linked_where_there_is_one(settings: Any) -> None:
    assert "password" not in page_for().content.decode()

    class Urls:
        """A project with Django's views beside ours."""

        urlpatterns = [
            path("accounts/", include(oauth.accounts)),
            path("accounts/", include("django.contrib.auth.urls")),
            path("", include("oauth_provider.urls")),
        ]

    settings.ROOT_URLCONF = Urls
    assert 'href="/accounts/password_change/"' in page_for().content.decode()
