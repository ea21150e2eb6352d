"""Remembered access tokens (RFC 7009 §2): whatever ends one in this process counts at once."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.utils import timezone

from oauth_provider.dot.names import access_token_model, application_model
from oauth_provider.models import Authorization, ClientPolicy
from oauth_provider.tokens.ending import revoke_authorizations
from oauth_provider.tokens.revoke import revoke_access_tokens, revoke_refresh_tokens, revoke_user
from oauth_provider.tokens.verifier import verify
from oauth_provider.tokens.withdraw import withdraw_consent
from tests.driver import Driver, signed_in
from tests.factories import UserFactory
from tests.tokens.verification_cache.verifying import deactivate, is_refused, is_remembered

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.spec("RFC 7009", "2")]


def suspend(driver: Driver) -> None:
    policy = ClientPolicy.objects.get()
    policy.status = ClientPolicy.Status.SUSPENDED
    policy.save()


def end_by_hand(driver: Driver) -> None:
    row = access_token_model().objects.get()
    row.expires = timezone.now()
    row.save()


ENDS: dict[str, Callable[[Driver], Any]] = {
    "its client revokes it": lambda driver: revoke_authorizations(
        Authorization.objects.all(), Authorization.Reason.CLIENT
    ),
    "consent is withdrawn": lambda driver: withdraw_consent(
        user=get_user_model().objects.get(), application=driver.application
    ),
    "all of the user's": lambda driver: revoke_user(get_user_model().objects.get()),
    "an operator": lambda driver: revoke_access_tokens(access_token_model().objects.all()),
    "its session ends": lambda driver: driver.browser.logout(),
    "the row is deleted": lambda driver: access_token_model().objects.get().delete(),
    "all rows are": lambda driver: access_token_model().objects.all().delete(),
    "the row is made to expire": end_by_hand,
    "the authorization is deleted": lambda driver: Authorization.objects.get().delete(),
    "the user is deleted": lambda driver: get_user_model().objects.get().delete(),
    "the user is deactivated": deactivate,
    "the client is suspended": suspend,
    "the client is deleted": lambda driver: driver.application.delete(),
}


@pytest.fixture
def of_session() -> tuple[Driver, str]:
    """A sign-in that ends with its session, and its remembered token."""
    driver = signed_in(policy={})
    driver.scope = "openid notes:read"
    token = str(driver.tokens()["access_token"])
    verify(token)
    assert is_remembered(token)
    return driver, token


@pytest.mark.parametrize("end", ENDS.values(), ids=ENDS)
def test_whatever_ends_it_in_this_process_counts_at_once(of_session: tuple[Driver, str], end: Any) -> None:
    driver, token = of_session
    end(driver)
    assert is_refused(token)


def test_a_clients_own_token_is_forgotten_when_it_is_revoked(driver: Driver) -> None:
    token = driver.token(grant_type="client_credentials", scope="notes:read").json()["access_token"]
    verify(token)
    assert is_remembered(token)
    driver.revoke(token)
    assert is_refused(token)


@pytest.mark.parametrize("by_operator", [False, True])
def test_a_token_of_dots_is_forgotten_with_its_refresh_token(driver: Driver, by_operator: bool) -> None:
    from tests.races.outcomes import dot_refresh_token

    row = dot_refresh_token(driver, get_user_model().objects.get())
    token = row.access_token.token
    verify(token)
    assert is_remembered(token)
    if by_operator:
        revoke_refresh_tokens(type(row).objects.all())
    else:
        driver.revoke(row.token)
    assert is_refused(token)


def test_what_is_saved_in_this_process_is_seen_at_once(driver: Driver, token: str) -> None:
    user = get_user_model().objects.get()
    user.username = "renamed"
    user.save()
    assert verify(token).user.username == "renamed"
    application = application_model().objects.get()
    application.name = "Renamed"
    application.save()
    assert verify(token).application.name == "Renamed"
    row = access_token_model().objects.get()
    row.scope = "notes:read"
    row.save()
    assert verify(token).scope == "notes:read"


def test_others_are_still_remembered(driver: Driver, token: str) -> None:
    other = signed_in(UserFactory())
    theirs = other.tokens()["access_token"]
    verify(theirs)
    driver.revoke(token)
    deactivate_row = get_user_model().objects.order_by("pk").first()
    deactivate_row.is_active = False
    deactivate_row.save()
    assert is_remembered(theirs)


def test_what_follows_a_change_is_remembered_again(driver: Driver, token: str) -> None:
    get_user_model().objects.get().save()
    assert not is_remembered(token)
    assert is_remembered(token)
