"""*Recent actions* on the index: rows of DOT's tables are called as on their pages, others as ever."""

import re

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from oauth_provider.admin import register_admin_classes
from tests.admin.operators import form_of, operator, url
from tests.factories import ApplicationFactory

pytestmark = pytest.mark.django_db


def actions(browser) -> list[tuple[str, str]]:
    """The name of each row that is listed, and what kind of row it is."""
    page = browser.get(reverse("admin:index")).content.decode()
    listed = page.partition('id="recent-actions-module"')[2]
    return re.findall(r'<a href="[^"]*">([^<]*)</a>.*?<span class="mini quiet">([^<]*)</span>', listed, re.DOTALL)


def test_a_client_is_a_client_and_other_rows_are_what_they_were():
    browser, application = operator(), ApplicationFactory(name="Photo <b>Book")
    browser.post(url(application), form_of(browser, application, name="Photo <i>Book"))
    browser.post(url(Group, "add"), {"name": "Editors"})
    assert actions(browser) == [("Editors", "Group"), ("Photo &lt;i&gt;Book", "Client")]


def test_a_row_that_is_gone_and_a_model_that_is_gone_stay_in_the_list():
    browser, application = operator(), ApplicationFactory(name="Photo Book")
    browser.post(url(application), form_of(browser, application, name="Other"))
    browser.post(url(application, "delete"), {"post": "yes"})
    page = browser.get(reverse("admin:index")).content.decode()
    assert page.count('<span class="mini quiet">Client</span>') == 2


def test_it_costs_no_statement_more_however_many_there_are():
    browser, application = operator(), ApplicationFactory()

    def cost() -> int:
        browser.get(reverse("admin:index"))
        with CaptureQueriesContext(connection) as captured:
            browser.get(reverse("admin:index"))
        return len(captured)

    before = cost()
    for number in range(3):
        browser.post(url(application), form_of(browser, application, name=f"Name {number}"))
    assert cost() == before


def test_entries_are_a_queryset_for_whoever_asks_more_of_them(rf):
    browser, application = operator(), ApplicationFactory()
    browser.post(url(application), form_of(browser, application, name="Other"))
    register_admin_classes(admin.site)
    entries = admin.site.get_log_entries(rf.get("/"))
    assert (entries.count(), len(entries), len(entries[:1])) == (1, 1, 1)
    assert str(entries[0]) == str(entries.first())
    assert (entries[0].content_type.name, entries.first().content_type.name) == ("client", "application")
    assert entries[0].content_type.model == "application"
