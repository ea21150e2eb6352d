"""``acr_values`` (OpenID Connect Core §3.1.2.1, §5.5.1.1): how strong a sign-in is, and how it is made stronger."""

import json
from typing import Any

import pytest
from django.http import HttpRequest

from oauth_provider.authorization.context import AuthenticationContext, Context
from oauth_provider.authorization.sign_in import moment, recorded
from oauth_provider.models import Authorization
from tests import ledger
from tests.driver import METADATA, Driver, query_of, signed_in
from tests.each import each
from tests.settings import OAUTH_PROVIDER

pytestmark = [pytest.mark.django_db, pytest.mark.spec("OIDC Core", "3.1.2.1")]

STEP_UP = "/accounts/second-factor/"


class TwoFactors(AuthenticationContext):
    """A project whose session remembers a second factor, and whose levels include the ones below."""

    acr_values_supported = ("pwd", "mfa")

    def describe(self, request: HttpRequest) -> Context:
        second = request.session.get("second_factor", False)
        acr, amr = ("mfa", ("pwd", "otp")) if second else ("pwd", ("pwd",))
        return Context(moment(recorded(request).seconds), acr, amr)

    def satisfies(self, context: Context, acr: str) -> bool:
        return acr == context.acr or (acr, context.acr) == ("pwd", "mfa")

    def step_up_url(self, request: HttpRequest, acr_values: tuple[str, ...], next_url: str) -> str | None:
        return f"{STEP_UP}?next={next_url}" if "mfa" in acr_values and request.user.username != "ann" else None


@pytest.fixture
def driver(settings: Any) -> Driver:
    context = f"{__name__}.TwoFactors"
    settings.OAUTH_PROVIDER = {**OAUTH_PROVIDER, "AUTHENTICATION_CONTEXT": context}
    driver = signed_in()
    driver.code()
    return driver


def with_second_factor(driver: Driver) -> None:
    session = driver.browser.session
    session["second_factor"] = True
    session.save()


def known(driver: Driver, **changes: Any) -> tuple[str, list[str]]:
    """The ``acr`` and ``amr`` of the sign-in that a request is answered with, at once."""
    assert "code" in query_of(driver.authorize(**changes)["Location"])
    row = Authorization.objects.latest("pk")
    return row.acr, row.amr


def test_nothing_is_said_of_how_where_nobody_knows() -> None:
    driver = signed_in()
    driver.code(acr_values="mfa urn:whatever")
    row = Authorization.objects.get()
    assert (row.acr, row.amr) == ("", [])


def test_the_code_tells_how_the_session_was_authenticated(driver: Driver) -> None:
    assert known(driver) == ("pwd", ["pwd"])
    with_second_factor(driver)
    assert known(driver) == ("mfa", ["pwd", "otp"])


def test_the_first_requested_level_that_was_reached_is_named(driver: Driver) -> None:
    with_second_factor(driver)
    assert known(driver, acr_values="gold pwd mfa") == ("pwd", ["pwd", "otp"])
    assert known(driver, acr_values="mfa pwd") == ("mfa", ["pwd", "otp"])


def test_a_level_that_nobody_has_here_changes_nothing(driver: Driver) -> None:
    assert known(driver, acr_values="urn:gold urn:silver") == ("pwd", ["pwd"])


def test_a_weak_sign_in_is_sent_to_the_second_factor_and_comes_back(driver: Driver) -> None:
    location = driver.authorize(acr_values="mfa")["Location"]
    assert location.startswith(f"{STEP_UP}?next=/oauth/authorize?ticket=")
    with_second_factor(driver)
    resumed = driver.browser.get(location.partition("next=")[2])
    assert "code" in query_of(resumed["Location"])
    assert Authorization.objects.latest("pk").acr == "mfa"


def test_who_comes_back_without_it_goes_on_as_they_are(driver: Driver) -> None:
    """``acr_values`` are wishes: they are never an error."""
    location = driver.authorize(acr_values="mfa")["Location"]
    resumed = driver.browser.get(location.partition("next=")[2])
    assert "code" in query_of(resumed["Location"])
    assert Authorization.objects.latest("pk").acr == "pwd"


def test_who_has_no_second_factor_goes_on_as_they_are(driver: Driver) -> None:
    from tests.factories import UserFactory

    driver.sign_in(UserFactory(username="ann"))
    driver.code()
    assert known(driver, acr_values="mfa") == ("pwd", ["pwd"])


def test_nobody_is_sent_anywhere_silently(driver: Driver) -> None:
    assert known(driver, acr_values="mfa", prompt="none") == ("pwd", ["pwd"])


def test_a_consent_page_is_not_decided_by_a_weaker_sign_in(driver: Driver) -> None:
    with_second_factor(driver)
    page = driver.authorize(acr_values="mfa", scope="photos:read")["Location"]
    user = Authorization.objects.latest("pk").user
    binding = driver.browser.session["oauth_provider.binding"]
    driver.sign_in(user)
    assert driver.browser.session["oauth_provider.binding"] == binding
    with ledger.unchanged():
        ledger.is_error_page(driver.decide(page))


@each("acr_values", ["\x00", "é", "a\r\nb"], ids=ascii)
def test_bad_text_is_refused(driver: Driver, acr_values: str) -> None:
    with ledger.unchanged():
        assert query_of(driver.authorize(acr_values=acr_values)["Location"])["error"] == "invalid_request"


@pytest.mark.spec("OIDC Discovery", "3")
def test_the_levels_are_advertised(driver: Driver) -> None:
    assert driver.browser.get(METADATA).json()["acr_values_supported"] == ["pwd", "mfa"]


# An essential acr


def essential(*values: str) -> str:
    return json.dumps({"id_token": {"acr": {"essential": True, "values": list(values)}}})


ESSENTIAL = pytest.mark.spec("OIDC Core", "5.5.1.1")


@ESSENTIAL
def test_an_essential_level_that_was_reached_is_named(driver: Driver) -> None:
    with_second_factor(driver)
    assert known(driver, claims=essential("gold", "mfa")) == ("mfa", ["pwd", "otp"])


@ESSENTIAL
def test_an_essential_level_is_reached_by_stepping_up_or_access_is_denied(driver: Driver) -> None:
    location = driver.authorize(claims=essential("mfa"))["Location"]
    assert location.startswith(f"{STEP_UP}?next=/oauth/authorize?ticket=")
    back = location.partition("next=")[2]
    with ledger.unchanged():
        assert query_of(driver.browser.get(back)["Location"])["error"] == "access_denied"
    with_second_factor(driver)
    assert "code" in query_of(driver.browser.get(back)["Location"])


@ESSENTIAL
@pytest.mark.parametrize("values", [("gold",), ("gold", "silver")], ids=str)
def test_an_essential_level_that_nobody_can_reach_is_access_denied(driver: Driver, values: tuple[str, ...]) -> None:
    with ledger.unchanged():
        assert query_of(driver.authorize(claims=essential(*values))["Location"])["error"] == "access_denied"


@ESSENTIAL
def test_an_essential_level_outweighs_acr_values(driver: Driver) -> None:
    with ledger.unchanged():
        answer = query_of(driver.authorize(claims=essential("gold"), acr_values="pwd")["Location"])
    assert answer["error"] == "access_denied"


@ESSENTIAL
def test_an_essential_level_is_not_reached_silently(driver: Driver) -> None:
    with ledger.unchanged():
        answer = query_of(driver.authorize(claims=essential("mfa"), prompt="none")["Location"])
    assert answer["error"] == "interaction_required"


@ESSENTIAL
@each("acr", [None, {"values": ["gold"]}, {"essential": True}, {"value": "gold"}], ids=str)
def test_a_level_that_is_not_essential_is_a_wish(driver: Driver, acr: Any) -> None:
    assert known(driver, claims=json.dumps({"id_token": {"acr": acr}})) == ("pwd", ["pwd"])
