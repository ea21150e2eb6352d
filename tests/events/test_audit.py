"""The audit: what somebody must find again is a row, written with it or not at all, and stays when others go."""

import io
import json
from datetime import timedelta

import pytest
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.db import transaction
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone

from oauth_provider.events.actor import Actor
from oauth_provider.events.event import ConsentGiven
from oauth_provider.events.status import ClientSuspended
from oauth_provider.models import AuditEvent, Authorization, ClientSecret, SigningKey
from oauth_provider.models.signing_key import new_key
from oauth_provider.tokens.ending import revoke_authorizations
from oauth_provider.tokens.withdraw import withdraw_consent
from tests.driver import signed_in

pytestmark = pytest.mark.django_db(transaction=True)


def begin():
    """A person at a client, and nothing told of them yet."""
    driver = signed_in()
    AuditEvent.objects.all().delete()
    return driver


def rows():
    return [(row.kind, row.reason) for row in AuditEvent.objects.order_by("pk")]


def test_a_consent_is_a_row_with_who_gave_it_for_what_and_from_where():
    driver = begin()
    driver.tokens()
    row = AuditEvent.objects.get()
    user = str(get_user_model().objects.get().pk)
    assert (row.kind, row.client_id, row.user, row.actor) == (
        "consent_given",
        driver.application.client_id,
        user,
        user,
    )
    assert (row.address, row.facts) == ("127.0.0.1", {"scope": "notes:read notes:write"})


def test_a_no_is_a_row():
    driver = begin()
    driver.decide(driver.authorize()["Location"], "deny")
    assert rows() == [("consent_denied", "")]


def test_issuing_refreshing_and_refusing_write_no_row():
    driver = begin()
    tokens = driver.tokens()
    before = AuditEvent.objects.count()
    driver.refresh(tokens["refresh_token"])
    driver.token(grant_type="authorization_code", code="no code")
    driver.token(grant_type="client_credentials", client_secret="wrong")
    assert AuditEvent.objects.count() == before


@pytest.mark.spec("RFC 6749", "4.1.2")
def test_a_replay_is_one_row_with_the_address_that_it_came_from():
    driver = begin()
    code = driver.code()
    driver.redeem(code)
    for _ in range(3):
        driver.redeem(code)
    row = AuditEvent.objects.get(kind="authorization_revoked")
    assert (row.reason, row.address, row.actor) == ("code_replay", "127.0.0.1", "")
    assert row.authorization == str(Authorization.objects.get().public_id)
    assert row.client_id == driver.application.client_id


@pytest.mark.spec("RFC 7009", "2.1")
def test_a_client_that_revokes_is_a_row():
    driver = begin()
    driver.revoke(driver.tokens()["refresh_token"])
    assert rows()[1:] == [("authorization_revoked", "client")]


def test_a_consent_that_an_operator_withdraws_names_the_operator():
    driver = begin()
    driver.tokens()
    user = get_user_model().objects.get()
    withdraw_consent(user=user, application=driver.application, by=Actor("7", "192.0.2.1"))
    withdrawn = AuditEvent.objects.filter(kind__in=["consent_withdrawn", "authorization_revoked"])
    assert {(row.actor, row.address, row.user) for row in withdrawn} == {("7", "192.0.2.1", str(user.pk))}
    assert withdrawn.count() == 2


def test_what_is_rolled_back_was_not():
    driver = begin()
    driver.tokens()
    before = rows()
    with transaction.atomic():
        revoke_authorizations(Authorization.objects.all(), Authorization.Reason.OPERATOR)
        transaction.set_rollback(True)
    assert rows() == before


def test_rows_outlive_the_client_and_the_person():
    driver = begin()
    driver.tokens()
    before = list(AuditEvent.objects.values_list("client_id", "user"))
    get_user_model().objects.all().delete()
    driver.application.delete()
    assert list(AuditEvent.objects.values_list("client_id", "user"))[: len(before)] == before


def test_secrets_are_told_by_their_last_characters():
    application = begin().application
    ClientSecret.objects.all().delete()
    row, secret = ClientSecret.objects.create_secret(application, by=Actor("7"))
    ClientSecret.objects.revoke(row)
    ClientSecret.objects.create_secret(application)
    ClientSecret.objects.revoke_all(application)
    assert [kind for kind, _reason in rows()] == ["secret_made", "secret_revoked", "secret_made", "secret_revoked"]
    first = AuditEvent.objects.order_by("pk").first()
    assert (first.actor, first.client_id, first.facts) == ("7", application.client_id, {"hint": secret[-4:]})


def test_no_row_holds_a_secret():
    driver = begin()
    code = driver.code()
    tokens = driver.redeem(code).json()
    driver.revoke(tokens["refresh_token"])
    _row, secret = ClientSecret.objects.create_secret(driver.application)
    ClientSecret.objects.rotate(driver.application, overlap=0)
    text = json.dumps([list(map(str, row)) for row in AuditEvent.objects.values_list()])
    secrets = [code, secret, tokens["access_token"], tokens["refresh_token"], driver.application.secret]
    assert not [one for one in secrets if one in text]


def test_a_key_that_is_made_and_retired_is_told():
    key = new_key("ES256", 1, timezone.now())
    SigningKey.objects.make([key])
    SigningKey.objects.make([new_key("ES256", 1, timezone.now())])  # somebody else was first
    SigningKey.objects.retire(key.kid)
    told = [(row.facts["kid"], row.facts["step"]) for row in AuditEvent.objects.filter(kind="key_rotated")]
    assert told == [(key.kid, "made"), (key.kid, "retired")]


def test_the_sweep_deletes_rows_when_their_time_is_over(settings):
    application = begin().application
    AuditEvent.objects.record([ClientSuspended(application)], using="default")
    AuditEvent.objects.update(occurred_at=timezone.now() - timedelta(days=401))
    AuditEvent.objects.record([ClientSuspended(application)], using="default")
    settings.OAUTH_PROVIDER = {**settings.OAUTH_PROVIDER, "AUDIT_LIFETIME": None}
    call_command("oauth_sweep", stdout=io.StringIO())
    assert AuditEvent.objects.count() == 2
    settings.OAUTH_PROVIDER = {**settings.OAUTH_PROVIDER, "AUDIT_LIFETIME": 400 * 86400}
    call_command("oauth_sweep", stdout=io.StringIO())
    assert AuditEvent.objects.count() == 1


@pytest.fixture
def operator():
    browser = Browser()
    browser.force_login(get_user_model().objects.create_superuser("operator"))
    return browser


CHANGELIST = "admin:oauth_provider_auditevent_changelist"


def test_an_operator_filters_and_searches_and_can_change_nothing(operator):
    driver = begin()
    user = get_user_model().objects.exclude(username="operator").get()
    events = [ConsentGiven(driver.application, user, "notes:read"), ClientSuspended(driver.application)]
    AuditEvent.objects.record(events, using="default")
    changelist = reverse(CHANGELIST)
    assert len(operator.get(changelist).context["cl"].result_list) == 2
    assert len(operator.get(changelist, {"kind": "client_suspended"}).context["cl"].result_list) == 1
    assert len(operator.get(changelist, {"q": str(user.pk)}).context["cl"].result_list) == 1
    row = AuditEvent.objects.first()
    page = reverse("admin:oauth_provider_auditevent_change", args=[row.pk])
    assert "notes:read" in operator.get(page).content.decode()
    assert operator.post(page, {"kind": "other"}).status_code == 403
    assert (
        operator.post(reverse("admin:oauth_provider_auditevent_delete", args=[row.pk]), {"post": "yes"}).status_code
        == 403
    )
    assert operator.get(reverse("admin:oauth_provider_auditevent_add")).status_code == 403


def test_operators_acts_are_rows_in_their_name(operator):
    driver = begin()
    driver.tokens()
    row = Authorization.objects.get()
    operator.post(reverse("admin:oauth_provider_authorization_revoke", args=[row.pk]))
    told = AuditEvent.objects.get(kind="authorization_revoked")
    name = str(get_user_model().objects.get(username="operator").pk)
    assert (told.reason, told.actor, told.address) == ("operator", name, "127.0.0.1")
    operator.post(reverse("admin:oauth2_provider_application_delete", args=[driver.application.pk]), {"post": "yes"})
    assert AuditEvent.objects.filter(kind="client_deleted", actor=name, client_id=driver.application.client_id).exists()
