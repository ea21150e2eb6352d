"""Grants of authorization details (RFC 9396 §7), and what was granted by them."""

from typing import Any

from oauth_provider.tokens.verifier import verify
from tests.details import said
from tests.driver import Driver, query_of

ACCOUNTS, PHOTOS = "https://api.example.com/accounts", "https://api.example.com/photos"


def granted(driver: Driver, *details: Any, **form: Any) -> Any:
    """The token response of a whole flow; ``form`` is for the token request."""
    code = driver.code(scope=None, authorization_details=said(*details))
    return driver.redeem(code, **form)


def details_of(response: Any) -> Any:
    """What came of it, said alike by the response, the API's verifier and the row."""
    assert response.status_code == 200, response.content
    details = response.json().get("authorization_details", [])
    assert list(verify(response.json()["access_token"]).authorization_details) == details
    return details


def error_of(response: Any) -> str:
    """The error that goes back to the client."""
    return query_of(response["Location"]).get("error", "none")
