"""What a token says of its context, and what becomes of it when that closes (RFC 7662 §2.2, RFC 9068 §2.2)."""

from typing import Any

import pytest

from oauth_provider.checks.authentication import check_grant_contexts
from oauth_provider.models import Authorization, ClientPolicy
from oauth_provider.protocol.errors import InvalidToken
from oauth_provider.protocol.jws import parse
from oauth_provider.resource_server.verifiers.introspection import read
from oauth_provider.resource_server.verifiers.jwt import as_access_token
from oauth_provider.tokens.verifier import read_own_jwt, verify
from tests import ledger
from tests.driver import Driver, query_of
from tests.flows.contexts import workspaces
from tests.flows.contexts.test_choice import choose, page_of

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.spec("RFC 7662", "2.2")]


def tokens_in(driver: Driver, context: str, **changes: Any) -> dict[str, Any]:
    page = page_of(driver, context=context, **changes)
    tokens: dict[str, Any] = driver.redeem(query_of(choose(driver, page, context)["Location"])["code"]).json()
    return tokens


def test_opaque_tokens_say_it(driver: Driver) -> None:
    tokens = tokens_in(driver, "acme")
    assert verify(tokens["access_token"]).context == "acme"
    for token in (tokens["access_token"], tokens["refresh_token"]):
        assert driver.introspect(token).json()["workspace"] == "acme"


def test_jwts_and_id_tokens_say_it(driver: Driver) -> None:
    ClientPolicy.objects.update(access_token_format="jwt")
    tokens = tokens_in(driver, "acme", scope="openid notes:read")
    for name in ("access_token", "id_token"):
        assert parse(tokens[name]).claims["workspace"] == "acme"
    assert verify(tokens["access_token"]).context == "acme"
    again = driver.refresh(tokens["refresh_token"]).json()
    assert parse(again["access_token"]).claims["workspace"] == "acme"
    assert driver.introspect(again["access_token"]).json()["workspace"] == "acme"


def test_an_api_elsewhere_reads_it_under_the_name_that_it_is_told(driver: Driver, settings: Any) -> None:
    settings.OAUTH_RESOURCE_SERVER = {"CONTEXT_CLAIM": "workspace"}
    ClientPolicy.objects.update(access_token_format="jwt")
    jwt = read_own_jwt(tokens_in(driver, "acme")["access_token"])
    assert jwt is not None
    assert as_access_token(jwt).context == "acme"
    assert read({"active": True, "workspace": "acme"}).context == "acme"
    assert read({"active": True}).context is None
    with pytest.raises(InvalidToken):
        read({"active": True, "workspace": ["acme"]})


@pytest.mark.parametrize("claim", ["sub", "iss", "aud", "scope", "client_id", "active", "nonce", "", None])
def test_a_name_that_says_something_else_is_refused(
    driver: Driver, claim: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workspaces.Workspaces, "claim", claim)
    assert [one.id for one in check_grant_contexts(None)] == ["oauth_provider.E108"]
    with pytest.raises(TypeError):
        driver.authorize()


@pytest.mark.parametrize("path", ["no.such.thing", f"{workspaces.__name__}.members", "oauth_provider", 5])
def test_a_class_that_cannot_be_used_is_found_at_start(settings: Any, path: Any) -> None:
    assert check_grant_contexts(None) == []
    settings.OAUTH_PROVIDER = settings.OAUTH_PROVIDER | {"GRANT_CONTEXTS": path}
    assert [one.id for one in check_grant_contexts(None)] == ["oauth_provider.E108"]


@pytest.mark.parametrize("form", ["opaque", "jwt"])
def test_once_it_closes_nothing_is_refreshed_and_introspection_says_inactive(driver: Driver, form: str) -> None:
    ClientPolicy.objects.update(access_token_format=form)
    tokens = tokens_in(driver, "acme")
    workspaces.members["ana"] = ["globex"]
    with ledger.unchanged():
        ledger.refused(driver.refresh(tokens["refresh_token"]), "invalid_grant")
    for token in (tokens["access_token"], tokens["refresh_token"]):
        assert driver.introspect(token).json() == {"active": False}
    assert Authorization.objects.get().revoked_at is None
    workspaces.members["ana"] = ["acme"]
    assert driver.refresh(tokens["refresh_token"]).status_code == 200


def test_a_code_is_not_redeemed_once_it_closes(driver: Driver) -> None:
    code = query_of(choose(driver, page_of(driver), "acme")["Location"])["code"]
    workspaces.members["ana"] = []
    with ledger.unchanged():
        ledger.refused(driver.redeem(code), "invalid_grant")


def test_a_lost_answer_is_not_said_again_once_it_closes(driver: Driver) -> None:
    tokens = tokens_in(driver, "acme")
    assert driver.refresh(tokens["refresh_token"]).status_code == 200
    workspaces.members["ana"] = []
    with ledger.unchanged():
        ledger.refused(driver.refresh(tokens["refresh_token"]), "invalid_grant")


@pytest.mark.parametrize("form", ["opaque", "jwt"])
def test_guards_ask_at_every_call_where_the_project_wants_it(driver: Driver, settings: Any, form: str) -> None:
    ClientPolicy.objects.update(access_token_format=form)
    token = tokens_in(driver, "acme")["access_token"]
    workspaces.questions.clear()
    assert verify(token).context == "acme"
    assert workspaces.questions == []
    settings.OAUTH_PROVIDER = settings.OAUTH_PROVIDER | {"GRANT_CONTEXTS": f"{workspaces.__name__}.Watched"}
    assert verify(token).context == "acme"
    workspaces.members["ana"] = []
    with pytest.raises(InvalidToken):
        verify(token)


@pytest.mark.parametrize("form", ["opaque", "jwt"])
def test_a_client_that_acts_for_itself_may_belong_to_one(driver: Driver, form: str) -> None:
    ClientPolicy.objects.update(access_token_format=form, context="initech")
    workspaces.members[""] = ["initech"]
    token = driver.token(grant_type="client_credentials", scope="notes:read").json()["access_token"]
    assert verify(token).context == "initech"
    assert driver.introspect(token).json()["workspace"] == "initech"
    workspaces.members[""] = []
    assert driver.introspect(token).json() == {"active": False}


def test_a_sign_in_never_takes_the_clients_own(driver: Driver) -> None:
    ClientPolicy.objects.update(context="initech")
    workspaces.members.clear()
    token = driver.redeem(query_of(choose(driver, page_of(driver), None)["Location"])["code"]).json()["access_token"]
    assert verify(token).context is None
    assert "workspace" not in driver.introspect(token).json()
