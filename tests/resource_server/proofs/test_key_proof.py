"""Proofs of a key (RFC 7800 §3, RFC 9449 §7): what a bound token needs, in which scheme, and how it is asked for."""

import json
import operator

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpResponse
from django.test import RequestFactory
from rest_framework.permissions import AllowAny, IsAuthenticated
from rest_framework.response import Response
from rest_framework.views import APIView

from oauth_provider.protocol.errors import InsufficientScope, InvalidToken
from oauth_provider.resource_server import checks
from oauth_provider.resource_server.challenge import challenge
from oauth_provider.resource_server.metadata import describe
from oauth_provider.resource_server.proofs.table import key_proofs
from oauth_provider.resource_server.verifiers.introspection import read
from oauth_provider.resource_server.views import requires_authorization_details, requires_scopes
from oauth_provider.rest_framework.authentication import OAuthAuthentication
from oauth_provider.rest_framework.permissions import HasScopes
from tests.each import each

pytestmark = pytest.mark.spec("RFC 9449", "7.1")

HERE = "tests.resource_server.proofs.key_proofs."
BOTH = [f"{HERE}HeaderProof", f"{HERE}CertificateProof"]


class Notes(APIView):
    authentication_classes = [OAuthAuthentication]
    permission_classes = [HasScopes("a")]

    def get(self, request):
        return Response("notes")


@requires_scopes("a")
def notes(request):
    return HttpResponse("notes")


VIEWS = [pytest.param(Notes.as_view(), id="DRF"), pytest.param(notes, id="Django")]
every_view = pytest.mark.parametrize("view", VIEWS)


@pytest.fixture
def proofs(settings):
    settings.OAUTH_RESOURCE_SERVER = settings.OAUTH_RESOURCE_SERVER | {"KEY_PROOFS": BOTH}


@pytest.fixture
def tokens(issue):
    issue("free", scope="a")
    issue("dpop", scope="a", cnf={"jkt": "key"})
    issue("poor", scope="b", cnf={"jkt": "key"})
    issue("mtls", scope="a", cnf={"x5t#S256": "key"})


def call(view, authorization, thumbprint="", **headers):
    headers = {"Authorization": authorization, **headers}
    request = RequestFactory().get("/notes", headers=headers, SSL_CLIENT_THUMBPRINT=thumbprint)
    response = view(request)
    if hasattr(response, "render"):
        response.render()
    return response


def refusal(response):
    return response.status_code, json.loads(response.content).get("error"), response["WWW-Authenticate"]


# -- proof ---------------------------------------------------------------------------------------------------


@every_view
def test_who_proves_the_key_passes(proofs, tokens, view):
    assert call(view, "DPoP dpop", DPoP="key").status_code == 200
    assert call(view, "dpop   dpop", DPoP="key").status_code == 200
    assert call(view, "Bearer mtls", "key").status_code == 200
    assert call(view, "Bearer free").status_code == 200


@every_view
@pytest.mark.parametrize(
    ("authorization", "thumbprint", "headers"),
    [
        ("Bearer dpop", "", {"DPoP": "key"}),
        ("Bearer dpop", "key", {"DPoP": "key"}),
        ("DPoP mtls", "key", {"DPoP": "key"}),
        ("DPoP free", "", {"DPoP": "key"}),
        ("Bearer mtls", "", {}),
        ("Bearer mtls", "other", {"DPoP": "key"}),
        ("DPoP unknown", "key", {"DPoP": "key"}),
        ("DPoP " + "x" * 9000, "key", {"DPoP": "key"}),
    ],
)
def test_nobody_else_does(proofs, tokens, view, authorization, thumbprint, headers):
    status, error, _challenge = refusal(call(view, authorization, thumbprint, **headers))
    assert (status, error) == (401, "invalid_token")


@every_view
@pytest.mark.parametrize("headers", [{}, {"DPoP": ""}, {"DPoP": "other"}])
def test_the_method_has_an_error_of_its_own(proofs, tokens, view, headers):
    status, error, told = refusal(call(view, "DPoP dpop", **headers))
    assert (status, error) == (401, "invalid_test_proof")
    assert 'DPoP realm="api", error="invalid_test_proof", error_description="The proof is of another key."' in told


@every_view
@pytest.mark.parametrize(
    "cnf",
    [
        {},
        {"jkt": "key", "x5t#S256": "key"},
        {"jkt": "key", "kid": "x"},
        {"jwk": {}},
        {"JKT": "key"},
        [],
        ["jkt"],
        "jkt",
        True,
        0,
    ],
)
@pytest.mark.spec("RFC 7800", "3.1")
def test_a_key_that_is_named_in_an_unknown_way_or_in_several_cannot_be_proved(issue, proofs, view, cnf):
    issue("bound", scope="a", cnf=cnf)
    for scheme in ("Bearer", "DPoP"):
        assert refusal(call(view, f"{scheme} bound", "key", DPoP="key"))[:2] == (401, "invalid_token")


@every_view
@pytest.mark.parametrize("header", ["DPoP", "DPoP ", "DPoP a b", "DPoP dpop, Bearer free", "Bearer free, DPoP dpop"])
def test_what_is_malformed_is_malformed_in_either_scheme(proofs, tokens, view, header):
    assert refusal(call(view, header, DPoP="key"))[:2] == (400, "invalid_request")


@every_view
def test_a_token_in_the_url_is_refused_beside_either(proofs, tokens, view):
    request = RequestFactory().get("/notes?access_token=x", headers={"Authorization": "DPoP dpop", "DPoP": "key"})
    response = view(request)
    assert response.status_code == 400
    assert "more than one way" in response["WWW-Authenticate"]


@every_view
def test_without_the_setting_there_is_no_such_scheme(tokens, view):
    assert call(view, "DPoP dpop", DPoP="key").status_code == 401
    assert "error=" not in call(view, "DPoP dpop", DPoP="key")["WWW-Authenticate"]
    assert refusal(call(view, "Bearer mtls", "key"))[:2] == (401, "invalid_token")
    assert "DPoP" not in call(view, "Bearer unknown")["WWW-Authenticate"]


# -- challenges ----------------------------------------------------------------------------------------------


@every_view
@pytest.mark.spec("RFC 9449", "7.2")
def test_every_scheme_has_its_challenge_and_the_error_stands_where_it_belongs(proofs, tokens, view):
    with_error = 'error="invalid_token", error_description="The access token is unknown.", '
    answers = {"Bearer unknown": (with_error, ""), "DPoP unknown": ("", with_error), "": ("", "")}
    for authorization, (bearer, dpop) in answers.items():
        told = call(view, authorization)["WWW-Authenticate"].replace('scope="a", ', "")
        assert told == f'Bearer realm="api", {bearer}DPoP realm="api", {dpop}algs="ES256 EdDSA"'


@every_view
def test_a_token_that_lacks_a_scope_is_told_so_in_its_own_scheme(proofs, tokens, view):
    status, error, told = refusal(call(view, "DPoP poor", DPoP="key"))
    assert (status, error) == (403, "insufficient_scope")
    bearer, dpop = told.split(", DPoP ")
    assert 'error="insufficient_scope"' in dpop
    assert "error=" not in bearer


def test_a_view_for_anybody_refuses_a_bad_proof_too(proofs, tokens):
    view = Notes.as_view(permission_classes=[AllowAny])
    assert refusal(call(view, "DPoP dpop", DPoP="other"))[:2] == (401, "invalid_test_proof")


def test_a_call_without_a_token_is_asked_for_either(proofs):
    told = call(Notes.as_view(permission_classes=[IsAuthenticated]), "Basic x")["WWW-Authenticate"]
    assert told == 'Bearer realm="api", DPoP realm="api", algs="ES256 EdDSA"'


def test_one_scheme_has_one_challenge_however_many_methods_it_has(settings):
    settings.OAUTH_RESOURCE_SERVER |= {"KEY_PROOFS": [f"{HERE}instance"]}
    assert challenge(InsufficientScope(scope=("a",))) == 'Bearer realm="api", error="insufficient_scope", scope="a"'


# -- metadata and introspection ------------------------------------------------------------------------------


@pytest.mark.spec("RFC 9728", "2")
def test_the_metadata_tells_of_what_is_taken(settings, proofs):
    described = describe("https://api.example", "", ())
    assert described["dpop_signing_alg_values_supported"] == ["ES256", "EdDSA"]
    assert described["tls_client_certificate_bound_access_tokens"] is True
    settings.OAUTH_RESOURCE_SERVER |= {"KEY_PROOFS": []}
    assert not {name for name in describe("https://api.example", "", ()) if name.startswith(("dpop", "tls"))}


INTROSPECTED = {"active": True, "exp": 2_000_000_000, "token_type": "DPoP", "cnf": {"jkt": "key"}}


@pytest.mark.spec("RFC 9449", "6.2")
def test_introspection_may_tell_of_a_token_of_that_scheme(proofs):
    assert read(INTROSPECTED).cnf == {"jkt": "key"}
    assert read(INTROSPECTED | {"token_type": "bearer"}).cnf == {"jkt": "key"}


@pytest.mark.spec("RFC 9449", "6.2")
@pytest.mark.parametrize("wrong", [{"cnf": None}, {"token_type": "MAC"}, {"token_type": ""}, {"token_type": ["DPoP"]}])
def test_introspection_refuses_a_bound_token_that_would_pass_for_a_bearer_token(proofs, wrong):
    with pytest.raises(InvalidToken):
        read(INTROSPECTED | wrong)


def test_where_nothing_proves_it_there_are_bearer_tokens_alone():
    with pytest.raises(InvalidToken):
        read(INTROSPECTED)


# -- settings ------------------------------------------------------------------------------------------------


@each(
    "paths",
    [
        f"{HERE}HeaderProof",
        [7],
        [[HERE]],
        7,
        {"jkt": f"{HERE}HeaderProof"},
        ["no.such.module"],
        [f"{HERE}Missing"],
        [f"{HERE}Nameless"],
        [f"{HERE}Spaced"],
        [f"{HERE}Mute"],
        [f"{HERE}Unmakeable"],
        [f"{HERE}HeaderProof", f"{HERE}Another"],
        ["os.path.join"],
    ],
)
def test_what_cannot_be_used_is_found_and_takes_no_token(settings, tokens, paths):
    settings.OAUTH_RESOURCE_SERVER |= {"KEY_PROOFS": paths}
    messages = checks.check_key_proofs(None)
    assert [message.id for message in messages] == ["oauth_resource_server.E047"]
    assert messages[0].hint
    with pytest.raises(ImproperlyConfigured):
        call(notes, "Bearer free")


@each("paths", [[], (), BOTH, tuple(BOTH), [f"{HERE}instance"]])
def test_what_can_be_used_is_made_once(settings, paths):
    settings.OAUTH_RESOURCE_SERVER |= {"KEY_PROOFS": paths}
    assert checks.check_key_proofs(None) == []
    assert len(key_proofs()) == len(paths)
    assert all(map(operator.is_, key_proofs(), key_proofs()))


def test_a_scheme_that_several_proofs_share_is_asked_for_with_what_each_of_them_needs(settings):
    both = [f"{HERE}HeaderProof", f"{HERE}AnotherKey"]
    settings.OAUTH_RESOURCE_SERVER = settings.OAUTH_RESOURCE_SERVER | {"KEY_PROOFS": both}
    asked = challenge().partition("DPoP ")[2]
    assert 'algs="ES256 EdDSA"' in asked
    assert 'nonce="1"' in asked


@pytest.mark.spec("RFC 9396", "9")
def test_a_refusal_for_its_details_stands_in_the_challenge_of_the_scheme_that_was_used(proofs, tokens):
    @requires_authorization_details("payment")
    def pay(request):
        return HttpResponse("paid")

    status, error, challenges = refusal(call(pay, "DPoP dpop", DPoP="key"))
    assert (status, error) == (403, "insufficient_scope")
    bearer, dpop = challenges.split("DPoP ")
    assert "error" not in bearer
    assert 'error="insufficient_scope"' in dpop
