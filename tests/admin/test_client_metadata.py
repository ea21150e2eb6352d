"""Keys and OpenID Connect in the form of a client (RFC 7591 §2, OpenID Connect Registration §2)."""

import json
from typing import Any

import pytest

from oauth_provider.admin.clients.client_metadata import METADATA
from oauth_provider.clients.keys import jwks_uri
from oauth_provider.clients.registration import sector_identifier as sector
from oauth_provider.fetch import Fetched, FetchError
from oauth_provider.models import ClientPolicy
from tests import encryption, jose_keys, ledger
from tests.admin.operators import errors_of, form_of, operator, url
from tests.client_keys import JWKS_URI, jwks
from tests.factories import CALLBACK, ApplicationFactory
from tests.settings import OAUTH_PROVIDER

pytestmark = [pytest.mark.django_db, pytest.mark.spec("RFC 7591", "2")]

KEYS = {"keys": [*jwks(jose_keys.key("ES256"))["keys"], encryption.public("P-256")]}
PRIVATE = {"keys": [jose_keys.private_jwk("ES256")]}
SECTOR = "https://sector.example.com/uris.json"


@pytest.fixture(autouse=True)
def fetched(monkeypatch: pytest.MonkeyPatch, settings: Any) -> list[str]:
    """The sector identifiers that were fetched. That of the example lists one redirect URI."""
    urls: list[str] = []

    def fetch(fetched_url: str) -> Fetched:
        urls.append(fetched_url)
        if fetched_url != SECTOR:
            raise FetchError("10.0.0.1 refused")
        return Fetched(200, {}, json.dumps([CALLBACK]).encode())

    monkeypatch.setattr(sector, "fetch", fetch)
    settings.OAUTH_PROVIDER = {**OAUTH_PROVIDER, "PAIRWISE_SECRET": "x" * 32}
    return urls


def change(application: Any, **changes: Any) -> Any:
    browser = operator()
    return browser.post(url(application), form_of(browser, application, **changes))


def test_all_metadata_of_a_client_is_saved(fetched, monkeypatch):
    application = ApplicationFactory()
    said = {
        "access_token_format": "jwt",
        "id_token_signed_response_alg": "ES256",
        "id_token_encrypted_response_alg": "ECDH-ES",
        "id_token_encrypted_response_enc": "A256GCM",
        "scope_claims_in_id_token": True,
        "userinfo_signed_response_alg": "PS256",
        "authorization_signed_response_alg": "EdDSA",
        "subject_type": "pairwise",
        "sector_identifier_uri": SECTOR,
        "token_endpoint_auth_signing_alg": "ES256",
        "request_object_signing_alg": "ES256",
        "require_signed_request_object": True,
        "require_pushed_authorization_requests": True,
        "default_max_age": 60,
        "require_auth_time": True,
        "backchannel_logout_uri": "https://app.example.com/ended",
        "backchannel_logout_session_required": True,
        "frontchannel_logout_uri": CALLBACK.replace("callback", "ended"),
        "frontchannel_logout_session_required": True,
    }
    response = change(application, jwks=json.dumps(KEYS), **said)
    assert response.status_code == 302, errors_of(response)
    policy = ClientPolicy.objects.get()
    assert {name: getattr(policy, name) for name in METADATA} == {**said, "jwks": KEYS, "jwks_uri": ""}
    assert fetched == [SECTOR]
    monkeypatch.setattr(jwks_uri, "fetch", lambda *args, **kwargs: encryption.answering(*KEYS["keys"]))
    assert change(application, jwks="", jwks_uri=JWKS_URI).status_code == 302
    policy.refresh_from_db()
    assert (policy.jwks, policy.jwks_uri) == (None, JWKS_URI)
    assert fetched == [SECTOR]


def test_where_a_logout_may_lead_is_saved_line_by_line():
    application = ApplicationFactory()
    response = change(application, post_logout_redirect_uris="https://a.example/bye\nhttps://b.example/bye")
    assert response.status_code == 302, errors_of(response)
    application.refresh_from_db()
    assert application.post_logout_redirect_uris.split() == ["https://a.example/bye", "https://b.example/bye"]


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"jwks": json.dumps(PRIVATE)}, "jwks", "private"),
        ({"jwks": '{"keys": {}}'}, "jwks", "JWK Set"),
        ({"jwks": "[]"}, "jwks", "JWK Set"),
        ({"jwks": '{"keys": '}, "jwks", "JWK Set"),
        ({"jwks": '{"keys": ' + "[" * 30_000}, "jwks", "JWK Set"),
        ({"jwks": '{"keys": [], "keys": []}'}, "jwks", "JWK Set"),
        ({"jwks": "x" * 70_000}, "jwks", "JWK Set"),
        ({"jwks": json.dumps({"keys": [{**KEYS["keys"][0], "kid": "\x00"}]})}, "jwks", "JWK Set"),
        ({"jwks": json.dumps(KEYS), "jwks_uri": JWKS_URI}, "jwks_uri", "not both"),
        ({"jwks_uri": "http://app.example.com/jwks"}, "jwks_uri", "https://"),
        ({"jwks_uri": "https://app.example.com/" + "a" * 2000}, "jwks_uri", "1024"),
        ({"require_signed_request_object": "on"}, "require_signed_request_object", "sign nothing"),
        ({"access_token_format": "saml"}, "access_token_format", "saml"),
        ({"access_token_format": ""}, "access_token_format", "required"),
        ({"id_token_signed_response_alg": "none"}, "id_token_signed_response_alg", "none"),
        ({"id_token_signed_response_alg": ""}, "id_token_signed_response_alg", "required"),
        ({"userinfo_signed_response_alg": "HS256"}, "userinfo_signed_response_alg", "HS256"),
        ({"request_object_signing_alg": "none"}, "request_object_signing_alg", "none"),
        ({"subject_type": "secret"}, "subject_type", "secret"),
        ({"default_max_age": "-1"}, "default_max_age", "0"),
        ({"sector_identifier_uri": "https://127.0.0.1/"}, "sector_identifier_uri", "can be fetched"),
        ({"backchannel_logout_uri": "http://app.example.com/x"}, "backchannel_logout_uri", "https"),
        ({"frontchannel_logout_uri": "https://elsewhere.example/x"}, "frontchannel_logout_uri", "one of the redirect"),
        ({"post_logout_redirect_uris": "http://app.example.com/x"}, "post_logout_redirect_uris", "https"),
        ({"post_logout_redirect_uris": "https://app.example.com/#x"}, "post_logout_redirect_uris", "#"),
        (
            {"sector_identifier_uri": SECTOR, "redirect_uris": f"{CALLBACK}\nhttps://b.example/cb"},
            "sector_identifier_uri",
            "https://b.example/cb",
        ),
        (
            {"subject_type": "pairwise", "redirect_uris": f"{CALLBACK}\nhttps://b.example/cb"},
            "sector_identifier_uri",
            "one https host",
        ),
    ],
    ids=map(str, range(25)),
)
def test_what_cannot_be_meant_is_said_beside_its_field(changes, field, words):
    application = ApplicationFactory()
    browser = operator()
    form = form_of(browser, application, **changes)
    with ledger.unchanged():
        response = browser.post(url(application), form)
    assert response.status_code == 200
    said = errors_of(response)
    assert words in said[field]
    assert "10.0.0.1" not in str(said)


@pytest.mark.spec("OIDC Core", "10.2")
@pytest.mark.parametrize(
    ("keys", "alg", "words"),
    [
        ([], "RSA-OAEP-256", "none for RSA-OAEP-256"),
        (jwks(jose_keys.key("RS256"))["keys"], "RSA-OAEP-256", "none for RSA-OAEP-256"),
        ([encryption.public("RSA"), encryption.public("P-256", use="sig")], "ECDH-ES", "none for ECDH-ES"),
        ([encryption.public("P-256")], "RSA-OAEP-256", "none for RSA-OAEP-256"),
        ([encryption.public("RSA")], "RSA1_5", "RSA1_5"),
        ([encryption.public("RSA")], "none", "none"),
    ],
    ids=map(str, range(6)),
)
def test_whoever_wants_id_tokens_encrypted_registers_a_key_for_it(keys, alg, words):
    application = ApplicationFactory()
    with ledger.unchanged():
        said = {"jwks": json.dumps({"keys": keys}) if keys else "", "id_token_encrypted_response_alg": alg}
        browser = operator()
        errors = errors_of(browser.post(url(application), form_of(browser, application, **said)))
    assert words in errors["id_token_encrypted_response_alg"]


def test_a_private_key_is_no_key_for_it_either():
    text = json.dumps({"keys": [encryption.private("RSA")]})
    errors = errors_of(change(ApplicationFactory(), jwks=text, id_token_encrypted_response_alg="RSA-OAEP-256"))
    assert "private" in errors["jwks"]


@pytest.mark.spec("OIDC Core", "10.2")
@pytest.mark.parametrize(
    "answer",
    [
        lambda: encryption.answering(encryption.public("RSA", use="sig")),
        lambda: Fetched(500, {}, b"{}"),
        lambda: Fetched(200, {}, b"<html>"),
        lambda: (_ for _ in ()).throw(FetchError("10.0.0.1 refused")),
    ],
)
def test_keys_at_an_address_are_looked_at_when_it_is_registered(monkeypatch, answer):
    monkeypatch.setattr(jwks_uri, "fetch", lambda *args, **kwargs: answer())
    said = {"jwks_uri": JWKS_URI, "id_token_encrypted_response_alg": "RSA-OAEP-256"}
    application = ApplicationFactory()
    errors = errors_of(change(application, **said))
    assert "can be fetched" in errors["id_token_encrypted_response_alg"]
    assert "10.0.0.1" not in str(errors)
    # What the client mended meanwhile is seen at once, and not a minute later.
    monkeypatch.setattr(jwks_uri, "fetch", lambda *args, **kwargs: encryption.answering(encryption.public("RSA")))
    assert change(application, **said).status_code == 302


def test_taking_the_last_such_key_away_is_refused():
    policy = encryption.policy(encryption.public("RSA"))
    errors = errors_of(change(ApplicationFactory(policy=policy), jwks=json.dumps(jwks(jose_keys.key("RS256")))))
    assert "none for RSA-OAEP-256" in errors["id_token_encrypted_response_alg"]


def test_pairwise_subjects_need_the_secret(settings):
    settings.OAUTH_PROVIDER = OAUTH_PROVIDER
    assert "PAIRWISE_SECRET" in errors_of(change(ApplicationFactory(), subject_type="pairwise"))["subject_type"]


def test_a_sector_is_looked_at_again_when_a_redirect_uri_is_added(fetched):
    application = ApplicationFactory(policy={"subject_type": "pairwise", "sector_identifier_uri": SECTOR})
    response = change(application, redirect_uris=f"{CALLBACK}\nhttps://b.example/cb")
    assert "https://b.example/cb" in errors_of(response)["sector_identifier_uri"]
    assert fetched == [SECTOR]


def test_what_is_wrong_already_does_not_keep_anyone_from_suspending(fetched):
    application = ApplicationFactory(
        policy={
            "subject_type": "pairwise",
            "jwks": PRIVATE,
            "jwks_uri": "http://x",
            "sector_identifier_uri": "http://y",
        }
    )
    response = change(application, status="suspended")
    assert response.status_code == 302, errors_of(response)
    assert ClientPolicy.objects.get().is_suspended
    assert fetched == []


def test_a_viewer_sees_the_metadata_of_a_client():
    application = ApplicationFactory(policy={"jwks": KEYS, "subject_type": "pairwise"})
    page = operator("oauth2_provider.view_application").get(url(application))
    assert page.status_code == 200
    assert KEYS["keys"][0]["kid"] in page.content.decode()
