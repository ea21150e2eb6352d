"""A permission that is taken back is gone at once: from the consent, from each sign-in, and from each token."""

from typing import Any

import pytest

from oauth_provider.dot.names import access_token_model
from oauth_provider.models import AuditEvent, Authorization, Consent
from oauth_provider.tokens.take_back import take_back
from oauth_provider.tokens.verifier import verify
from tests import ledger
from tests.commits import both_forms, committed, midway
from tests.driver import Driver, query_of, signed_in
from tests.factories import ApplicationFactory, UserFactory
from tests.races.outcomes import dot_refresh_token

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.spec("RFC 6749", "1.5")]


@pytest.fixture
def ana() -> Any:
    return UserFactory(username="ana")


@pytest.fixture
def driver(ana: Any) -> Driver:
    return signed_in(ana, policy={"grant_types": ["authorization_code", "refresh_token"], "may_introspect": True})


def test_every_token_of_every_sign_in_loses_it_at_the_next_call(driver: Driver, ana: Any) -> None:
    first, second = driver.tokens(), driver.tokens()
    assert take_back(["notes:write"], user=ana, application=driver.application) == {"notes:write"}
    for tokens in (first, second):
        assert verify(tokens["access_token"]).scopes == ("notes:read",)
        assert driver.introspect(tokens["access_token"]).json()["scope"] == "notes:read"
        assert driver.refresh(tokens["refresh_token"]).json()["scope"] == "notes:read"


def test_what_the_process_remembers_of_a_token_loses_it_too(driver: Driver, ana: Any, settings: Any) -> None:
    settings.OAUTH_PROVIDER = settings.OAUTH_PROVIDER | {"VERIFICATION_CACHE_LIFETIME": 60}
    token = driver.tokens()["access_token"]
    assert verify(token).scopes == ("notes:read", "notes:write")
    take_back(["notes:write"], user=ana, application=driver.application)
    assert verify(token).scopes == ("notes:read",)


def test_it_is_asked_for_again(driver: Driver, ana: Any) -> None:
    driver.tokens()
    take_back(["notes:write"], user=ana, application=driver.application)
    assert set(Consent.objects.get().agreed.scopes) == set(Consent.objects.get().seen.words) == {"notes:read"}
    assert driver.authorize()["Location"].startswith("/oauth/consent/")
    assert "code" in query_of(driver.authorize(scope="notes:read")["Location"])


def test_a_lost_answer_that_says_more_is_not_said_again(driver: Driver, ana: Any) -> None:
    tokens = driver.tokens()
    driver.refresh(tokens["refresh_token"])
    take_back(["notes:write"], user=ana, application=driver.application)
    ledger.refused(driver.refresh(tokens["refresh_token"]), "invalid_grant")
    assert Authorization.objects.get().revoked_at is None


def test_a_code_that_waits_loses_it(driver: Driver, ana: Any) -> None:
    code = driver.code()
    take_back(["notes:write"], user=ana, application=driver.application)
    assert driver.redeem(code).json()["scope"] == "notes:read"


def test_a_sign_in_that_is_left_with_nothing_ends(driver: Driver, ana: Any) -> None:
    tokens = driver.tokens()
    assert take_back(["notes:read", "notes:write"], user=ana, application=driver.application) == {
        "notes:read",
        "notes:write",
    }
    assert Authorization.objects.get().revoked_reason == "user"
    assert Consent.objects.count() == 0
    assert driver.introspect(tokens["access_token"]).json() == {"active": False}


def test_nothing_of_others_changes(driver: Driver, ana: Any) -> None:
    other_person, other_app = signed_in(UserFactory()), signed_in(ana)
    other_person.application = driver.application
    kept = [other_person.tokens()["access_token"], other_app.tokens()["access_token"]]
    driver.tokens()
    take_back(["notes:write"], user=ana, application=driver.application)
    assert [verify(token).scope for token in kept] == ["notes:read notes:write"] * 2


def test_another_context_keeps_it(driver: Driver, ana: Any) -> None:
    token = driver.tokens()["access_token"]
    with ledger.unchanged():
        assert not take_back(["notes:write"], user=ana, application=driver.application, context="acme")
    assert verify(token).scopes == ("notes:read", "notes:write")


@pytest.mark.parametrize("scopes", [[], ["photos:read"], ["no such"], ["\x00"], ["notes:read notes:write"]])
def test_what_nobody_has_changes_nothing_and_tells_nobody(driver: Driver, ana: Any, scopes: list[str]) -> None:
    driver.tokens()
    with ledger.unchanged():
        assert not take_back(scopes, user=ana, application=driver.application)
    assert not AuditEvent.objects.filter(kind="permissions_taken_back").exists()


def test_it_is_told_once_and_can_be_found_again(driver: Driver, ana: Any) -> None:
    driver.tokens()
    for _once_more in range(2):
        take_back(["notes:write"], user=ana, application=driver.application)
    row = AuditEvent.objects.get(kind="permissions_taken_back")
    assert (row.client_id, row.user, row.facts) == (
        driver.application.client_id,
        str(ana.pk),
        {"scope": "notes:write"},
    )


def test_details_that_were_agreed_to_stay(driver: Driver, ana: Any) -> None:
    driver.tokens()
    Authorization.objects.update(authorization_details=[{"type": "transfer"}])
    take_back(["notes:read", "notes:write"], user=ana, application=driver.application)
    row = Authorization.objects.get()
    assert (row.scope, row.revoked_at) == ("", None)


def test_scopes_of_a_client_that_needs_no_consent_are_taken_from_its_sign_ins(ana: Any) -> None:
    driver = Driver(ApplicationFactory(skip_authorization=True))
    driver.sign_in(ana)
    driver.tokens()
    assert take_back(["notes:write"], user=ana, application=driver.application) == {"notes:write"}
    assert Authorization.objects.get().scope == "notes:read"
    assert access_token_model().objects.get().scope == "notes:read"


@both_forms
def test_what_dot_gave_out_loses_it_too_and_a_refresh_of_it_that_is_on_its_way(
    form: str, driver: Driver, ana: Any
) -> None:
    def narrow() -> object:
        return take_back(["notes:write"], user=ana, application=driver.application)

    for number in (1, 2):
        row = dot_refresh_token(driver, ana, f"refresh token {number}")
        access_token_model().objects.filter(pk=row.access_token_id).update(scope="notes:read notes:write")
    assert verify("beside refresh token 1").scopes == ("notes:read", "notes:write")
    with committed(form), midway(narrow) as written:
        assert driver.refresh("refresh token 1").json()["scope"] == "notes:read"
    assert written == [False, True]
    assert verify("beside refresh token 2").scopes == ("notes:read",)
    assert driver.refresh("refresh token 2").json()["scope"] == "notes:read"


def test_a_token_of_dots_that_is_left_with_nothing_ends(driver: Driver, ana: Any) -> None:
    row, other = dot_refresh_token(driver, ana), dot_refresh_token(driver, UserFactory(), "another's")
    assert take_back(["notes:read"], user=ana, application=driver.application) == {"notes:read"}
    ledger.refused(driver.refresh(row.token), "invalid_grant")
    assert driver.introspect(row.access_token.token).json() == {"active": False}
    assert driver.refresh(other.token).json()["scope"] == "notes:read"
