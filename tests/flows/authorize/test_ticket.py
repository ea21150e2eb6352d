"""The ticket that carries a request through the login (RFC 6749 §3.1): signed, dated, judged anew."""

from typing import Any
from urllib.parse import urlsplit

import pytest
from django.contrib.auth import get_user_model
from django.contrib.sessions.models import Session
from django.test import Client as Browser

from oauth_provider.authorization.ticket import Ticket, to_text
from oauth_provider.models import Authorization, ClientPolicy, PendingRequest
from tests import ledger
from tests.driver import AUTHORIZE, Driver, query_of
from tests.each import each
from tests.factories import UserFactory
from tests.flows.authorize.answers import goes_back

pytestmark = pytest.mark.django_db


# Before the login


@pytest.mark.spec("RFC 6749", "3.1")
def test_the_login_redirect_writes_nothing(driver: Driver) -> None:
    driver.browser = Browser()
    sessions = Session.objects.count()
    with ledger.unchanged():
        response = driver.authorize()
    assert response.status_code == 303
    assert urlsplit(response["Location"]).path == "/accounts/login/"
    assert "no-store" in response["Cache-Control"]
    assert not response.cookies
    assert Session.objects.count() == sessions


@pytest.mark.spec("RFC 6749", "3.1")
def test_after_the_login_the_request_goes_on_as_it_was(driver: Driver) -> None:
    driver.browser = Browser()
    user = UserFactory()
    login = driver.authorize(nonce="n")["Location"]
    response = driver.browser.post(login, {"username": user.get_username(), "password": "correct horse"})
    resumed = driver.browser.get(response["Location"])
    assert resumed["Location"].startswith("/oauth/consent/")
    answer = query_of(driver.decide(resumed["Location"])["Location"])
    assert answer["state"] == "a state"
    assert driver.redeem(answer["code"]).status_code == 200
    assert Authorization.objects.get().nonce == "n"


@pytest.mark.spec("RFC 9700", "4.11")
def test_the_way_back_from_the_login_is_a_path_of_ours(driver: Driver) -> None:
    driver.browser = Browser()
    way_back = query_of(driver.authorize()["Location"])["next"]
    assert way_back.startswith(f"{AUTHORIZE}?ticket=")
    assert "://" not in way_back


def ticket_of(driver: Driver) -> str:
    """A ticket as the login page is given one."""
    location = Driver(driver.application, code_verifier=driver.code_verifier).authorize()["Location"]
    return query_of(query_of(location)["next"])["ticket"]


@pytest.mark.spec("RFC 9700", "4.7")
def test_a_ticket_says_the_whole_request(driver: Driver) -> None:
    response = driver.browser.get(AUTHORIZE, {"ticket": ticket_of(driver)})
    assert response["Location"].startswith("/oauth/consent/")


TAMPERING = {
    "cut at the end": lambda ticket: ticket[:-1],
    "cut at the start": lambda ticket: ticket[1:],
    "one character changed": lambda ticket: ticket[:9] + ("a" if ticket[9] != "a" else "b") + ticket[10:],
    "without a signature": lambda ticket: ticket.split(":")[0],
    "another signature": lambda ticket: ticket[:-5] + "AAAAA",
    "another date": lambda ticket: ":".join([ticket.split(":")[0], "zzzzzz", ticket.split(":")[2]]),
    "nonsense": lambda ticket: "nonsense",
    "no ascii": lambda ticket: "é:é:é",
    "NUL": lambda ticket: "\x00",
    "very long": lambda ticket: "a" * 50_000,
}


@pytest.mark.spec("RFC 9700", "4.7")
@each("tamper", TAMPERING.values(), ids=TAMPERING)
def test_a_ticket_that_was_tampered_with_is_a_page(driver: Driver, tamper: Any) -> None:
    ticket = tamper(ticket_of(driver))
    with ledger.unchanged():
        ledger.is_error_page(driver.browser.get(AUTHORIZE, {"ticket": ticket}))


@pytest.mark.spec("RFC 9700", "4.7")
@pytest.mark.parametrize(("after", "status"), [(3590, 303), (3601, 400)])
def test_a_ticket_waits_for_an_hour(driver: Driver, after: int, status: int) -> None:
    ticket = ticket_of(driver)
    with ledger.later(after):
        assert driver.browser.get(AUTHORIZE, {"ticket": ticket}).status_code == status


@pytest.mark.spec("RFC 9700", "4.7")
def test_a_ticket_stands_alone_and_beside_anything_it_is_a_parameter_that_nobody_knows(driver: Driver) -> None:
    ticket = ticket_of(driver)
    with ledger.unchanged():
        query = {"ticket": ticket, "redirect_uri": "https://evil.example.com/", "scope": "photos:read"}
        ledger.is_error_page(driver.browser.get(AUTHORIZE, query))
    driver.decide(driver.authorize(scope="notes:read", ticket=ticket)["Location"])
    assert Authorization.objects.get().scope == "notes:read"


@pytest.mark.spec("RFC 9700", "4.7")
def test_a_ticket_is_judged_anew(driver: Driver) -> None:
    ticket = ticket_of(driver)
    ClientPolicy.objects.update(status=ClientPolicy.Status.SUSPENDED)
    with ledger.unchanged():
        ledger.is_error_page(driver.browser.get(AUTHORIZE, {"ticket": ticket}))


@pytest.mark.spec("RFC 9700", "4.7")
def test_another_signature_of_ours_is_no_ticket(driver: Driver) -> None:
    from django.core import signing

    pairs = list(driver.request().items())
    for forged in (signing.dumps(pairs), signing.dumps(pairs, salt="another"), signing.dumps(pairs, key="another")):
        with ledger.unchanged():
            ledger.is_error_page(driver.browser.get(AUTHORIZE, {"ticket": forged}))


@pytest.mark.spec("RFC 6749", "5.2")
def test_a_user_who_may_not_sign_in_any_more_is_asked_to(driver: Driver) -> None:
    get_user_model().objects.update(is_active=False)
    with ledger.unchanged():
        response = driver.authorize()
    assert urlsplit(response["Location"]).path == "/accounts/login/"


# Bad text in the query itself


@pytest.mark.spec("RFC 9700", "4.7")
def test_a_bad_pair_in_a_ticket_of_ours_is_refused_like_in_a_query(driver: Driver) -> None:
    from oauth_provider.authorization.request import from_pairs

    ticket = to_text(Ticket(from_pairs([*driver.request(state=None).items(), ("state", "\udcff")])))
    goes_back(driver.browser.get(AUTHORIZE, {"ticket": ticket}), "invalid_request", state=None)
    assert PendingRequest.objects.count() == 0
