"""What becomes of a sign-in when the person loses what they picked (RFC 6749 §10.4, RFC 7662 §2.2)."""

from typing import Any

import pytest

from oauth_provider.models import Authorization, ClientPolicy
from oauth_provider.protocol.digest import digest
from oauth_provider.protocol.errors import InvalidToken
from oauth_provider.tokens.token_lookup import good_row
from oauth_provider.tokens.verifier import verify
from tests import ledger
from tests.details import ONE
from tests.driver import Driver, query_of
from tests.flows.choosers import albums
from tests.flows.choosers.conftest import use
from tests.flows.choosers.picking import ASKED, CHOICE, page_of, pick, tokens_of

pytestmark = [pytest.mark.django_db, pytest.mark.spec("RFC 7662", "2.2")]


@pytest.mark.parametrize("form", ["opaque", "jwt"])
def test_once_it_is_lost_nothing_is_refreshed_and_introspection_says_inactive(driver: Driver, form: str) -> None:
    ClientPolicy.objects.update(access_token_format=form)
    tokens = tokens_of(driver)
    title = albums.albums["ana"].pop("snow")
    with ledger.unchanged():
        ledger.refused(driver.refresh(tokens["refresh_token"]), "invalid_grant")
    for token in (tokens["access_token"], tokens["refresh_token"]):
        assert driver.introspect(token).json() == {"active": False}
    assert Authorization.objects.get().revoked_at is None
    albums.albums["ana"]["snow"] = title
    assert driver.refresh(tokens["refresh_token"]).status_code == 200


def test_a_code_is_not_redeemed_once_it_is_lost(driver: Driver) -> None:
    code = query_of(pick(driver, page_of(driver), CHOICE)["Location"])["code"]
    albums.albums["ana"].clear()
    with ledger.unchanged():
        ledger.refused(driver.redeem(code), "invalid_grant")


def test_a_lost_answer_is_not_said_again_once_it_is_lost(driver: Driver) -> None:
    tokens = tokens_of(driver)
    assert driver.refresh(tokens["refresh_token"]).status_code == 200
    albums.albums["ana"].clear()
    with ledger.unchanged():
        ledger.refused(driver.refresh(tokens["refresh_token"]), "invalid_grant")


def test_one_of_several_ends_the_refresh(driver: Driver) -> None:
    page = page_of(driver, ASKED, {**ASKED, "size": "large"}, ONE)
    code = query_of(pick(driver, page, CHOICE, {"album": "sea", "most": "1"})["Location"])["code"]
    tokens = driver.redeem(code).json()
    del albums.albums["ana"]["sea"]
    ledger.refused(driver.refresh(tokens["refresh_token"]), "invalid_grant")
    assert driver.introspect(tokens["access_token"]).json() == {"active": False}


@pytest.mark.parametrize("form", ["opaque", "jwt"])
def test_guards_ask_at_every_call_where_the_type_wants_it(driver: Driver, settings: Any, form: str) -> None:
    ClientPolicy.objects.update(access_token_format=form)
    token = tokens_of(driver)["access_token"]
    albums.questions.clear()
    assert verify(token).details_of("print")
    assert albums.questions == []
    use(settings, albums.Watched)
    assert verify(token).details_of("print")
    assert form == "jwt" or good_row(digest(token)) is not None
    albums.albums["ana"].clear()
    with pytest.raises(InvalidToken):
        verify(token)
    assert good_row(digest(token)) is None


def test_a_type_that_is_registered_no_more_is_not_asked(driver: Driver, settings: Any) -> None:
    token = tokens_of(driver)["access_token"]
    albums.questions.clear()
    settings.OAUTH_PROVIDER = settings.OAUTH_PROVIDER | {"AUTHORIZATION_DETAILS_TYPES": {}}
    assert driver.introspect(token).json()["active"] is True
    assert albums.questions == []
