"""What the metadata advertise, tried: one function for each member, or for each value of it (RFC 8414 §2)."""

import json
from hashlib import sha256
from typing import Any
from urllib.parse import urljoin

import requests

from tests.backchannel import TOLD, deliver, listening
from tests.conformance.front_channel.advertised_algorithms import asserted, request_object_alg
from tests.conformance.front_channel.relying_party import (
    RelyingParty,
    is_consent_page,
    is_login_page,
    is_refused,
    said_in,
)
from tests.conformance.front_channel.tries import TRIES, Try, change, each, known, proven, tokens_of, trying
from tests.details import ONE, READ
from tests.factories import ApplicationFactory, UserFactory
from tests.flows.request_objects import jwks

# Those of the algorithms are in it, too, once they are imported here.
__all__ = ["TRIES"]


@trying("issuer")
def _issuer(party: RelyingParty, value: str) -> None:
    assert value == party.issuer
    assert said_in(tokens_of(party)["id_token"])["iss"] == value


@trying("token_endpoint", "revocation_endpoint", "introspection_endpoint", "pushed_authorization_request_endpoint")
def _program(party: RelyingParty, value: str) -> None:
    answer = requests.post(value, auth=(party.application.client_id, party.application.secret), timeout=10)
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")


@trying("authorization_endpoint", "end_session_endpoint")
def _page(party: RelyingParty, value: str) -> None:
    assert party.browser.get(value, timeout=10).headers["Content-Type"].startswith("text/html")


@trying("check_session_iframe")
def _frame(party: RelyingParty, value: str) -> None:
    page = party.browser.get(value, timeout=10)
    assert (page.status_code, page.headers.get("X-Frame-Options")) == (200, None)
    assert "/check_session.js" in page.text
    # What its script makes of the cookie, which only a browser can let it do.
    digest, _dot, salt = party.authorize().answer["session_state"].partition(".")
    origin = "https://app.example.com"
    said = f"{party.application.client_id} {origin} {party.browser.cookies['oauth_browser_state']} {salt}"
    assert sha256(said.encode()).hexdigest() == digest


@trying("jwks_uri")
def _jwks_uri(party: RelyingParty, value: str) -> None:
    assert requests.get(value, timeout=10).json()["keys"]


@each("prompt_values_supported")
def _prompt(party: RelyingParty, value: str) -> None:
    page = party.authorize(prompt=value)
    if value == "none":
        assert "code" in page.answer
    elif value == "consent":
        assert is_consent_page(page)
    elif value == "select_account":
        assert 'name="choice"' in page.text
    else:  # both lead to the login page here, and end the login
        assert value in ("login", "create")
        assert is_login_page(page)
        party.sign_in_and_allow(page, UserFactory())


@each("acr_values_supported")
def _acr(party: RelyingParty, value: str) -> None:
    claims = json.dumps({"id_token": {"acr": {"essential": True, "value": value}}})
    if value == "pwd":
        assert said_in(tokens_of(party, claims=claims)["id_token"])["acr"] == value
    else:
        page = party.browser.get(f"{party.issuer}/oauth/authorize", params=party.request(claims=claims), timeout=10)
        assert "/accounts/second-factor/" in page.url


@each("scopes_supported")
def _scope(party: RelyingParty, value: str) -> None:
    asked = " ".join(dict.fromkeys(["openid", value]))
    assert set(tokens_of(party, scope=asked, prompt="consent")["scope"].split()) == set(asked.split())


@each("authorization_details_types_supported")
def _details(party: RelyingParty, value: str) -> None:
    asked = next(one for one in (ONE, READ, {"type": "album", "album": "7"}) if one["type"] == value)
    granted = tokens_of(party, authorization_details=json.dumps([asked]))["authorization_details"]
    assert [one["type"] for one in granted] == [value]


@each("response_types_supported")
def _response_type(party: RelyingParty, value: str) -> None:
    asked = set(value.split()) - {"token"}
    token = {"access_token", "token_type", "expires_in", "scope"} if "token" in value.split() else set()
    assert set(party.authorize(response_type=value).answer) == {*asked, *token, "state", "session_state", "iss"}


@each("response_modes_supported")
def _response_mode(party: RelyingParty, value: str) -> None:
    expected = {"response"} if value.endswith("jwt") else {"code", "state", "session_state", "iss"}
    assert set(party.authorize(response_mode=value).answer) == expected


@each("grant_types_supported")
def _grant_type(party: RelyingParty, value: str) -> None:
    tokens, client, form = tokens_of(party), party.application, {}
    if value == "refresh_token":
        form = {"refresh_token": tokens["refresh_token"]}
    elif value == "client_credentials":
        client, form = ApplicationFactory(service=True), {"scope": "notes:read"}
    elif value == "implicit":  # a grant that no token endpoint knows (RFC 7591 §2.1)
        assert "id_token" in party.authorize(response_type="id_token").answer
        return
    else:  # that is how the tokens came
        assert value == "authorization_code"
        return
    auth = (client.client_id, client.secret)
    answer = requests.post(known(party)["token_endpoint"], data={"grant_type": value, **form}, auth=auth, timeout=10)
    assert answer.status_code == 200, answer.text


def _methods_at(endpoint: str) -> Try:
    def every(party: RelyingParty, values: list[str]) -> None:
        for method in values:
            _authenticates(known(party)[endpoint], method)

    return every


for _endpoint in ("token_endpoint", "revocation_endpoint", "introspection_endpoint"):
    trying(f"{_endpoint}_auth_methods_supported")(_methods_at(_endpoint))


def _authenticates(url: str, method: str) -> None:
    """Whoever proves nothing is told so; whoever does is asked for what is missing."""
    client = ApplicationFactory(
        client_type="public" if method == "none" else "confidential", policy={"jwks": jwks("ES256")}
    )
    form = {"client_id": client.client_id}
    if method == "private_key_jwt":
        form |= asserted(client, urljoin(url, "/"), "ES256")
    auth = (client.client_id, client.secret) if method == "client_secret_basic" else None
    if method == "client_secret_post":
        form["client_secret"] = client.secret
    answer = requests.post(url, data={} if auth else form, auth=auth, timeout=10)
    assert answer.json()["error"] in {"invalid_request", "unauthorized_client"}, (url, method, answer.text)


@each("subject_types_supported")
def _subject_type(party: RelyingParty, value: str) -> None:
    before = said_in(tokens_of(party)["id_token"])["sub"]
    change(party, subject_type=value)
    after = said_in(tokens_of(party)["id_token"])["sub"]
    assert (after == before) is (value == "public")


@trying("request_parameter_supported", "authorization_response_iss_parameter_supported")
def _jar_and_iss(party: RelyingParty, value: bool) -> None:
    assert (value, party.authorize().answer["iss"]) == (True, party.issuer)
    request_object_alg(party, "ES256")


@each("claims_supported")
def _claim(party: RelyingParty, value: str) -> None:
    claims = json.dumps({"id_token": {value: None}})
    asked = "openid profile email address phone"
    assert value in said_in(tokens_of(party, scope=asked, claims=claims, prompt="consent")["id_token"])


@trying("claim_types_supported", "claims_parameter_supported")
def _claims(party: RelyingParty, value: Any) -> None:
    assert value in (["normal"], True)
    claims = json.dumps({"id_token": {"preferred_username": None}})
    said = said_in(tokens_of(party, scope="openid profile", claims=claims, prompt="consent")["id_token"])
    assert said["preferred_username"]


@each("code_challenge_methods_supported")
def _pkce(party: RelyingParty, value: str) -> None:
    assert tokens_of(party, code_challenge_method=value)["access_token"]


@trying("backchannel_logout_supported", "backchannel_logout_session_supported")
def _backchannel_logout(party: RelyingParty, value: bool) -> None:
    assert value is True
    change(party, backchannel_logout_uri=TOLD, backchannel_logout_session_required=True)
    hint = tokens_of(party)["id_token"]
    with listening() as client:
        party.browser.get(known(party)["end_session_endpoint"], params={"id_token_hint": hint}, timeout=10)
        deliver()
    (told,) = client.tokens()
    assert proven(party, told, "RS256")["sid"] == said_in(hint)["sid"]


@trying("frontchannel_logout_supported", "frontchannel_logout_session_supported")
def _frontchannel_logout(party: RelyingParty, value: bool) -> None:
    assert value is True
    there = "https://app.example.com/frontchannel"
    change(party, frontchannel_logout_uri=there, frontchannel_logout_session_required=True)
    hint = tokens_of(party)["id_token"]
    page = party.browser.get(known(party)["end_session_endpoint"], params={"id_token_hint": hint}, timeout=10)
    assert f'<iframe src="{there}' in page.text
    assert said_in(hint)["sid"] in page.text


@trying("request_uri_parameter_supported", "require_signed_request_object", "require_pushed_authorization_requests")
def _off(party: RelyingParty, value: bool) -> None:
    assert value is False
    assert "code" in party.authorize().answer
    is_refused(party.authorize(request_uri="https://a.example/r"), "request_uri_not_supported", party.issuer)
