"""Deleting a client: counted before, whoever listens is told, and nothing of it lives on."""

import pytest
from django.contrib.auth import get_user_model
from django.db import connection
from django.test.utils import CaptureQueriesContext

from oauth_provider.dot.names import access_token_model, application_model
from oauth_provider.models import Authorization, ClientMember, ClientSecret, Consent
from oauth_provider.signals import authorization_revoked
from tests import ledger
from tests.admin import rows
from tests.admin.operators import operator, url
from tests.driver import signed_in
from tests.factories import ApplicationFactory, UserFactory

pytestmark = pytest.mark.django_db


def test_what_goes_with_a_client_is_counted_and_not_listed():
    application = ApplicationFactory()
    browser = operator()

    def page():
        with CaptureQueriesContext(connection) as captured:
            shown = browser.get(url(application, "delete")).content.decode()
        return shown, len(captured)

    rows.authorization(application=application)
    page()
    _shown, one = page()
    users = [UserFactory(username=f"somebody{number}") for number in range(30)]
    for user in users:
        rows.authorization(user, application)
        rows.consent(user, application)
    shown, many = page()
    assert many == one
    assert "Sign-ins: 31" in shown
    assert "Access tokens: 31" in shown
    assert "Consents: 30" in shown
    assert "somebody" not in shown


@pytest.mark.parametrize("by", ["page", "action"])
def test_what_goes_with_a_user_is_named_at_the_same_cost_however_much_it_is(by):
    browser, user = operator(), UserFactory(username="ana")

    def page() -> tuple[str, int]:
        with CaptureQueriesContext(connection) as captured:
            if by == "page":
                shown = browser.get(url(user, "delete"))
            else:
                form = {"action": "delete_selected", "_selected_action": [user.pk]}
                shown = browser.post(url(get_user_model(), "changelist"), form)
        return shown.content.decode(), len(captured)

    def connect(name: str) -> None:
        application = ApplicationFactory(name=name)
        rows.authorization(user, application)
        rows.consent(user, application)

    connect("Photo Book")
    page()
    _shown, one = page()
    for number in range(5):
        connect(f"Calendar {number}")
    shown, many = page()
    assert many == one
    for name in ("Photo Book", "Calendar 0", "Calendar 4"):
        assert shown.count(f"{name} for ana") == 2


@pytest.mark.parametrize("by", ["page", "action"])
def test_a_deleted_client_takes_everything_with_it(by, django_capture_on_commit_callbacks):
    driver, other = signed_in(), signed_in()
    access_token, theirs = driver.tokens()["access_token"], other.tokens()["access_token"]
    told = []

    def hear(sender, authorization, reason, **kwargs):
        told.append(reason)

    authorization_revoked.connect(hear)
    try:
        with django_capture_on_commit_callbacks(execute=True):
            if by == "page":
                operator().post(url(driver.application, "delete"), {"post": "yes"})
            else:
                form = {"action": "delete_selected", "_selected_action": [driver.application.pk], "post": "yes"}
                operator().post(url(application_model(), "changelist"), form)
    finally:
        authorization_revoked.disconnect(hear)
    assert list(application_model().objects.all()) == [other.application]
    assert not ledger.is_good(access_token)
    assert ledger.is_good(theirs)
    assert told == ["operator"]
    assert {row.application_id for row in Authorization.objects.all()} == {other.application.pk}
    assert ClientSecret.objects.count() == Consent.objects.count() == 1


def test_whoever_may_delete_clients_needs_no_permission_for_what_the_endpoints_wrote():
    browser, application = operator("oauth2_provider.delete_application"), ApplicationFactory()
    rows.authorization(application=application)
    ClientMember.objects.create(application=application, user=UserFactory())
    assert browser.post(url(application, "delete"), {"post": "yes"}).status_code == 302
    assert not application_model().objects.exists()


def test_without_that_permission_nothing_goes():
    application = ApplicationFactory()
    with ledger.unchanged():
        for permission in ("oauth2_provider.change_application", "oauth_provider.delete_authorization"):
            assert operator(permission).post(url(application, "delete"), {"post": "yes"}).status_code == 403


@pytest.mark.spec("RFC 6819", "5.1.4.1")
def test_the_page_that_asks_whether_a_user_goes_names_no_token():
    row = rows.refresh_token()
    browser, listing = operator(), url(type(row.user), "changelist")
    selected = {"action": "delete_selected", "_selected_action": [row.user_id]}
    for response in (browser.get(url(row.user, "delete")), browser.post(listing, selected)):
        page = response.content.decode()
        assert f"AccessToken #{row.access_token_id}" in page
        assert f"RefreshToken #{row.pk}" in page
        assert "of DOT" not in page


def test_a_user_with_sign_ins_can_still_be_deleted_by_whoever_may_delete_those():
    row = rows.authorization()
    rows.consent(row.user, row.application)
    rows.refresh_token(row.user, row.application)
    operator().post(url(row.user, "delete"), {"post": "yes"})
    assert not get_user_model().objects.filter(pk=row.user_id).exists()
    assert application_model().objects.filter(pk=row.application_id).exists()
    assert not access_token_model().objects.exists()
