"""What the denylist is told of sign-ins (RFC 7009 §3): whatever ends one, and nothing else."""

import time
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.db.models.signals import post_save
from django.test import override_settings
from django.utils import timezone

from oauth_provider.dot.names import access_token_model
from oauth_provider.models import Authorization, ClientPolicy
from oauth_provider.protocol.digest import digest
from oauth_provider.resource_server.denylist.denials import Denylist
from oauth_provider.tokens.revoke import revoke_access_tokens, revoke_user
from oauth_provider.tokens.take_back import take_back
from oauth_provider.tokens.verifier import verify
from oauth_provider.tokens.withdraw import withdraw_consent
from tests import ledger
from tests.driver import Driver, signed_in
from tests.factories import ApplicationFactory
from tests.resource_server.denylist.transports import FakeTransport
from tests.tokens.denylist.denials import dot_token, names, of, told

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.spec("RFC 7009", "3")]

ISSUER = "https://auth.example.com"


def replay_code(driver: Driver) -> None:
    code = driver.code()
    driver.redeem(code)
    driver.redeem(code)


def replay_refresh_token(driver: Driver) -> None:
    token = driver.tokens()["refresh_token"]
    for _ in range(2):
        driver.refresh(driver.refresh(token).json().get("refresh_token", token))
    without_a_window = {**settings.OAUTH_PROVIDER, "REFRESH_TOKEN_RETRY_WINDOW": 0}
    with override_settings(OAUTH_PROVIDER=without_a_window):
        driver.refresh(token)


WAYS = {
    "the client revokes it": lambda driver: driver.revoke(driver.tokens()["access_token"]),
    "the client revokes its refresh token": lambda driver: driver.revoke(driver.tokens()["refresh_token"]),
    "a code is replayed": replay_code,
    "a refresh token is replayed": replay_refresh_token,
    "consent is withdrawn": lambda driver: (
        driver.tokens(),
        withdraw_consent(user=get_user_model().objects.get(), application=driver.application),
    ),
    "all of a user's are": lambda driver: (driver.tokens(), revoke_user(get_user_model().objects.get())),
    "an operator revokes its token": lambda driver: (
        driver.tokens(),
        revoke_access_tokens(access_token_model().objects.all()),
    ),
    "its row is deleted": lambda driver: (driver.tokens(), Authorization.objects.get().delete()),
    "its token's row is deleted": lambda driver: (driver.tokens(), access_token_model().objects.get().delete()),
    "its user is deleted": lambda driver: (driver.tokens(), get_user_model().objects.get().delete()),
    "its client is deleted": lambda driver: (driver.tokens(), driver.application.delete()),
}


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
def test_however_a_sign_in_ends_it_is_told(driver: Driver, transport: FakeTransport, way: Any) -> None:
    seen: list[Authorization] = []

    def receive(instance: Authorization, **facts: Any) -> None:
        seen.append(instance)

    post_save.connect(receive, sender=Authorization)
    try:
        way(driver)
    finally:
        post_save.disconnect(receive, sender=Authorization)
    messages = told(transport)
    now = time.time()
    assert ("authorization", str(seen[-1].public_id)) in {(one.kind, one.id) for one in messages}
    for denial in messages:
        assert (denial.iss, denial.before) == (ISSUER, None)
        # A token of before ACCESS_TOKEN_LIFETIME was shortened is denied for as long as it may live.
        assert now + 86_400 <= denial.exp <= now + 86_500


def test_the_end_of_a_session_is_told(transport: FakeTransport) -> None:
    driver = signed_in()
    driver.scope = "openid notes:read"
    driver.tokens()
    authorization = Authorization.objects.get()
    driver.browser.logout()
    assert names(transport) == {of(authorization)}


def test_other_sign_ins_are_not_named(driver: Driver, transport: FakeTransport) -> None:
    driver.tokens()
    other = Authorization.objects.get()
    driver.revoke(driver.tokens()["access_token"])
    assert names(transport) == {of(Authorization.objects.exclude(pk=other.pk).get())}


def test_nothing_is_told_of_what_goes_well(driver: Driver, transport: FakeTransport) -> None:
    tokens = driver.tokens()
    driver.refresh(tokens["refresh_token"])
    user, application = get_user_model().objects.get(), driver.application
    user.save()
    application.save()
    application.oauth_policy.save()
    ApplicationFactory(policy={}).delete()
    transport.published.clear()
    call_command("oauth_sweep", verbosity=0)
    assert transport.published == []


def test_what_had_ended_before_is_not_told_when_it_is_swept(
    driver: Driver, transport: FakeTransport, settings: Any
) -> None:
    settings.OAUTH_PROVIDER |= {"SWEEP_RETENTION": 0}
    driver.revoke(driver.tokens()["access_token"])
    dot_token(driver)
    past = timezone.now() - timedelta(days=1)
    access_token_model().objects.update(expires=past)
    Authorization.objects.update(expires_at=past, revoked_at=past, session_expires_at=None)
    told(transport)
    call_command("oauth_sweep", verbosity=0)
    assert not Authorization.objects.exists()
    assert not access_token_model().objects.exists()
    assert told(transport) == []


def test_of_a_permission_that_is_taken_back_it_hears_where_tokens_say_it_themselves(
    driver: Driver, transport: FakeTransport
) -> None:
    driver.tokens()
    user = get_user_model().objects.get()
    take_back(["notes:write"], user=user, application=driver.application)
    assert told(transport) == []  # introspection says so
    ClientPolicy.objects.update(access_token_format="jwt")
    tokens = driver.redeem(driver.code(scope="notes:read photos:read")).json()
    take_back(["photos:read"], user=user, application=driver.application)
    [denial] = told(transport)
    said = Denylist()
    said.add(denial)
    assert says_no(said, tokens)
    with ledger.later(1):
        renewed = driver.refresh(tokens["refresh_token"]).json()
    assert renewed["scope"] == "notes:read"
    assert not says_no(said, renewed)


def says_no(denylist: Denylist, tokens: dict[str, Any]) -> bool:
    return denylist.denies(verify(tokens["access_token"]), digest(tokens["access_token"]))
