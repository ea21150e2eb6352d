"""Unused access: its person is told a week before, keeps it by a button or by using it, and else it ends, all of it."""

import io
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.core.management import call_command
from django.db import transaction
from django.utils import timezone

from oauth_provider.models import AuditEvent, Authorization, Consent, LogoutDelivery
from oauth_provider.sweeping import sweep as sweeping
from oauth_provider.tokens.take_back import take_back
from tests import ledger
from tests.backchannel import deliver
from tests.checks.messages import said
from tests.driver import Driver, signed_in
from tests.factories import ApplicationFactory, UserFactory

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.spec("RFC 9700", "4.14.2")]

PAGE = "/oauth/account/apps"
DAY = 86400
PERIOD = 90 * DAY


@pytest.fixture
def ana() -> Any:
    return UserFactory(username="ana", email="ana@example.com")


@pytest.fixture
def driver(ana: Any, settings: Any) -> Driver:
    settings.OAUTH_PROVIDER = settings.OAUTH_PROVIDER | {
        "UNUSED_ACCESS_ENDS_AFTER": PERIOD,
        "AUTHORIZATION_IDLE_LIFETIME": 400 * DAY,
        "NOTICES": ["access_unused"],
    }
    return signed_in(ana, name="Photo Book", policy={"grant_types": ["authorization_code", "refresh_token"]})


def sweep(**options: Any) -> dict[str, int]:
    output = io.StringIO()
    call_command("oauth_sweep", stdout=output, **options)
    lines = (line.split(" ", 1) for line in output.getvalue().splitlines())
    return {text: int(number) for number, text in lines if "consents" in text}


def idle(**before: float) -> None:
    """Everybody's access was used last so many ``days`` ago, as far as anybody knows."""
    then = timezone.now() - timedelta(**before)
    Authorization.objects.update(created_at=then, redeemed_at=then, rotated_at=None)
    Consent.objects.update(used_at=then)


def place(driver: Driver) -> Any:
    return driver.browser.get(PAGE, headers={"Accept": "application/json"}).json()["apps"][0]["places"][0]


def keep(driver: Driver, **form: str) -> Any:
    asked = {"action": "keep", "client_id": driver.application.client_id, "context": ""} | form
    return driver.browser.post(PAGE, asked, headers={"Accept": "application/json"}).json()


def test_without_the_setting_nothing_is_noted_and_nothing_ends(driver: Driver, settings: Any) -> None:
    driver.tokens()
    idle(days=1000)
    del settings.OAUTH_PROVIDER["UNUSED_ACCESS_ENDS_AFTER"]
    settings.OAUTH_PROVIDER = {**settings.OAUTH_PROVIDER}
    assert sweep()["last uses of consents forgotten"] == 1
    assert Consent.objects.get().used_at is None
    assert set(sweep().values()) == {0}


def test_what_is_there_already_is_counted_from_the_first_sweep(driver: Driver) -> None:
    driver.tokens()
    idle(days=1000)
    Consent.objects.update(used_at=None)
    Authorization.objects.all().delete()
    assert sweep()["last uses of consents noted"] == 1
    assert sweep()["unused consents announced to end"] == 0
    assert Consent.objects.get().used_at > timezone.now() - timedelta(minutes=1)


def test_a_person_is_told_a_week_before_and_then_all_of_it_ends(driver: Driver) -> None:
    tokens = driver.tokens()
    other = Driver(ApplicationFactory(), browser=driver.browser)
    kept = other.tokens()
    idle(days=83, minutes=1)
    Consent.objects.exclude(application=driver.application).update(used_at=timezone.now())
    assert sweep(dry_run=True)["unused consents would be announced to end"] == 1
    assert sweep()["unused consents announced to end"] == 1
    deliver()
    (message,) = mail.outbox
    assert message.subject.startswith("The access of Photo Book ends on ")
    assert place(driver)["ends_unused_at"] is not None
    assert sweep()["unused consents ended"] == 0
    with ledger.later(7 * DAY + 1):
        assert sweep()["unused consents ended"] == 1
    assert driver.refresh(tokens["refresh_token"]).json()["error"] == "invalid_grant"
    assert Authorization.objects.get(application=driver.application).revoked_reason == "unused"
    assert other.refresh(kept["refresh_token"]).status_code == 200
    assert AuditEvent.objects.filter(kind="unused_access_ended").count() == 1
    assert "not used for a long time" in driver.browser.get(PAGE).content.decode()
    assert driver.authorize()["Location"].startswith("/oauth/consent/")


def test_the_button_keeps_it_and_a_link_does_not(driver: Driver) -> None:
    driver.tokens()
    idle(days=84)
    sweep()
    with ledger.unchanged():
        driver.browser.get(PAGE, {"action": "keep", "client_id": driver.application.client_id})
    assert keep(driver) == {"done": "kept"}
    assert keep(driver) == {"done": "nothing"}
    assert place(driver)["ends_unused_at"] is None
    with ledger.later(8 * DAY):
        assert sweep()["unused consents ended"] == 0
    deliver()
    assert mail.outbox == []  # it would say what is not true any more


def test_nobody_keeps_what_is_anothers(driver: Driver) -> None:
    driver.tokens()
    idle(days=84)
    sweep()
    other = signed_in()
    assert keep(other, client_id=driver.application.client_id) == {"done": "nothing"}
    assert keep(driver, context="acme") == {"done": "nothing"}
    assert keep(driver, context="\x00")["error"] == "invalid_request"
    assert Consent.objects.get().end_announced_at is not None


@pytest.mark.parametrize("use", ["refresh", "sign-in", "consent"])
def test_using_it_keeps_it(driver: Driver, use: str) -> None:
    tokens = driver.tokens()
    idle(days=84)
    sweep()
    if use == "refresh":
        assert driver.refresh(tokens["refresh_token"]).status_code == 200
        assert place(driver)["ends_unused_at"] is None
    elif use == "sign-in":
        driver.code()
    else:
        driver.decide(driver.authorize(prompt="consent")["Location"])
    with ledger.later(8 * DAY):
        done = sweep()
    assert done["unused consents ended"] == 0
    assert Consent.objects.get().end_announced_at is None
    assert Authorization.objects.filter(revoked_at=None).exists()


def test_taking_a_permission_back_is_no_use(driver: Driver, ana: Any) -> None:
    driver.tokens()
    idle(days=83, minutes=1)
    sweep()
    before = Consent.objects.values("used_at", "end_announced_at").get()
    take_back(["notes:write"], user=ana, application=driver.application)
    assert None not in before.values()
    assert Consent.objects.values("used_at", "end_announced_at").get() == before


def test_use_is_remembered_when_its_sign_in_is_deleted(driver: Driver) -> None:
    driver.tokens()
    idle(days=80)
    then = timezone.now() - timedelta(days=20)
    Authorization.objects.update(rotated_at=then, expires_at=timezone.now() - timedelta(days=10))
    sweep()
    assert not Authorization.objects.exists()
    assert Consent.objects.get().used_at == then
    with ledger.later(20 * DAY):
        assert sweep()["unused consents announced to end"] == 0


def test_a_setting_that_is_shortened_ends_nothing_before_it_was_announced(driver: Driver) -> None:
    driver.tokens()
    idle(days=1000)
    assert (sweep()["unused consents announced to end"], sweep()["unused consents ended"]) == (1, 0)
    with ledger.later(6 * DAY):
        assert sweep()["unused consents ended"] == 0


def test_a_refresh_between_looking_and_ending_wins(driver: Driver, monkeypatch: pytest.MonkeyPatch) -> None:
    tokens = driver.tokens()
    idle(days=100)
    Consent.objects.update(end_announced_at=timezone.now() - timedelta(days=8))
    one = next(one for one in sweeping.SWEEPS if one.done == "ended")
    keys = [consent.pk for consent in one.due[0](timezone.now())]
    assert driver.refresh(tokens["refresh_token"]).status_code == 200
    with transaction.atomic():
        one.act(Consent.objects.all(), keys)
    assert Consent.objects.exists()
    assert Authorization.objects.get().revoked_at is None


def test_another_context_of_the_same_app_goes_on(driver: Driver) -> None:
    driver.tokens()
    row = Consent.objects.get()
    row.pk, row.context = None, "acme"
    row.save(force_insert=True)
    idle(days=100)
    Consent.objects.filter(context="acme").update(end_announced_at=timezone.now() - timedelta(days=8))
    sweep()
    assert Consent.objects.get().context == ""
    assert Authorization.objects.get().revoked_at is None


def test_who_has_no_address_finds_it_on_the_page(driver: Driver, ana: Any) -> None:
    type(ana).objects.update(email="")
    driver.tokens()
    idle(days=84)
    sweep()
    assert LogoutDelivery.objects.count() == 0
    assert "has not used this for a long time" in driver.browser.get(PAGE).content.decode()


@pytest.mark.parametrize("seconds", [0, -1, 14 * DAY, "90", True])
def test_a_time_that_leaves_no_week_is_found_at_start(settings: Any, seconds: Any) -> None:
    from oauth_provider.checks import configuration

    settings.OAUTH_PROVIDER = settings.OAUTH_PROVIDER | {"UNUSED_ACCESS_ENDS_AFTER": seconds}
    assert said(configuration.check_values) == ["E013"]


def test_a_notice_that_nobody_delivered_for_a_week_is_no_news(driver: Driver) -> None:
    driver.tokens()
    idle(days=84)
    sweep()
    old = timezone.now() - timedelta(days=8)
    LogoutDelivery.objects.update(created_at=old, next_attempt_at=old)
    output = io.StringIO()
    call_command("oauth_sweep", stdout=output)
    assert "1 messages deleted" in output.getvalue()
