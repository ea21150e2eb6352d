"""What of a client's metadata cannot be meant together (RFC 7591 §2)."""

import pytest

from oauth_provider.protocol.registration import Contradiction, Registration, find_contradictions
from tests.each import each

CODE = ("authorization_code", "refresh_token")
CALLBACK = ("https://app.example.com/callback",)
SECRET_METHODS = ("client_secret_basic", "client_secret_post")


@each(
    "given",
    [
        {"is_public": False, "grant_types": CODE, "redirect_uris": CALLBACK},
        {"is_public": True, "grant_types": CODE, "redirect_uris": CALLBACK},
        {"is_public": True, "token_endpoint_auth_method": "none"},
        {"is_public": False, "token_endpoint_auth_method": "client_secret_post", "may_introspect": True},
        {"is_public": False, "grant_types": ("client_credentials",)},
        {"is_public": False, "grant_types": (*CODE, "client_credentials"), "redirect_uris": CALLBACK},
        {"is_public": False, "rotate_refresh_tokens": False},
    ],
)
def test_what_fits_together_is_not_contradicted(given):
    assert find_contradictions(Registration(**given)) == ()


@pytest.mark.spec("RFC 6749", "3.1.2.2")
@pytest.mark.parametrize("is_public", [True, False])
def test_the_code_grant_needs_a_redirect_uri(is_public):
    registration = Registration(is_public=is_public, grant_types=CODE)
    assert find_contradictions(registration) == (Contradiction.NO_REDIRECT_URI,)


@pytest.mark.spec("RFC 6749", "4.4")
def test_a_public_client_has_no_credentials_of_its_own():
    registration = Registration(is_public=True, grant_types=("client_credentials",))
    assert find_contradictions(registration) == (Contradiction.PUBLIC_CLIENT_CREDENTIALS,)


@pytest.mark.spec("RFC 6749", "2.3.1")
@pytest.mark.parametrize("method", SECRET_METHODS)
def test_a_public_client_has_no_secret(method):
    registration = Registration(is_public=True, token_endpoint_auth_method=method)
    assert find_contradictions(registration) == (Contradiction.PUBLIC_SECRET,)


@pytest.mark.spec("RFC 6749", "3.2.1")
def test_a_confidential_client_authenticates():
    registration = Registration(is_public=False, token_endpoint_auth_method="none")
    assert find_contradictions(registration) == (Contradiction.CONFIDENTIAL_NONE,)


@pytest.mark.spec("RFC 7662", "2.1")
def test_only_who_can_authenticate_may_introspect():
    registration = Registration(is_public=True, may_introspect=True)
    assert find_contradictions(registration) == (Contradiction.PUBLIC_INTROSPECTION,)


@pytest.mark.spec("RFC 9700", "2.2.2")
def test_the_refresh_tokens_of_a_public_client_rotate():
    registration = Registration(is_public=True, rotate_refresh_tokens=False)
    assert find_contradictions(registration) == (Contradiction.PUBLIC_WITHOUT_ROTATION,)


@pytest.mark.spec("OAuth 2.1", "7.5.1")
@pytest.mark.parametrize(("is_public", "told"), [(True, (Contradiction.PUBLIC_WITHOUT_PKCE,)), (False, ())])
def test_only_a_confidential_client_may_be_excused_from_pkce(is_public, told):
    assert find_contradictions(Registration(is_public=is_public, is_excused_from_pkce=True)) == told


def test_everything_that_is_wrong_is_told_at_once():
    registration = Registration(
        is_public=True,
        grant_types=("authorization_code", "client_credentials"),
        token_endpoint_auth_method="client_secret_basic",
        may_introspect=True,
        rotate_refresh_tokens=False,
        is_excused_from_pkce=True,
    )
    assert set(find_contradictions(registration)) == set(Contradiction) - {Contradiction.CONFIDENTIAL_NONE}
