"""What a request leaves open is picked by the person, once, among what is theirs (RFC 9396 §7.1)."""

from typing import Any

import pytest

from oauth_provider.models import Authorization, Consent, ConsentReceipt, PendingRequest
from oauth_provider.rest_framework.testing import run_code_flow
from oauth_provider.tokens.verifier import verify
from tests import ledger
from tests.details import ONE, said
from tests.driver import Driver, query_of
from tests.flows.choosers import albums
from tests.flows.choosers.conftest import use
from tests.flows.choosers.picking import ASKED, CHOICE, PICKED, page_of, pick, tokens_of

pytestmark = [pytest.mark.django_db, pytest.mark.spec("RFC 9396", "7.1")]


def test_the_page_asks_what_is_left_open_with_a_label_for_each_field(driver: Driver) -> None:
    html = driver.browser.get(page_of(driver)).content.decode()
    assert "<legend>Which album?</legend>" in html
    assert "First &lt;snow&gt;" in html
    assert "My cats" not in html
    assert '<label for="id_detail-0-most">How many at most?</label>' in html
    assert 'aria-describedby="id_detail-0-most_helptext"' in html


def test_what_is_picked_is_what_is_granted(driver: Driver) -> None:
    tokens = tokens_of(driver)
    assert tokens["authorization_details"] == [PICKED]
    assert verify(tokens["access_token"]).details_of("print") == (PICKED,)
    assert Authorization.objects.get().authorization_details == [PICKED]
    assert driver.introspect(tokens["access_token"]).json()["authorization_details"] == [PICKED]


def test_the_receipt_says_what_was_picked_and_so_does_its_page(driver: Driver) -> None:
    tokens_of(driver)
    (order,) = ConsentReceipt.objects.get().content["authorization_details"]
    assert (order["agreed"], order["detail"]) == (True, PICKED)
    assert {"label": "Album", "value": "snow"} in order["members"]
    assert "<li>Album: <bdi>snow</bdi></li>" in driver.browser.get("/oauth/account/apps").content.decode()


def test_a_token_may_be_asked_for_by_what_the_request_said(driver: Driver) -> None:
    tokens = tokens_of(driver)
    again = driver.refresh(tokens["refresh_token"], authorization_details=said(ASKED)).json()
    assert again["authorization_details"] == [PICKED]
    other = said({**ASKED, "album": "sea"})
    ledger.refused(driver.refresh(again["refresh_token"], authorization_details=other), "invalid_authorization_details")


@pytest.mark.parametrize(
    ("choice", "problem"),
    [
        ({}, "This field is required."),
        ({"most": "3"}, "This field is required."),
        ({**CHOICE, "album": "cats"}, "not one of the available choices"),
        ({**CHOICE, "album": "nowhere"}, "not one of the available choices"),
        ({**CHOICE, "most": "0"}, "greater than or equal to 1"),
        ({**CHOICE, "most": "many"}, "Enter a whole number."),
        ({**CHOICE, "most": "9" * 5000}, "Enter a whole number."),
        # The form lets it through, and the schema does not.
        ({**CHOICE, "most": "21"}, "This cannot be allowed."),
    ],
)
def test_a_choice_that_is_none_is_told_beside_its_field_and_decides_nothing(
    driver: Driver, choice: dict[str, str], problem: str
) -> None:
    page = page_of(driver)
    with ledger.unchanged():
        response = pick(driver, page, choice)
    assert response.status_code == 400
    html = response.content.decode()
    assert html.count(problem) >= 2  # above, and beside the field
    assert 'role="alert"' in html
    assert PendingRequest.objects.get().decided_at is None
    pick(driver, page, CHOICE)
    assert Authorization.objects.get().authorization_details == [PICKED]


def test_the_page_that_is_shown_again_keeps_what_was_entered(driver: Driver) -> None:
    page = page_of(driver)
    ending = driver.browser.get(page).context["endings"][1][0]
    html = pick(driver, page, {"album": "sea", "most": "0"}, until=ending).content.decode()
    assert 'value="sea" ' in html
    assert html.count(" checked") == 1
    assert f'<option value="{ending}" selected>' in html
    assert 'aria-invalid="true"' in html
    assert 'id="id_detail-0-most_error"' in html


@pytest.mark.parametrize(
    "added",
    [
        {"detail-1-album": "sea"},
        {"detail-0-size": "large"},
        {"detail-0-owner": "noor"},
        {"detail-0-": "x"},
        {"detail-x-album": "sea"},
        {"detail--1-album": "sea"},
        {"detail-999999-album": "sea"},
        {"detail-0-album": "snow\x00"},
    ],
)
def test_a_decision_with_added_objects_is_refused_and_grants_nothing(driver: Driver, added: dict[str, str]) -> None:
    page = page_of(driver)
    with ledger.unchanged():
        response = pick(driver, page, CHOICE, **added)
    ledger.is_error_page(response)
    assert Authorization.objects.count() == 0
    assert PendingRequest.objects.get().decided_at is None


def test_where_nothing_is_left_open_nothing_can_be_picked(driver: Driver) -> None:
    page = page_of(driver, ONE)
    with ledger.unchanged():
        ledger.is_error_page(pick(driver, page, {"to": "Mallory"}))


def test_several_details_are_picked_on_one_page(driver: Driver) -> None:
    page = page_of(driver, ASKED, ONE, {**ASKED, "size": "large"})
    html = driver.browser.get(page).content.decode()
    assert html.count("<legend>Which album?</legend>") == 2
    with ledger.unchanged():
        assert pick(driver, page, CHOICE).status_code == 400
    code = query_of(pick(driver, page, CHOICE, {}, {"album": "sea", "most": "1"})["Location"])["code"]
    second = {**ASKED, "size": "large", "album": "sea", "most": 1}
    assert driver.redeem(code).json()["authorization_details"] == [PICKED, ONE, second]


def test_the_same_choice_again_is_a_double_click_and_another_is_not(driver: Driver) -> None:
    page = page_of(driver)
    first = pick(driver, page, CHOICE)["Location"]
    assert pick(driver, page, CHOICE)["Location"] == first
    with ledger.unchanged():
        assert pick(driver, page, {**CHOICE, "album": "sea"}).status_code == 400
    assert Authorization.objects.get().authorization_details == [PICKED]


def test_cancel_needs_no_choice(driver: Driver) -> None:
    answered = driver.decide(page_of(driver), "deny")
    assert query_of(answered["Location"])["error"] == "access_denied"
    assert Authorization.objects.count() == 0


def test_what_was_lost_while_the_page_was_open_is_no_choice(driver: Driver) -> None:
    page = page_of(driver)
    del albums.albums["ana"]["snow"]
    with ledger.unchanged():
        assert pick(driver, page, CHOICE).status_code == 400


def test_a_form_that_gives_more_than_was_asked_for_gives_nothing(driver: Driver, settings: Any) -> None:
    use(settings, albums.Pushy)
    page = page_of(driver)
    with ledger.unchanged():
        response = pick(driver, page, CHOICE)
    assert (response.status_code, Authorization.objects.count()) == (400, 0)
    assert "This cannot be allowed." in response.content.decode()


def test_a_request_that_leaves_nothing_open_is_shown_as_it_is(driver: Driver) -> None:
    page = page_of(driver, PICKED)
    html = driver.browser.get(page).content.decode()
    assert "<legend>" not in html
    assert "<dt><bdi>At &lt;most&gt;</bdi></dt><dd><bdi>3</bdi></dd>" in html
    pick(driver, page)
    assert Authorization.objects.get().authorization_details == [PICKED]


def test_nobody_lets_a_client_have_anothers_object_by_its_name(driver: Driver) -> None:
    page = page_of(driver, {**PICKED, "album": "cats"})
    with ledger.unchanged():
        ledger.is_error_page(pick(driver, page))
    assert Authorization.objects.count() == 0


def test_a_client_has_nobody_who_could_pick(driver: Driver, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(albums.Print, "needs_person", False)
    refused = driver.token(grant_type="client_credentials", authorization_details=said(ASKED))
    ledger.refused(refused, "invalid_authorization_details")
    own = driver.token(grant_type="client_credentials", authorization_details=said(PICKED))
    assert own.json()["authorization_details"] == [PICKED]
    assert driver.introspect(own.json()["access_token"]).json()["active"] is True
    assert albums.questions == []


def test_a_project_is_asked_what_is_open_only_in_what_is_as_its_type_has_it(
    driver: Driver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(albums.Print, "needs_person", False)
    monkeypatch.setattr(albums.Print, "leaves_open", lambda self, detail: detail["size"].isupper())
    form = {"grant_type": "client_credentials"}
    ledger.refused(driver.token(**form, authorization_details=said({"type": "print"})), "invalid_authorization_details")
    assert driver.token(**form, authorization_details=said(PICKED)).status_code == 200


@pytest.mark.spec("OIDC Core", "3.1.2.6")
def test_consent_is_remembered_for_what_was_picked(driver: Driver) -> None:
    tokens_of(driver)
    assert len(Consent.objects.get().entries["details"]) == 1
    page_of(driver)  # something is open, so it is asked
    known: dict[str, Any] = {"scope": None, "authorization_details": said(PICKED)}
    assert "code" in query_of(driver.authorize(**known)["Location"])
    assert "code" in query_of(driver.authorize(**known, prompt="none")["Location"])
    page_of(driver, {**PICKED, "album": "sea"})
    del albums.albums["ana"]["snow"]
    page_of(driver, PICKED)  # theirs no more, it is not granted silently


@pytest.mark.spec("OIDC Core", "3.1.2.6")
def test_a_silent_request_that_leaves_something_open_needs_interaction(driver: Driver) -> None:
    silent: dict[str, Any] = {"scope": None, "authorization_details": said(ASKED), "prompt": "none"}
    assert query_of(driver.authorize(**silent)["Location"])["error"] == "login_required"  # never let in
    tokens_of(driver)
    assert query_of(driver.authorize(**silent)["Location"])["error"] == "interaction_required"


def test_an_operators_yes_for_everyone_still_asks_for_which(driver: Driver) -> None:
    type(driver.application).objects.update(skip_authorization=True)
    assert tokens_of(driver)["authorization_details"] == [PICKED]


def test_the_test_kit_picks(driver: Driver, ana: Any) -> None:
    application = driver.application
    choices = {f"detail-0-{name}": value for name, value in CHOICE.items()}
    asked: dict[str, Any] = {"scope": "", "authorization_details": said(ASKED), "choices": choices}
    tokens = run_code_flow(application, ana, client_secret=application.secret, **asked)
    assert tokens["authorization_details"] == [PICKED]
