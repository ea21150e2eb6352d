"""Conformance: authorization request basics (OpenID Connect Core §3.1.2.1), over a live server."""

import re
from typing import Any

import pytest

from tests.conformance.front_channel.relying_party import (
    Arrived,
    RelyingParty,
    is_consent_page,
    is_error_page,
    is_login_page,
    is_refused,
    said_in,
)
from tests.conformance.modules import fapi2
from tests.factories import CALLBACK, ApplicationFactory

pytestmark = pytest.mark.django_db(transaction=True)

OIDF = pytest.mark.spec
MODES = pytest.mark.parametrize("response_mode", [None, "query", "fragment", "form_post"])


@MODES
@OIDF("RFC 9207", "2")
def test_only_code_state_and_iss_arrive_and_the_code_is_long(
    party: RelyingParty, user: Any, response_mode: str | None
) -> None:
    arrived = party.sign_in_and_allow(party.authorize(response_mode=response_mode), user)
    assert set(arrived.answer) == {"code", "state", "session_state", "iss"}
    assert (arrived.answer["state"], arrived.answer["iss"]) == ("af0ifjsldkj", party.issuer)
    assert len(re.sub(r"^\w+?_", "", arrived.answer["code"])) >= 22  # of 62 characters: 128 bits and more
    assert party.redeem(arrived.answer["code"]).status_code == 200
    if response_mode == "form_post":
        assert arrived.url == CALLBACK  # nothing of it in the URL
    else:
        assert arrived.url.startswith(f"{CALLBACK}#" if response_mode == "fragment" else f"{CALLBACK}?")


@MODES
@OIDF("Form Post", "2")
def test_errors_arrive_in_the_mode_that_was_asked_for(party: RelyingParty, response_mode: str | None) -> None:
    arrived = party.authorize(response_mode=response_mode, scope="nothing:here")
    is_refused(arrived, "invalid_scope", party.issuer)
    assert isinstance(arrived, Arrived)
    assert bool(arrived.body) == (response_mode == "form_post")


@pytest.mark.spec("RFC 6749", "3.1.1")
@OIDF("OIDF", "oidcc-response-type-missing")
def test_no_response_type_is_invalid_request(party: RelyingParty) -> None:
    is_refused(party.authorize(response_type=None), "invalid_request", party.issuer)


@OIDF("OIDF", "oidcc-ensure-request-without-nonce-succeeds-for-code-flow")
@fapi2("ensure-authorization-request-without-nonce-success")
def test_the_code_flow_needs_no_nonce(party: RelyingParty, user: Any) -> None:
    arrived = party.sign_in_and_allow(party.authorize(nonce=None), user)
    assert "nonce" not in said_in(party.id_token(arrived))


@pytest.mark.spec("RFC 6749", "3.1.1")
@OIDF("OIDF", "oidcc-ensure-request-without-nonce-fails")
@pytest.mark.parametrize("response_type", ["id_token", "code id_token", "id_token token", "code id_token token"])
def test_no_id_token_comes_through_the_front_channel(party: RelyingParty, response_type: str) -> None:
    is_refused(party.authorize(response_type=response_type, nonce=None), "unsupported_response_type", party.issuer)


@OIDF("OIDF", "oidcc-alternate-happy-flow")
@fapi2("ensure-other-scope-order-succeeds")
@pytest.mark.parametrize("scope", ["notes:read notes:write", "notes:write notes:read"])
def test_no_order_matters(party: RelyingParty, user: Any, scope: str) -> None:
    request = party.request(scope=scope)
    shuffled = dict(sorted(request.items(), reverse=True))
    party.request = lambda **changes: shuffled  # type: ignore[method-assign]
    arrived = party.sign_in_and_allow(party.authorize(), user)
    token = party.redeem(arrived.answer["code"]).json()
    assert set(token["scope"].split()) == {"notes:read", "notes:write"}


@OIDF("OIDF", "oidcc-ensure-request-with-unknown-parameter-succeeds")
def test_an_unknown_parameter_is_ignored(party: RelyingParty, user: Any) -> None:
    arrived = party.sign_in_and_allow(party.authorize(extra="foobar"), user)
    assert party.redeem(arrived.answer["code"]).status_code == 200


@OIDF("OIDF", "oidcc-ensure-post-request-succeeds")
@MODES
def test_a_cross_site_post_works_as_get_does(party: RelyingParty, user: Any, response_mode: str | None) -> None:
    page = party.post_request(response_mode=response_mode)
    assert is_login_page(page)
    arrived = party.sign_in_and_allow(page, user)
    assert arrived.answer["state"] == "af0ifjsldkj"
    assert party.redeem(arrived.answer["code"]).status_code == 200


@pytest.mark.parametrize(
    "display",
    [
        pytest.param("page", marks=pytest.mark.spec("OIDF", "oidcc-display-page")),
        pytest.param("popup", marks=pytest.mark.spec("OIDF", "oidcc-display-popup")),
    ],
)
def test_display_is_accepted(party: RelyingParty, user: Any, display: str) -> None:
    page = party.authorize(display=display)
    assert is_login_page(page)
    assert "code" in party.sign_in_and_allow(page, user).answer


@OIDF("OIDF", "oidcc-ui-locales")
@pytest.mark.parametrize(("ui_locales", "language"), [("se", "en"), ("se de", "de"), ("xx-nonsense", "en")])
def test_pages_speak_the_first_language_that_we_have(
    party: RelyingParty, user: Any, ui_locales: str, language: str
) -> None:
    page: Any = party.log_in(party.authorize(ui_locales=ui_locales), user)
    assert is_consent_page(page)
    assert f'<html lang="{language}"' in page.text


@OIDF("OIDF", "oidcc-claims-locales")
def test_claims_locales_are_accepted(party: RelyingParty, user: Any) -> None:
    assert "code" in party.sign_in_and_allow(party.authorize(claims_locales="se xx"), user).answer


@pytest.mark.spec("RFC 6749", "3.1.2.4")
@OIDF("OIDF", "oidcc-ensure-registered-redirect-uri")
def test_a_path_added_to_the_redirect_uri_is_a_page(party: RelyingParty) -> None:
    page: Any = party.authorize(redirect_uri=f"{CALLBACK}/added")
    is_error_page(page, "invalid_request")
    assert "redirect_uri" in page.text


@OIDF("OIDF", "oidcc-ensure-redirect-uri-in-authorization-request")
def test_no_redirect_uri_while_two_are_registered_is_a_page(party: RelyingParty) -> None:
    two = party.another(ApplicationFactory(redirect_uris=f"{CALLBACK} https://app.example.com/other"))
    is_error_page(two.authorize(redirect_uri=None), "invalid_request")


@OIDF("OIDC Core", "3.1.2.1")
@pytest.mark.parametrize("scope", ["openid", "openid notes:read", "notes:read openid"])
def test_no_redirect_uri_in_a_request_of_openid_connect_is_a_page(party: RelyingParty, scope: str) -> None:
    is_error_page(party.authorize(redirect_uri=None, scope=scope), "invalid_request")


@OIDF("OIDF", "oidcc-redirect-uri-query-OK")
@MODES
def test_the_query_of_a_redirect_uri_is_kept_beside_the_code(
    party: RelyingParty, user: Any, response_mode: str | None
) -> None:
    registered = f"{CALLBACK}?foo=bar"
    party = party.another(ApplicationFactory(redirect_uris=registered))
    party.redirect_uri = registered
    arrived = party.sign_in_and_allow(party.authorize(response_mode=response_mode), user)
    assert arrived.url.startswith(registered)
    code = (arrived.body or arrived.url).partition("code=")[2].partition("&")[0]
    assert party.redeem(code).status_code == 200


@pytest.mark.parametrize(
    ("registered", "sent"),
    [
        pytest.param(
            f"{CALLBACK}?foo=bar",
            f"{CALLBACK}?foo=baz",
            marks=pytest.mark.spec("OIDF", "oidcc-redirect-uri-query-mismatch"),
        ),
        pytest.param(CALLBACK, f"{CALLBACK}?foo=bar", marks=pytest.mark.spec("OIDF", "oidcc-redirect-uri-query-added")),
    ],
)
def test_another_query_is_a_page(party: RelyingParty, registered: str, sent: str) -> None:
    party = party.another(ApplicationFactory(redirect_uris=registered))
    is_error_page(party.authorize(redirect_uri=sent), "invalid_request")


@OIDF("OIDF", "oidcc-request-uri-unsigned-supported-correctly-or-rejected-as-unsupported")
@OIDF("OIDF", "oidcc-request-uri-unsigned")
@OIDF("OIDF", "oidcc-request-uri-signed-rs256")
def test_a_request_uri_of_somebody_elses_is_not_fetched(party: RelyingParty) -> None:
    arrived = party.authorize(request_uri="https://app.example.com/request.jwt")
    is_refused(arrived, "request_uri_not_supported", party.issuer)
