"""Lists that have no end cost the same for one row as for fifty, and answer whatever is asked of them."""

import json
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from oauth_provider.dot.names import access_token_model, application_model, refresh_token_model
from oauth_provider.models import Authorization, ClientMember, Consent, LogoutDelivery
from tests.admin import rows
from tests.admin.operators import operator, url
from tests.factories import ApplicationFactory, UserFactory

pytestmark = pytest.mark.django_db


def client(user: Any = None, application: Any = None) -> Any:
    """A client with a member, in the shape of the other rows."""
    application = ApplicationFactory(policy={"scopes": None})
    ClientMember.objects.create(application=application, user=user or UserFactory())
    return application


LISTS = {
    "application": (client, application_model()),
    "authorization": (rows.authorization, Authorization),
    "consent": (rows.consent, Consent),
    "logout_delivery": (rows.logout_delivery, LogoutDelivery),
    "access_token": (rows.access_token, access_token_model()),
    "refresh_token": (rows.refresh_token, refresh_token_model()),
}
each = pytest.mark.parametrize("name", LISTS)
with_filters = pytest.mark.parametrize(
    "name", [name for name in LISTS if name not in ("application", "logout_delivery")]
)


def statements(browser: Any, address: str, query: dict[str, str]) -> int:
    browser.get(address, query)  # content types are read once for each process
    with CaptureQueriesContext(
        connection,
    ) as captured:
        assert browser.get(address, query).status_code == 200
    return len(captured)


@each
def test_a_list_of_fifty_costs_what_a_list_of_one_costs(name):
    make, model = LISTS[name]
    browser, address = operator(), url(model, "changelist")
    queries = [{}, {"q": "client"}, {"o": "2"}]
    if name not in ("application", "consent", "refresh_token"):
        queries.append({"state": "live"})
    make()
    of_one = [(query, statements(browser, address, query)) for query in queries]
    for _number in range(49):
        make()
    for query, one in of_one:
        assert statements(browser, address, query) == one <= 8, query


@each
def test_a_page_of_a_list_ends_and_nobody_can_ask_for_all(name):
    make, model = LISTS[name]
    user, application = UserFactory(), ApplicationFactory()
    if name in ("application", "consent"):
        for _number in range(51):
            make()
    else:
        for _number in range(51):
            make(user, application)
    browser, address = operator(), url(model, "changelist")
    assert len(browser.get(address).context["cl"].result_list) == 50
    assert browser.get(address, {"all": ""}).context["cl"].result_list.__len__() <= 50


QUERIES: list[dict[str, str]] = [
    {"q": "\x00"}, {"q": "a\x00b"}, {"q": "'; DROP"}, {"q": "x" * 5000}, {"q": "\ud7ff" * 3}, {"q": "%_\\"},
    {"user__exact": "\x00"}, {"user__exact": "x"}, {"user__exact": "9" * 40}, {"user__exact": ""},
    {"application__exact": "x"}, {"application__exact": "\x00"}, {"application__exact": "9" * 40},
    {"oauth_members__user__exact": "\x00"}, {"oauth_members__user__exact": "x"},
    {"state": "\x00"}, {"state": "no such"}, {"status": "\x00"}, {"client_type__exact": "\x00"},
    {"revoked_reason__exact": "\x00"}, {"registration_source__exact": "\x00"}, {"revoked__isempty": "\x00"},
    {"p": "9" * 40}, {"p": "x"}, {"o": "99.-x"}, {"o": "\x00"}, {"token__startswith": "a"}, {"no": "such"},
    {"user__password__startswith": "p"}, {"application__client_secret__startswith": "p"},
    {"_to_field": "id"}, {"e": "1"}, {"_facets": "True"},
]  # fmt: skip


@each
def test_whatever_is_asked_of_a_list_it_answers(name):
    make, model = LISTS[name]
    make()
    browser, address = operator(raise_request_exception=False), url(model, "changelist")
    answers = {json.dumps(query): browser.get(address, query).status_code for query in QUERIES}
    assert {query: status for query, status in answers.items() if status not in (200, 302, 400)} == {}


@each
@pytest.mark.parametrize("lookup", ["token__startswith", "token_checksum__startswith", "client_secret__startswith"])
def test_no_secret_can_be_guessed_through_a_filter(name, lookup):
    make, model = LISTS[name]
    row = make()
    prefix = str(getattr(row, lookup.partition("__")[0], "") or "x")[:1]
    response = operator(raise_request_exception=False).get(url(model, "changelist"), {lookup: prefix})
    assert response.status_code in (302, 400)


@with_filters
def test_a_filter_is_a_search_and_lists_nothing(name):
    make, model = LISTS[name]
    wanted, other = make(), make()
    browser, address = operator(), url(model, "changelist")
    page = browser.get(address).content.decode()
    filters = page.partition('id="changelist-filter"')[2]
    assert filters.count("admin-autocomplete") >= 2
    assert wanted.application.client_id not in filters
    found = browser.get(address, {"application__exact": wanted.application_id, "user__exact": wanted.user_id})
    assert [row.pk for row in found.context["cl"].result_list] == [wanted.pk]
    chosen = found.content.decode().partition('id="changelist-filter"')[2]
    assert str(wanted.application) in chosen
    assert str(other.application) not in chosen
    # The other filter is kept when this one is changed.
    assert f'<input type="hidden" name="user__exact" value="{wanted.user_id}">' in chosen


def test_clients_are_filtered_by_member_and_status():
    browser, address = operator(), url(application_model(), "changelist")
    wanted, _other = client(), client()
    member = wanted.oauth_members.get().user
    found = browser.get(address, {"oauth_members__user__exact": member.pk}).context["cl"].result_list
    assert list(found) == [wanted]
    suspended = ApplicationFactory(policy={"status": "suspended"})
    registered = ApplicationFactory(registration_source="dcr")
    default = ApplicationFactory()
    by_status = {
        status: set(browser.get(address, {"status": status}).context["cl"].result_list)
        for status in ("approved", "unapproved", "suspended")
    }
    assert by_status["suspended"] == {suspended}
    assert by_status["unapproved"] == {registered}
    assert {default, wanted} <= by_status["approved"]


def test_whoever_may_not_see_users_gets_no_search_for_them():
    rows.authorization()
    page = operator("oauth_provider.view_authorization").get(url(Authorization, "changelist")).content.decode()
    assert "admin-autocomplete" not in page


@pytest.mark.parametrize("term", ["client", "\x00", "9" * 40, ""])
def test_clients_are_found_by_autocomplete_whatever_is_typed(term):
    ApplicationFactory(name="a client")
    query = {"app_label": "oauth_provider", "model_name": "authorization", "field_name": "application", "term": term}
    response = operator(raise_request_exception=False).get(reverse("admin:autocomplete"), query)
    assert response.status_code == 200
    assert len(response.json()["results"]) == (term in ("client", ""))


def test_an_authorization_is_found_by_the_id_that_the_log_names():
    wanted, _other = rows.authorization(), rows.authorization()
    browser, address = operator(), url(Authorization, "changelist")
    for term in (str(wanted.public_id), wanted.public_id.hex, f" {wanted.public_id} "):
        assert list(browser.get(address, {"q": term}).context["cl"].result_list) == [wanted]


@with_filters
def test_a_row_is_found_by_its_user_and_by_its_client(name):
    make, model = LISTS[name]
    wanted, _other = make(), make()
    browser, address = operator(), url(model, "changelist")
    for term in (wanted.user.get_username(), wanted.application.client_id):
        found = [row.pk for row in browser.get(address, {"q": f'"{term}"'}).context["cl"].result_list]
        assert wanted.pk in found
