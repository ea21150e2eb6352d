"""Where a request leads a person (OpenID Connect Core §3.1.2.3), and the error where it may not."""

from typing import Any
from urllib.parse import urlsplit

from tests.driver import Driver, query_of
from tests.factories import CALLBACK


def goes_to(response: Any, path: str) -> str:
    """The URL that ``response`` sends the browser to, which is at ``path``."""
    assert response.status_code == 303
    location: str = response["Location"]
    assert urlsplit(location).path.startswith(path), location
    assert "code" not in query_of(location)
    return location


def error_of(response: Any) -> str:
    """The error that ``response`` takes to the client."""
    assert response["Location"].startswith(CALLBACK), response["Location"]
    answer = query_of(response["Location"])
    assert (answer["state"], answer["iss"]) == ("a state", "https://auth.example.com")
    assert "code" not in answer
    return answer["error"]


def log_in(driver: Driver, url: str, username: str = "ann") -> Any:
    """Fill in the login form at ``url`` and go where it leads: the response of the authorization endpoint."""
    response = driver.browser.post(url, {"username": username, "password": "correct horse"})
    assert response.status_code == 302, response.content
    return driver.browser.get(response["Location"])


def is_signed_in(driver: Driver) -> bool:
    return "_auth_user_id" in driver.browser.session
