"""Retries of a refresh (RFC 9700 §4.14): within the window, the answer that was lost comes again."""

import pytest

from oauth_provider.models import Authorization, ClientPolicy
from tests import ledger
from tests.driver import Driver
from tests.each import each
from tests.factories import ApplicationFactory
from tests.flows.refresh_token.sign_ins import revoke

pytestmark = pytest.mark.django_db

WINDOW = 60


@pytest.mark.spec("RFC 9700", "4.14.2")
@each("after", [0, 1, WINDOW - 2])
def test_a_retry_within_the_window_gets_the_same_answer_counted_anew(driver: Driver, after: int) -> None:
    tokens = driver.tokens()
    first = driver.refresh(tokens["refresh_token"]).json()
    with ledger.unchanged(), ledger.later(after):
        second = driver.refresh(tokens["refresh_token"])
    assert second.status_code == 200
    counted = second.json().pop("expires_in")
    assert first["expires_in"] - after - 2 <= counted <= first["expires_in"] - after
    anew = {"expires_in": 0, "refresh_token_expires_in": 0}
    assert second.json() | anew == first | anew


@pytest.mark.spec("RFC 9700", "4.14.2")
def test_a_retry_may_be_repeated_and_the_new_token_still_works(driver: Driver) -> None:
    tokens = driver.tokens()
    first = driver.refresh(tokens["refresh_token"]).json()
    for _ in range(3):
        assert driver.refresh(tokens["refresh_token"]).json()["refresh_token"] == first["refresh_token"]
    assert driver.refresh(first["refresh_token"]).status_code == 200


@pytest.mark.spec("RFC 9700", "4.14.2")
@each("form", [{"scope": "notes:read"}, {"scope": "notes:write notes:read"}], ids=str)
def test_a_retry_on_other_terms_is_refused_and_changes_nothing(driver: Driver, form: dict[str, str]) -> None:
    tokens = driver.tokens()
    renewed = driver.refresh(tokens["refresh_token"]).json()
    with ledger.unchanged():
        ledger.refused(driver.refresh(tokens["refresh_token"], **form), "invalid_grant")
    assert driver.refresh(renewed["refresh_token"]).status_code == 200


@pytest.mark.spec("RFC 9700", "4.14.2")
@each(("form", "error"), [({"scope": "photos:read"}, "invalid_scope"), ({"resource": "https://a"}, "invalid_target")])
def test_a_retry_for_more_is_refused_as_a_fresh_refresh_is(driver: Driver, form: dict[str, str], error: str) -> None:
    tokens = driver.tokens()
    driver.refresh(tokens["refresh_token"])
    with ledger.unchanged():
        ledger.refused(driver.refresh(tokens["refresh_token"], **form), error)


@pytest.mark.spec("RFC 9700", "4.14.2")
def test_another_clients_retry_gets_nothing_and_changes_nothing(driver: Driver) -> None:
    tokens = driver.tokens()
    driver.refresh(tokens["refresh_token"])
    stranger = Driver(ApplicationFactory())
    with ledger.unchanged():
        ledger.refused(stranger.refresh(tokens["refresh_token"]), "invalid_grant")


@pytest.mark.spec("RFC 9700", "4.14.2")
def test_the_answer_is_blanked_by_the_next_rotation_and_opens_to_no_older_token(driver: Driver) -> None:
    first = driver.tokens()["refresh_token"]
    second = driver.refresh(first).json()["refresh_token"]
    sealed = Authorization.objects.get().sealed_answer
    driver.refresh(second)
    assert Authorization.objects.get().sealed_answer != sealed
    assert sealed not in ledger.text()


@pytest.mark.spec("RFC 9700", "4.14.2")
def test_a_sealed_answer_moved_to_another_row_opens_nothing(driver: Driver) -> None:
    tokens = driver.tokens()
    driver.refresh(tokens["refresh_token"])
    other = driver.tokens()
    driver.refresh(other["refresh_token"])
    first, second = Authorization.objects.order_by("pk")
    Authorization.objects.filter(pk=second.pk).update(sealed_answer=first.sealed_answer)
    ledger.refused(driver.refresh(other["refresh_token"]), "invalid_grant")


@pytest.mark.spec("FAPI 2.0", "5.3.2.1")
def test_a_sealed_answer_is_bound_to_the_key(driver: Driver) -> None:
    tokens = driver.tokens()
    driver.refresh(tokens["refresh_token"])
    Authorization.objects.update(cnf={"jkt": "another key"})
    ledger.refused(driver.refresh(tokens["refresh_token"]), "invalid_grant")


@pytest.mark.spec("RFC 9700", "4.14.2")
def test_a_revocation_blanks_the_sealed_answer(driver: Driver) -> None:
    tokens = driver.tokens()
    driver.refresh(tokens["refresh_token"])
    revoke(driver)
    assert Authorization.objects.get().sealed_answer == ""


@pytest.mark.spec("RFC 9700", "4.14.2")
def test_a_client_may_have_a_window_of_its_own(driver: Driver) -> None:
    ClientPolicy.objects.update(refresh_token_retry_window=300)
    tokens = driver.tokens()
    driver.refresh(tokens["refresh_token"])
    with ledger.later(290):
        assert driver.refresh(tokens["refresh_token"]).status_code == 200
    ClientPolicy.objects.update(refresh_token_retry_window=0)
    ledger.refused(driver.refresh(tokens["refresh_token"]), "invalid_grant")
    assert Authorization.objects.get().revoked_at is not None
