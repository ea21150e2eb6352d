"""Logos and colours of clients (RFC 7591 §5): served by us, for ever, to everybody, and as nothing else."""

from typing import Any

import pytest
from django.test import Client as Browser

from oauth_provider.models import ClientLogo
from tests.factories import ApplicationFactory
from tests.statements import cost

pytestmark = [pytest.mark.django_db, pytest.mark.spec("RFC 7591", "5")]

DIGEST = "ab" * 32


def check_harmless(response: Any) -> None:
    """Nothing runs in it, whatever a browser takes it for, and no cookie is on what every cache may keep."""
    assert response["Cache-Control"] == "public, max-age=31536000, immutable"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"].startswith("default-src 'none'; sandbox")
    assert not response.cookies


def test_a_logo_is_served_by_its_digest() -> None:
    ClientLogo.objects.keep(ApplicationFactory(), DIGEST, b"\x89PNG")
    browser = Browser()
    response = browser.get(f"/oauth/logo/{DIGEST}")
    assert (response.content, response["Content-Type"]) == (b"\x89PNG", "image/png")
    check_harmless(response)
    assert len(cost(lambda: browser.get(f"/oauth/logo/{DIGEST}"))) == 1
    assert browser.post(f"/oauth/logo/{DIGEST}").status_code == 405


def test_a_logo_that_was_replaced_or_whose_client_is_gone_is_not_served() -> None:
    application = ApplicationFactory()
    ClientLogo.objects.keep(application, DIGEST, b"one")
    ClientLogo.objects.keep(application, "cd" * 32, b"two")
    assert Browser().get(f"/oauth/logo/{DIGEST}").status_code == 404
    assert ClientLogo.objects.count() == 1
    application.delete()
    assert Browser().get(f"/oauth/logo/{'cd' * 32}").status_code == 404


def test_two_clients_may_have_the_same_logo() -> None:
    first, second = ApplicationFactory(), ApplicationFactory()
    for application in (first, second):
        ClientLogo.objects.keep(application, DIGEST, b"\x89PNG")
    first.delete()
    assert Browser().get(f"/oauth/logo/{DIGEST}").status_code == 200


@pytest.mark.parametrize("digest", ["x", "AB" * 32, "ab" * 31, "..%2f..%2fetc%2fpasswd", "ab" * 32 + "0"])
def test_what_is_no_digest_is_nowhere(digest: str) -> None:
    assert Browser().get(f"/oauth/logo/{digest}").status_code == 404


def test_colours_are_a_stylesheet_for_each_look() -> None:
    browser = Browser()
    response = browser.get("/oauth/accent/7a3e00-d46c00")
    css = response.content.decode()
    assert response["Content-Type"] == "text/css; charset=utf-8"
    assert "(prefers-color-scheme: light) { :root { --oa-accent: #7a3e00; --oa-on-accent: #ffffff; }" in css
    assert "(prefers-color-scheme: dark) { :root { --oa-accent: #d46c00; --oa-on-accent: #0b1220; }" in css
    check_harmless(response)
    assert cost(lambda: browser.get("/oauth/accent/7a3e00-d46c00")) == []
    assert "light" not in browser.get("/oauth/accent/none-d46c00").content.decode()


@pytest.mark.parametrize("colours", ["ffcc00-none", "none-7a3e00", "7a3e00", "red-none", "7a3e00}-none", "none"])
def test_no_other_stylesheet_can_be_had(colours: str) -> None:
    assert Browser().get(f"/oauth/accent/{colours}").status_code == 404
