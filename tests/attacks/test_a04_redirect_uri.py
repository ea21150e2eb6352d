"""A4, redirect_uri tricks: each is a page, and nothing is sent anywhere (RFC 9700 §4.1, RFC 8252 §7.3)."""

from typing import Any

import pytest

from tests import ledger
from tests.driver import AUTHORIZE, Driver, post, signed_in
from tests.each import each

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.spec("RFC 9700", "4.1"),
    pytest.mark.spec("RFC 8252", "7.3"),
    pytest.mark.spec("RFC 6749", "10.6"),
]

GOOD = "https://good.com/cb"

TRICKS = [
    "https://good.com/cb/../x",
    "https://good.com/cb%2F..",
    "https://good.com/cb/",
    "https://good.com/%63b",
    "https://good.com\\cb",
    "https:\\\\good.com/cb",
    "https://evil.com\\@good.com/cb",
    "//evil.com/cb",
    "//good.com/cb",
    "https://good.com@evil.com/cb",
    "https://good.com.evil.com/cb",
    "https://x.good.com/cb",
    "https://GOOD.com/cb",
    "https://good.com./cb",
    "https://good.com:443/cb",
    "https://good.com:8443/cb",
    "https://good.com/cb#f",
    "https://good.com/cb?x",
    "https://good.com/\tcb",
    "https://good.com/cb\n",
    "https://go\u043ed.com/cb",
    "https://xn--god-8cd.com/cb",
    "https://[::1]/cb",
    "https://0x7f.1/cb",
    "http://0x7f.1/cb",
    "javascript:alert(1)",
    "javascript://good.com/cb%0aalert(1)",
    "data:text/html,<script>",
    "http://good.com/cb",
    "https://good.com",
    "https://good.com/c",
    " https://good.com/cb",
    "https://good.com/cb,https://evil.com",
    "https://good.com/cb https://evil.com",
    "*",
    "null",
]


@pytest.fixture(params=["nobody", "somebody", "trusted"])
def driver(request: pytest.FixtureRequest) -> Driver:
    driver = signed_in(redirect_uri=GOOD, skip_authorization=request.param == "trusted")
    return Driver(driver.application, redirect_uri=GOOD) if request.param == "nobody" else driver


def test_a_trick_is_a_page(driver: Driver) -> None:
    for trick in TRICKS:
        with ledger.unchanged():
            ledger.is_error_page(driver.authorize(redirect_uri=trick))
            ledger.is_error_page(driver.authorize(redirect_uri=trick, scope="nothing:here"))


@each("trick", TRICKS[::4], ids=ascii)
def test_a_posted_trick_is_a_page(driver: Driver, trick: str) -> None:
    with ledger.unchanged():
        response = post(driver.browser, AUTHORIZE, driver.request(redirect_uri=trick))
        assert response["Location"].startswith(f"{AUTHORIZE}?ticket=")
        ledger.is_error_page(driver.browser.get(response["Location"]))


@each(
    ("registered", "presented", "status"),
    [
        ("http://127.0.0.1/cb", "http://127.0.0.1:3000/cb", 303),
        ("http://127.0.0.1:3000/cb", "http://127.0.0.1:3001/cb", 303),
        ("http://[::1]/cb", "http://[::1]:3000/cb", 303),
        ("http://127.0.0.1/cb", "http://127.0.0.1:3000/cb/../x", 400),
        ("http://127.0.0.1/cb", "http://[::1]:3000/cb", 400),
        ("http://127.0.0.1/cb", "http://localhost:3000/cb", 400),
        ("http://localhost:3000/cb", "http://localhost:3001/cb", 400),
        ("http://localhost/cb", "http://localhost:3000/other", 400),
        ("http://localhost/cb", "http://localhost.evil.com:3000/cb", 400),
        ("https://good.com/cb", "https://good.com:3000/cb", 400),
        ("com.example.app://cb", "com.example.app://cb:3000", 400),
    ],
)
def test_only_a_loopback_ip_may_vary_its_port(registered: str, presented: str, status: int) -> None:
    native = signed_in(public=True, redirect_uri=registered)
    response: Any = native.authorize(redirect_uri=presented)
    assert response.status_code == status
    if status == 400:
        ledger.is_error_page(response)
