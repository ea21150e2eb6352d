"""What one client may do that no other may, in the admin (OAuth 2.1 §7.5.1): dated, bounded, and in plain sight."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from oauth_provider.models import ClientPolicy
from tests import ledger
from tests.admin.operators import EVERY_FIELD, errors_of, form_of, operator, url
from tests.each import each
from tests.factories import ApplicationFactory
from tests.settings import OAUTH_PROVIDER

pytestmark = [pytest.mark.django_db, pytest.mark.spec("OAuth 2.1", "7.5.1")]

WARNING = "Without PKCE until"


def days(number: int) -> Any:
    return timezone.now().date() + timedelta(days=number)


def change(application: Any, **changes: Any) -> Any:
    browser = operator()
    return browser.post(url(application), form_of(browser, application, **changes))


def pages(application: Any, *permissions: str) -> tuple[str, str]:
    """The list of clients, and the page of this one."""
    browser = operator(*permissions)
    listed, page = browser.get(url(type(application), "changelist")), browser.get(url(application))
    assert (listed.status_code, page.status_code) == (200, 200)
    return listed.content.decode(), page.content.decode()


@each("ahead", [0, 1, 366])
def test_an_excuse_is_given_until_a_day_and_can_be_taken_back(ahead):
    application = ApplicationFactory()
    assert change(application, pkce_excused_until=days(ahead)).status_code == 302
    assert ClientPolicy.objects.get().pkce_excused_until == days(ahead)
    assert change(application, pkce_excused_until="").status_code == 302
    assert ClientPolicy.objects.get().pkce_excused_until is None


@each("day", [days(-1), days(367), "9999-12-31", "0001-01-01", "soon", "2026-02-30"], ids=str)
def test_a_day_that_is_over_far_off_or_none_is_refused(day):
    application = ApplicationFactory()
    with ledger.unchanged():
        response = change(application, pkce_excused_until=day)
    assert list(errors_of(response)) == ["pkce_excused_until"]


def test_a_public_client_gets_none():
    application = ApplicationFactory(public=True)
    browser = operator()
    form = form_of(browser, application, pkce_excused_until=days(1))
    with ledger.unchanged():
        errors = errors_of(browser.post(url(application) + EVERY_FIELD, form))
    assert "rfc9700#section-2.1.1" in errors["pkce_excused_until"]


def test_an_excused_client_cannot_become_public():
    application = ApplicationFactory(policy={"pkce_excused_until": days(1)})
    with ledger.unchanged():
        errors = errors_of(change(application, client_type="public"))
    assert list(errors) == ["pkce_excused_until"]


def test_an_expired_excuse_does_not_prevent_suspending_the_client():
    application = ApplicationFactory(policy={"pkce_excused_until": days(-9)})
    assert change(application, status="suspended").status_code == 302
    assert ClientPolicy.objects.get().pkce_excused_until == days(-9)


@pytest.mark.parametrize("permissions", [(), ("oauth2_provider.view_application",)], ids=["all", "view"])
def test_the_list_and_the_page_warn_while_it_lasts(permissions):
    for listed in pages(ApplicationFactory(policy={"pkce_excused_until": days(0)}), *permissions):
        assert WARNING in listed
        assert "oa-warning" in listed


@each(
    "options",
    [
        {},
        {"policy": {"pkce_excused_until": days(-1)}},
        {"public": True, "policy": {"pkce_excused_until": days(9)}},
    ],
    ids=["never", "over", "public"],
)
def test_nobody_is_warned_of_what_does_not_hold(options):
    for page in pages(ApplicationFactory(**options)):
        assert WARNING not in page


@pytest.mark.spec("RFC 7591", "2")
def test_response_types_that_are_turned_on_can_be_given(settings):
    settings.OAUTH_PROVIDER = {**OAUTH_PROVIDER, "LEGACY_RESPONSE_TYPES": ["id_token"]}
    application = ApplicationFactory()
    assert change(application, response_types=["code", "id_token"]).status_code == 302
    assert ClientPolicy.objects.get().response_types == ["code", "id_token"]
    with ledger.unchanged():
        assert "response_types" in errors_of(change(application, response_types=["code", "token"]))


def test_a_response_type_that_was_turned_off_stays_on_the_form():
    application = ApplicationFactory(policy={"response_types": ["code", "id_token"]})
    assert change(application, name="Renamed").status_code == 302
    assert ClientPolicy.objects.get().response_types == ["code", "id_token"]
    assert "id_token (no longer there)" in pages(application)[1]
