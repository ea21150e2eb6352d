"""Remembered consent (RFC 6749 §10.2): when nobody is asked again, and its withdrawal."""

from functools import partial
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.test import Client as Browser
from django.utils import timezone
from django.utils.functional import SimpleLazyObject

from oauth_provider.dot.names import application_model
from oauth_provider.models import Authorization, Consent, PendingRequest
from oauth_provider.tokens.withdraw import withdraw_consent
from tests import ledger
from tests.driver import CALLBACK, Driver, query_of, signed_in
from tests.each import each
from tests.factories import UserFactory
from tests.flows.consent.asking import is_asked
from tests.overrides import setting
from tests.settings import OAUTH_PROVIDER

pytestmark = [pytest.mark.django_db, pytest.mark.spec("RFC 9700", "4.7")]

SCOPES: dict[str, str] = OAUTH_PROVIDER["SCOPES"]  # type: ignore[assignment]


# Remembered


@pytest.mark.spec("RFC 6749", "10.2")
@each("scope", ["notes:read notes:write", "notes:write notes:read", "notes:read"])
def test_a_consent_that_covers_all_of_it_is_not_asked_for_again(driver: Driver, scope: str) -> None:
    driver.code()
    pending = PendingRequest.objects.count()
    response = driver.authorize(scope=scope)
    assert set(query_of(response["Location"])) == {"code", "state", "iss"}
    assert PendingRequest.objects.count() == pending
    assert driver.redeem(query_of(response["Location"])["code"]).json()["scope"] == scope


@pytest.mark.spec("RFC 6749", "10.2")
def test_consents_add_up(driver: Driver) -> None:
    driver.code(scope="notes:read")
    assert is_asked(driver, scope="notes:read photos:read")
    driver.code(scope="photos:read")
    assert not is_asked(driver, scope="notes:read photos:read")
    assert Consent.objects.count() == 1


@pytest.mark.spec("RFC 6749", "10.2")
@pytest.mark.parametrize("scope", ["photos:read", "notes:read photos:read"])
def test_a_new_scope_is_asked_for(driver: Driver, scope: str) -> None:
    driver.code()
    assert is_asked(driver, scope=scope)


@pytest.mark.spec("RFC 6749", "10.2")
def test_changed_words_are_asked_for_again(driver: Driver) -> None:
    driver.code()
    with setting(SCOPES={**SCOPES, "notes:write": "Write, delete and publish your notes"}):
        assert is_asked(driver)
        assert not is_asked(driver, scope="notes:read")
    assert not is_asked(driver)


@pytest.mark.spec("RFC 6749", "10.2")
def test_a_client_that_calls_itself_otherwise_is_asked_about_again(driver: Driver) -> None:
    driver.code(scope="notes:read notes:write")
    application_model().objects.update(name="Somebody else")
    assert is_asked(driver)
    driver.code(scope="notes:read")
    assert not is_asked(driver, scope="notes:read")
    assert is_asked(driver, scope="notes:write")


@pytest.mark.spec("RFC 6749", "10.2")
def test_another_user_is_asked(driver: Driver) -> None:
    driver.code()
    driver.sign_in(UserFactory())
    assert is_asked(driver)


@pytest.mark.spec("RFC 6749", "10.2")
def test_another_client_is_asked_about(driver: Driver) -> None:
    driver.code()
    other = signed_in(Consent.objects.get().user, name="Notes for all")
    assert is_asked(other)


@pytest.mark.spec("RFC 6749", "10.2")
def test_a_consent_is_remembered_in_any_browser(driver: Driver) -> None:
    driver.code()
    driver.browser = Browser()
    driver.sign_in(Consent.objects.get().user)
    assert not is_asked(driver)


IMPOSTURE = [("http://127.0.0.1/cb"), ("http://[::1]/cb"), ("com.example.app:/cb"), ("http://localhost/cb")]


@pytest.mark.spec("RFC 8252", "8.6")
@each("uri", IMPOSTURE)
@each("skip", [False, True], ids=["", "skip_authorization"])
def test_a_public_client_that_another_app_can_pose_as_is_always_asked_about(uri: str, skip: bool) -> None:
    driver = signed_in(public=True, redirect_uri=uri, skip_authorization=skip)
    for _ in range(2):
        assert is_asked(driver)
        driver.code()


@pytest.mark.spec("RFC 8252", "8.6")
@each(("public", "uri"), [(True, CALLBACK), (False, CALLBACK), (False, "com.example.app:/cb")])
def test_a_client_that_proves_who_it_is_is_not(public: bool, uri: str) -> None:
    driver = signed_in(public=public, redirect_uri=uri)
    driver.code()
    assert not is_asked(driver)


@pytest.mark.spec("RFC 6749", "10.2")
def test_where_the_operator_said_yes_nobody_is_asked_and_nothing_is_remembered() -> None:
    driver = signed_in(skip_authorization=True)
    assert not is_asked(driver)
    assert Consent.objects.count() == 0


@pytest.mark.spec("RFC 6749", "10.2")
@each("changes", [{"scope": "nothing:here"}, {"code_challenge": None}, {"client_id": "nobody"}], ids=str)
def test_a_remembered_consent_overrides_no_rule(driver: Driver, changes: dict[str, Any]) -> None:
    driver.code()
    with ledger.unchanged():
        response = driver.authorize(**changes)
    assert "code=" not in response.get("Location", "")


# Withdrawn


@pytest.mark.spec("RFC 9700", "4.14.2")
def test_a_consent_that_is_withdrawn_is_forgotten_and_every_sign_in_on_it_ends(driver: Driver) -> None:
    tokens = [driver.tokens(), driver.tokens()]
    code = driver.code()
    user = Consent.objects.get().user
    other = signed_in(user)
    kept = other.tokens()
    assert withdraw_consent(user=user, application=driver.application) == 3
    for one in tokens:
        assert ledger.is_over(one["access_token"])
        ledger.refused(driver.refresh(one["refresh_token"]), "invalid_grant")
    ledger.refused(driver.redeem(code), "invalid_grant")
    assert set(
        Authorization.objects.filter(application=driver.application).values_list("revoked_reason", flat=True)
    ) == {"user"}
    assert is_asked(driver)
    assert ledger.is_good(kept["access_token"])
    assert not is_asked(other)


def test_withdrawing_what_was_never_given_is_no_error(driver: Driver) -> None:
    with ledger.unchanged():
        assert withdraw_consent(user=UserFactory(), application=driver.application) == 0


def test_a_view_may_pass_the_person_of_its_request_whether_or_not_they_ever_agreed(driver: Driver) -> None:
    """``request.user`` is a lazy object, whose class is not the user's."""
    driver.code()
    agreed, never = Consent.objects.get().user, UserFactory()
    for user, ended in ((agreed, 1), (never, 0)):
        lazy = SimpleLazyObject(partial(get_user_model().objects.get, pk=user.pk))
        assert withdraw_consent(user=lazy, application=driver.application) == ended


def test_a_page_that_is_decided_after_a_withdrawal_asks_for_itself(driver: Driver) -> None:
    driver.code()
    page = driver.authorize(scope="photos:read")["Location"]
    withdraw_consent(user=Consent.objects.get().user, application=driver.application)
    driver.decide(page)
    assert set(Consent.objects.get().entries["scopes"]) == {"photos:read"}


@pytest.mark.spec("RFC 6749", "10.2")
def test_a_consent_outlives_its_tokens(driver: Driver) -> None:
    driver.tokens()
    Authorization.objects.update(expires_at=timezone.now())
    assert not is_asked(driver)
