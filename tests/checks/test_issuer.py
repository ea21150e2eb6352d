"""Checks of the issuer beside Django's settings (RFC 8414 §2): a server has a name, and answers to it."""

from typing import Any

import pytest
from django.core import mail

from oauth_provider.checks import issuer
from tests.checks.messages import said
from tests.checks.urlconf import Root
from tests.each import each

pytestmark = pytest.mark.spec("RFC 8414", "2")


@pytest.fixture(autouse=True)
def _no_test_run(monkeypatch: pytest.MonkeyPatch) -> None:
    """As ``manage.py`` runs the checks."""
    monkeypatch.delattr(mail, "outbox")


@each("written", [{}, {"ISSUER": ""}, {"ISSUER": None}])
def test_a_server_without_a_name_is_told_as_soon_as_debug_is_off(settings: Any, written: Any) -> None:
    settings.OAUTH_PROVIDER = written
    assert said(issuer.check_issuer_is_needed) == ["W115"]
    settings.DEBUG = True
    assert said(issuer.check_issuer_is_needed) == []


def test_a_server_with_a_name_and_a_process_without_our_urls_are_fine(settings: Any) -> None:
    assert said(issuer.check_issuer_is_needed) == []
    settings.OAUTH_PROVIDER, settings.ROOT_URLCONF = {}, Root()
    assert said(issuer.check_issuer_is_needed) == []


@each(
    ("name", "allowed", "debug"),
    [
        ("https://auth.example.com", ["auth.example.com"], False),
        ("https://auth.example.com:8443/tenant", [".example.com"], False),
        ("https://AUTH.example.com", ["auth.example.com"], False),
        ("https://[::1]", ["[::1]"], False),
        ("https://auth.example.com", ["*"], False),
        ("https://auth.example.com", [], False),  # Django says so
        ("http://127.0.0.1:8000", [], True),
        ("http://localhost:8000", [], True),
        ("http://auth.localhost:8000", [], True),
        ("https://[::1", ["a.example.com"], False),  # E002 says so
        ("", ["a.example.com"], False),
    ],
)
def test_a_name_that_django_lets_through_is_fine(settings: Any, name: str, allowed: list[str], debug: bool) -> None:
    settings.OAUTH_PROVIDER, settings.ALLOWED_HOSTS, settings.DEBUG = {"ISSUER": name}, allowed, debug
    assert said(issuer.check_issuer_is_allowed) == []


@each(
    ("name", "allowed", "debug"),
    [
        ("https://auth.example.com", ["www.example.com"], False),
        ("https://auth.example.com", ["auth.example.com.evil.example"], False),
        ("https://auth.example.com", [], True),
        ("https://auth.example.com", ["localhost"], True),
    ],
)
def test_a_name_to_which_requests_are_refused_is_told(
    settings: Any, name: str, allowed: list[str], debug: bool
) -> None:
    settings.OAUTH_PROVIDER, settings.ALLOWED_HOSTS, settings.DEBUG = {"ISSUER": name}, allowed, debug
    (message,) = issuer.check_issuer_is_allowed(None)
    assert (message.id, "'auth.example.com'" in message.msg) == ("oauth_provider.W116", True)
    assert ("leave ISSUER out while DEBUG is on" in str(message.hint)) is debug
    settings.ROOT_URLCONF = Root()
    assert said(issuer.check_issuer_is_allowed) == []


def test_nothing_is_said_while_tests_run(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mail, "outbox", [], raising=False)
    settings.ALLOWED_HOSTS = ["testserver"]
    assert said(issuer.check_issuer_is_allowed) == []
    settings.OAUTH_PROVIDER = {}
    assert said(issuer.check_issuer_is_needed) == []
