"""The keys of a client (RFC 7591 §2, OpenID Connect Core §10.1.1): fetched seldom, kept, found when new."""

import json
from typing import Any

import pytest
from django.core.cache import caches

from oauth_provider.clients.keys import jwks_uri
from oauth_provider.clients.keys.verification import keys_for
from oauth_provider.models import ClientPolicy
from oauth_provider.models.client import as_client
from oauth_provider.protocol.errors import KeysUnavailable
from tests import jose_keys, ledger
from tests.client_keys import JWKS_URI, Publisher, jwks, signed
from tests.driver import Driver
from tests.factories import ApplicationFactory

pytestmark = [pytest.mark.django_db, pytest.mark.spec("RFC 7591", "2"), pytest.mark.usefixtures("clock_cache")]

OLD, NEW, RSA = jose_keys.key("ES256"), jose_keys.key("ES256", 1), jose_keys.key("RS256")


@pytest.fixture
def web(monkeypatch: pytest.MonkeyPatch) -> Publisher:
    publisher = Publisher(OLD)
    monkeypatch.setattr(jwks_uri, "fetch", publisher.fetch)
    return publisher


@pytest.fixture
def driver(web: Publisher) -> Driver:
    return Driver(ApplicationFactory(policy={"jwks_uri": JWKS_URI}))


def kids(driver: Driver, key: Any) -> set[str]:
    """The kids of the keys that may have signed what ``key`` signs."""
    client = as_client(driver.application)
    client.policy.refresh_from_db()
    return {known.kid for known in keys_for(client, signed(driver, key))}


def test_they_are_fetched_once_and_kept(web, driver):
    assert kids(driver, OLD) == {OLD.kid}
    assert kids(driver, OLD) == {OLD.kid}
    assert web.asked == [JWKS_URI]


def test_each_document_is_parsed_once_in_a_process(web, driver, monkeypatch):
    kids(driver, OLD)
    monkeypatch.setattr(jwks_uri, "read_text", lambda document: pytest.fail("parsed again"))
    assert kids(driver, OLD) == {OLD.kid}


@pytest.mark.spec("OIDC Core", "10.1.1")
def test_a_key_that_is_new_is_found_although_the_old_ones_are_fresh(web, driver):
    kids(driver, OLD)
    web.publish(OLD, NEW)
    with ledger.later(jwks_uri.PAUSE + 1):
        assert kids(driver, NEW) == {OLD.kid, NEW.kid}


def test_unknown_kids_do_not_make_us_ask_more_than_once_a_minute(web, driver):
    kids(driver, OLD)
    for number in range(2, 6):
        kids(driver, jose_keys.key("ES256", number))
    assert len(web.asked) == 1
    with ledger.later(jwks_uri.PAUSE + 1):
        for number in range(2, 6):
            kids(driver, jose_keys.key("ES256", number))
    assert len(web.asked) == 2


def test_a_key_that_is_taken_away_serves_no_longer_than_the_document_is_fresh(web, driver):
    kids(driver, OLD)
    web.publish(NEW)
    with ledger.later(jwks_uri.FRESH + 1):
        assert kids(driver, OLD) == {NEW.kid}


@pytest.mark.parametrize("broken", ["down", "500", "nonsense", "private", "many", "latin", "nested", "repeated"])
def test_while_the_clients_server_fails_the_old_keys_serve_and_then_no_more(web, driver, broken):
    kids(driver, OLD)
    many = jwks(*[OLD] * 17)
    {
        "down": web.fail,
        "500": lambda: web.say("{}", 500),
        "nonsense": lambda: web.say("<html>"),
        "private": lambda: web.say('{"keys": "x"}'),
        "many": lambda: web.say(json.dumps(many)),
        "latin": lambda: web.say(b'{"keys": ["\xe9"]}'),
        "nested": lambda: web.say('{"keys": ' + "[" * 1000 + "]" * 1000 + "}"),
        "repeated": lambda: web.say('{"keys": [], "keys": []}'),
    }[broken]()
    with ledger.later(jwks_uri.FRESH + 1):
        assert kids(driver, OLD) == {OLD.kid}
    with ledger.later(jwks_uri.KEPT - 1):
        assert kids(driver, OLD) == {OLD.kid}
    with ledger.later(jwks_uri.KEPT + 1), pytest.raises(KeysUnavailable):
        kids(driver, OLD)


def test_a_server_that_never_answered_is_not_asked_again_at_once(web, driver):
    web.fail()
    for _time in range(3):
        with pytest.raises(KeysUnavailable):
            kids(driver, OLD)
    assert len(web.asked) == 1
    web.publish(OLD)
    with ledger.later(jwks_uri.PAUSE + 1):
        assert kids(driver, OLD) == {OLD.kid}


def test_where_the_cache_is_out_of_order_nobody_is_believed_and_nobody_asked(web, driver, monkeypatch):
    def fail(*args: Any) -> None:
        raise ConnectionError

    monkeypatch.setattr(type(caches["default"]), "get", fail)
    with pytest.raises(KeysUnavailable):
        kids(driver, OLD)
    assert web.asked == []


def test_keys_that_were_registered_count_and_nothing_is_fetched(web, driver):
    ClientPolicy.objects.update(jwks=jwks(NEW, RSA))
    assert kids(driver, NEW) == {NEW.kid, RSA.kid}
    assert web.asked == []


def test_what_became_unreadable_in_the_database_is_no_key(web, driver):
    ClientPolicy.objects.update(jwks={"keys": "x"})
    assert kids(driver, OLD) == set()


@pytest.mark.parametrize("token", ["", "..", "x.y.z", "a" * 70_000, "é.é.é"])
def test_for_what_is_no_token_nothing_is_fetched(web, driver, token):
    assert keys_for(as_client(driver.application), token) == ()
    assert web.asked == []


def test_a_client_without_keys_has_none(web):
    driver = Driver(ApplicationFactory(policy={}))
    assert kids(driver, OLD) == set()
    assert web.asked == []
