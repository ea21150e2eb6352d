"""Lists are paged by key: the last page costs what the first does, and nobody counts 200,000 rows for it."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.contrib import admin
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.html import escape

from oauth_provider.admin import AuthorizationAdmin
from oauth_provider.admin.lists import keyset
from oauth_provider.models import Authorization, Resource
from tests.admin import rows
from tests.admin.operators import operator, url
from tests.factories import ApplicationFactory, UserFactory

pytestmark = pytest.mark.django_db

LISTING = url(Authorization, "changelist")
NUMBER = 120


@pytest.fixture
def keys() -> list[int]:
    """The keys of sign-ins that fill two pages and a part of a third, newest first."""
    user, application = UserFactory(username="ana"), ApplicationFactory(name="Photo Book")
    made = [rows.authorization(user, application) for _number in range(3)]
    template = made[-1]
    Authorization.objects.bulk_create(
        Authorization(user=user, application=application, scope="notes:read", expires_at=template.expires_at)
        for _number in range(NUMBER - 3)
    )
    return list(Authorization.objects.order_by("-pk").values_list("pk", flat=True))


def shown(response: Any) -> list[int]:
    return [row.pk for row in response.context["cl"].result_list]


def links(response: Any) -> dict[str, str]:
    cl = response.context["cl"]
    named = {"first": cl.first_url, "previous": cl.previous_url, "next": cl.next_url, "last": cl.last_url}
    return {name: address for name, address in named.items() if address}


def follow(browser: Any, response: Any, name: str) -> Any:
    address = links(response)[name]
    assert f'href="{escape(address)}"' in response.content.decode()
    return browser.get(f"{LISTING}{address}")


def test_going_forward_and_back_shows_each_row_once(keys):
    browser = operator()
    pages = [browser.get(LISTING)]
    assert set(links(pages[0])) == {"next", "last"}
    while "next" in links(pages[-1]):
        pages.append(follow(browser, pages[-1], "next"))
    assert [len(shown(page)) for page in pages] == [50, 50, 20]
    assert [key for page in pages for key in shown(page)] == keys
    assert set(links(pages[-1])) == {"first", "previous"}
    back = follow(browser, pages[-1], "previous")
    assert shown(back) == shown(pages[1])
    assert shown(follow(browser, back, "previous")) == shown(pages[0])
    assert shown(follow(browser, pages[-1], "first")) == shown(pages[0])


def test_the_last_page_is_one_step_away(keys):
    browser = operator()
    last = follow(browser, browser.get(LISTING), "last")
    assert shown(last) == keys[-50:]
    assert set(links(last)) == {"first", "previous"}


def test_oldest_first_is_paged_as_well(keys):
    browser = operator()
    first = browser.get(LISTING, {"o": "4"})
    assert shown(first) == keys[::-1][:50]
    second = follow(browser, first, "next")
    assert shown(second) == keys[::-1][50:100]
    assert shown(follow(browser, second, "previous")) == shown(first)


def test_search_filters_and_order_are_kept_from_page_to_page_and_begin_anew_with_the_first(keys):
    browser = operator()
    first = browser.get(LISTING, {"q": "ana", "state": "live", "o": "-4"})
    assert shown(first) == shown(browser.get(LISTING, {"state": "live"}))
    page = browser.get(LISTING, {"q": "Photo Book"})
    second = follow(browser, page, "next")
    assert parse_qs(urlsplit(links(page)["next"]).query)["q"] == ["Photo Book"]
    assert shown(second) == keys[50:100]
    # What leads to another search, filter or order.
    assert "_after" not in second.context["cl"].get_query_string({"state": "live"})
    assert 'name="_after"' not in second.content.decode()


@pytest.mark.parametrize("parameter", ["_after", "_before"])
@pytest.mark.parametrize("key", ["x", "9" * 40, "\x00", "-1", "0", "1.5"])
def test_a_page_after_no_row_at_all_is_still_a_page(keys, parameter, key):
    response = operator(raise_request_exception=False).get(LISTING, {parameter: key})
    assert response.status_code == 200
    assert len(shown(response)) in (0, 50)


def test_a_page_goes_on_where_its_row_has_been_deleted(keys):
    browser = operator()
    first = browser.get(LISTING)
    Authorization.objects.filter(pk=keys[49]).delete()
    assert shown(follow(browser, first, "next")) == keys[50:100]


def test_a_row_that_came_meanwhile_shifts_nothing(keys):
    browser = operator()
    first = browser.get(LISTING)
    rows.authorization()
    assert shown(follow(browser, first, "next")) == keys[50:100]


def test_a_way_back_near_the_beginning_leads_to_a_full_first_page(keys):
    assert shown(operator().get(LISTING, {"_before": str(keys[3])})) == keys[:50]


def test_addresses_with_a_page_number_show_the_first_page(keys):
    assert shown(operator().get(LISTING, {"p": "3"})) == keys[:50]


def test_all_rows_are_counted_as_far_as_that_is_cheap(keys, monkeypatch):
    browser = operator()
    page = browser.get(LISTING).content.decode()
    assert f"{NUMBER} sign-ins" in page
    assert f"Select all {NUMBER} sign-ins" in page
    monkeypatch.setattr(keyset, "MAX_COUNTED", 100)
    page = browser.get(LISTING).content.decode()
    assert "more than 100 sign-ins" in page
    # Nobody can select what nobody counted.
    assert "question hidden" not in page
    assert "50 results" not in browser.get(LISTING, {"q": "ana"}).content.decode()


def test_a_search_that_was_counted_leads_back_to_all_rows(keys):
    page = operator().get(LISTING, {"q": "nobody"}).content.decode()
    assert "0 results" in page
    assert "Show all" in page


@pytest.mark.parametrize("query", [{}, {"_after": "middle"}, {"_before": ""}, {"q": "ana"}], ids=str)
def test_no_statement_counts_or_passes_over_more_rows_than_a_page_needs(keys, query):
    browser = operator()
    wanted = {name: str(keys[60]) if value == "middle" else value for name, value in query.items()}
    browser.get(LISTING, wanted)
    with CaptureQueriesContext(connection) as captured:
        browser.get(LISTING, wanted)
    of_rows = [one["sql"] for one in captured.captured_queries if "oauth_provider_authorization" in one["sql"]]
    assert len(of_rows) == 2
    for statement in of_rows:
        assert "OFFSET" not in statement
        assert f"LIMIT {keyset.MAX_COUNTED + 1}" in statement or "LIMIT 51" in statement


def test_a_list_that_a_project_orders_otherwise_is_paged_as_django_does_it(keys):
    class Ordered(AuthorizationAdmin):
        ordering = ("expires_at",)

    browser = operator()
    request = browser.get(LISTING).wsgi_request
    changelist = Ordered(Authorization, admin.site).get_changelist_instance(request)
    assert not changelist.is_keyset
    assert len(changelist.result_list) == 50
    assert changelist.paginator.num_pages == 3


def test_a_small_list_that_is_in_order_of_its_names_says_how_many_there_are():
    Resource.objects.create(identifier="https://api.example.com/", name="Notes")
    page = operator().get(url(Resource, "changelist")).content.decode()
    assert "1 API" in page
    assert "results" not in page.partition('id="changelist-search"')[2].partition("</form>")[0]
