"""``manage.py oauth_sweep``: what is over goes, and what anybody still needs stays."""

import io
import uuid
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.utils import timezone

from oauth_provider.dot.names import access_token_model, refresh_token_model
from oauth_provider.models import (
    AuditEvent,
    Authorization,
    ClientInvitation,
    ClientSecret,
    Consent,
    ConsentReceipt,
    InitialAccessToken,
    LogoutDelivery,
    PendingRequest,
    RevokedToken,
    TokenBinding,
)
from oauth_provider.models.client import ClientPolicy
from oauth_provider.models.signing_key import new_key
from oauth_provider.protocol.digest import digest
from oauth_provider.sweeping.sweep import SWEEPS
from tests.driver import Driver
from tests.each import each
from tests.factories import ApplicationFactory, UserFactory

pytestmark = pytest.mark.django_db
MINUTE, WEEK = timedelta(minutes=1), timedelta(days=7)
# Sweeps of what is unused have tests of their own.
OF_UNUSED = ("consents", "registered clients")


@pytest.fixture
def driver():
    driver = Driver(ApplicationFactory())
    driver.sign_in(UserFactory())
    return driver


def is_of_unused(name):
    return any(one in name for one in OF_UNUSED)


def sweep(**options):
    """What the command says, by what it says it of."""
    output = io.StringIO()
    call_command("oauth_sweep", stdout=output, **options)
    lines = (line.split(" ", 1) for line in output.getvalue().splitlines())
    return {text: int(number) for number, text in lines}


# The window of a retry is a minute.
RETRIED = 2 * MINUTE


def ago(delta=MINUTE):
    return timezone.now() - delta


def dot_access_token(driver, **columns):
    """A row that DOT wrote."""
    row = {"token": uuid.uuid4().hex, "application": driver.application, "expires": ago(), "scope": "notes:read"}
    return access_token_model().objects.create(**row | columns)


def test_a_project_in_use_loses_nothing(driver):
    tokens = driver.tokens()
    retried = driver.refresh(tokens["refresh_token"]).json()
    driver.authorize(scope="photos:read")  # a page that waits
    driver.code()  # a code that waits
    before = [model.objects.count() for model in (Authorization, PendingRequest, TokenBinding, ClientSecret, Consent)]
    assert set(sweep().values()) == {0}
    after = [model.objects.count() for model in (Authorization, PendingRequest, TokenBinding, ClientSecret, Consent)]
    assert after == before
    assert driver.refresh(tokens["refresh_token"]).json()["access_token"] == retried["access_token"]


def everything_due(driver, number=3):
    """Something for each sweep."""
    for _ in range(number):
        driver.tokens()
        driver.code()
    driver.authorize(scope="photos:read")
    for generation, signs_from in enumerate((ago(WEEK), ago(WEEK / 2)), start=1):
        new_key("ES256", generation, signs_from).save()
    PendingRequest.objects.update(expires_at=ago())
    access_token_model().objects.update(expires=ago())
    Authorization.objects.filter(redeemed_at=None).update(expires_at=ago(), code_expires_at=ago())
    Authorization.objects.exclude(redeemed_at=None).update(
        expires_at=ago(WEEK + MINUTE), rotated_at=ago(RETRIED), sealed_answer="sealed"
    )
    for _ in range(number):
        LogoutDelivery.objects.create(application=driver.application, sid="s", ended_at=ago(WEEK + MINUTE))
    for _ in range(number):
        ClientSecret.objects.create_secret(driver.application)
        InitialAccessToken.objects.create_token()
    ClientSecret.objects.update(expires_at=ago(WEEK + MINUTE))
    for one in range(number):
        ClientInvitation.objects.create(
            application=driver.application, name=str(one), role="viewer", expires_at=ago(MINUTE)
        )
    InitialAccessToken.objects.update(expires_at=ago(WEEK + MINUTE))
    for jti in range(number):
        RevokedToken.objects.add_token(str(jti), ago(MINUTE))
    AuditEvent.objects.update(occurred_at=ago(timedelta(days=401)))
    receipt = ConsentReceipt.objects.get()
    for ended in (None, ago(timedelta(days=4 * 365))):
        ConsentReceipt.objects.bulk_create(
            [ConsentReceipt(consent_id=-1, ended_at=ended, user=receipt.user, version="1") for _ in range(number)]
        )


def test_a_dry_run_counts_and_changes_nothing(driver):
    everything_due(driver)
    first = sweep(dry_run=True)
    assert first == sweep(dry_run=True)
    assert all(text.split(" would be ")[1] for text in first)
    done = sweep()
    assert list(done.values()) == list(first.values())
    assert {text for text, number in done.items() if not number} == {text for text in done if is_of_unused(text)}


@each("batch_size", [1, 2, 1000, 0])
def test_batches_are_as_large_as_asked_for_and_together_everything(driver, batch_size):
    everything_due(driver)
    sweep(batch_size=batch_size)
    assert set(sweep().values()) == {0}
    assert not Authorization.objects.exists()
    assert not access_token_model().objects.exists()


def test_the_oldest_token_goes_last(driver):
    """PostgreSQL's planner looks up the least key, and would walk past every one that is deleted before it."""
    everything_due(driver)
    oldest = access_token_model().objects.earliest("pk")
    batches = next(one for one in SWEEPS if one.name == "access tokens").batches(timezone.now(), 1)
    for number in (2, 1):
        assert next(batches) == 1
        assert access_token_model().objects.count() == number
    assert access_token_model().objects.get() == oldest


@each("one", [one for one in SWEEPS if not is_of_unused(one.name)], ids=lambda one: f"{one.name} {one.done}")
def test_a_batch_is_the_first_rows_that_are_due_and_no_others(driver, one):
    everything_due(driver)
    now = timezone.now()
    due = one.count(now)
    rows = next(rows for rows in (due(now) for due in one.due) if rows.exists())
    first = list(rows.values_list("pk", flat=True)[:2])
    assert [key for key, _place in one.take(rows, rows.query.order_by[0], 2)] == first
    assert one.count(now) == due - len(first)


def test_a_message_that_waits_stays_and_so_does_who_is_to_be_told(driver):
    """However long it takes: the session may end long after its tokens did."""
    LogoutDelivery.objects.create(application=driver.application, sid="s", created_at=ago(WEEK * 9))
    driver.scope = "openid"
    driver.tokens()
    Authorization.objects.update(expires_at=ago(WEEK + MINUTE), session_expires_at=timezone.now() + WEEK)
    assert sweep()["messages deleted"] == 0
    assert sweep()["authorizations deleted"] == 0
    Authorization.objects.update(session_expires_at=ago())
    assert sweep()["authorizations deleted"] == 1


@pytest.mark.spec("RFC 7009", "2.1")
def test_a_revoked_jwt_is_forgotten_when_it_would_have_expired_and_not_before():
    RevokedToken.objects.add_token("one", timezone.now() + WEEK)
    RevokedToken.objects.add_token("other", ago(MINUTE))
    assert sweep()["revoked tokens deleted"] == 1
    assert RevokedToken.objects.get().jti_digest == digest("one")


# -- access tokens -------------------------------------------------------------------------------------------


def test_what_dots_own_refresh_token_reads_its_scope_from_stays(driver):
    """DOT refuses a refresh token without its access token, however long that has been expired."""
    access = dot_access_token(driver, user=UserFactory())
    refresh = refresh_token_model().objects.create(
        user=access.user, application=driver.application, token="dot", access_token=access
    )
    assert sweep()["access tokens deleted"] == 0
    answer = driver.refresh("dot", scope="notes:read")
    assert answer.status_code == 200, answer.content
    refresh.refresh_from_db()
    assert sweep()["access tokens deleted"] == 1  # adopted: nobody needs it any more
    refresh.refresh_from_db()
    assert refresh.access_token is None


def test_the_sign_in_of_an_expired_access_token_lives_on(driver):
    tokens = driver.tokens()
    access_token_model().objects.update(expires=ago())
    assert sweep()["access tokens deleted"] == 1
    assert Authorization.objects.get().revoked_at is None
    assert driver.refresh(tokens["refresh_token"]).status_code == 200


# -- authorizations ------------------------------------------------------------------------------------------


def test_a_code_that_nobody_redeemed_goes_at_once(driver):
    driver.code()
    Authorization.objects.update(expires_at=ago(), code_expires_at=ago())
    assert sweep()["authorizations deleted"] == 1


@pytest.mark.spec("RFC 6749", "4.1.2")
def test_a_redeemed_code_is_remembered_for_its_replay(driver):
    """Also for a client whose sign-in ended with its only access token."""
    code = driver.code()
    driver.redeem(code)
    Authorization.objects.update(expires_at=ago(WEEK - MINUTE))
    access_token_model().objects.update(expires=ago())
    sweep()
    assert driver.redeem(code).json()["error"] == "invalid_grant"
    assert Authorization.objects.get().revoked_reason == "code_replay"


@pytest.mark.parametrize("column", ["revoked_at", "expires_at"])
def test_what_ended_is_kept_for_the_retention(driver, settings, column):
    driver.tokens()
    access_token_model().objects.all().delete()
    Authorization.objects.update(revoked_at=None)
    Authorization.objects.update(**{column: ago(WEEK - MINUTE)})
    assert sweep()["authorizations deleted"] == 0
    Authorization.objects.update(**{column: ago(WEEK + MINUTE)})
    assert sweep()["authorizations deleted"] == 1


def test_retention_is_the_projects(driver, settings):
    settings.OAUTH_PROVIDER = {**settings.OAUTH_PROVIDER, "SWEEP_RETENTION": 0}
    tokens = driver.tokens()
    driver.revoke(tokens["access_token"])
    assert sweep()["authorizations deleted"] == 1


def test_an_access_token_that_outlives_its_authorization_ends_with_it(driver):
    """Without its authorization a token would look like one that never had any."""
    driver.tokens()
    Authorization.objects.update(expires_at=ago(WEEK + MINUTE))
    assert sweep()["authorizations deleted"] == 1
    assert access_token_model().objects.get().expires <= timezone.now()


# -- answers, pages, secrets ---------------------------------------------------------------------------------


@pytest.mark.spec("RFC 9700", "4.14.2")
def test_a_sealed_answer_is_blanked_when_its_window_is_over(driver):
    tokens = driver.tokens()
    driver.refresh(tokens["refresh_token"])
    assert sweep()["sealed answers blanked"] == 0
    Authorization.objects.update(rotated_at=ago(RETRIED))
    assert sweep()["sealed answers blanked"] == 1
    authorization = Authorization.objects.get()
    assert authorization.sealed_answer == ""
    assert authorization.previous_digest  # which still tells a replay
    driver.refresh(tokens["refresh_token"])
    assert Authorization.objects.get().revoked_reason == "refresh_token_replay"


def test_an_answer_is_kept_for_as_long_as_any_client_may_ask_for_it_again(driver):
    driver.refresh(driver.tokens()["refresh_token"])
    Authorization.objects.update(rotated_at=ago(RETRIED))
    policy = ClientPolicy.of(driver.application)
    policy.refresh_token_retry_window = 300
    policy.save()
    assert sweep()["sealed answers blanked"] == 0
    Authorization.objects.update(rotated_at=ago(6 * MINUTE))
    assert sweep()["sealed answers blanked"] == 1


def test_a_page_that_nobody_can_answer_any_more_goes(driver):
    driver.authorize()
    assert sweep()["pending requests deleted"] == 0
    PendingRequest.objects.update(expires_at=ago())
    assert sweep()["pending requests deleted"] == 1


def test_a_secret_goes_when_it_has_ended_for_the_retention(driver):
    ClientSecret.objects.update(expires_at=ago(WEEK - MINUTE))
    assert sweep()["client secrets deleted"] == 0
    ClientSecret.objects.update(expires_at=ago(WEEK + MINUTE))
    assert sweep()["client secrets deleted"] == 1
