"""Consent is remembered for each context, and a silent answer needs one that is settled (OIDC Core §3.1.2.6)."""

from typing import Any

import pytest

from oauth_provider.models import Authorization, Consent
from oauth_provider.tokens.withdraw import withdraw_consent
from tests.driver import Driver, query_of
from tests.flows.contexts import workspaces
from tests.flows.contexts.test_choice import choose, page_of

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.spec("OIDC Core", "3.1.2.6")]


def answer(driver: Driver, **changes: Any) -> dict[str, str]:
    return query_of(driver.authorize(**changes)["Location"])


def test_consent_in_one_is_none_in_another(driver: Driver) -> None:
    choose(driver, page_of(driver), "acme")
    assert "code" in answer(driver, context="acme")
    page_of(driver, context="globex")
    assert Consent.objects.count() == 1


def test_one_person_has_several_sign_ins_of_one_client_side_by_side(driver: Driver) -> None:
    tokens = {}
    for context in ("acme", "globex"):
        code = query_of(choose(driver, page_of(driver, context=context), context)["Location"])["code"]
        tokens[context] = driver.redeem(code).json()
    for context, issued in tokens.items():
        assert driver.refresh(issued["refresh_token"]).status_code == 200
        assert driver.introspect(issued["access_token"]).json()["workspace"] == context
    assert {one.context for one in Consent.objects.all()} == {"acme", "globex"}


def test_who_belongs_to_several_is_asked_even_where_each_was_agreed_to(driver: Driver) -> None:
    for context in ("acme", "globex"):
        choose(driver, page_of(driver, context=context), context)
    page_of(driver)


def test_who_belongs_to_one_is_not_asked_again(driver: Driver) -> None:
    workspaces.members["ana"] = ["acme"]
    choose(driver, page_of(driver), "acme")
    assert "code" in answer(driver)
    workspaces.members["ana"] = ["globex"]
    page_of(driver)


def test_several_and_none_named_is_interaction_required(driver: Driver) -> None:
    choose(driver, page_of(driver), "acme")
    assert answer(driver, prompt="none")["error"] == "interaction_required"
    assert "code" in answer(driver, prompt="none", context="acme")
    assert answer(driver, prompt="none", context="acme", scope="photos:read")["error"] == "consent_required"


def test_a_client_learns_nothing_of_contexts_that_it_was_not_let_into(driver: Driver) -> None:
    choose(driver, page_of(driver), "acme")
    for theirs in (["acme", "globex"], ["acme"], ["globex"]):
        workspaces.members["ana"] = theirs
        for context in ("globex", "initech", "nowhere"):
            refused = answer(driver, prompt="none", context=context)
            assert (refused["error"], refused["error_description"]) == (
                "interaction_required",
                "The user has to choose a context.",
            )


@pytest.mark.parametrize("context", ["acme", "globex", "initech", "nowhere", None])
def test_a_client_that_was_never_let_in_learns_nothing_of_where_somebody_belongs(
    driver: Driver, context: str | None
) -> None:
    assert answer(driver, prompt="none", context=context)["error"] == "login_required"


def test_an_operators_yes_for_everyone_still_asks_for_which(driver: Driver) -> None:
    type(driver.application).objects.update(skip_authorization=True)
    page_of(driver)
    assert "code" in answer(driver, context="globex")
    assert Authorization.objects.get().context == "globex"


def test_withdrawing_takes_all_of_it_back(driver: Driver, ana: Any) -> None:
    for context in ("acme", "globex"):
        choose(driver, page_of(driver, context=context), context)
    assert withdraw_consent(user=ana, application=driver.application) == 2
    assert Consent.objects.count() == 0
    assert not Authorization.objects.filter(revoked_at=None).exists()


def test_one_that_a_person_left_keeps_its_name_where_they_take_it_back(driver: Driver, ana: Any) -> None:
    choose(driver, page_of(driver, context="acme"), "acme")
    workspaces.members["ana"] = ["globex"]
    answer = driver.browser.get("/oauth/account/apps", headers={"Accept": "application/json"}).json()
    assert [(one["context"], one["name"]) for one in answer["apps"][0]["places"]] == [("acme", "Acme <Rockets>")]
