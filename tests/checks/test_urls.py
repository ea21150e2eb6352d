"""Checks of URLs (RFC 8414 §3): what is served where."""

import pytest
from django.test.utils import override_script_prefix
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


def test_a_path_that_the_proxy_takes_away_and_django_puts_back_is_no_prefix(settings):
    settings.OAUTH_PROVIDER = {"ISSUER": "https://example.com/id"}
    settings.ROOT_URLCONF = Root(path("", include("oauth_provider.urls")))
    assert said(urls.check_well_known) == ["W003"]
    with override_script_prefix("/id/"):
        assert said(urls.check_well_known) == []


def test_urls_that_nobody_serves_are_told(settings):
    assert said(urls.check_mounted) == []
    settings.ROOT_URLCONF = Root(path("auth/", include("oauth_provider.urls")))
    assert said(urls.check_mounted) == []
    settings.ROOT_URLCONF = Root(path("", include("oauth_provider.urls", namespace="auth")))
    assert said(urls.check_mounted) == []
    settings.ROOT_URLCONF = Root()
    assert said(urls.check_mounted) == ["I113"]
    assert urls.check_mounted(None)[0].msg == "No URL of the provider is served."


def test_urls_in_a_namespace_of_another_name_are_told(settings):
    settings.ROOT_URLCONF = Root(path("", include((all_urls, "auth"))))
    (message,) = urls.check_mounted(None)
    assert "another namespace than oauth_provider" in message.msg
    assert str(message.hint).startswith("Include them without a namespace of your own.")


def test_a_project_without_urls_is_asked_for_none(settings):
    settings.ROOT_URLCONF = None
    assert said(urls.check_mounted) == said(urls.check_well_known) == said(urls.check_bridge) == []


def test_urls_that_are_included_twice_are_told_with_their_places(settings):
    ours, bridge = include("oauth_provider.urls"), path("o/", include("oauth_provider.bridge.urls"))
    settings.ROOT_URLCONF = Root(path("", ours), bridge, *well_known)
    assert said(urls.check_mounted_once) == []
    settings.ROOT_URLCONF = Root(path("", ours), path("api/", include([path("auth/", ours)])))
    (message,) = urls.check_mounted_once(None)
    assert (message.id, message.msg) == (
        "oauth_provider.W127",
        "The URLs of the provider are included at / and at /api/auth/.",
    )
    settings.ROOT_URLCONF = Root()
    assert said(urls.check_mounted_once) == []
