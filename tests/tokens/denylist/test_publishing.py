"""When the denylist is told, what happens while it cannot be, and that no secret is (RFC 7009 §3)."""

import json
import logging
import time
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.db import transaction
from django.utils import timezone

from oauth_provider.dot.names import access_token_model
from oauth_provider.models import Authorization, ClientMember, ClientPolicy
from oauth_provider.protocol.denylist import Denial
from oauth_provider.tokens import denylist
from oauth_provider.tokens.ending import revoke_authorizations
from oauth_provider.tokens.revoke import revoke_access_tokens
from tests.driver import Driver
from tests.resource_server.denylist.transports import Barred, FakeTransport
from tests.tokens.denylist.denials import dot_token, names, of, own_token, told

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.spec("RFC 7009", "3")]

ISSUER = "https://auth.example.com"


def test_nothing_is_told_before_it_is_committed_or_if_it_never_is(driver: Driver, transport: FakeTransport) -> None:
    driver.tokens()
    rows = Authorization.objects.all()
    with transaction.atomic():
        revoke_authorizations(rows, Authorization.Reason.OPERATOR)
        policy = ClientPolicy.objects.get()
        policy.status = ClientPolicy.Status.SUSPENDED
        policy.save()
        access_token_model().objects.get().delete()
        denylist.deny_token("jti", timezone.now(), using="default")
        assert transport.published == []
        transaction.set_rollback(True)
    assert transport.published == []
    with transaction.atomic():
        revoke_authorizations(rows, Authorization.Reason.OPERATOR)
        assert transport.published == []
    assert names(transport) == {of(Authorization.objects.get())}


def test_a_jwt_is_told_by_its_name_until_it_expires(transport: FakeTransport) -> None:
    expires = timezone.now() + timedelta(seconds=90)
    with transaction.atomic():
        denylist.deny_token("its jti", expires, using="default")
    exp = int(expires.timestamp()) + denylist.LEEWAY
    assert told(transport) == [Denial(ISSUER, "token", "its jti", exp)]


@pytest.mark.parametrize("problem", [Barred("no way"), OSError(), ValueError("bad"), RecursionError()])
def test_no_request_fails_because_nobody_can_be_told(
    driver: Driver, transport: FakeTransport, problem: Exception, caplog: Any
) -> None:
    transport.barred = problem
    with caplog.at_level(logging.ERROR, "oauth_provider.tokens"):
        assert driver.revoke(driver.tokens()["access_token"]).status_code == 200
    assert Authorization.objects.get().revoked_at is not None
    assert "Revocations cannot be told" in caplog.text


def test_after_a_failure_nobody_waits_for_a_while_and_then_all_is_told(
    driver: Driver, transport: FakeTransport, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Clock:
        now, time = 1000.0, staticmethod(time.time)

        def monotonic(self) -> float:
            return self.now

    clock = Clock()
    monkeypatch.setattr(denylist, "time", clock)
    transport.barred = Barred("no way")
    for number in range(5):
        denylist.deny("token", [str(number)])
    assert transport.publishing == 1
    clock.now += denylist.REST - 0.1
    denylist.deny("token", ["5"])
    assert transport.publishing == 1
    transport.barred = None
    clock.now += 0.2
    denylist.deny("token", ["6"])
    assert [denial.id for denial in told(transport)] == list("0123456")
    denylist.deny("token", ["7"])
    assert [denial.id for denial in told(transport)] == ["7"]


def test_a_denial_names_the_client_whose_tokens_it_ends(driver: Driver, transport: FakeTransport) -> None:
    driver.revoke(driver.tokens()["access_token"])
    driver.revoke(own_token(driver))
    revoke_access_tokens(access_token_model()._base_manager.filter(pk=dot_token(driver).pk))
    denials = told(transport)
    assert {denial.kind for denial in denials} == {"authorization", "token"}
    assert {denial.client for denial in denials} == {driver.application.client_id}


def test_a_denial_lasts_as_long_as_any_token_that_it_may_deny(transport: FakeTransport, settings: Any) -> None:
    """An operator's first reaction to a leak is a shorter lifetime, and tokens of before live on for the old one."""
    now = time.time()
    for lifetime, longest in ((300, 86_400), (200_000, 200_000)):
        settings.OAUTH_PROVIDER |= {"ACCESS_TOKEN_LIFETIME": lifetime}
        denylist.deny("authorization", ["a"])
        (denial,) = told(transport)
        assert longest <= denial.exp - now <= longest + 70


def test_while_nobody_can_be_told_no_client_takes_up_the_room_of_others(transport: FakeTransport) -> None:
    publisher = denylist.Publisher(transport)
    exp = int(time.time()) + 100
    transport.barred = Barred("no way")
    publisher.publish([Denial(ISSUER, "token", "theirs", exp, client="victim")])
    for number in range(2 * denylist.UNSENT):
        publisher.publish([Denial(ISSUER, "token", str(number), exp + 1, client="crowd")])
    assert len(publisher._unsent) <= denylist.UNSENT_OF_CLIENT + 50
    publisher._rests_until, transport.barred = 0, None
    publisher.publish([])
    denials = told(transport)
    assert "theirs" in {denial.id for denial in denials}
    whole = [denial for denial in denials if denial.kind == "client"]
    assert {(denial.id, denial.exp) for denial in whole} == {("crowd", exp + 1)}
    assert time.time() - 5 <= max(denial.before or 0 for denial in whole) <= time.time() + 15


def test_what_waits_is_bounded_and_what_is_over_is_not_sent(
    transport: FakeTransport, monkeypatch: pytest.MonkeyPatch
) -> None:
    publisher = denylist.Publisher(transport)
    now = int(time.time())
    transport.barred = Barred("no way")
    publisher.publish(Denial(ISSUER, "token", str(number), now + 100) for number in range(denylist.UNSENT + 5))
    publisher._rests_until, transport.barred = 0, None
    publisher.publish([Denial(ISSUER, "token", "over", now - 1)])
    ids = [denial.id for denial in told(transport)]
    assert (len(ids), ids[0], "over" in ids) == (denylist.UNSENT - 1, "6", False)
    publisher.publish([Denial(ISSUER, "token", "over", now - 1)])
    assert told(transport) == []


def test_without_the_setting_nothing_is_told_and_nothing_asked(
    driver: Driver, transport: FakeTransport, settings: Any, django_assert_num_queries: Any
) -> None:
    driver.tokens()
    settings.OAUTH_PROVIDER = {name: value for name, value in settings.OAUTH_PROVIDER.items() if name != "DENYLIST"}
    user = get_user_model().objects.get()
    user.is_active = False
    with django_assert_num_queries(1):
        user.save()
    revoke_authorizations(Authorization.objects.all(), Authorization.Reason.OPERATOR)
    assert transport.published == []


def test_no_secret_is_told(driver: Driver, transport: FakeTransport) -> None:
    tokens = driver.tokens()
    own = own_token(driver)
    driver.revoke(own)
    driver.revoke(tokens["refresh_token"])
    get_user_model().objects.get().delete()
    text = json.dumps(transport.published)
    for secret in (*tokens.values(), own, "user"):
        assert str(secret) not in text


def test_the_tokens_of_an_application_in_test_mode_are_told_and_of_who_leaves_its_team(
    driver: Driver, transport: FakeTransport
) -> None:
    driver.tokens()
    authorization, policy = Authorization.objects.get(), ClientPolicy.objects.get()
    member = ClientMember.objects.create(application=driver.application, user=authorization.user)
    policy.status = ClientPolicy.Status.PENDING
    policy.save(update_fields=["status"])
    assert names(transport) == {("client", driver.application.client_id, True)}
    policy.save(update_fields=["scopes"])
    assert names(transport) == set()
    member.delete()
    assert names(transport) == {("authorization", str(authorization.public_id), True)}
    ClientPolicy.objects.update(status="approved")
    ClientMember.objects.create(application=driver.application, user=authorization.user).delete()
    assert names(transport) == set()
