"""A28, oracles: what is unknown and what is another's are answered alike (RFC 7009 §2.1, RFC 7662 §4)."""

from typing import Any
from unittest.mock import patch

import pytest

from oauth_provider.protocol.token_string import ACCESS_TOKEN, CODE, make_family, make_refresh_token, make_token
from tests import ledger
from tests.driver import INTROSPECT, REVOKE, TOKEN, Driver, post, signed_in
from tests.each import each
from tests.factories import ApplicationFactory

pytestmark = [pytest.mark.django_db, pytest.mark.spec("RFC 7009", "2.1"), pytest.mark.spec("RFC 7662", "4")]


@pytest.fixture
def victim() -> Driver:
    return signed_in()


@pytest.fixture
def stranger() -> Driver:
    return Driver(ApplicationFactory())


def same(*responses: Any) -> None:
    """Nothing tells these answers apart."""
    assert len({response.status_code for response in responses}) == 1
    assert len({response.content for response in responses}) == 1
    assert len({tuple(sorted(response.headers.items())) for response in responses}) == 1


@each("path", [TOKEN, REVOKE, INTROSPECT])
def test_an_unknown_client_and_a_wrong_secret(victim: Driver, path: str) -> None:
    form = {"token": "x", "grant_type": "refresh_token", "refresh_token": "x", "client_secret": "wrong"}
    known = post(victim.browser, path, form | {"client_id": victim.application.client_id})
    unknown = post(victim.browser, path, form | {"client_id": "nobody"})
    public = post(victim.browser, path, form | {"client_id": ApplicationFactory(public=True).client_id})
    for response in (known, unknown, public):
        ledger.refused(response, "invalid_client", 401)
    same(known, unknown, public)


def test_neither_costs_a_slow_hash(victim: Driver) -> None:
    with patch("oauth_provider.clients.authentication.secret.check_password") as check:
        for client_id in (victim.application.client_id, "nobody"):
            victim.redeem("x", client_id=client_id, client_secret="wrong")
    assert not check.called


@pytest.mark.parametrize("kind", ["access_token", "refresh_token"])
def test_revocation_of_an_unknown_and_of_anothers_token(victim: Driver, stranger: Driver, kind: str) -> None:
    tokens = victim.tokens()
    unknown = {"access_token": make_token(ACCESS_TOKEN), "refresh_token": make_refresh_token(make_family())}[kind]
    with ledger.unchanged():
        same(stranger.revoke(tokens[kind]), stranger.revoke(unknown), stranger.revoke("x"))
    assert ledger.is_good(tokens["access_token"])


@pytest.mark.parametrize("kind", ["access_token", "refresh_token"])
def test_introspection_of_an_unknown_and_of_anothers_token(victim: Driver, stranger: Driver, kind: str) -> None:
    tokens = victim.tokens()
    unknown = {"access_token": make_token(ACCESS_TOKEN), "refresh_token": make_refresh_token(make_family())}[kind]
    with ledger.unchanged():
        responses = [stranger.introspect(token) for token in (tokens[kind], unknown, "x")]
    assert responses[0].json() == {"active": False}
    same(*responses)


def test_what_ended_and_what_never_was_look_alike_to_one_who_may_ask(victim: Driver) -> None:
    asker = Driver(ApplicationFactory(service=True, policy={"may_introspect": True}))
    tokens = victim.tokens()
    victim.revoke(tokens["refresh_token"])
    presented = [tokens["access_token"], tokens["refresh_token"], make_token(ACCESS_TOKEN), "x"]
    same(*(asker.introspect(token) for token in presented))


def test_an_unknown_code_and_anothers(victim: Driver, stranger: Driver) -> None:
    code = victim.code()
    with ledger.unchanged():
        same(stranger.redeem(code), stranger.redeem(make_token(CODE)))


def test_an_unknown_refresh_token_and_anothers(victim: Driver, stranger: Driver) -> None:
    token = victim.tokens()["refresh_token"]
    with ledger.unchanged():
        same(stranger.refresh(token), stranger.refresh(make_refresh_token(make_family())))


def test_a_suspended_and_an_unknown_client_at_the_authorization_endpoint(victim: Driver) -> None:
    suspended = ApplicationFactory(policy={"status": "suspended"})
    pages = [victim.authorize(client_id=client_id) for client_id in (suspended.client_id, "nobody")]
    for page in pages:
        ledger.is_error_page(page)
    references = [page.context["reference"] for page in pages]
    texts = {page.content.decode().replace(reference, "") for page, reference in zip(pages, references, strict=True)}
    assert len(texts) == 1
