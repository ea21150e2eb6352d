"""Which organisation? A person chooses what they act for, once, among what is theirs (RFC 6749 §3.1, §10.2)."""

from typing import Any

import pytest

from oauth_provider.models import Authorization, Consent, PendingRequest
from tests import ledger
from tests.driver import Driver, query_of
from tests.flows.contexts import workspaces

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.spec("RFC 6749", "10.2")]


def page_of(driver: Driver, **changes: Any) -> str:
    page: str = driver.authorize(**changes)["Location"]
    assert page.startswith("/oauth/consent/")
    return page


def choose(driver: Driver, page: str, context: str | None) -> Any:
    form = {"decision": "allow"} | ({} if context is None else {"context": context})
    return driver.browser.post(page, form)


def test_a_member_of_several_chooses_one(driver: Driver) -> None:
    page = page_of(driver)
    shown = driver.browser.get(page).content.decode()
    assert shown.count('type="radio"') == 2
    assert "Acme &lt;Rockets&gt;" in shown
    code = query_of(choose(driver, page, "globex")["Location"])["code"]
    assert Authorization.objects.get().context == "globex"
    assert Consent.objects.get().context == "globex"
    assert driver.redeem(code).status_code == 200


def test_a_member_of_one_is_shown_which_and_confirms_it(driver: Driver) -> None:
    workspaces.members["ana"] = ["acme"]
    page = page_of(driver)
    shown = driver.browser.get(page).content.decode()
    assert 'type="radio"' not in shown
    assert '<input type="hidden" name="context" value="acme">' in shown
    choose(driver, page, "acme")
    assert Authorization.objects.get().context == "acme"


def test_a_person_without_any_acts_for_themselves(driver: Driver) -> None:
    workspaces.members.clear()
    page = page_of(driver)
    assert 'name="context"' not in driver.browser.get(page).content.decode()
    choose(driver, page, None)
    assert Authorization.objects.get().context == ""


@pytest.mark.parametrize("context", [None, "", "initech", "nowhere", "acme\x00", "x" * 5000])
def test_what_is_not_offered_is_refused_and_grants_nothing(driver: Driver, context: str | None) -> None:
    page = page_of(driver)
    with ledger.unchanged():
        response = choose(driver, page, context)
    assert response.status_code == 400
    assert PendingRequest.objects.get().decided_at is None
    choose(driver, page, "acme")
    assert Authorization.objects.get().context == "acme"


@pytest.mark.parametrize("context", ["acme", "globex"])
def test_a_person_without_any_cannot_be_given_one(driver: Driver, context: str) -> None:
    workspaces.members.clear()
    page = page_of(driver)
    with ledger.unchanged():
        assert choose(driver, page, context).status_code == 400


def test_one_that_was_lost_while_the_page_was_open_is_refused(driver: Driver) -> None:
    page = page_of(driver)
    workspaces.members["ana"] = ["acme"]
    with ledger.unchanged():
        assert choose(driver, page, "globex").status_code == 400


def test_the_same_choice_again_is_a_double_click_and_another_is_not(driver: Driver) -> None:
    page = page_of(driver)
    first = choose(driver, page, "acme")["Location"]
    assert choose(driver, page, "acme")["Location"] == first
    assert choose(driver, page, "globex").status_code == 400
    assert Authorization.objects.count() == 1


def test_cancel_needs_no_choice(driver: Driver) -> None:
    answered = driver.decide(page_of(driver), "deny")
    assert query_of(answered["Location"])["error"] == "access_denied"
    assert Consent.objects.count() == 0


def test_a_request_may_name_one(driver: Driver) -> None:
    page = page_of(driver, context="globex")
    assert '<input type="hidden" name="context" value="globex">' in driver.browser.get(page).content.decode()
    with ledger.unchanged():
        assert choose(driver, page, "acme").status_code == 400
    choose(driver, page, "globex")
    assert Authorization.objects.get().context == "globex"


def test_a_pushed_request_may_name_one(driver: Driver) -> None:
    pushed = driver.push(context="globex").json()["request_uri"]
    page = driver.browser.get("/oauth/authorize", {"client_id": driver.application.client_id, "request_uri": pushed})
    choose(driver, page["Location"], "globex")
    assert Authorization.objects.get().context == "globex"


def test_a_request_that_names_another_persons_leaves_the_choice(driver: Driver) -> None:
    page = page_of(driver, context="initech")
    assert driver.browser.get(page).content.decode().count('type="radio"') == 2


def test_a_registration_that_is_no_use_is_told_to_the_operator(driver: Driver, settings: Any) -> None:
    settings.OAUTH_PROVIDER = settings.OAUTH_PROVIDER | {"GRANT_CONTEXTS": f"{workspaces.__name__}.Failing"}
    with pytest.raises(TypeError, match="no GrantContext"):
        driver.authorize()


def test_without_the_setting_nothing_is_asked_and_the_parameter_means_nothing(driver: Driver, settings: Any) -> None:
    settings.OAUTH_PROVIDER = settings.OAUTH_PROVIDER | {"GRANT_CONTEXTS": ""}
    choose(driver, page_of(driver, context="acme"), None)
    assert Authorization.objects.get().context == ""
    assert workspaces.questions == []
