"""What a client's status means (RFC 7591 §5): in test mode it works for its team alone, suspended for nobody."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.core import mail

from oauth_provider.clients.registration.policy import Door
from oauth_provider.clients.registration.proposal import By
from oauth_provider.clients.registration.status import Step, move
from oauth_provider.models import ClientMember, ClientPolicy, LogoutDelivery
from oauth_provider.models.client import as_client
from oauth_provider.protocol.digest import digest
from oauth_provider.tokens.token_lookup import good_row
from tests import ledger
from tests.backchannel import deliver
from tests.driver import USERINFO, Driver, query_of, signed_in
from tests.each import each
from tests.factories import ApplicationFactory, UserFactory

pytestmark = [pytest.mark.django_db, pytest.mark.spec("RFC 7591", "5")]

GRANTS = ["authorization_code", "refresh_token", "client_credentials"]
OPERATOR = By(Door.ADMIN)


@pytest.fixture
def user() -> Any:
    return UserFactory(email="ada@example.com")


@pytest.fixture
def driver(user: Any) -> Driver:
    driver = signed_in(user, name="Photo Book", policy={"grant_types": GRANTS})
    driver.scope = "openid notes:read"
    ClientMember.objects.create(application=driver.application, user=user)
    return driver


@pytest.fixture
def asker() -> Driver:
    return Driver(ApplicationFactory(service=True, policy={"may_introspect": True}))


def is_active(asker: Driver, token: str) -> bool:
    return bool(asker.introspect(token).json()["active"])


def userinfo(driver: Driver, token: str) -> int:
    return int(driver.browser.get(USERINFO, headers={"Authorization": f"Bearer {token}"}).status_code)


def leave(driver: Driver) -> None:
    ClientMember.objects.all().delete()


def come_back(driver: Driver) -> None:
    ClientMember.objects.create(application=driver.application, user_id=int(driver.browser.session["_auth_user_id"]))


def into_test_mode(driver: Driver, status: str = "draft") -> None:
    ClientPolicy.objects.filter(application=driver.application).update(status=status)


@each("status", ["draft", "pending"])
def test_in_test_mode_it_works_for_its_team_and_for_itself(driver: Driver, asker: Driver, status: str) -> None:
    into_test_mode(driver, status)
    tokens = driver.tokens()
    assert driver.refresh(tokens["refresh_token"]).status_code == 200
    assert is_active(asker, tokens["access_token"])
    own = driver.token(grant_type="client_credentials", scope="notes:read").json()["access_token"]
    assert ledger.is_good(own)
    assert is_active(asker, own)


@each("status", ["draft", "pending"])
def test_others_are_told_on_a_page_and_nothing_is_kept(driver: Driver, status: str) -> None:
    into_test_mode(driver, status)
    leave(driver)
    with ledger.unchanged():
        page = driver.authorize()
    ledger.is_error_page(page, "access_denied")
    assert "only the members of its own team can use it" in page.content.decode()
    back = page.context["back_to"]
    assert (query_of(back)["error"], query_of(back)["state"]) == ("access_denied", "a state")
    # Nobody learns from a frame whether somebody is signed in, and an error before anybody was asked stays here.
    with ledger.unchanged():
        ledger.is_error_page(driver.authorize(prompt="none"), "login_required")
        ledger.is_error_page(driver.authorize(scope="no:such"), "invalid_scope")


def test_who_leaves_the_team_while_they_are_asked_cannot_answer(driver: Driver) -> None:
    into_test_mode(driver)
    page = driver.authorize()["Location"]
    leave(driver)
    with ledger.unchanged():
        for answer in (driver.decide(page), driver.browser.get(page)):
            ledger.is_error_page(answer, "access_denied")
            assert "being tested" in answer.content.decode()
    come_back(driver)
    assert "code" in query_of(driver.decide(page)["Location"])


@each("kind", ["opaque", "jwt"])
def test_the_tokens_of_who_left_the_team_are_refused_at_once(driver: Driver, asker: Driver, kind: str) -> None:
    ClientPolicy.objects.filter(application=driver.application).update(access_token_format=kind)
    into_test_mode(driver)
    tokens, code = driver.tokens(), driver.code()
    access_token, refresh_token = tokens["access_token"], tokens["refresh_token"]
    leave(driver)
    assert not ledger.is_good(access_token)
    assert good_row(digest(access_token)) is None
    assert userinfo(driver, access_token) == 401
    assert not is_active(asker, access_token)
    assert not is_active(asker, refresh_token)
    with ledger.unchanged():
        ledger.refused(driver.refresh(refresh_token), "invalid_grant")
        ledger.refused(driver.redeem(code), "invalid_grant")
    # Nothing has ended for good.
    come_back(driver)
    assert ledger.is_good(access_token)
    assert driver.refresh(refresh_token).status_code == 200


def test_whose_sign_ins_were_there_before_have_to_wait(driver: Driver) -> None:
    leave(driver)
    tokens = driver.tokens()
    move(as_client(driver.application), Step.SUSPEND, OPERATOR)
    move(as_client(driver.application), Step.RESUME, OPERATOR)
    assert ledger.is_good(tokens["access_token"])
    into_test_mode(driver, "pending")
    assert not ledger.is_good(tokens["access_token"])
    move(as_client(driver.application), Step.APPROVE, OPERATOR)
    assert ledger.is_good(tokens["access_token"])


DOORS: dict[str, Callable[[Driver, dict[str, Any], str], Any]] = {
    "authorize": lambda driver, tokens, code: ledger.is_error_page(driver.authorize()),
    "authorize, silently": lambda driver, tokens, code: ledger.is_error_page(driver.authorize(prompt="none")),
    "push": lambda driver, tokens, code: ledger.refused(driver.push(), "invalid_client", 401),
    "redeem": lambda driver, tokens, code: ledger.refused(driver.redeem(code), "invalid_client", 401),
    "refresh": lambda driver, tokens, code: ledger.refused(
        driver.refresh(tokens["refresh_token"]), "invalid_client", 401
    ),
    "client credentials": lambda driver, tokens, code: ledger.refused(
        driver.token(grant_type="client_credentials"), "invalid_client", 401
    ),
    "its introspection": lambda driver, tokens, code: ledger.refused(
        driver.introspect(tokens["access_token"]), "invalid_client", 401
    ),
    "guard": lambda driver, tokens, code: _check(not ledger.is_good(tokens["access_token"])),
    "DOT's guards": lambda driver, tokens, code: _check(good_row(digest(tokens["access_token"])) is None),
    "userinfo": lambda driver, tokens, code: _check(userinfo(driver, tokens["access_token"]) == 401),
}


def _check(holds: bool) -> None:
    assert holds


@each("door", DOORS.values(), ids=DOORS)
@each("kind", ["opaque", "jwt"])
def test_a_suspended_client_is_refused_at_every_door(driver: Driver, door: Any, kind: str) -> None:
    policy = {"access_token_format": kind, "may_introspect": True, "scopes": ["openid", "notes:read"]}
    ClientPolicy.objects.filter(application=driver.application).update(**policy)
    tokens, code = driver.tokens(), driver.code()
    move(as_client(driver.application), Step.SUSPEND, OPERATOR)
    with ledger.unchanged():
        door(driver, tokens, code)


def test_a_page_that_was_open_when_the_client_was_suspended_gives_nothing(driver: Driver, asker: Driver) -> None:
    tokens = driver.tokens()
    page = driver.authorize(prompt="consent")["Location"]
    move(as_client(driver.application), Step.SUSPEND, OPERATOR)
    ledger.is_error_page(driver.decide(page))
    for kind in ("access_token", "refresh_token"):
        assert not is_active(asker, tokens[kind])


def test_a_client_that_an_operator_keeps_for_a_group_is_for_nobody_else(driver: Driver, asker: Driver) -> None:
    ClientPolicy.objects.filter(application=driver.application).update(usable_by="group:Staff\ngroup:Partners")
    with ledger.unchanged():
        page = driver.authorize()
        silent = driver.authorize(prompt="none")
    ledger.is_error_page(page, "access_denied")
    assert "not for your account" in page.content.decode()
    assert query_of(silent["Location"])["error"] == "login_required"
    partners = Group.objects.create(name="Partners")
    user = ClientMember.objects.get().user
    user.groups.add(partners)
    tokens = driver.tokens()
    assert is_active(asker, tokens["access_token"])
    own = driver.token(grant_type="client_credentials", scope="notes:read").json()["access_token"]
    user.groups.clear()
    assert not is_active(asker, tokens["access_token"])
    assert not is_active(asker, tokens["refresh_token"])
    with ledger.unchanged():
        ledger.refused(driver.refresh(tokens["refresh_token"]), "invalid_grant")
    assert is_active(asker, own)
    user.groups.add(partners)
    assert driver.refresh(tokens["refresh_token"]).status_code == 200


def test_an_approved_client_costs_no_more_than_before(
    driver: Driver, asker: Driver, django_assert_num_queries: Any
) -> None:
    token = driver.tokens()["access_token"]
    with django_assert_num_queries(1):
        assert ledger.is_good(token)
    into_test_mode(driver)
    with django_assert_num_queries(2):
        assert ledger.is_good(token)


@pytest.mark.django_db(transaction=True)
def test_the_team_hears_of_each_status_but_for_whoever_changed_it(driver: Driver, user: Any) -> None:
    bob = UserFactory(username="bob", email="bob@example.com")
    ClientMember.objects.create(application=driver.application, user=bob, role="developer")
    into_test_mode(driver)
    client = move(as_client(driver.application), Step.SUBMIT, By(Door.PORTAL, user))
    client = move(client, Step.RETURN, OPERATOR, note="Name your <company>.")
    client = move(client, Step.APPROVE, OPERATOR)
    client = move(client, Step.SUSPEND, OPERATOR)
    move(client, Step.RESUME, OPERATOR)
    deliver()
    subjects = [(message.to[0].partition("@")[0], message.subject) for message in mail.outbox]
    assert ("ada", "Photo Book waits for approval") not in subjects
    assert subjects[0] == ("bob", "Photo Book waits for approval")
    assert [subject for name, subject in subjects if name == "ada"] == [
        "Photo Book is a draft again",
        "Photo Book was approved",
        "Photo Book was suspended",
        "Photo Book goes on",
    ]
    returned = mail.outbox[1]
    text, html = str(returned.body), str(returned.alternatives[0][0])  # type: ignore[attr-defined]  # the tests' own
    assert "Name your <company>." in text
    assert "Name your &lt;company&gt;." in html
    assert not LogoutDelivery.objects.filter(status="pending").exists()
