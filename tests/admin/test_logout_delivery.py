"""Logout deliveries in the admin (OpenID Connect Back-Channel Logout 1.0 §2.5): seen, searched for, tried again."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.utils import timezone

from oauth_provider.models import ClientPolicy, LogoutDelivery
from oauth_provider.models.logout_delivery import LEASE
from tests import ledger
from tests.admin.operators import operator, url
from tests.admin.rows import logout_delivery
from tests.backchannel import TOLD, deliver, listening, logged_out, reread, somebody
from tests.each import each
from tests.factories import ApplicationFactory

pytestmark = [pytest.mark.django_db, pytest.mark.spec("OIDC Back-Channel Logout", "2.5")]

LISTING = url(LogoutDelivery, "changelist")
WAITING: dict[str, Any] = {"status": "pending", "attempts": 0, "ended_at": None, "last_error": ""}
IN_HAND = WAITING | {"attempts": 1, "next_attempt_at": timezone.now() + LEASE}
FAILING = WAITING | {"attempts": 3, "last_error": "503", "next_attempt_at": timezone.now() + timedelta(hours=2)}
DELIVERED = WAITING | {"status": "delivered", "attempts": 1, "ended_at": timezone.now()}
STATES = {"waiting": WAITING, "failing": FAILING, "dead": {}, "delivered": DELIVERED}
WORDS = {"waiting": "waiting", "failing": "failed, to be tried again", "dead": "given up", "delivered": "delivered"}


def selection(*deliveries: LogoutDelivery, **more: str) -> dict[str, Any]:
    return {"action": "retry", "_selected_action": [delivery.pk for delivery in deliveries], **more}


@each("state", STATES)
def test_each_says_what_has_become_of_it_and_is_found_by_that(state: str) -> None:
    rows = {name: logout_delivery(**columns) for name, columns in STATES.items()}
    browser = operator()
    found = browser.get(LISTING, {"state": state})
    assert list(found.context["cl"].result_list) == [rows[state]]
    assert f'<td class="field-state">{WORDS[state]}</td>' in found.content.decode()
    page = browser.get(url(rows[state])).content.decode()
    assert f'<div class="readonly">{WORDS[state]}</div>' in page
    assert TOLD in page


def test_a_logout_delivery_is_found_by_its_client() -> None:
    wanted, _other = logout_delivery(), logout_delivery()
    browser = operator()
    for query in ({"q": wanted.application.client_id}, {"application__exact": str(wanted.application_id)}):
        assert list(browser.get(LISTING, query).context["cl"].result_list) == [wanted]


def test_what_went_wrong_is_shown_as_text_and_on_the_list_in_part() -> None:
    error = "<script>alert(1)</script>" + "x" * 400
    browser, row = operator(), logout_delivery(last_error=error)
    listing, page = (browser.get(address).content.decode() for address in (LISTING, url(row)))
    for shown in (listing, page):
        assert "<script>alert" not in shown
        assert "&lt;script&gt;alert" in shown
    assert "x" * 400 in page
    assert "x" * 100 not in listing


def test_a_client_that_is_told_nowhere_any_more_is_no_error() -> None:
    row = logout_delivery(application=ApplicationFactory())
    assert "none any more" in operator().get(url(row)).content.decode()


def test_what_was_given_up_is_tried_again_and_arrives() -> None:
    delivery = logged_out(somebody())
    LogoutDelivery.objects.update(status="dead", attempts=7, ended_at=timezone.now() - timedelta(days=30))
    browser = operator()
    with ledger.unchanged():
        page = browser.get(url(delivery, "retry")).content.decode()
    assert delivery.application.name in page
    assert browser.post(url(delivery, "retry"), {"post": "yes"}).status_code == 302
    again = reread(delivery)
    assert (again.status, again.attempts, again.ended_at) == ("pending", 0, None)
    with listening() as told:
        deliver()
    assert (reread(delivery).status, len(told.got)) == ("delivered", 1)
    entry = LogEntry.objects.get()
    assert (entry.user, entry.object_id) == (browser.operator, str(delivery.pk))  # type: ignore[attr-defined]


def test_a_delivery_that_waits_for_hours_can_be_made_due() -> None:
    delivery = logout_delivery(**FAILING)
    operator().post(url(delivery, "retry"), {"post": "yes"})
    assert reread(delivery).next_attempt_at <= timezone.now()


@each("columns", [IN_HAND, DELIVERED, WAITING], ids=["in hand", "delivered", "waiting"])
def test_what_is_delivered_or_in_somebodys_hands_is_left_alone(columns: dict[str, Any]) -> None:
    delivery = logout_delivery(**columns)
    with ledger.unchanged():
        response = operator().post(url(delivery, "retry"), {"post": "yes"}, follow=True)
    assert "To be tried again: 0" in response.content.decode()


def test_a_selection_is_asked_about_and_then_tried_again() -> None:
    browser, first, second, other = operator(), logout_delivery(), logout_delivery(), logout_delivery()
    with ledger.unchanged():
        page = browser.post(LISTING, selection(first, second)).content.decode()
    assert page.count("<li>") >= 2
    assert browser.post(LISTING, selection(first, second, post="yes")).status_code == 302
    assert [reread(row).status for row in (first, second, other)] == ["pending", "pending", "dead"]


def test_nothing_is_typed_and_nothing_deleted_by_hand() -> None:
    browser, row = operator(), logout_delivery()
    page = browser.get(url(row)).content.decode()
    assert 'name="_save"' not in page
    assert "deletelink" not in page
    with ledger.unchanged():
        assert browser.post(url(row), {"status": "delivered"}).status_code == 403
        assert browser.get(url(LogoutDelivery, "add")).status_code == 403
        assert browser.post(url(row, "delete"), {"post": "yes"}).status_code == 403
        browser.post(LISTING, selection(row, post="yes") | {"action": "delete_selected"})


def test_a_viewer_sees_a_logout_delivery_but_no_button() -> None:
    browser, row = operator("oauth_provider.view_logoutdelivery"), logout_delivery()
    assert "Refused: 503" in browser.get(LISTING).content.decode()
    assert "../retry/" not in browser.get(url(row)).content.decode()
    with ledger.unchanged():
        assert browser.get(url(row, "retry")).status_code == 403
        assert browser.post(url(row, "retry"), {"post": "yes"}).status_code == 403
        browser.post(LISTING, selection(row, post="yes"))


@pytest.mark.parametrize("permission", ["view_authorization", "change_authorization"])
def test_other_permissions_show_no_logout_deliveries(permission: str) -> None:
    browser, row = operator(f"oauth_provider.{permission}"), logout_delivery()
    for address in (LISTING, url(row), url(row, "retry")):
        assert browser.get(address).status_code == 403


@each("key", ["0", "x", "9" * 40, "%00", "a%00b", "_00"])
def test_a_row_that_is_not_there_is_no_error(key: str) -> None:
    browser = operator()
    with ledger.unchanged():
        for path in ("change/", "retry/", "history/"):
            assert browser.get(f"{LISTING}{key}/{path}").status_code in (302, 404)
        assert browser.post(f"{LISTING}{key}/retry/", {"post": "yes"}).status_code == 302


@pytest.mark.spec("RFC 6819", "5.1.4.1")
def test_no_page_holds_a_token_the_session_or_the_person() -> None:
    delivery = logged_out(somebody())
    LogoutDelivery.objects.update(status="dead", attempts=7, subject="somebody-s-subject")
    browser = operator()
    with listening() as told:
        browser.post(url(delivery, "retry"), {"post": "yes"})
        deliver()
    assert told.tokens()
    for address in (LISTING, url(delivery), url(delivery, "retry"), url(delivery, "history")):
        page = browser.get(address).content.decode()
        for secret in (*told.tokens()[0].split("."), delivery.sid, "somebody-s-subject"):
            assert secret not in page


@each("lookup", ["sid__startswith", "subject__startswith", "sid", "issuer__contains"])
def test_a_logout_delivery_cannot_be_guessed_through_a_filter(lookup: str) -> None:
    row = logout_delivery()
    response = operator(raise_request_exception=False).get(LISTING, {lookup: getattr(row, lookup.partition("__")[0])})
    assert response.status_code in (302, 400)


def test_what_is_to_be_tried_again_is_not_swept_for_having_ended_long_ago() -> None:
    from django.core.management import call_command

    row = logout_delivery(ended_at=timezone.now() - timedelta(days=30))
    ClientPolicy.objects.update(backchannel_logout_uri=TOLD)
    LogoutDelivery.objects.retry_dead()
    call_command("oauth_sweep", verbosity=0)
    assert reread(row).status == "pending"
