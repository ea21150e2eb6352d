"""What the endpoints wrote is looked at and ended: authorizations, consents and tokens (RFC 7009 §1)."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.utils import timezone

from oauth_provider.dot.names import access_token_model, refresh_token_model
from oauth_provider.models import Authorization, Consent
from tests import ledger
from tests.admin import rows
from tests.admin.operators import operator, url
from tests.driver import Driver, signed_in
from tests.factories import ApplicationFactory, UserFactory

pytestmark = pytest.mark.django_db

SURE = "I\u2019m sure"
# Each kind of row, the verb that ends it, and whether one of it is over.
KINDS = {
    "authorization": (rows.authorization, "revoke", lambda row: fresh(row).revoked_at is not None),
    "consent": (rows.consent, "withdraw", lambda row: not Consent.objects.filter(pk=row.pk).exists()),
    "access_token": (rows.access_token, "revoke", lambda row: fresh(row).expires <= timezone.now()),
    "refresh_token": (rows.refresh_token, "revoke", lambda row: fresh(row).revoked is not None),
}
each = pytest.mark.parametrize("kind", KINDS)


def fresh(row: Any) -> Any:
    return type(row)._base_manager.get(pk=row.pk)


def select(row: Any, kind: str, *others: Any, **more: Any) -> dict[str, Any]:
    """The form of the list with these rows ticked."""
    return {"action": KINDS[kind][1], "_selected_action": [one.pk for one in (row, *others)], **more}


@each
def test_the_page_of_a_row_asks_before_it_ends_it(kind):
    make, verb, is_over = KINDS[kind]
    browser, row, other = operator(), make(), make()
    assert f"../{verb}/" in browser.get(url(row)).content.decode()
    with ledger.unchanged():
        assert SURE in browser.get(url(row, verb)).content.decode()
    assert browser.post(url(row, verb), {"post": "yes"}).status_code == 302
    assert is_over(row)
    assert not is_over(other)
    entry = LogEntry.objects.get()
    assert (entry.user, entry.object_id) == (browser.operator, str(row.pk))


@each
def test_a_selection_is_asked_about_and_then_ended(kind):
    make, _verb, is_over = KINDS[kind]
    browser, first, second, other = operator(), make(), make(), make()
    listing = url(type(first), "changelist")
    with ledger.unchanged():
        page = browser.post(listing, select(first, kind, second)).content.decode()
    assert SURE in page
    assert page.count("<li>") >= 2
    assert browser.post(listing, select(first, kind, second, post="yes")).status_code == 302
    assert is_over(first)
    assert is_over(second)
    assert not is_over(other)
    assert LogEntry.objects.count() == 2


@each
def test_everything_that_a_list_shows_can_be_ended_without_naming_each_row(kind):
    make, _verb, is_over = KINDS[kind]
    browser, user = operator(), UserFactory()
    theirs, other = [make(user=user) for _number in range(12)], make()
    listing = f"{url(type(other), 'changelist')}?user__exact={user.pk}"
    page = browser.post(listing, select(theirs[0], kind, select_across="1")).content.decode()
    assert 'name="select_across" value="1"' in page
    assert page.count('name="_selected_action"') == 0
    assert "and 2 more" in page
    browser.post(listing, select(theirs[0], kind, select_across="1", post="yes"))
    assert all(is_over(one) for one in theirs)
    assert not is_over(other)


@each
def test_what_is_too_much_at_once_is_not_begun(kind, monkeypatch):
    make, _verb, _is_over = KINDS[kind]
    monkeypatch.setattr("oauth_provider.admin.lists.read_only.MAX_AT_ONCE", 1)
    browser, first, second = operator(), make(), make()
    listing = url(type(first), "changelist")
    with ledger.unchanged():
        response = browser.post(listing, select(first, kind, second, post="yes"), follow=True)
    assert "too many at once" in response.content.decode()


@each
def test_nothing_is_typed_and_nothing_deleted_by_hand(kind):
    make, _verb, _is_over = KINDS[kind]
    browser, row = operator(), make()
    page = browser.get(url(row)).content.decode()
    assert 'name="_save"' not in page
    assert "deletelink" not in page
    with ledger.unchanged():
        assert browser.post(url(row), {"scope": "x"}).status_code == 403
        assert browser.get(url(type(row), "add")).status_code == 403
        assert browser.post(url(row, "delete"), {"post": "yes"}).status_code == 403
        browser.post(url(type(row), "changelist"), select(row, kind, post="yes") | {"action": "delete_selected"})


@each
@pytest.mark.parametrize("key", ["0", "x", "9" * 40, "%00", "a%00b", "_00"])
def test_a_row_that_is_not_there_is_no_error(kind, key):
    make, verb, _is_over = KINDS[kind]
    browser, row = operator(), make()
    base = url(type(row), "changelist")
    with ledger.unchanged():
        for path in ("change/", f"{verb}/", "history/"):
            assert browser.get(f"{base}{key}/{path}").status_code in (302, 404)
        assert browser.post(f"{base}{key}/{verb}/", {"post": "yes"}).status_code == 302


def test_an_operators_revocation_ends_the_tokens_and_says_whose_it_was():
    driver = signed_in()
    tokens = driver.tokens()
    row = Authorization.objects.get()
    operator().post(url(row, "revoke"), {"post": "yes"})
    assert fresh(row).revoked_reason == "operator"
    assert not ledger.is_good(tokens["access_token"])
    assert ledger.is_over(tokens["access_token"])
    ledger.refused(driver.refresh(tokens["refresh_token"]), "invalid_grant")


def test_withdrawing_a_consent_ends_what_stands_on_it_and_the_user_is_asked_again():
    driver = signed_in()
    tokens = driver.tokens()
    operator().post(url(Consent.objects.get(), "withdraw"), {"post": "yes"})
    assert Authorization.objects.get().revoked_reason == "operator"
    assert not ledger.is_good(tokens["access_token"])
    assert driver.authorize()["Location"].startswith("/oauth/consent/")


@pytest.mark.spec("RFC 7009", "2.1")
def test_revoking_an_access_token_ends_the_sign_in_that_it_hangs_on():
    driver = signed_in()
    tokens = driver.tokens()
    operator().post(url(access_token_model().objects.get(), "revoke"), {"post": "yes"})
    assert Authorization.objects.get().revoked_reason == "operator"
    ledger.refused(driver.refresh(tokens["refresh_token"]), "invalid_grant")


def test_revoking_a_clients_own_token_ends_that_one_alone():
    driver = Driver(ApplicationFactory(service=True))
    first, second = (driver.token(grant_type="client_credentials", scope="notes:read").json() for _ in range(2))
    row = access_token_model().objects.order_by("pk").first()
    operator().post(url(row, "revoke"), {"post": "yes"})
    assert not ledger.is_good(first["access_token"])
    assert ledger.is_good(second["access_token"])


@pytest.mark.parametrize("kind", ["access_token", "refresh_token"])
def test_of_dots_tokens_both_end_together(kind):
    browser, refresh_token = operator(), rows.refresh_token()
    row = refresh_token if kind == "refresh_token" else refresh_token.access_token
    browser.post(url(row, "revoke"), {"post": "yes"})
    assert fresh(refresh_token).revoked is not None
    assert fresh(refresh_token.access_token).expires <= timezone.now()
    driver = Driver(refresh_token.application)
    ledger.refused(driver.refresh(refresh_token.token), "invalid_grant")


@pytest.mark.parametrize("kind", ["access_token", "refresh_token"])
@pytest.mark.spec("RFC 6819", "5.1.4.1")
def test_no_page_and_no_log_holds_a_token_or_its_checksum(kind):
    browser, refresh_token = operator(), rows.refresh_token()
    row = refresh_token if kind == "refresh_token" else refresh_token.access_token
    listing = url(type(row), "changelist")
    pages = [browser.get(listing), browser.post(listing, select(row, kind)), browser.get(listing, {"q": "refresh"})]
    pages += [browser.get(url(row, view)) for view in ("change", "revoke", "history")]
    pages += [browser.post(url(row, "revoke"), {"post": "yes"}, follow=True), browser.get(url(row, "history"))]
    for page in pages:
        shown = page.content.decode()
        for secret in ("a refresh token of DOT", row.token_checksum, refresh_token.access_token.token_checksum):
            assert secret not in shown
    entry = LogEntry.objects.get()
    assert "of DOT" not in entry.object_repr + entry.change_message


@pytest.mark.spec("RFC 6819", "5.1.4.1")
def test_no_page_holds_a_digest_or_a_sealed_answer():
    driver = signed_in()
    driver.refresh(driver.tokens()["refresh_token"])
    row, browser = Authorization.objects.get(), operator()
    for address in (url(row), url(Consent.objects.get()), url(access_token_model().objects.latest("pk"))):
        page = browser.get(address).content.decode()
        for name in ("family_digest", "refresh_token_digest", "previous_digest", "code_digest", "sealed_answer"):
            assert getattr(row, name)
            assert getattr(row, name) not in page
        places = Consent.objects.get().entries["scopes"].values()
        assert len(places) == 2
        for digest in (digest for place in places for digest in place.values()):
            assert digest not in page


@pytest.mark.parametrize(
    ("columns", "state"),
    [
        ({}, "live"),
        ({"redeemed_at": None}, "waiting for its code"),
        ({"expires_at": timezone.now() - timedelta(days=1)}, "expired"),
        ({"revoked_at": timezone.now(), "revoked_reason": "code_replay"}, "revoked: a code was replayed"),
        ({"revoked_at": timezone.now()}, "revoked"),
    ],
    ids=["live", "waiting", "expired", "replay", "revoked"],
)
def test_an_authorization_says_what_has_become_of_it(columns, state):
    row = rows.authorization(**columns)
    browser = operator()
    assert f'<div class="readonly">{state}</div>' in browser.get(url(row)).content.decode()
    assert f'<td class="field-state">{state}</td>' in browser.get(url(Authorization, "changelist")).content.decode()


def test_an_authorization_of_a_suspended_client_or_inactive_user_is_not_called_live():
    suspended = rows.authorization(application=ApplicationFactory(policy={"status": "suspended"}))
    inactive = rows.authorization(user=UserFactory(is_active=False))
    browser = operator()
    assert "its client is suspended" in browser.get(url(suspended)).content.decode()
    assert "its user is inactive" in browser.get(url(inactive)).content.decode()


def test_ending_what_is_over_already_changes_nothing():
    row = rows.authorization(revoked_at=timezone.now(), revoked_reason="code_replay")
    with ledger.unchanged():
        operator().post(url(row, "revoke"), {"post": "yes"})
    assert refresh_token_model().objects.count() == 0
