"""``prompt=none`` (OpenID Connect Core §3.1.2.6) says nothing of a person to a client that they never let in."""

import json
from typing import Any

import pytest
from django.contrib.auth import get_user_model

from oauth_provider.tokens.withdraw import withdraw_consent
from tests import ledger
from tests.driver import Driver, query_of, signed_in
from tests.factories import CALLBACK, UserFactory

pytestmark = [pytest.mark.django_db, pytest.mark.spec("OIDC Core", "3.1.2.6")]

LOOPBACK = "http://127.0.0.1/cb"
# What only the sign-in of a certain person, or of a certain time, would meet.
QUESTIONS: dict[str, dict[str, str]] = {
    "nothing else": {},
    "an old sign-in": {"max_age": "0"},
    "a recent sign-in": {"max_age": "100000"},
    "a strong sign-in": {"claims": json.dumps({"id_token": {"acr": {"essential": True, "value": "urn:gold"}}})},
    "more scopes": {"scope": "openid notes:read photos:read"},
}


def question_about(user: Any) -> dict[str, str]:
    return {"claims": json.dumps({"id_token": {"sub": {"value": str(user.pk)}}})}


def answer_to(driver: Driver, **asked: str) -> dict[str, str]:
    """What the client learns."""
    with ledger.unchanged():
        answer = query_of(driver.authorize(prompt="none", **asked)["Location"])
    assert answer.pop("state") == "a state"
    return answer


@pytest.fixture(params=[CALLBACK, LOOPBACK], ids=["web", "native"])
def driver(request: Any) -> Driver:
    """A client that the person who is signed in never let in; others they did."""
    user = UserFactory(username="ann")
    signed_in(user).code()
    driver = signed_in(user, redirect_uri=request.param, public=request.param == LOOPBACK)
    driver.scope = "openid notes:read"
    return driver


def test_a_client_that_was_never_let_in_hears_what_it_would_of_nobody(driver: Driver) -> None:
    nobody = Driver(driver.application, redirect_uri=driver.redirect_uri, scope=driver.scope)
    people = {"them": question_about(get_user_model().objects.get()), "another": question_about(UserFactory())}
    for name, asked in (QUESTIONS | people).items():
        answer = answer_to(driver, **asked)
        assert answer["error"] == "login_required", name
        assert answer == answer_to(nobody, **asked), name


def test_a_withdrawn_consent_is_none(driver: Driver) -> None:
    driver.code()
    user = get_user_model().objects.get()
    withdraw_consent(user=user, application=driver.application)
    assert answer_to(driver)["error"] == "login_required"


def test_the_consent_of_another_person_is_none(driver: Driver) -> None:
    driver.code()
    driver.sign_in(UserFactory())
    assert answer_to(driver)["error"] == "login_required"


def test_a_client_that_was_let_in_hears_what_is_missing() -> None:
    driver = signed_in()
    driver.scope = "openid notes:read"
    driver.code()
    assert answer_to(driver, **QUESTIONS["more scopes"])["error"] == "consent_required"
    assert answer_to(driver, **QUESTIONS["a strong sign-in"])["error"] == "interaction_required"
    assert answer_to(driver, **QUESTIONS["an old sign-in"])["error"] == "login_required"
    assert answer_to(driver, **question_about(UserFactory()))["error"] == "login_required"


def test_a_client_that_the_operator_lets_in_for_everyone_was_let_in() -> None:
    driver = signed_in(skip_authorization=True)
    assert answer_to(driver, **QUESTIONS["a strong sign-in"])["error"] == "interaction_required"


@pytest.mark.spec("RFC 8252", "8.6")
def test_whoever_poses_as_a_native_app_learns_neither_who_nor_when() -> None:
    """Any app on the device may ask in the name of one that was let in."""
    driver = signed_in(redirect_uri=LOOPBACK, public=True)
    driver.scope = "openid notes:read"
    driver.code()
    people = {"them": question_about(get_user_model().objects.get()), "another": question_about(UserFactory())}
    answers = [answer_to(driver, **asked) for asked in (QUESTIONS | people).values()]
    assert answers[0]["error"] == "interaction_required"
    assert answers == [answers[0]] * len(answers)
