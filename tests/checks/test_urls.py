"""Checks of URLs (RFC 8414 §3): what is served where."""

import pytest
from django.urls import include, path

from oauth_provider.checks import (
    urls,
)
from oauth_provider.urls import urlpatterns as all_urls
from oauth_provider.urls import well_known
from tests.checks.messages import said
from tests.checks.urlconf import Root


def test_dots_paths_need_our_pages(settings):
    settings.ROOT_URLCONF = Root(path("o/", include("oauth_provider.bridge.urls")))
    assert said(urls.check_bridge) == ["E006"]


@pytest.mark.spec("RFC 8414", "3")
def test_metadata_is_wanted_at_the_root(settings):
    below = path("auth/", include((all_urls, "oauth_provider")))
    settings.ROOT_URLCONF = Root(below)
    assert said(urls.check_well_known) == ["W003"] * 2
    settings.OAUTH_PROVIDER = {"ISSUER": "https://example.com/auth"}
    assert said(urls.check_well_known) == ["W003"] * 4
    settings.ROOT_URLCONF = Root(*well_known, below)
    assert said(urls.check_well_known) == []
    settings.ROOT_URLCONF = Root()
    assert said(urls.check_well_known) == []
