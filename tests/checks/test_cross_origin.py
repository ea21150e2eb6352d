"""Checks of django-cors-headers in front of us (Fetch §3.2): the operator hears what it answers in our place."""

from typing import Any

import pytest

from oauth_provider.checks import cross_origin
from tests.checks.messages import said

pytestmark = pytest.mark.spec("Fetch", "3.2")


@pytest.fixture(autouse=True)
def _middleware(settings: Any) -> None:
    settings.MIDDLEWARE = ["corsheaders.middleware.CorsMiddleware", *settings.MIDDLEWARE]


def test_a_middleware_that_answers_our_preflights_with_its_own_headers_is_named(settings: Any) -> None:
    assert said(cross_origin.check_preflights) == ["W062"]
    settings.CORS_ALLOW_HEADERS = ["authorization", "content-type"]
    assert said(cross_origin.check_preflights) == ["W062"]


def test_cors_settings_that_spare_our_urls_or_allow_the_headers_are_fine(settings: Any) -> None:
    settings.CORS_ALLOW_HEADERS = ("authorization", "MCP-Protocol-Version")
    assert said(cross_origin.check_preflights) == []
    del settings.CORS_ALLOW_HEADERS
    settings.CORS_URLS_REGEX = r"^/api/.*$"
    assert said(cross_origin.check_preflights) == []


def test_pages_that_every_website_may_read_with_cookies_are_named(settings: Any) -> None:
    assert said(cross_origin.check_pages) == []
    settings.CORS_ALLOW_ALL_ORIGINS = True
    assert said(cross_origin.check_pages) == []
    settings.CORS_ALLOW_CREDENTIALS = True
    assert said(cross_origin.check_pages) == ["W063"]
    settings.CORS_URLS_REGEX = r"^/api/.*$"
    assert said(cross_origin.check_pages) == []


def test_without_the_middleware_or_without_our_urls_nothing_is_said(settings: Any) -> None:
    settings.CORS_ALLOW_ALL_ORIGINS = settings.CORS_ALLOW_CREDENTIALS = True
    settings.ROOT_URLCONF = "oauth_provider.resource_server.urls"
    assert said(cross_origin.check_preflights) == said(cross_origin.check_pages) == []
    settings.ROOT_URLCONF, settings.MIDDLEWARE = "tests.urls", settings.MIDDLEWARE[1:]
    assert said(cross_origin.check_preflights) == said(cross_origin.check_pages) == []
