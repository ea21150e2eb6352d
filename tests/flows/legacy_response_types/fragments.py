"""Hybrid and implicit requests, and the fragments that answer them (OpenID Connect Core §3.2.2.5)."""

from typing import Any
from urllib.parse import parse_qs

from oauth_provider.protocol.response_type import LEGACY
from tests import ledger
from tests.driver import Driver, signed_in
from tests.factories import CALLBACK, UserFactory

NONCE = "n-0S6_WzA2Mj"


def legacy(**options: Any) -> Driver:
    user = UserFactory(first_name="Ann", last_name="Lee", email="ann@example.com")
    columns = {"response_types": ["code", *LEGACY], **options.pop("policy", {})}
    driver = signed_in(user, policy=columns, skip_authorization=True, **options)
    driver.scope = "openid profile notes:read"
    return driver


def fragment_of(response: Any) -> dict[str, str]:
    """The answer behind ``#``, and nothing of it before."""
    assert response.status_code == 303, response.content
    before, _mark, fragment = response["Location"].partition("#")
    assert before == CALLBACK
    return {name: values[0] for name, values in parse_qs(fragment).items()}


def answer_of(driver: Driver, response_type: str, **changes: Any) -> dict[str, str]:
    return fragment_of(driver.authorize(**{"response_type": response_type, "nonce": NONCE, **changes}))


def error_of(driver: Driver, response_type: str, **changes: Any) -> str:
    """The error of a request that leaves nothing behind, in the fragment."""
    with ledger.unchanged():
        answer = answer_of(driver, response_type, **changes)
    assert not set(answer) & {"code", "access_token", "id_token"}
    assert (answer["state"], answer["iss"]) == ("a state", "https://auth.example.com")
    return answer["error"]
