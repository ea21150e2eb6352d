"""Refusals of hybrid and implicit requests (OpenID Connect Core §3.2.2.6, §3.3.2.6), and where they are turned on."""

from typing import Any

import pytest
from django.core.cache import caches
from django.db import connection

from oauth_provider.clients.keys import jwks_uri
from oauth_provider.fetch import Fetched
from oauth_provider.models import ClientPolicy
from oauth_provider.protocol.jose import left_half_hash
from oauth_provider.protocol.response_type import HYBRID, IMPLICIT, LEGACY
from tests import jose_keys, ledger
from tests.client_keys import JWKS_URI, jwks, send, signed
from tests.driver import METADATA, Driver, query_of
from tests.each import each
from tests.encryption import answering, opened, policy, public
from tests.factories import UserFactory
from tests.flows.legacy_response_types.fragments import NONCE, answer_of, error_of, fragment_of, legacy
from tests.settings import OAUTH_PROVIDER

pytestmark = [pytest.mark.django_db, pytest.mark.spec("Multiple Response Types", "5")]


# -- what is refused -------------------------------------------------------------------------------------------


@pytest.mark.spec("OIDC Core", "3.2.2.1")
@each("response_type", [one for one in LEGACY if "id_token" in one])
@each(
    ("changes", "error"),
    [
        ({"nonce": None}, "invalid_request"),
        ({"nonce": ""}, "invalid_request"),
        ({"scope": "notes:read"}, "invalid_request"),
        ({"prompt": "none", "max_age": "0"}, "login_required"),
        ({"scope": "nothing:here"}, "invalid_request"),
    ],
    ids=str,
)
def test_without_nonce_or_openid_there_is_no_id_token(
    driver: Driver, response_type: str, changes: dict[str, Any], error: str
) -> None:
    assert error_of(driver, response_type, **changes) == error


@pytest.mark.spec("RFC 9700", "2.1.1")
@each("response_type", HYBRID)
@each("changes", [{"code_challenge": None}, {"code_challenge_method": "plain"}], ids=str)
def test_pkce_is_the_rule_for_the_code_of_a_hybrid_answer(
    driver: Driver, response_type: str, changes: dict[str, Any]
) -> None:
    assert error_of(driver, response_type, **changes) == "invalid_request"


@each("response_type", IMPLICIT)
def test_where_there_is_no_code_there_is_nothing_to_challenge(driver: Driver, response_type: str) -> None:
    assert "error" not in answer_of(driver, response_type, code_challenge=None, code_challenge_method=None)


@each("response_type", LEGACY)
def test_turned_off_there_is_none_of_it(driver: Driver, settings: Any, response_type: str) -> None:
    settings.OAUTH_PROVIDER = OAUTH_PROVIDER
    with ledger.unchanged():
        answer = query_of(driver.authorize(response_type=response_type, nonce=NONCE)["Location"])
    assert answer["error"] == "unsupported_response_type"


@each("response_type", LEGACY)
def test_a_forgotten_comma_turns_on_nothing(driver: Driver, settings: Any, response_type: str) -> None:
    settings.OAUTH_PROVIDER = {**OAUTH_PROVIDER, "LEGACY_RESPONSE_TYPES": ("code id_token token")}
    with ledger.unchanged():
        answer = query_of(driver.authorize(response_type=response_type, nonce=NONCE)["Location"])
    assert answer["error"] == "unsupported_response_type"


@each("response_type", LEGACY)
def test_a_client_that_was_not_given_it_does_not_get_it(driver: Driver, response_type: str) -> None:
    ClientPolicy.objects.update(response_types=["code", *(one for one in LEGACY if one != response_type)])
    assert error_of(driver, response_type) == "unauthorized_client"
    ClientPolicy.objects.update(response_types=["code", response_type])
    assert "error" not in answer_of(driver, response_type)


def test_a_client_can_be_kept_from_plain_codes(driver: Driver) -> None:
    ClientPolicy.objects.update(response_types=["id_token"])
    with ledger.unchanged():
        assert query_of(driver.authorize()["Location"])["error"] == "unauthorized_client"


@pytest.mark.spec("RFC 6749", "4.1.2.1")
def test_a_code_still_needs_its_grant(driver: Driver) -> None:
    ClientPolicy.objects.update(grant_types=[])
    assert error_of(driver, "code id_token") == "unauthorized_client"
    assert "error" not in answer_of(driver, "id_token")


@each(
    "response_type",
    [
        "code code",
        "id_token id_token",
        "none",
        "CODE",
        "code  id_token",
        "code,id_token",
        "code none",
        " code",
        "code id_token ",
    ],
)
def test_what_is_no_response_type_is_unsupported(driver: Driver, response_type: str) -> None:
    with ledger.unchanged():
        answer = query_of(driver.authorize(response_type=response_type, nonce=NONCE)["Location"])
    assert answer["error"] == "unsupported_response_type"


def test_a_person_changed_in_between_decides_nothing() -> None:
    driver = legacy()
    driver.application.skip_authorization = False
    driver.application.save()
    page = driver.authorize(response_type="id_token token", nonce=NONCE)["Location"]
    driver.sign_in(UserFactory())
    with ledger.unchanged():
        ledger.is_error_page(driver.decide(page))


def test_where_no_key_can_sign_nothing_is_made(driver: Driver, settings: Any) -> None:
    others = settings.OAUTH_PROVIDER["SIGNING_KEYS"][1:]
    settings.OAUTH_PROVIDER = {**settings.OAUTH_PROVIDER, "SIGNING_KEYS": others}
    with ledger.unchanged():
        ledger.is_error_page(driver.authorize(response_type="code id_token", nonce=NONCE), "server_error")


@pytest.mark.spec("OIDC Core", "10.2")
def test_a_client_that_wants_it_encrypted_gets_it_so() -> None:
    driver = legacy(policy=policy(public("RSA")))
    answer = answer_of(driver, "code id_token")
    token = opened(answer["id_token"], "RSA")
    assert (token.claims["nonce"], token.claims["c_hash"]) == (NONCE, left_half_hash("RS256", answer["code"]))


@pytest.mark.spec("OIDC Core", "10.2")
def test_or_nothing_is_made() -> None:
    driver = legacy(policy=policy(alg="RSA-OAEP-256", jwks=None))
    with ledger.unchanged():
        ledger.is_error_page(driver.authorize(response_type="code id_token", nonce=NONCE), "server_error")


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("clock_cache")
def test_its_keys_are_not_fetched_while_a_row_is_locked(monkeypatch: pytest.MonkeyPatch) -> None:
    inside: list[bool] = []

    def web(*args: Any, **kwargs: Any) -> Fetched:
        inside.append(connection.in_atomic_block)
        return answering(public("P-256"))

    monkeypatch.setattr(jwks_uri, "fetch", web)
    driver = legacy(policy=policy(public("P-256"), jwks=None, jwks_uri=JWKS_URI))
    driver.application.skip_authorization = False
    driver.application.save()
    page = driver.authorize(response_type="id_token", nonce=NONCE)["Location"]
    caches["default"].clear()  # the person thought about it, or another process answers
    assert opened(fragment_of(driver.decide(page))["id_token"], "P-256").claims["nonce"] == NONCE
    assert inside == [False, False]


@pytest.mark.spec("RFC 9101", "6.3")
@pytest.mark.parametrize(("signed_type", "beside"), [("code", "code id_token token"), ("id_token", "code")])
def test_a_signed_request_says_itself_what_is_asked_for(signed_type: str, beside: str) -> None:
    driver = legacy(policy={"jwks": jwks(jose_keys.key("ES256")), "require_signed_request_object": True})
    token = signed(driver, jose_keys.key("ES256"), response_type=signed_type, nonce=NONCE)
    location = send(driver, token, response_type=beside, scope="openid")["Location"]
    answer = {**query_of(location), **query_of(location.replace("#", "?"))}
    assert set(answer) & {"code", "id_token", "access_token"} == {signed_type}
    assert error_of(driver, "id_token") == "invalid_request"


@pytest.mark.spec("RFC 7591", "2.1")
def test_the_token_endpoint_knows_no_implicit_grant(driver: Driver) -> None:
    with ledger.unchanged():
        ledger.refused(driver.token(grant_type="implicit"), "unsupported_grant_type")


# -- metadata --------------------------------------------------------------------------------------------------


@pytest.mark.spec("RFC 8414", "2")
@each("listed", [(), ("code id_token",), ("id_token",), LEGACY], ids=str)
def test_the_metadata_says_what_is_on(driver: Driver, settings: Any, listed: Any) -> None:
    settings.OAUTH_PROVIDER = {**OAUTH_PROVIDER, "LEGACY_RESPONSE_TYPES": listed}
    document = driver.browser.get(METADATA).json()
    assert document["response_types_supported"] == ["code", *listed]
    assert ("implicit" in document["grant_types_supported"]) is bool(listed)
    assert {"query", "fragment", "form_post"} <= set(document["response_modes_supported"])
