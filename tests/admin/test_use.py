"""Use of clients: the list says how each is used, and the page of one draws its week, in few statements."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from oauth_provider.admin.clients import chart, use
from oauth_provider.dot.names import access_token_model, application_model
from oauth_provider.events.refusal_ring import KEPT_FOR, key_of
from oauth_provider.models import Authorization, ClientMember, ClientSecret
from oauth_provider.protocol.digest import digest
from tests.admin import rows
from tests.admin.operators import operator, url
from tests.factories import ApplicationFactory, UserFactory

pytestmark = pytest.mark.django_db

LISTING = url(application_model(), "changelist")
# The budget of every page of the admin, in statements and bytes.
MAX_STATEMENTS, MAX_SIZE = 15, 300_000


def refused(application: Any, *ages: timedelta, stands_for: int = 1) -> None:
    entry = {"reason": "code_expired", "error": "invalid_grant", "description": "The code has expired."}
    entry |= {"detail": "12 s ago", "path": "/oauth/token", "network": "203.0.113.0/24", "stands_for": stands_for}
    cache.set(key_of(application.client_id), [entry | {"at": timezone.now() - age} for age in ages], KEPT_FOR)


def shown() -> dict[str, Any]:
    """What the list knows of each client, by its name."""
    return {row.name: row.oauth_use for row in operator().get(LISTING).context["cl"].result_list}


def test_the_list_says_who_owns_a_client_when_it_was_used_and_what_was_refused() -> None:
    now = timezone.now()
    busy, quiet = ApplicationFactory(name="Busy"), ApplicationFactory(name="Quiet")
    ClientMember.objects.create(application=busy, user=UserFactory(username="ana"))
    ClientMember.objects.create(application=busy, user=UserFactory(username="ben"), role="developer")
    for columns in ({}, {"rotated_at": now}, {"revoked_at": now}, {"expires_at": now - timedelta(seconds=1)}):
        rows.authorization(application=busy, **columns)
    ClientSecret.objects.filter(application=quiet).update(last_used_at=now - timedelta(days=3))
    refused(busy, timedelta(hours=1), timedelta(hours=25), stands_for=100)
    found = shown()
    assert found["Busy"].owners == ("ana",)
    assert (found["Busy"].sign_ins, found["Quiet"].sign_ins) == (2, 0)
    assert (found["Busy"].refused, found["Quiet"].refused) == (100, 0)
    assert abs(found["Busy"].last_used - now) < timedelta(minutes=1)
    assert abs(found["Quiet"].last_used - now + timedelta(days=3)) < timedelta(minutes=1)


def test_a_number_that_is_too_large_is_not_counted_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(use, "MAX_SIGN_INS", 2)
    application = ApplicationFactory()
    for _number in range(5):
        rows.authorization(application=application)
    assert next(iter(shown().values())).sign_ins == 3
    assert "more than 2" in operator().get(LISTING).content.decode()


def test_without_its_cache_the_list_is_shown_all_the_same(settings: Any) -> None:
    ApplicationFactory(name="Photo Book")
    settings.CACHES = {"default": {"BACKEND": "tests.cache_backends.BrokenCache"}}
    assert shown()["Photo Book"].refused is None


def test_neither_page_costs_more_where_there_is_more() -> None:
    applications = [ApplicationFactory(policy={"scopes": None}) for _number in range(50)]
    for application in applications:
        ClientMember.objects.create(application=application, user=UserFactory())
        rows.authorization(application=application)
        refused(application, *[timedelta(minutes=5)] * 50)
    browser = operator()
    for address in (LISTING, url(applications[0]), url(applications[0], "suspend")):
        browser.get(address)
        with CaptureQueriesContext(connection) as captured:
            page = browser.get(address)
        assert len(captured) <= MAX_STATEMENTS, address
        assert len(page.content) <= MAX_SIZE


def test_the_week_of_a_client_is_drawn_by_day_and_stands_in_a_table_too() -> None:
    application, other = ApplicationFactory(), ApplicationFactory()
    for whose, ages in ((application, (0, 0, 2, 8)), (other, (0,))):
        for age in ages:
            sign_in = rows.authorization(application=whose)
            when = timezone.now() - timedelta(days=age)
            Authorization.objects.filter(pk=sign_in.pk).update(created_at=when)
            access_token_model().objects.filter(oauth_binding__authorization=sign_in).update(created=when)
    refused(application, timedelta(), timedelta(days=1), stands_for=3)
    response = operator().get(url(application))
    numbers = {one.name: [bar.number for bar in one.bars] for one in response.context["charts"]}
    assert numbers == {
        "tokens": [0, 0, 0, 0, 1, 0, 2],
        "sign-ins": [0, 0, 0, 0, 1, 0, 2],
        "refused": [0, 0, 0, 0, 0, 3, 3],
    }
    page = response.content.decode()
    assert page.count("<svg") >= 3
    assert "12 s ago" in page
    # The strictest policy of content: nothing is styled or run in the page itself.
    drawn = page[page.index('id="week"') : page.index('id="refusals"')]
    assert "style=" not in drawn
    assert "<script" not in drawn
    assert drawn.count("<tr>") == 8


def test_of_a_busy_week_no_more_than_the_newest_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chart, "MAX_COUNTED", 3)
    application = ApplicationFactory()
    for number in range(5):
        token = access_token_model()(application=application, token="", expires=timezone.now())
        token.token_checksum = digest(f"token {number}")
        token.save()
    found = {one.name: one for one in chart.charts_of(application, [])}
    assert (found["tokens"].total, found["tokens"].is_cut) == (3, True)
    assert (found["sign-ins"].total, found["sign-ins"].is_cut) == (0, False)
