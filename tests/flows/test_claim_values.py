"""Values of a project's own code (OpenID Connect Core §5.1, RFC 8259 §3): told as JSON, or refused in time.

In time is before anything is spent or stored.
"""

import json
import logging
import uuid
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum
from types import SimpleNamespace
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext_lazy

from oauth_provider.models import Authorization, ClientPolicy
from oauth_provider.protocol import jws
from oauth_provider.protocol.id_token import PROTOCOL_CLAIMS
from oauth_provider.tokens.claims import ClaimContext, userinfo_claims
from tests import ledger
from tests.claims import adding
from tests.driver import LOGOUT, Driver, query_of, signed_in
from tests.each import each
from tests.factories import UserFactory
from tests.flows.test_userinfo import ask
from tests.settings import OAUTH_PROVIDER

pytestmark = [pytest.mark.django_db, pytest.mark.spec("OIDC Core", "5.1"), pytest.mark.spec("RFC 8259", "3")]

KEY = uuid.UUID(int=7)


class Level(Enum):
    """A project's own enumeration."""

    GOLD = "gold"


VALUES: dict[str, tuple[Any, Any]] = {
    "a UUID": (KEY, str(KEY)),
    "a date": (date(1990, 2, 3), "1990-02-03"),
    "a moment": (datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC), "2026-01-02T03:04:05Z"),
    "a decimal": (Decimal("1.50"), "1.50"),
    "a lazy text": (gettext_lazy("Anonymous"), "Anonymous"),
    "a lazy object": (SimpleLazyObject(lambda: "later"), "later"),
    "a member": (Level.GOLD, "gold"),
    "all of them": (
        {"keys": (KEY,), "when": [date(1990, 2, 3)], KEY: {"level": Level.GOLD}},
        {"keys": [str(KEY)], "when": ["1990-02-03"], str(KEY): {"level": "gold"}},
    ),
    "plain JSON": ({"a": [1, 1.5, True, None, "é"]}, {"a": [1, 1.5, True, None, "é"]}),
}


def itself() -> Any:
    """A list that holds itself."""
    endless: list[Any] = []
    endless.append(endless)
    return endless


UNTELLABLE = {
    "an object": object(),
    "a person": SimpleLazyObject(get_user_model()),
    "no number": float("nan"),
    "without end": float("inf"),
    "half a character": "\ud800",
    "itself": itself(),
    "bytes": b"x",
}


@pytest.fixture
def driver() -> Driver:
    driver = signed_in(UserFactory(first_name="Ann", email="ann@example.com"), policy={})
    driver.scope = "openid profile email"
    return driver


def person_in(token: str) -> dict[str, Any]:
    """The claims about a person in a JWT."""
    return {name: value for name, value in jws.parse(token).claims.items() if name not in PROTOCOL_CLAIMS}


def asking(*names: str) -> str:
    """A ``claims`` parameter that wants these in the ID token."""
    return json.dumps({"id_token": dict.fromkeys(names)})


def named_by(monkeypatch: pytest.MonkeyPatch, value: Any) -> None:
    """Every user's name is ``value`` from now on."""
    monkeypatch.setattr(get_user_model(), "get_username", lambda user: value)


@each(("value", "told"), VALUES.values(), ids=VALUES)
def test_a_value_is_the_same_in_every_answer(driver: Driver, value: Any, told: Any) -> None:
    with adding("thing", "profile", lambda user, context: value):
        tokens = driver.redeem(driver.code(claims=asking("thing"))).json()
        refreshed = driver.refresh(tokens["refresh_token"]).json()
        plain = ask(refreshed["access_token"])
        ClientPolicy.objects.update(userinfo_signed_response_alg="ES256")
        signed = ask(refreshed["access_token"])
    assert person_in(tokens["id_token"]) == person_in(refreshed["id_token"]) == {"thing": told}
    assert plain.json()["thing"] == told
    assert person_in(signed.content.decode())["thing"] == told


@pytest.mark.parametrize("value", UNTELLABLE.values(), ids=UNTELLABLE)
def test_what_is_no_json_is_told_before_the_code_is_spent(
    driver: Driver, value: Any, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, logger="oauth_provider")
    code = driver.code(claims=asking("thing"))
    with adding("thing", "profile", lambda user, context: value), ledger.unchanged():
        ledger.refused(driver.redeem(code), "server_error", 500)
    assert "the claim 'thing' is no JSON" in caplog.text
    tokens = driver.redeem(code).json()
    with adding("thing", "profile", lambda user, context: value), ledger.unchanged():
        ledger.refused(driver.refresh(tokens["refresh_token"]), "server_error", 500)
        answer = ask(tokens["access_token"])
    assert (answer.status_code, answer.json()["error"]) == (500, "server_error")
    assert driver.refresh(tokens["refresh_token"]).status_code == 200


@pytest.mark.parametrize("endpoint", ["code", "refresh"])
def test_code_of_the_project_that_fails_spends_nothing(driver: Driver, endpoint: str) -> None:
    def fail(user: Any, context: Any) -> Any:
        raise LookupError("the directory is away")

    code = driver.code(claims=asking("thing"))
    spend, spent = driver.redeem, code
    if endpoint == "refresh":
        spend, spent = driver.refresh, driver.redeem(code).json()["refresh_token"]
    with adding("thing", "profile", fail), ledger.unchanged(), pytest.raises(LookupError):
        spend(spent)
    assert spend(spent).status_code == 200


def test_a_refresh_that_is_repeated_tells_the_claims_again(driver: Driver) -> None:
    refresh_token = driver.redeem(driver.code(claims=asking("email"))).json()["refresh_token"]
    first, second = (driver.refresh(refresh_token).json() for _ in range(2))
    assert first["access_token"] == second["access_token"]
    assert person_in(first["id_token"]) == person_in(second["id_token"]) == {"email": "ann@example.com"}


@pytest.mark.spec("OIDC Core", "3.3.2.11")
def test_an_id_token_at_the_front_channel_tells_them_as_well(driver: Driver, settings: Any) -> None:
    settings.OAUTH_PROVIDER = {**OAUTH_PROVIDER, "LEGACY_RESPONSE_TYPES": ["code id_token"]}
    ClientPolicy.objects.update(response_types=["code", "code id_token"])
    request = {"response_type": "code id_token", "nonce": "n", "claims": asking("thing"), "response_mode": "fragment"}
    with adding("thing", "profile", lambda user, context: KEY):
        location = driver.decide(driver.authorize(**request)["Location"])["Location"]
    answer = query_of(location.replace("#", "?"))
    assert person_in(answer["id_token"]) == {"thing": str(KEY)}
    with adding("thing", "profile", lambda user, context: object()), ledger.unchanged():
        assert "code=" not in driver.authorize(**request).get("Location", "")


# A username that is no text


def test_a_username_that_is_no_text_is_told_as_text(driver: Driver, monkeypatch: pytest.MonkeyPatch) -> None:
    named_by(monkeypatch, KEY)
    ClientPolicy.objects.update(may_introspect=True, userinfo_signed_response_alg="ES256")
    page = driver.authorize(claims=asking("preferred_username"))["Location"]
    assert str(KEY) in driver.browser.get(page).content.decode()
    tokens = driver.redeem(query_of(driver.decide(page)["Location"])["code"]).json()
    assert person_in(tokens["id_token"]) == {"preferred_username": str(KEY)}
    assert person_in(ask(tokens["access_token"]).content.decode())["preferred_username"] == str(KEY)
    for name in ("access_token", "refresh_token"):
        assert driver.introspect(tokens[name]).json()["username"] == str(KEY)


@pytest.mark.spec("OIDC RP-Initiated Logout", "2")
@each(("hint", "is_asked"), [("", False), (str(KEY).upper(), False), ("somebody", True)])
def test_somebody_without_a_textual_name_logs_out(
    driver: Driver, monkeypatch: pytest.MonkeyPatch, hint: str, is_asked: bool
) -> None:
    named_by(monkeypatch, KEY)
    id_token = driver.redeem(driver.code()).json()["id_token"]
    response = driver.browser.get(LOGOUT, {"id_token_hint": id_token, "logout_hint": hint})
    assert response.status_code == 200
    assert ("_auth_user_id" in driver.browser.session) is is_asked
    assert (str(KEY) in response.content.decode()) is is_asked


def test_the_page_to_choose_an_account_names_it(driver: Driver, monkeypatch: pytest.MonkeyPatch) -> None:
    named_by(monkeypatch, KEY)
    page = driver.browser.get(driver.authorize(prompt="select_account")["Location"])
    assert str(KEY) in page.content.decode()


@pytest.mark.spec("OIDC RP-Initiated Logout", "2")
def test_a_person_without_an_email_address_is_not_hinted_at_by_the_word_none(driver: Driver) -> None:
    get_user_model().objects.update(email="")
    id_token = driver.redeem(driver.code()).json()["id_token"]
    driver.browser.get(LOGOUT, {"id_token_hint": id_token, "logout_hint": "none"})
    assert "_auth_user_id" in driver.browser.session


def test_a_field_of_any_type_is_text_and_an_empty_one_is_left_out() -> None:
    context = ClaimContext("client", ("profile", "email"))
    person = SimpleNamespace(first_name=None, last_name=7, email=KEY, get_username=lambda: KEY)
    told = {"family_name": "7", "email": str(KEY), "email_verified": False, "preferred_username": str(KEY)}
    assert userinfo_claims(person, context) == told
    nobody = SimpleNamespace(first_name="", email=None, get_username=lambda: "x")
    assert userinfo_claims(nobody, context) == {"preferred_username": "x"}


# The claims of its scopes, for a client that cannot ask


@pytest.mark.spec("OIDC Core", "5.4")
def test_a_policy_can_put_the_claims_of_the_scopes_into_the_id_token(driver: Driver) -> None:
    assert person_in(driver.redeem(driver.code()).json()["id_token"]) == {}
    ClientPolicy.objects.update(scope_claims_in_id_token=True)
    tokens = driver.redeem(driver.code(scope="openid email")).json()
    assert person_in(tokens["id_token"]) == {"email": "ann@example.com", "email_verified": False}
    refreshed = driver.refresh(tokens["refresh_token"], scope="openid").json()
    assert person_in(refreshed["id_token"]) == {}
    assert Authorization.objects.filter(claims={}).count() == 2


@pytest.mark.spec("OIDC Core", "5.5")
def test_a_claim_that_is_told_only_when_asked_for_stays_so(driver: Driver) -> None:
    ClientPolicy.objects.update(scope_claims_in_id_token=True)
    with adding("secret", "email", lambda user, context: "x", only_if_asked=True):
        assert "secret" not in person_in(driver.redeem(driver.code()).json()["id_token"])
        asked = driver.redeem(driver.code(claims=asking("secret"))).json()
    assert person_in(asked["id_token"])["secret"] == "x"


def test_the_policy_of_one_client_changes_nothing_for_another(driver: Driver) -> None:
    ClientPolicy.objects.update(scope_claims_in_id_token=True)
    other = signed_in(UserFactory(), policy={})
    other.scope = driver.scope
    assert person_in(other.redeem(other.code()).json()["id_token"]) == {}


@pytest.mark.spec("OIDC Core", "3.3.2.11")
@pytest.mark.parametrize("is_told", [False, True])
def test_an_id_token_beside_a_code_follows_the_policy_too(driver: Driver, settings: Any, is_told: bool) -> None:
    settings.OAUTH_PROVIDER = {**OAUTH_PROVIDER, "LEGACY_RESPONSE_TYPES": ["code id_token"]}
    ClientPolicy.objects.update(response_types=["code", "code id_token"], scope_claims_in_id_token=is_told)
    page = driver.authorize(response_type="code id_token", nonce="n", scope="openid email")["Location"]
    answer = query_of(driver.decide(page)["Location"].replace("#", "?"))
    assert ("email" in person_in(answer["id_token"])) is is_told
