"""Registration (RFC 7591 §3): what a program asks for, what it gets, and what is refused by the name of its member."""

from typing import Any

import pytest

from oauth_provider.dot.names import application_model
from oauth_provider.models import AuditEvent, ClientPolicy, ClientSecret, DynamicRegistration
from oauth_provider.protocol.digest import digest
from oauth_provider.protocol.token_string import REGISTRATION_ACCESS_TOKEN, is_token
from tests import ledger
from tests.driver import AUTHORIZE, TOKEN, Driver, post
from tests.each import each
from tests.factories import CALLBACK, UserFactory
from tests.registrar import REGISTER, Registrar, open_door

pytestmark = pytest.mark.django_db


def refused(response: Any, error: str, member: str, status: int = 400) -> None:
    """The answer names the member and says nothing that RFC 6749 §5.2 does not allow."""
    said = response.json()
    assert (response.status_code, said["error"]) == (status, error), said
    assert member in said["error_description"]
    assert said["error_description"].isascii()
    assert '"' not in said["error_description"]
    assert "no-store" in response["Cache-Control"]


@pytest.mark.spec("RFC 7591", "3.2.1")
@pytest.mark.spec("RFC 7591", "2")
def test_a_client_that_says_little_gets_the_defaults(registrar: Registrar) -> None:
    made = registrar.made(token_endpoint_auth_method=None, client_name=None)
    row = application_model().objects.get()
    told = {
        "client_id": row.client_id,
        "client_id_issued_at": DynamicRegistration.objects.get().issued_at,
        "redirect_uris": [CALLBACK],
        "grant_types": ["authorization_code"],
        "response_types": ["code"],
        "token_endpoint_auth_method": "client_secret_basic",
        "application_type": "web",
        "scope": "notes:read",
        "id_token_signed_response_alg": "RS256",
        "subject_type": "public",
        "client_secret_expires_at": 0,
        "registration_client_uri": f"https://auth.example.com/oauth/register/{row.client_id}",
    }
    assert {name: made.get(name) for name in told} == told
    assert is_token(made["registration_access_token"], REGISTRATION_ACCESS_TOKEN)
    assert ClientSecret.objects.get().digest == digest(made["client_secret"])
    assert (row.registration_source, row.client_type, row.user) == ("dcr", "confidential", None)
    assert (ClientPolicy.objects.get().status, ClientPolicy.objects.get().door) == ("unapproved", "endpoint")
    assert AuditEvent.objects.filter(kind="client_registered", client_id=row.client_id).exists()


@pytest.mark.spec("RFC 6749", "2.3.1")
def test_who_chose_no_method_may_send_its_secret_either_way_until_it_chooses(registrar: Registrar) -> None:
    made = registrar.made(token_endpoint_auth_method=None)
    assert ClientPolicy.objects.get().token_endpoint_auth_method == ""
    again = registrar.put(made).json()
    assert again["token_endpoint_auth_method"] == "client_secret_basic"
    assert ClientPolicy.objects.get().token_endpoint_auth_method == ""
    registrar.put(again, token_endpoint_auth_method="client_secret_post")
    assert ClientPolicy.objects.get().token_endpoint_auth_method == "client_secret_post"


@pytest.mark.spec("RFC 7591", "5")
def test_neither_token_nor_secret_is_stored(registrar: Registrar) -> None:
    made = registrar.made(token_endpoint_auth_method="client_secret_post")
    assert made["client_secret"] not in ledger.text()
    assert made["registration_access_token"] not in ledger.text()


@pytest.mark.spec("RFC 7591", "2")
def test_all_that_a_client_says_comes_back(registrar: Registrar) -> None:
    said = {
        "client_name": "Album",
        "client_name#de": "Bilderbuch",
        "redirect_uris": ["https://app.example.com/a", "https://app.example.com/b"],
        "post_logout_redirect_uris": ["https://app.example.com/bye"],
        "grant_types": ["authorization_code", "refresh_token"],
        "response_types": ["code"],
        "contacts": ["dev@app.example.com"],
        "client_uri": "https://app.example.com/",
        "policy_uri": "https://app.example.com/privacy",
        "tos_uri": "https://app.example.com/terms",
        "initiate_login_uri": "https://app.example.com/login",
        "software_id": "4NRB1-0XZABZI9E6-5SM3R",
        "software_version": "2.1",
        "application_type": "web",
        "default_max_age": 600,
        "require_auth_time": True,
        "default_acr_values": ["phr"],
        "userinfo_signed_response_alg": "ES256",
        "backchannel_logout_uri": "https://app.example.com/logged-out",
        "backchannel_logout_session_required": True,
        "require_pushed_authorization_requests": True,
    }
    made = registrar.made(**said, unheard_of={"x": [1]}, request_uris=["https://app.example.com/r"])
    assert made | {name: value for name, value in said.items() if name != "client_name#de"} == made
    assert "unheard_of" not in made
    again = registrar.manage("GET", made).json()
    assert again == {name: value for name, value in made.items() if not name.startswith("client_secret")}


@pytest.mark.spec("RFC 7591", "2.2")
def test_a_name_in_some_language_alone_is_the_name(registrar: Registrar) -> None:
    assert registrar.made(client_name=None, **{"client_name#fr": "Livre"})["client_name"] == "Livre"


@pytest.mark.spec("RFC 7591", "3.2.2")
@each(
    ("changes", "error", "member"),
    [
        ({"redirect_uris": "https://a.example/"}, "invalid_redirect_uri", "redirect_uris"),
        ({"redirect_uris": [None]}, "invalid_redirect_uri", "redirect_uris"),
        ({"redirect_uris": [["https://a.example/"]]}, "invalid_redirect_uri", "redirect_uris"),
        ({"redirect_uris": {"0": "https://a.example/"}}, "invalid_redirect_uri", "redirect_uris"),
        ({"redirect_uris": []}, "invalid_redirect_uri", "redirect_uris"),
        ({"redirect_uris": None}, "invalid_redirect_uri", "redirect_uris"),
        ({"redirect_uris": ["https://a.example/\x00"]}, "invalid_redirect_uri", "redirect_uris"),
        ({"redirect_uris": ["https://a.example/#x"]}, "invalid_redirect_uri", "redirect_uris"),
        ({"redirect_uris": ["https://a.example/ https://b.example/"]}, "invalid_redirect_uri", "redirect_uris"),
        ({"redirect_uris": ["http://a.example/"]}, "invalid_redirect_uri", "redirect_uris"),
        ({"redirect_uris": ["javascript:alert(1)"]}, "invalid_redirect_uri", "redirect_uris"),
        ({"redirect_uris": ["https://me@a.example/"]}, "invalid_redirect_uri", "redirect_uris"),
        ({"redirect_uris": ["https://*.example/"]}, "invalid_redirect_uri", "redirect_uris"),
        ({"redirect_uris": [f"https://a.example/{n}" for n in range(101)]}, "invalid_redirect_uri", "redirect_uris"),
        ({"redirect_uris": ["https://a.example/" + "x" * 3000]}, "invalid_redirect_uri", "redirect_uris"),
        (
            {"application_type": "web", "redirect_uris": ["com.example.app:/cb"]},
            "invalid_redirect_uri",
            "redirect_uris",
        ),
        ({"post_logout_redirect_uris": ["data:text/html,x"]}, "invalid_client_metadata", "post_logout_redirect_uris"),
        ({"client_name": ["Photo Book"]}, "invalid_client_metadata", "client_name"),
        ({"client_name": True}, "invalid_client_metadata", "client_name"),
        ({"client_name": "\ud800"}, "invalid_client_metadata", "client_name"),
        ({"client_name": "x" * 201}, "invalid_client_metadata", "client_name"),
        ({"client_name": "Bank\u202eknaB"}, "invalid_client_metadata", "client_name"),
        ({"client_name#de": 1}, "invalid_client_metadata", "client_name"),
        ({"contacts": "me@a.example"}, "invalid_client_metadata", "contacts"),
        ({"grant_types": "authorization_code"}, "invalid_client_metadata", "grant_types"),
        ({"grant_types": ["password"], "response_types": []}, "invalid_client_metadata", "grant_types"),
        ({"response_types": ["token"]}, "invalid_client_metadata", "response_types"),
        ({"response_types": []}, "invalid_client_metadata", "response_types"),
        (
            {"response_types": ["code id_token"], "grant_types": ["authorization_code", "implicit"]},
            "invalid_client_metadata",
            "response_types",
        ),
        (
            {"grant_types": ["client_credentials"], "token_endpoint_auth_method": "client_secret_basic"},
            "invalid_client_metadata",
            "grant_types",
        ),
        ({"token_endpoint_auth_method": "client_secret_jwt"}, "invalid_client_metadata", "token_endpoint_auth_method"),
        ({"token_endpoint_auth_method": "private_key_jwt"}, "invalid_client_metadata", "token_endpoint_auth_method"),
        ({"id_token_signed_response_alg": "none"}, "invalid_client_metadata", "id_token_signed_response_alg"),
        ({"id_token_signed_response_alg": "ES512"}, "invalid_client_metadata", "id_token_signed_response_alg"),
        ({"userinfo_encrypted_response_alg": "RSA-OAEP"}, "invalid_client_metadata", "userinfo_encrypted"),
        ({"dpop_bound_access_tokens": True}, "invalid_client_metadata", "dpop_bound_access_tokens"),
        ({"default_max_age": True}, "invalid_client_metadata", "default_max_age"),
        ({"default_max_age": -1}, "invalid_client_metadata", "default_max_age"),
        ({"default_max_age": 10**30}, "invalid_client_metadata", "default_max_age"),
        ({"default_max_age": "600"}, "invalid_client_metadata", "default_max_age"),
        ({"require_auth_time": "true"}, "invalid_client_metadata", "require_auth_time"),
        ({"jwks": []}, "invalid_client_metadata", "jwks"),
        ({"jwks": {"keys": [{"kty": "oct", "k": "c2VjcmV0"}]}}, "invalid_client_metadata", "jwks"),
        ({"jwks": {"keys": [{"kid": "\x00"}]}}, "invalid_client_metadata", "jwks"),
        ({"jwks_uri": "http://a.example/jwks"}, "invalid_client_metadata", "jwks_uri"),
        ({"logo_uri": "http://a.example/logo.png"}, "invalid_client_metadata", "logo_uri"),
        ({"client_uri": "javascript:alert(1)"}, "invalid_client_metadata", "client_uri"),
        ({"application_type": "service"}, "invalid_client_metadata", "application_type"),
        ({"application_type": ["web"]}, "invalid_client_metadata", "application_type"),
        ({"scope": ["notes:read"]}, "invalid_client_metadata", "scope"),
        ({"scope": "notes:read no:such"}, "invalid_client_metadata", "scope"),
        ({"scope": 'notes:"read'}, "invalid_client_metadata", "scope"),
        ({"subject_type": "pairwise"}, "invalid_client_metadata", "subject_type"),
        ({"software_statement": 1}, "invalid_client_metadata", "software_statement"),
    ],
)
def test_what_cannot_be_registered_is_named_by_its_member(
    registrar: Registrar, changes: dict[str, Any], error: str, member: str
) -> None:
    with ledger.unchanged():
        refused(registrar.post(**changes), error, member)


@pytest.mark.spec("RFC 7591", "3.1")
@each(
    ("body", "kind"),
    [
        (b"", "application/json"),
        (b"[]", "application/json"),
        (b"null", "application/json"),
        (b'{"client_name": "a", "client_name": "b"}', "application/json"),
        (b'{"default_max_age": NaN}', "application/json"),
        (b'{"default_max_age": 1e400}', "application/json"),
        (b'{"a":' * 100_0 + b"1" + b"}" * 100_0, "application/json"),
        (b"\xff\xfe", "application/json"),
        (b"client_name=a", "application/x-www-form-urlencoded"),
        (b"{}", "text/plain"),
        (b"{}", ""),
    ],
)
def test_a_body_that_is_no_json_object_is_refused(registrar: Registrar, body: bytes, kind: str) -> None:
    with ledger.unchanged():
        response = registrar.browser.generic("POST", REGISTER, body, content_type=kind)
    assert (response.status_code, response.json()["error"]) == (400, "invalid_request")


def test_a_body_that_is_too_large_is_refused(registrar: Registrar) -> None:
    response = registrar.post(client_name="x" * 70_000)
    assert (response.status_code, response.json()["error"]) == (413, "invalid_request")


@pytest.mark.spec("RFC 7591", "2.1")
def test_grants_of_other_servers_are_left_out_and_the_answer_says_so(registrar: Registrar) -> None:
    device = "urn:ietf:params:oauth:grant-type:device_code"
    made = registrar.made(grant_types=["authorization_code", device, "refresh_token"])
    assert made["grant_types"] == ["authorization_code", "refresh_token"]


@pytest.mark.spec("OIDC Registration", "2")
@pytest.mark.spec("RFC 8252", "7.3")
@each("uri", ["http://127.0.0.1:33418/", "http://localhost/callback", "com.example.app:/callback"])
def test_a_desktop_client_need_not_say_that_it_is_one(registrar: Registrar, settings: Any, uri: str) -> None:
    settings.OAUTH2_PROVIDER = {"ALLOWED_REDIRECT_URI_SCHEMES": ["https", "http", "com.example.app"]}
    made = registrar.made(redirect_uris=[uri])
    assert (made["application_type"], ClientPolicy.objects.get().kind) == ("native", "native")


@pytest.mark.spec("RFC 7591", "2")
def test_of_the_scopes_that_are_asked_for_those_remain_that_the_door_gives(settings: Any) -> None:
    open_door(settings, SCOPES=["openid", "notes:read"], REVIEW_SCOPES=["photos:read"])
    registrar = Registrar()
    made = registrar.made(scope="openid  notes:read notes:write photos:read")
    assert made["scope"] == "openid notes:read"
    assert ClientPolicy.objects.get().requested_scope == "photos:read"
    assert registrar.made(scope=None)["scope"] == "openid notes:read"
    refused(registrar.post(scope="notes:write"), "invalid_client_metadata", "scope")


def test_who_says_no_scopes_may_ask_for_all_where_the_door_gives_all(registrar: Registrar) -> None:
    assert "scope" not in registrar.made(scope=None)
    assert ClientPolicy.objects.get().scopes is None


@pytest.mark.spec("RFC 7591", "3.2.1")
def test_a_secret_ends_when_the_settings_say(registrar: Registrar, settings: Any) -> None:
    settings.OAUTH_PROVIDER = settings.OAUTH_PROVIDER | {"REGISTERED_SECRET_LIFETIME": 86_400}
    made = registrar.made(token_endpoint_auth_method="client_secret_basic")
    assert abs(made["client_secret_expires_at"] - made["client_id_issued_at"] - 86_400) <= 2
    assert ClientSecret.objects.get().expires_at is not None


def test_a_client_that_registered_itself_signs_a_person_in(registrar: Registrar) -> None:
    made = registrar.made(token_endpoint_auth_method="client_secret_post", grant_types=["authorization_code"])
    application = application_model().objects.get()
    application.secret = made["client_secret"]
    driver = Driver(application, scope="notes:read")
    driver.sign_in(UserFactory())
    page = driver.browser.get(driver.authorize()["Location"]).content.decode()
    assert "Photo Book" in page
    assert "app.example.com" in page
    assert ledger.is_good(driver.tokens()["access_token"])


@pytest.mark.spec("RFC 6749", "5.2")
@pytest.mark.spec("RFC 7591", "5")
def test_a_client_that_is_not_there_any_more_learns_that_it_should_register_again(registrar: Registrar) -> None:
    made = registrar.made(token_endpoint_auth_method="client_secret_post", grant_types=["authorization_code"])
    registrar.manage("DELETE", made)
    form = {"grant_type": "refresh_token", "refresh_token": "ort_x", "client_id": made["client_id"]}
    for credentials in ({}, {"client_secret": made["client_secret"]}):
        response = post(registrar.browser, TOKEN, form | credentials)
        assert (response.status_code, response.json()["error"]) == (401, "invalid_client")
    page = registrar.browser.get(AUTHORIZE, {"client_id": made["client_id"], "response_type": "code"})
    assert page.status_code == 400
    assert "Location" not in page
