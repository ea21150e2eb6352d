"""The outbox: kinds of a project's own are sent, retried and given up as logout messages are."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import connection, transaction

from oauth_provider.checks import tables
from oauth_provider.clients.keys.encryption import envelope_for
from oauth_provider.models import LogoutDelivery
from oauth_provider.models.logout_delivery import BACKCHANNEL_LOGOUT, BACKOFF
from oauth_provider.tokens.logout_delivery import deliver_due
from oauth_provider.tokens.outbox import Undeliverable

pytestmark = pytest.mark.django_db(transaction=True)
Status = LogoutDelivery.Status
sent: list[object] = []


def send(payload):
    """Note what is sent; fail where it says so."""
    if payload == "later":
        raise ConnectionError("not now")
    if payload == "never":
        raise Undeliverable("nobody is there")
    sent.append(payload)


@pytest.fixture(autouse=True)
def _kinds(settings):
    sent.clear()
    settings.OAUTH_PROVIDER = {**settings.OAUTH_PROVIDER, "OUTBOX_KINDS": {"webhook": f"{__name__}.send"}}


def test_a_message_is_sent_once():
    LogoutDelivery.objects.put("webhook", {"order": 7})
    assert deliver_due(envelope_for) == {"delivered": 1}
    assert deliver_due(envelope_for) == {}
    assert sent == [{"order": 7}]


def test_one_that_fails_is_tried_again_and_one_that_nobody_waits_for_is_given_up():
    later, never = (LogoutDelivery.objects.put("webhook", payload) for payload in ("later", "never"))
    deliver_due(envelope_for)
    later.refresh_from_db()
    never.refresh_from_db()
    assert (later.status, later.attempts, later.last_error) == (Status.PENDING, 1, "ConnectionError: not now")
    assert later.next_attempt_at > LogoutDelivery.objects.now() + timedelta(seconds=BACKOFF[0] - 5)
    assert (never.status, never.last_error) == (Status.DEAD, "nobody is there")


def test_a_kind_that_nobody_sends_waits_for_its_sender():
    row = LogoutDelivery.objects.put("mail", {})
    deliver_due(envelope_for)
    row.refresh_from_db()
    assert (row.status, row.last_error) == (Status.PENDING, "LookupError: Nobody sends messages of the kind mail.")


def test_what_is_rolled_back_is_not_sent():
    with transaction.atomic():
        LogoutDelivery.objects.put("webhook", {})
        transaction.set_rollback(True)
    call_command("oauth_deliver", once=True)
    assert sent == []


def test_a_row_of_code_from_before_kinds_is_a_logout_message():
    columns = "issuer, subject, sid, status, attempts, created_at, next_attempt_at, last_error"
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO oauth_provider_logoutdelivery ({columns}) VALUES ('', '', 's', 'dead', 0, %s, %s, '')",
            [LogoutDelivery.objects.now()] * 2,
        )
    assert LogoutDelivery.objects.get().kind == BACKCHANNEL_LOGOUT


@pytest.mark.parametrize(("path", "told"), [("no.such", "No module"), (f"{__name__}.sent", "no function"), ("x", "x")])
def test_a_kind_that_nothing_sends_is_found_at_start(settings, path, told):
    settings.OAUTH_PROVIDER = {**settings.OAUTH_PROVIDER, "OUTBOX_KINDS": {"webhook": path}}
    (found,) = tables.check_outbox_kinds(None)
    assert found.id == "oauth_provider.E107"
    assert "webhook" in found.msg
    assert told in found.msg


def test_a_kind_whose_function_is_there_is_fine(settings):
    settings.OAUTH_PROVIDER = {**settings.OAUTH_PROVIDER, "OUTBOX_KINDS": {"webhook": f"{__name__}.send"}}
    assert tables.check_outbox_kinds(None) == []
