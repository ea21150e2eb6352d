"""What the denylist is told of tokens that hang on nothing, and of clients and people (RFC 7009 §3)."""

import time
from typing import Any

import pytest
from django.apps.registry import Apps
from django.contrib.auth import get_user_model
from django.db import transaction

from oauth_provider.dot.names import access_token_model, refresh_token_model
from oauth_provider.models import Authorization, ClientPolicy
from oauth_provider.protocol.digest import digest
from oauth_provider.tokens import denylist, token_cache_invalidation
from oauth_provider.tokens.revoke import revoke_access_tokens, revoke_refresh_tokens
from tests.driver import Driver
from tests.factories import ApplicationFactory, UserFactory
from tests.resource_server.denylist.transports import FakeTransport
from tests.tokens.denylist.denials import dot_token, names, of, own_token, told

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.spec("RFC 7009", "3")]


ENDS = {
    "the client revokes it": lambda driver, token: driver.revoke(token),
    "an operator does": lambda driver, token: revoke_access_tokens(access_token_model().objects.all()),
    "its row is deleted": lambda driver, token: access_token_model().objects.get().delete(),
}


@pytest.mark.parametrize("end", ENDS.values(), ids=ENDS)
@pytest.mark.parametrize("make", [own_token, lambda driver: dot_token(driver).token], ids=["ours", "DOT's"])
def test_a_clients_own_token_is_named_by_its_digest(
    driver: Driver, transport: FakeTransport, make: Any, end: Any
) -> None:
    token = make(driver)
    end(driver, token)
    assert token not in str(transport.published)
    assert names(transport) == {("token", digest(token), False)}


def test_what_revokes_nothing_tells_nothing(driver: Driver, transport: FakeTransport) -> None:
    token = own_token(driver)
    Driver(ApplicationFactory()).revoke(token)
    driver.revoke(token[:-1])
    driver.revoke("unknown")
    assert transport.published == []
    driver.revoke(token)
    told(transport)
    driver.revoke(token)
    assert transport.published == []


@pytest.mark.parametrize("presented", ["access", "refresh", "by an operator"])
def test_dots_tokens_are_named_beside_their_refresh_tokens(
    driver: Driver, transport: FakeTransport, presented: str
) -> None:
    user = get_user_model().objects.get()
    access = dot_token(driver, user)
    refresh = refresh_token_model().objects.create(
        user=user, application=driver.application, token="refresh of DOT", access_token=access
    )
    if presented == "by an operator":
        revoke_refresh_tokens(refresh_token_model().objects.all())
    else:
        driver.revoke(access.token if presented == "access" else refresh.token)
    assert names(transport) == {("token", digest("of DOT"), False)}


def test_a_token_of_dots_that_became_part_of_a_sign_in_is_still_named(driver: Driver, transport: FakeTransport) -> None:
    """An API may remember it from before."""
    user = get_user_model().objects.get()
    access = dot_token(driver, user)
    refresh = refresh_token_model().objects.create(
        user=user, application=driver.application, token="refresh of DOT", access_token=access
    )
    issued = driver.refresh(refresh.token).json()
    driver.revoke(issued["refresh_token"])
    tokens = {("token", digest("of DOT"), False), ("token", digest(issued["access_token"]), False)}
    assert names(transport) == tokens | {of(Authorization.objects.get())}


# -- clients and people --------------------------------------------------------------------------------------


def test_a_suspended_client_is_told_and_so_is_a_deleted_one(driver: Driver, transport: FakeTransport) -> None:
    policy = ClientPolicy.objects.get()
    policy.status = ClientPolicy.Status.SUSPENDED
    policy.save()
    denial = told(transport)[0]
    assert (denial.kind, denial.id) == ("client", driver.application.client_id)
    assert denial.before is not None
    assert time.time() <= denial.before <= time.time() + 70
    driver.application.delete()
    assert ("client", driver.application.client_id, False) in names(transport)


def test_a_model_that_bars_clients_in_its_own_way_is_asked(
    driver: Driver, transport: FakeTransport, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(denylist, "is_barred", lambda application: True)
    driver.application.save()
    assert names(transport) == {("client", driver.application.client_id, True)}


def test_a_deactivated_user_is_told_by_each_sign_in_and_may_come_back(driver: Driver, transport: FakeTransport) -> None:
    driver.tokens()
    user = get_user_model().objects.get()
    dot_token(driver, user)
    dot_token(driver, UserFactory(), "somebody else's")
    driver.revoke(driver.tokens()["access_token"])
    told(transport)
    user.is_active = False
    with transaction.atomic():
        user.save()
        assert transport.published == []
    live = Authorization.objects.get(revoked_at=None)
    assert names(transport) == {("authorization", str(live.public_id), True), ("token", digest("of DOT"), True)}


def test_proxies_and_children_of_a_model_are_listened_to(monkeypatch: pytest.MonkeyPatch) -> None:
    """Django sends the class that was saved, which for a proxy is the proxy."""

    class Proxy(ClientPolicy):
        class Meta:
            proxy = True
            app_label = "oauth_provider"
            apps = Apps()

    monkeypatch.setattr(token_cache_invalidation.apps, "get_models", lambda: [ClientPolicy, Authorization, Proxy])
    assert token_cache_invalidation.family(ClientPolicy) == [ClientPolicy, Proxy]
