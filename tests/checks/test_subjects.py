"""Checks of pairwise subjects (OpenID Connect Core §8.1)."""

from typing import Any

import pytest

from oauth_provider.checks.subjects import check_pairwise_clients, check_pairwise_secret
from tests.each import each
from tests.factories import ApplicationFactory
from tests.settings import OAUTH_PROVIDER, SECRET_KEY

pytestmark = pytest.mark.spec("OIDC Core", "8.1")

GOOD = "x" * 32


def having(settings: Any, secret: Any) -> None:
    settings.OAUTH_PROVIDER = {**OAUTH_PROVIDER, "PAIRWISE_SECRET": secret}


@each("secret", ["brief", "x" * 31, b"x" * 40, 5, "the secret key of before, which is long"])
def test_a_secret_that_is_short_or_that_is_rotated_is_an_error(settings, secret):
    settings.SECRET_KEY_FALLBACKS = ["the secret key of before, which is long"]
    having(settings, secret)
    (message,) = check_pairwise_secret(None)
    assert message.id == "oauth_provider.E070"
    assert message.hint
    assert str(secret) not in str(message)


def test_the_secret_key_is_none(settings):
    having(settings, SECRET_KEY)
    assert [message.id for message in check_pairwise_secret(None)] == ["oauth_provider.E070"]


@pytest.mark.parametrize("secret", ["", GOOD])
def test_no_secret_and_a_good_secret_are_no_error(settings, secret):
    having(settings, secret)
    assert check_pairwise_secret(None) == []


@pytest.mark.django_db
@each(
    ("secret", "uris", "faults"),
    [
        (GOOD, "https://a.example/cb", 0),
        ("", "https://a.example/cb", 1),
        (GOOD, "https://a.example/cb https://b.example/cb", 1),
        (GOOD, "", 1),
    ],
)
def test_a_client_that_can_be_told_of_nobody_is_an_error(settings, secret, uris, faults):
    having(settings, secret)
    ApplicationFactory(policy={"subject_type": "pairwise"}, redirect_uris=uris)
    ApplicationFactory(policy={}, redirect_uris="")
    messages = check_pairwise_clients(None, databases=["default"])
    assert [message.id for message in messages] == ["oauth_provider.E071"] * faults
    assert check_pairwise_clients(None, databases=[]) == []
