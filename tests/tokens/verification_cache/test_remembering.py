"""Remembered access tokens (RFC 7009 §2): no statement for a hit, and nothing that another may change."""

from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.test import Client as Browser

from oauth_provider.dot.names import access_token_model
from oauth_provider.models import ClientPolicy, TokenBinding
from oauth_provider.protocol.digest import digest
from oauth_provider.sql.tenant import tenant_of
from oauth_provider.tokens import verification_cache
from oauth_provider.tokens.token_lookup import recall_token
from oauth_provider.tokens.verification_cache import verification_cache as cache
from oauth_provider.tokens.verifier import find_good, verify
from tests import ledger
from tests.driver import INTROSPECT, Driver, post
from tests.factories import ApplicationFactory
from tests.tokens.verification_cache.verifying import Clock, is_refused, is_remembered, statements

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.spec("RFC 7009", "2")]


def test_by_default_nothing_is_remembered(driver: Driver, settings: Any) -> None:
    settings.OAUTH_PROVIDER |= {"VERIFICATION_CACHE_LIFETIME": 0}
    token = driver.tokens()["access_token"]
    assert [statements(lambda: verify(token)) for _ in range(2)] == [1, 1]
    assert len(cache) == 0


def test_a_hit_asks_the_database_nothing_and_says_the_same(driver: Driver, token: str) -> None:
    first = verify(token)
    cache.clear()
    assert verify(token) == first
    again = verify(token)
    assert (again, again.user, again.application) == (first, first.user, first.application)
    assert again.user.username == first.user.username
    assert statements(lambda: verify(token).user.username) == 0
    assert statements(lambda: verify(token).application) == 1  # the row itself is nobody's to remember


def test_a_whole_guarded_call_asks_nothing(token: str) -> None:
    headers = {"Authorization": f"Bearer {token}"}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("django.conf.settings.ROOT_URLCONF", "tests.postgres.guarded_urls")
        for place in ("/guarded", "/function"):
            assert statements(lambda place=place: Browser().get(place, headers=headers)) == 0  # type: ignore[misc]


def test_it_is_asked_again_after_the_lifetime(token: str, clock: Clock) -> None:
    clock.now += 9.9
    assert is_remembered(token)
    clock.now += 0.2
    assert not is_remembered(token)
    assert is_remembered(token)


def test_what_is_changed_in_another_process_is_seen_after_the_lifetime(token: str, clock: Clock) -> None:
    get_user_model().objects.update(is_active=False)  # tells nobody, as another process does not
    assert not is_refused_now(token)
    clock.now += 11
    assert is_refused(token)


def is_refused_now(token: str) -> bool:
    return not ledger.is_good(token)


def test_nothing_goes_on_past_its_expiry(driver: Driver, settings: Any) -> None:
    settings.OAUTH_PROVIDER |= {"VERIFICATION_CACHE_LIFETIME": 10**6}
    token = driver.tokens()["access_token"]
    verify(token)
    with ledger.later(3601):
        assert statements(lambda: is_refused(token)) == 0


def test_what_is_refused_is_not_remembered_as_good_nor_what_is_unknown(driver: Driver, token: str) -> None:
    driver.revoke(token)
    for bad in (token, "unknown", token[:-1]):
        assert is_refused(bad)
    assert statements(lambda: is_refused("unknown")) == 1


def test_the_memory_is_bounded_and_what_was_used_last_stays(driver: Driver, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verification_cache, "REMEMBERED", 2)
    first, second, third = [driver.tokens()["access_token"] for _ in range(3)]
    for token in (first, second, first, third):
        verify(token)
    assert len(cache) == 2
    assert [is_remembered(token) for token in (first, third, second)] == [True, True, False]


def test_it_holds_no_token(token: str) -> None:
    assert token not in repr(cache)
    assert list(cache._rows) == [(tenant_of("default"), digest(token))]


def test_what_one_view_does_to_its_user_no_other_sees(token: str, driver: Driver) -> None:
    TokenBinding.objects.update(act={"sub": "actor"})
    access_token_model().objects.update(resource=["https://api.example"])
    cache.clear()
    for _ in range(2):
        seen = verify(token)
        assert seen.user.username != "mallory"
        assert (seen.user.is_staff, seen.act) == (False, {"sub": "actor"})
        assert seen.application.name == driver.application.name
        assert not hasattr(seen.user, "note")
        seen.user.username, seen.user.is_staff, seen.user.note = "mallory", True, "mine"
        seen.user._perm_cache = {"everything"}
        seen.application.name = "mallory's"
        seen.act["sub"] = "mallory"  # type: ignore[index]
        find_good(token, recall_token).resources.append("https://other.example")  # type: ignore[union-attr]
    assert is_remembered(token)
    assert verify(token).resources == ("https://api.example",)
    assert verify(token).user is not verify(token).user


def test_endpoints_ask_the_database(token: str, driver: Driver) -> None:
    asker = Driver(ApplicationFactory(service=True, policy={"may_introspect": True}))
    access_token_model().objects.update(scope="introspection")
    ClientPolicy.objects.update(may_introspect=True)
    cache.clear()
    verify(token)
    get_user_model().objects.update(is_active=False)
    assert not is_refused_now(token)
    assert asker.introspect(token).json() == {"active": False}
    assert post(driver.browser, INTROSPECT, {"token": token}, Authorization=f"Bearer {token}").status_code == 401
    headers = {"Authorization": f"Bearer {token}"}
    assert driver.browser.get("/oauth/userinfo", headers=headers).status_code == 401
