"""Receipts: what was shown and agreed to, word by word, written with the yes and kept when all else is gone."""

import io
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.utils import timezone
from django.utils.translation import gettext_lazy

import oauth_provider
from oauth_provider.models import Consent, ConsentReceipt
from oauth_provider.tokens.withdraw import withdraw_consent
from tests import ledger
from tests.commits import both_forms, committed
from tests.driver import Driver, query_of, signed_in
from tests.factories import UserFactory

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.spec("RFC 6749", "3.1")]

PAGE = "/oauth/account/apps"


@pytest.fixture
def ana() -> Any:
    return UserFactory(username="ana")


@pytest.fixture
def driver(ana: Any) -> Driver:
    return signed_in(ana, name="Photo <Book>", policy={"grant_types": ["authorization_code", "refresh_token"]})


def sweep() -> str:
    output = io.StringIO()
    call_command("oauth_sweep", stdout=output)
    return output.getvalue()


@both_forms
def test_a_yes_leaves_one_with_all_that_was_shown(driver: Driver, ana: Any, form: str) -> None:
    with committed(form):
        driver.code()
    receipt = ConsentReceipt.objects.get()
    assert (receipt.consent, receipt.user) == (Consent.objects.get(), str(ana.pk))
    assert (receipt.client_id, receipt.language) == (driver.application.client_id, "en")
    assert receipt.version == oauth_provider.__version__
    said = {"description": "", "warning": "", "agreed": True}
    assert receipt.content == {
        "account": "ana",
        "client": {
            "client_id": driver.application.client_id,
            "name": "Photo <Book>",
            "host": "app.example.com",
            "standing": "approved",
            "publisher": "",
        },
        "destination": "app.example.com",
        "redirect_uri": driver.redirect_uri,
        "permissions": [
            {"scope": "notes:read", "words": "Read your notes", **said},
            {"scope": "notes:write", "words": "Write and delete your notes", **said},
        ],
        "read_only": False,
        "resources": [],
        "authorization_details": [],
        "context": None,
        "until": None,
    }


def test_a_no_a_silent_answer_and_a_yes_that_fails_leave_none(driver: Driver) -> None:
    driver.decide(driver.authorize()["Location"], "deny")
    assert ConsentReceipt.objects.count() == 0
    page = driver.authorize()["Location"]
    type(driver.application).objects.update(name="Somebody else")
    with ledger.unchanged():
        assert driver.decide(page).status_code == 400
    driver.code()
    assert "code" in query_of(driver.authorize(prompt="none")["Location"])
    assert ConsentReceipt.objects.count() == 1


def test_its_words_are_those_of_the_page_even_in_another_language(driver: Driver, settings: Any) -> None:
    settings.OAUTH_PROVIDER = settings.OAUTH_PROVIDER | {"SCOPES": {"notes:read": gettext_lazy("Yes")}}
    driver.code(scope="notes:read", ui_locales="de")
    receipt = ConsentReceipt.objects.get()
    assert (receipt.language, receipt.content["permissions"][0]["words"]) == ("de", "Ja")


def test_the_person_finds_it_with_the_words_of_then(driver: Driver) -> None:
    driver.code()
    type(driver.application).objects.update(name="Renamed")
    shown = driver.browser.get(PAGE).content.decode()
    assert "What you agreed to" in shown
    assert "Photo &lt;Book&gt;" in shown
    (told,) = driver.browser.get(PAGE, headers={"Accept": "application/json"}).json()["receipts"]
    assert told["permissions"][1]["words"] == "Write and delete your notes"


def test_it_is_kept_after_the_consent_is_taken_back_for_as_long_as_the_setting_says(
    driver: Driver, ana: Any, settings: Any
) -> None:
    driver.code()
    ConsentReceipt.objects.update(given_at=timezone.now() - timedelta(days=4000))
    assert "0 consent receipts closed" in sweep()
    withdraw_consent(user=ana, application=driver.application)
    assert "1 consent receipts closed" in sweep()
    assert "0 consent receipts deleted" in sweep()
    ended = timezone.now() - timedelta(days=3 * 365, minutes=1)
    ConsentReceipt.objects.update(ended_at=ended)
    settings.OAUTH_PROVIDER = settings.OAUTH_PROVIDER | {"CONSENT_RECEIPT_LIFETIME": None}
    assert "0 consent receipts deleted" in sweep()
    settings.OAUTH_PROVIDER = settings.OAUTH_PROVIDER | {"CONSENT_RECEIPT_LIFETIME": 3 * 365 * 86400}
    assert "1 consent receipts deleted" in sweep()


def test_one_that_a_later_yes_replaced_has_ended(driver: Driver) -> None:
    for _once_more in range(2):
        driver.decide(driver.authorize(prompt="consent")["Location"])
    assert "1 consent receipts closed" in sweep()
    assert [row.ended_at is None for row in ConsentReceipt.objects.order_by("pk")] == [False, True]
