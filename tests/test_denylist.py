"""What the provider tells of revocations (RFC 7009 §3): whatever ends a token, once committed, and no secret."""

import json
import logging
import time
from datetime import timedelta
from typing import Any

import pytest
from django.apps.registry import Apps
from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.db import transaction
from django.test import override_settings
from django.utils import timezone

from oauth_provider.dot.names import access_token_model, refresh_token_model
from oauth_provider.models import Authorization, ClientPolicy
from oauth_provider.protocol.denylist import Denial, parse
from oauth_provider.protocol.digest import digest
from oauth_provider.tokens import denylist, forgetting
from oauth_provider.tokens.ending import revoke_authorizations
from oauth_provider.tokens.revoke import revoke_access_tokens, revoke_refresh_tokens, revoke_user
from oauth_provider.tokens.withdraw import withdraw_consent
from tests.driver import Driver, signed_in
from tests.factories import ApplicationFactory, UserFactory
from tests.resource_server.denylist.transports import Barred, FakeTransport

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.spec("RFC 7009", "3")]

FAKE = "tests.resource_server.denylist.transports.FakeTransport"
ISSUER = "https://auth.example.com"


@pytest.fixture(autouse=True)
def transport(settings: Any) -> Any:
    settings.OAUTH_PROVIDER = settings.OAUTH_PROVIDER | {"DENYLIST": {"TRANSPORT": FAKE}}
    made = FakeTransport()
    denylist._publisher.cache_clear()
    publisher = denylist.Publisher(made)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(denylist, "_publisher", lambda options: publisher)
        yield made


@pytest.fixture
def driver() -> Driver:
    return signed_in(policy={"grant_types": ["authorization_code", "refresh_token", "client_credentials"]})


def told(transport: FakeTransport) -> list[Denial]:
    """What was published since it was asked last."""
    messages = [parse(text) for text, _exp in transport.published]
    assert [denial.exp for denial in messages] == [exp for _text, exp in transport.published]
    transport.published.clear()
    return messages


def names(transport: FakeTransport) -> set[tuple[str, str, bool]]:
    """Kind, name, and whether it may come back."""
    return {(denial.kind, denial.id, denial.before is not None) for denial in told(transport)}


def of(authorization: Authorization) -> tuple[str, str, bool]:
    return "authorization", str(authorization.public_id), False


def dot_token(driver: Driver, user: Any = None, text: str = "of DOT") -> Any:
    return access_token_model().objects.create(
        user=user,
        application=driver.application,
        token=text,
        expires=timezone.now() + timedelta(hours=1),
        scope="notes:read",
    )


# -- what ends a sign-in -------------------------------------------------------------------------------------


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
    with pytest.MonkeyPatch.context() as patch:
        made = Authorization.save

        def save(self: Authorization, *args: Any, **kwargs: Any) -> None:
            made(self, *args, **kwargs)
            seen.append(self)

        patch.setattr(Authorization, "save", save)
        way(driver)
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


# -- tokens that hang on nothing -----------------------------------------------------------------------------


def own_token(driver: Driver) -> str:
    return str(driver.token(grant_type="client_credentials", scope="notes:read").json()["access_token"])


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

    monkeypatch.setattr(forgetting.apps, "get_models", lambda: [ClientPolicy, Authorization, Proxy])
    assert forgetting.family(ClientPolicy) == [ClientPolicy, Proxy]


# -- when, and what if it cannot be told ---------------------------------------------------------------------


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
