"""Search finds the few users and clients that a term means, and then their rows."""

from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.db import connection
from django.test.utils import CaptureQueriesContext

from oauth_provider.admin.lists import search
from oauth_provider.dot.names import access_token_model, refresh_token_model
from oauth_provider.models import AuditEvent, Authorization, Consent, LogoutDelivery
from oauth_provider.protocol.token_string import PREFIXES, REFRESH_TOKEN, make_refresh_token, make_token, random_text
from tests.admin import rows
from tests.admin.operators import operator, url
from tests.factories import ApplicationFactory, UserFactory

pytestmark = pytest.mark.django_db

LISTS = {
    "authorization": (rows.authorization, Authorization),
    "consent": (rows.consent, Consent),
    "access_token": (rows.access_token, access_token_model()),
    "refresh_token": (rows.refresh_token, refresh_token_model()),
}
each = pytest.mark.parametrize("name", LISTS)


def found(browser: Any, model: Any, term: str) -> set[Any]:
    return {row.pk for row in browser.get(url(model, "changelist"), {"q": term}).context["cl"].result_list}


@each
@pytest.mark.parametrize(
    "term",
    [
        "ana",
        "ANA",
        "na.pap",
        "ana@example",
        "Photo",
        "photo book",
        "book photo",
        '"Photo Book"',
        "abc123",
        "  ana  ",
        "ana photo",
        "book na.pap",
        'example "photo book"',
        "photo ana book papadaki",
        "ana abc1",
    ],
)
def test_a_row_is_found_by_parts_of_its_users_and_clients_names(name, term):
    make, model = LISTS[name]
    user = UserFactory(username="ana.papadaki", email="ana@example.com")
    wanted = make(user=user, application=ApplicationFactory(name="Photo Book", client_id="abc123def"))
    make(user=UserFactory(username="ben", email="ben@x.example"), application=ApplicationFactory(name="Calendar"))
    assert found(operator(), model, term) == {wanted.pk}


@each
@pytest.mark.parametrize(
    "term",
    ["ana ben", "Photo Calendar", "ana calendar", "ben def photo", "c123", "nobody", "%", "_", "a%a", "\\", "x" * 300],
)
def test_what_is_nobodys_name_finds_nothing(name, term):
    make, model = LISTS[name]
    make(user=UserFactory(username="ana"), application=ApplicationFactory(name="Photo Book", client_id="abc123"))
    make(user=UserFactory(username="ben"), application=ApplicationFactory(name="Calendar", client_id="def"))
    assert found(operator(), model, term) == set()


@each
def test_more_users_than_are_listed_one_by_one_are_all_found(name, monkeypatch):
    monkeypatch.setattr(search, "MAX_KEYS", 2)
    make, model = LISTS[name]
    wanted = {make(user=UserFactory(username=f"ana.{number}")).pk for number in range(5)}
    make(user=UserFactory(username="ben"))
    browser = operator()
    assert found(browser, model, "ana.") == wanted
    assert found(browser, model, "ana.3") < wanted


@each
@pytest.mark.parametrize("many", [{"ana."}, {"Photo"}, {"ana.", "Photo"}], ids=sorted)
def test_a_user_and_a_client_are_found_together_however_many_are_named_so(name, many, monkeypatch):
    monkeypatch.setattr(search, "MAX_KEYS", 2)
    make, model = LISTS[name]
    people = [UserFactory(username=f"ana.{number}") for number in range(4 if "ana." in many else 1)]
    apps = [ApplicationFactory(name=f"Photo Book {number}") for number in range(4 if "Photo" in many else 1)]
    rows = {(user.username, app.name): make(user=user, application=app).pk for user in people for app in apps}
    for user, app in ((people[0], ApplicationFactory(name="Calendar")), (UserFactory(username="ben"), apps[0])):
        make(user=user, application=app)
    browser = operator()
    assert found(browser, model, "ana. photo") == set(rows.values())
    assert found(browser, model, "photo book ana.") == set(rows.values())
    assert found(browser, model, '"book 0" ana.0') == {rows["ana.0", "Photo Book 0"]}


@each
def test_a_search_costs_two_statements_more_than_the_list(name):
    make, model = LISTS[name]
    browser, listing = operator(), url(model, "changelist")
    for number in range(3):
        make(user=UserFactory(username=f"ana.{number}"), application=ApplicationFactory(name=f"Photo {number}"))

    def cost(query: dict[str, str]) -> int:
        browser.get(listing, query)
        with CaptureQueriesContext(connection) as captured:
            browser.get(listing, query)
        return len(captured)

    assert cost({"q": "ana"}) == cost({}) + 2
    assert cost({"q": "ana photo"}) == cost({}) + 2


def test_messages_are_found_by_their_client_alone():
    wanted = rows.logout_delivery(application=ApplicationFactory(name="Photo Book"))
    rows.logout_delivery()
    UserFactory(username="photograph")
    assert found(operator(), LogoutDelivery, "photo") == {wanted.pk}


# -- the audit, which keeps ids as text ------------------------------------------------------------------------


def happened(**columns: Any) -> AuditEvent:
    return AuditEvent.objects.create(**{"kind": "consent_given", **columns})


def test_the_audit_is_searched_by_names_that_there_are_and_by_ids_that_are_gone():
    user, application = UserFactory(username="ana.papadaki"), ApplicationFactory(name="Photo Book")
    mine = happened(user=str(user.pk), client_id=application.client_id)
    gone = happened(user="424242", client_id="deleted-client", authorization="5f0c9f4e-55a5-4d0e-9a11-1f0c1a4c5b0a")
    browser = operator()
    for term in ("ana", "photo book", "ana photo", application.client_id, str(user.pk)):
        assert found(browser, AuditEvent, term) & {mine.pk, gone.pk} == {mine.pk}
    for term in ("424242", "deleted-client", "5F0C9F4E-55A5-4D0E-9A11-1F0C1A4C5B0A"):
        assert found(browser, AuditEvent, term) == {gone.pk}
    assert found(browser, AuditEvent, "deleted") == set()


def test_many_people_of_one_name_are_found_in_the_audit(monkeypatch):
    monkeypatch.setattr(search, "MAX_KEYS", 2)
    wanted = {happened(user=str(UserFactory(username=f"ana.{number}").pk)).pk for number in range(5)}
    happened(user=str(UserFactory(username="ben").pk))
    assert found(operator(), AuditEvent, "ana.") == wanted
    assert found(operator(), AuditEvent, "ana. photo") == set()


def test_the_audit_names_people_and_clients_and_keeps_the_ids_of_those_who_are_gone():
    user, application = UserFactory(username="ana"), ApplicationFactory(name="Photo Book")
    browser = operator()
    by = str(browser.operator.pk)
    happened(user=str(user.pk), client_id=application.client_id, actor=by, address="192.0.2.7")
    happened(user="424242", client_id="deleted-client", actor="x")
    page = browser.get(url(AuditEvent, "changelist")).content.decode()
    for text in (">ana<", ">Photo Book<", browser.operator.get_username(), "192.0.2.7", ">424242<", ">deleted-client<"):
        assert text in page
    with CaptureQueriesContext(connection) as captured:
        browser.get(url(AuditEvent, "changelist"))
    few = len(captured)
    for _number in range(10):
        happened(user=str(UserFactory().pk), client_id=ApplicationFactory().client_id)
    with CaptureQueriesContext(connection) as captured:
        browser.get(url(AuditEvent, "changelist"))
    assert len(captured) == few


# -- what must not be searched for -----------------------------------------------------------------------------

JWT = "eyJhbGciOiJFUzI1NiIsInR5cCI6ImF0K2p3dCJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl"


@pytest.mark.spec("RFC 6819", "5.1.4.1")
@pytest.mark.parametrize("model", [access_token_model(), Authorization, AuditEvent])
@pytest.mark.parametrize("kind", [*PREFIXES, "jwt"])
def test_a_token_that_is_typed_into_a_search_is_taken_out_of_the_address_and_looked_for_nowhere(model, kind):
    term = {"jwt": f" {JWT} ", REFRESH_TOKEN: make_refresh_token(random_text(22))}.get(kind) or make_token(kind)
    browser, listing = operator(), url(model, "changelist")
    with CaptureQueriesContext(connection) as captured:
        response = browser.get(listing, {"q": term, "o": "1"})
    assert (response.status_code, response["Location"]) == (302, f"{listing}?o=1")
    assert not [one for one in captured.captured_queries if term.strip() in one["sql"]]
    page = browser.get(response["Location"]).content.decode()
    assert "looks like a token" in page
    assert term.strip() not in page


def test_a_name_that_begins_like_a_token_is_searched_for():
    user = UserFactory(username="oat_meal")
    wanted = rows.authorization(user=user)
    assert found(operator(), Authorization, "oat_meal") == {wanted.pk}


@pytest.mark.parametrize("field", ["password", "last_name"])
def test_users_are_not_found_by_what_is_no_name_of_theirs(field):
    user = UserFactory(username="ana")
    get_user_model().objects.filter(pk=user.pk).update(**{field: "hidden value"})
    rows.authorization(user=user)
    assert found(operator(), Authorization, "hidden") == set()
