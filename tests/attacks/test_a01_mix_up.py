"""A1, mix-up: every authorization response names the issuer that discovery names (RFC 9207 §2, RFC 9700 §4.4)."""

from typing import Any

import pytest

from tests.driver import METADATA, Driver, query_of, signed_in
from tests.each import each

pytestmark = [pytest.mark.django_db, pytest.mark.spec("RFC 9207", "2"), pytest.mark.spec("RFC 9700", "4.4")]

RESPONSES: dict[str, Any] = {
    "a code": lambda driver: driver.decide(driver.authorize()["Location"], "allow"),
    "a remembered code": lambda driver: (driver.code(), driver.authorize())[1],
    "a cancellation": lambda driver: driver.decide(driver.authorize()["Location"], "deny"),
    "an error": lambda driver: driver.authorize(scope="nothing:here"),
    "an error about state": lambda driver: driver.authorize(state="é"),
    "an unknown response type": lambda driver: driver.authorize(response_type="token"),
}


@each("respond", RESPONSES.values(), ids=RESPONSES)
@each("host", ["testserver", "evil.example.com", "auth.example.com:8443"])
def test_every_response_names_the_issuer_whatever_host_was_asked(respond: Any, host: str) -> None:
    driver: Driver = signed_in()
    driver.browser.defaults["HTTP_HOST"] = host
    issuer = driver.browser.get(METADATA).json()["issuer"]
    assert query_of(respond(driver)["Location"])["iss"] == issuer == "https://auth.example.com"


def test_a_client_cannot_make_it_say_another() -> None:
    driver = signed_in()
    location = driver.decide(driver.authorize(iss="https://evil.example.com")["Location"])["Location"]
    assert location.count("iss=") == 1
    assert query_of(location)["iss"] == "https://auth.example.com"
