"""Errors (RFC 6749 §5.2): each class is one code on the wire, and what is said to whom is kept apart."""

import pytest

from oauth_provider.protocol import errors
from oauth_provider.protocol.errors import OAuthError
from tests.each import each

CLASSES = [cls for cls in vars(errors).values() if isinstance(cls, type) and issubclass(cls, OAuthError)]

CODES = {
    errors.InvalidRequest: ("invalid_request", 400, True),
    errors.RequestTooLarge: ("invalid_request", 413, True),
    errors.InvalidClient: ("invalid_client", 401, False),
    errors.InvalidGrant: ("invalid_grant", 400, False),
    errors.UnauthorizedClient: ("unauthorized_client", 400, True),
    errors.UnsupportedGrantType: ("unsupported_grant_type", 400, False),
    errors.UnsupportedResponseType: ("unsupported_response_type", 400, True),
    errors.InvalidScope: ("invalid_scope", 400, True),
    errors.InvalidTarget: ("invalid_target", 400, True),
    errors.AccessDenied: ("access_denied", 403, True),
    errors.RequestUriNotSupported: ("request_uri_not_supported", 400, True),
    errors.RegistrationNotSupported: ("registration_not_supported", 400, True),
    errors.TemporarilyUnavailable: ("temporarily_unavailable", 429, True),
    errors.KeysUnavailable: ("temporarily_unavailable", 503, True),
    errors.ServiceUnavailable: ("temporarily_unavailable", 503, False),
    errors.InvalidToken: ("invalid_token", 401, False),
    errors.InsufficientScope: ("insufficient_scope", 403, False),
}


@pytest.mark.spec("RFC 6749", "5.2")
@each(("cls", "wire"), CODES.items(), ids=lambda value: getattr(value, "__name__", ""))
def test_each_error_has_its_code_its_status_and_whether_it_may_be_redirected(cls, wire):
    assert (cls.error, cls.status, cls.redirectable) == wire


@pytest.mark.spec("RFC 6749", "5.2")
@each("cls", CLASSES, ids=lambda cls: cls.__name__)
def test_the_operators_detail_is_not_said_to_anybody(cls):
    error = cls("For the developer.", detail="for the operator")
    assert error.parameters() == {"error": cls.error, "error_description": "For the developer."}
    assert "operator" not in str(error)


@pytest.mark.spec("RFC 6749", "4.1.2.1")
@each("cls", CLASSES, ids=lambda cls: cls.__name__)
def test_an_error_without_a_description_says_its_code_alone(cls):
    assert cls().parameters() == {"error": cls.error}


@pytest.mark.spec("RFC 6749", "5.2")
def test_a_failed_client_authentication_is_never_redirected():
    assert not errors.InvalidClient.redirectable


@pytest.mark.spec("RFC 6750", "3.1")
def test_insufficient_scope_names_everything_the_call_needs():
    assert errors.InsufficientScope(scope=("a", "b")).scope == ("a", "b")


@pytest.mark.spec("RFC 6585", "4")
def test_a_caller_that_failed_too_often_is_told_when_to_come_back():
    assert errors.TemporarilyUnavailable(retry_after=7).retry_after == 7


def test_every_error_keeps_what_is_for_the_operator_apart():
    for cls in CLASSES:
        error = cls("for the developer", detail="for the operator")
        assert (error.description, error.detail) == ("for the developer", "for the operator")
        assert str(error) == "for the developer"
        assert (cls().description, cls().detail, str(cls())) == ("", "", cls.error)
        assert "for the operator" not in error.parameters().values()
