"""Implied scopes: who may write may read, every answer says so, and nobody gets more than they may have."""

from typing import Any

import pytest

from oauth_provider.authorization.question import Asked, Decision, Question, allowed_part
from oauth_provider.authorization.sign_in import SignIn
from oauth_provider.models import Authorization, ClientPolicy, Consent, Resource
from oauth_provider.models.client import as_client
from oauth_provider.protocol.jws import parse
from oauth_provider.registry.resource import Audience
from oauth_provider.tokens.take_back import take_back
from oauth_provider.tokens.terms import for_response
from oauth_provider.tokens.verifier import verify
from tests.driver import Driver

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.spec("RFC 6749", "3.3")]


def tokens(driver: Driver, scope: str, **changes: Any) -> dict[str, Any]:
    return driver.redeem(driver.code(scope=scope, **changes)).json()  # type: ignore[no-any-return]


@pytest.mark.parametrize("access_token_format", ["opaque", "jwt"])
def test_every_answer_names_what_is_implied(driver: Driver, access_token_format: str) -> None:
    ClientPolicy.objects.update(access_token_format=access_token_format)
    answer = tokens(driver, "notes:write")
    assert answer["scope"] == "notes:write notes:read"
    assert set(verify(answer["access_token"]).scopes) == {"notes:write", "notes:read"}
    assert driver.introspect(answer["access_token"]).json()["scope"] == answer["scope"]
    if access_token_format == "jwt":
        assert parse(answer["access_token"]).claims["scope"] == answer["scope"]
    assert driver.refresh(answer["refresh_token"]).json()["scope"] == answer["scope"]


def test_the_person_is_shown_what_comes_along_and_agrees_to_it(driver: Driver) -> None:
    page = driver.authorize(scope="notes:publish")["Location"]
    shown = driver.browser.get(page).content.decode()
    assert "Publish notes" in shown
    assert "Read your notes" in shown
    driver.decide(page)
    assert set(Consent.objects.get().agreed.scopes) == {"notes:publish", "notes:write", "notes:read"}
    # Less than was agreed to asks nobody.
    assert "code=" in driver.authorize(scope="notes:read")["Location"]


def test_a_refresh_may_ask_for_what_is_implied_alone_or_for_what_implies_it(driver: Driver) -> None:
    answer = tokens(driver, "notes:publish photos:read")
    answer = driver.refresh(answer["refresh_token"], scope="notes:read").json()
    assert answer["scope"] == "notes:read"
    answer = driver.refresh(answer["refresh_token"], scope="notes:write").json()
    assert answer["scope"] == "notes:write notes:read"
    assert driver.refresh(answer["refresh_token"], scope="openid").json()["error"] == "invalid_scope"


def test_a_sign_in_has_what_its_person_was_shown_and_not_what_is_implied_since(driver: Driver) -> None:
    answer = tokens(driver, "notes:write")
    Authorization.objects.update(scope="notes:write")
    answer = driver.refresh(answer["refresh_token"]).json()
    assert answer["scope"] == "notes:write"
    assert driver.refresh(answer["refresh_token"], scope="notes:read").json()["error"] == "invalid_scope"


def test_what_the_person_may_not_grant_is_in_no_answer_and_comes_to_no_sign_in_later(
    driver: Driver, ana: Any, settings: Any
) -> None:
    scopes = {
        "notes:write": {"title": "Write", "implies": ["notes:read"]},
        "notes:read": {"title": "Read", "grantable_by": "group:Readers"},
    }
    settings.OAUTH_PROVIDER = settings.OAUTH_PROVIDER | {"SCOPES": scopes}
    answer = tokens(driver, "notes:write")
    assert answer["scope"] == "notes:write"
    [authorization] = Authorization.objects.all()
    assert for_response(authorization, as_client(driver.application)).scope == ("notes:write",)
    ana.groups.create(name="Readers")
    assert driver.refresh(answer["refresh_token"]).json()["scope"] == "notes:write"


def test_nothing_is_implied_past_what_the_client_may_have(driver: Driver) -> None:
    ClientPolicy.objects.update(scopes=["notes:publish", "notes:read"])
    answer = tokens(driver, "notes:publish")
    assert answer["scope"] == "notes:publish notes:read"
    ClientPolicy.objects.update(scopes=["notes:publish"])
    answer = driver.refresh(answer["refresh_token"]).json()
    assert answer["scope"] == "notes:publish"


def test_nothing_is_implied_past_what_the_resource_serves(driver: Driver) -> None:
    Resource.objects.create(identifier="https://a.example/", name="Writer", scopes=["notes:write"])
    Resource.objects.create(identifier="https://b.example/", name="Reader", scopes=["notes:read"])
    answer = tokens(driver, "notes:write", resource="https://a.example/")
    assert answer["scope"] == "notes:write"
    own = driver.token(grant_type="client_credentials", scope="notes:write", resource="https://a.example/")
    assert own.json()["scope"] == "notes:write"


def test_a_client_of_its_own_gets_what_is_implied(driver: Driver) -> None:
    own = driver.token(grant_type="client_credentials", scope="notes:write").json()
    assert own["scope"] == "notes:write notes:read"
    ClientPolicy.objects.update(scopes=["notes:write"])
    own = driver.token(grant_type="client_credentials", scope="notes:write").json()
    assert own["scope"] == "notes:write"


def test_who_a_person_is_is_never_implied(driver: Driver, settings: Any) -> None:
    greedy = {"notes:read": {"title": "Read", "implies": ["openid", "email", "offline_access"]}}
    settings.OAUTH_PROVIDER = settings.OAUTH_PROVIDER | {"SCOPES": greedy}
    assert tokens(driver, "notes:read")["scope"] == "notes:read"
    assert driver.token(grant_type="client_credentials", scope="notes:read").json()["scope"] == "notes:read"


def test_what_implies_a_refused_scope_is_not_granted() -> None:
    asked = Asked(("notes:publish", "notes:write", "notes:read", "photos:read"), Audience())
    question = Question(None, None, asked, SignIn(None, ""))  # type: ignore[arg-type]
    part = allowed_part(question, Decision(True, frozenset({"notes:publish", "notes:write", "photos:read"})))
    assert part is not None
    assert part.scope == ("photos:read",)


def test_taking_back_what_is_implied_takes_back_what_implies_it(driver: Driver, ana: Any) -> None:
    answer = tokens(driver, "notes:write photos:read")
    lost = take_back(["notes:read"], user=ana, application=driver.application)
    assert set(lost) == {"notes:read", "notes:write"}
    assert set(verify(answer["access_token"]).scopes) == {"photos:read"}
    assert driver.refresh(answer["refresh_token"]).json()["scope"] == "photos:read"
    assert set(Consent.objects.get().agreed.scopes) == {"photos:read"}
