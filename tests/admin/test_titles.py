"""Titles that people can read, of whoever registered what: "Photo Book for ana", and markup that stays text."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from oauth_provider.dot.names import application_model
from oauth_provider.models import AuditEvent, Authorization, Consent, LogoutDelivery
from tests.admin import rows
from tests.admin.operators import operator, url
from tests.factories import ApplicationFactory, UserFactory

pytestmark = pytest.mark.django_db

MAKERS = {
    "authorization": (rows.authorization, "revoke"),
    "consent": (rows.consent, "withdraw"),
    "access_token": (rows.access_token, "revoke"),
    "refresh_token": (rows.refresh_token, "revoke"),
}
each = pytest.mark.parametrize("name", MAKERS)
HOSTILE = "<script>alert('x')</script>{{ settings.SECRET_KEY }}\"><img src=x onerror=alert(1)>"


def made(name: str, client: str = "Photo Book", user: str = "ana") -> Any:
    return MAKERS[name][0](user=UserFactory(username=user), application=ApplicationFactory(name=client))


@each
def test_a_page_is_called_after_the_client_and_the_user(name):
    row, browser = made(name), operator()
    page = browser.get(url(row)).content.decode()
    assert "<h2>Photo Book for ana</h2>" in page
    assert '<li aria-current="page">Photo Book for ana</li>' in page
    assert "<title>Photo Book for ana" in page
    asked = browser.get(url(row, MAKERS[name][1])).content.decode()
    assert "<li>Photo Book for ana" in asked


def test_rows_of_ours_are_called_so_everywhere():
    assert str(made("authorization")) == "Photo Book for ana"
    assert str(made("consent", user="ben")) == "Photo Book for ben"
    assert str(rows.logout_delivery(application=ApplicationFactory(name="Photo Book"))) == "Photo Book, of a logout"
    assert str(LogoutDelivery(kind="mail", pk=7)) == "mail 7"


def test_a_clients_own_token_is_called_after_the_client():
    token = rows.access_token(application=ApplicationFactory(name="Nightly report"))
    type(token).objects.update(user=None)
    page = operator().get(url(token)).content.decode()
    assert "<h2>Nightly report</h2>" in page


def test_the_log_names_rows_by_their_ids_and_nobody_by_name():
    row = made("authorization")
    fresh = Authorization.objects.get(pk=row.pk)
    with CaptureQueriesContext(connection) as captured:
        assert fresh.reference == f"authorization {row.public_id}"
        assert LogoutDelivery(kind="mail", pk=7).reference == "mail 7"
    assert len(captured) == 0


def test_what_happened_is_called_after_what_and_when():
    event = AuditEvent.objects.create(kind="consent_given")
    assert str(event) == f"consent given, {event.occurred_at:%Y-%m-%d %H:%M}"


@each
def test_names_are_links_to_the_client_and_the_user(name):
    row = made(name)
    page = operator().get(url(row)).content.decode()
    assert f'<a href="{url(row.application)}">Photo Book</a>' in page
    assert f'<a href="{url(row.user)}">ana</a>' in page


# -- what strangers may call themselves --------------------------------------------------------------------------


@each
@pytest.mark.spec("RFC 7591", "5")
def test_markup_in_names_stays_text_on_every_page(name):
    row, browser = made(name, client=HOSTILE, user="<b>ana"), operator()
    listing = url(type(row), "changelist")
    selected = {"action": MAKERS[name][1], "_selected_action": [row.pk]}
    pages = [browser.get(listing), browser.get(listing, {"q": "script"}), browser.post(listing, selected)]
    pages += [browser.get(listing, {"application__exact": row.application_id, "user__exact": row.user_id})]
    pages += [browser.get(url(row, view)) for view in ("change", "history", MAKERS[name][1])]
    assert "{{ settings.SECRET_KEY }}" in browser.get(url(row)).content.decode()  # names are no templates
    pages += [browser.post(url(row, MAKERS[name][1]), {"post": "yes"}, follow=True)]
    for page in pages:
        text = page.content.decode()
        assert "<script>alert" not in text
        assert "<img src=x" not in text
        assert "<b>ana" not in text


@pytest.mark.spec("RFC 7591", "5")
def test_markup_in_the_name_and_identifier_of_a_client_stays_text():
    application = ApplicationFactory(name=HOSTILE, client_id='"><script>alert(2)</script>')
    rows.logout_delivery(application=application, last_error=HOSTILE)
    AuditEvent.objects.create(kind="consent_given", client_id=application.client_id, reason="<script>alert(3)")
    browser = operator()
    addresses = [url(model, "changelist") for model in (application_model(), LogoutDelivery, AuditEvent)]
    addresses += [url(application), url(application, "delete"), url(LogoutDelivery.objects.get())]
    for address in addresses:
        assert "<script>alert" not in browser.get(address).content.decode()


def test_a_long_name_and_identifier_are_shortened_in_a_list_and_whole_on_the_page():
    name, client_id = "A name that goes on and on " * 5, "c" * 60 + "1234"
    application = ApplicationFactory(name=name.strip(), client_id=client_id)
    browser = operator()
    listed = browser.get(url(application_model(), "changelist")).content.decode()
    cell = listed.partition('class="field-identifier')[2].partition("</td>")[0]
    assert ">cccccccc…1234</code>" in cell
    assert f'data-text="{client_id}"' in cell
    assert "hidden" in cell  # the button is there where scripts run
    assert f">{name.strip()}<" not in listed
    page = browser.get(url(application)).content.decode()
    assert name.strip() in page
    assert client_id in page


def test_many_scopes_are_counted_in_a_list_and_all_stand_on_the_page():
    scope = " ".join(f"area{number}:read" for number in range(12))
    row = rows.authorization(scope=scope)
    browser = operator()
    listed = browser.get(url(Authorization, "changelist")).content.decode()
    assert "area0:read area1:read and 10 more" in listed
    assert "area11:read" not in listed
    assert scope in browser.get(url(row)).content.decode()
    assert "area0:read" not in browser.get(url(Consent, "changelist")).content.decode()
