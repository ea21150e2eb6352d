"""Lifetimes say what is in force: their own value in words, or the server's default (RFC 9700 §2.2.2)."""

import pytest

from oauth_provider.admin.lifetimes import default_in_words, in_words, shown_lifetime
from oauth_provider.models import Resource
from tests.admin.operators import operator, url
from tests.each import each
from tests.factories import ApplicationFactory

pytestmark = pytest.mark.spec("RFC 9700", "2.2.2")


@each(
    ("seconds", "words"),
    [
        (1, "1 second"),
        (59, "59 seconds"),
        (60, "1 minute"),
        (600, "10 minutes"),
        (3600, "1 hour"),
        (5400, "90 minutes"),
        (86400, "1 day"),
        (30 * 86400, "30 days"),
        (0, "0 days"),
    ],
)
def test_seconds_are_told_in_the_largest_unit_that_they_fill(seconds, words):
    assert in_words(seconds) == words


@pytest.fixture
def _ten_minutes(settings):
    settings.OAUTH_PROVIDER = {**settings.OAUTH_PROVIDER, "ACCESS_TOKEN_LIFETIME": 600, "AUTHORIZATION_LIFETIME": None}


@pytest.mark.usefixtures("_ten_minutes")
@each(
    ("own", "shown"),
    [(None, "default: 10 minutes"), (60, "1 minute"), (3600, "1 hour, but never more than the server's 10 minutes")],
)
def test_a_lifetime_of_its_own_can_only_shorten_and_says_so(own, shown):
    assert shown_lifetime(Resource(access_token_lifetime=own), "access_token_lifetime") == shown


def test_no_limit_is_a_default_too():
    assert default_in_words(None) == "default: no limit"


@pytest.mark.django_db
@pytest.mark.usefixtures("_ten_minutes")
def test_forms_and_lists_show_the_default_that_is_in_force():
    browser, application = operator(), ApplicationFactory()
    api = Resource.objects.create(identifier="https://api.example.com/", name="Notes")
    for page in (browser.get(url(application)), browser.get(url(api)), browser.get(url(Resource, "add"))):
        text = page.content.decode()
        assert "Default: 10 minutes." in text
        assert "Default: no limit." in text
        assert 'placeholder="600"' in text
    assert "default: 10 minutes" in browser.get(url(Resource, "changelist")).content.decode()
    looking = operator("oauth2_provider.view_application").get(url(application)).content.decode()
    for words in ("default: 10 minutes", "default: 30 days", "default: no limit"):
        assert words in looking
