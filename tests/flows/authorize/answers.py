"""Answers of the authorization endpoint that go to the client (RFC 6749 §4.1.2.1)."""

from typing import Any
from urllib.parse import parse_qs

from tests.factories import CALLBACK

ISSUER = "https://auth.example.com"


def goes_back(response: Any, error: str, *, state: str | None = "a state", to: str = CALLBACK) -> None:
    """``response`` takes ``error`` to the client, with its state, our name, and no more."""
    assert response.status_code == 303
    location = response["Location"]
    assert location.startswith(to)
    answer = parse_qs(location.removeprefix(to).lstrip("?&"))
    assert set(answer) <= {"error", "error_description", "state", "iss"}
    assert answer["error"] == [error]
    assert answer["iss"] == [ISSUER]
    assert answer.get("state") == ([state] if state else None)
    assert answer.get("error_description", ["x"])[0].isascii()
    assert response["Cache-Control"] == "no-store"
    assert response["Referrer-Policy"] == "no-referrer"
