"""A25, referrer and history: nothing leaks by Referer, nothing is loaded from elsewhere (RFC 9700 §4.2 and §4.3)."""

import re
from typing import Any

import pytest

from tests.driver import AUTHORIZE, Driver, post, signed_in
from tests.each import each

# A token begins where a value begins: random values hold the same letters now and then.
TOKEN = re.compile(r"(?<![\w-])o(?:ac|at|rt|cs)_")

pytestmark = [pytest.mark.django_db, pytest.mark.spec("RFC 9700", "4.2"), pytest.mark.spec("RFC 9700", "4.3")]


def form_post(driver: Driver, **changes: Any) -> Any:
    return driver.authorize(response_mode="form_post", **changes)


ANSWERS: dict[str, tuple[str, Any]] = {
    "to the login": ("no-referrer", lambda driver: Driver(driver.application).authorize()),
    "to the page": ("no-referrer", lambda driver: driver.authorize()),
    "the page, whose form posts back": (
        "same-origin",
        lambda driver: driver.browser.get(driver.authorize()["Location"]),
    ),
    "with a code": ("no-referrer", lambda driver: driver.decide(driver.authorize()["Location"])),
    "with a code, in a form": ("no-referrer", lambda driver: driver.decide(form_post(driver)["Location"])),
    "with an error, in a form": ("no-referrer", lambda driver: form_post(driver, scope="nothing:here")),
    "with an error": ("no-referrer", lambda driver: driver.authorize(scope="nothing:here")),
    "after a POST": ("no-referrer", lambda driver: post(driver.browser, AUTHORIZE, driver.request())),
    "error page": ("no-referrer", lambda driver: driver.authorize(client_id="nobody")),
}


@each(("policy", "ask"), ANSWERS.values(), ids=ANSWERS)
def test_nobody_is_told_where_the_browser_came_from(policy: str, ask: Any) -> None:
    assert ask(signed_in())["Referrer-Policy"] == policy


@pytest.mark.parametrize("page", ["the page, whose form posts back", "error page"])
def test_a_page_loads_nothing_from_elsewhere(page: str) -> None:
    response = ANSWERS[page][1](signed_in())
    html = response.content.decode()
    assert not re.findall(r"(?:src|srcset|poster|data)=", html)
    assert all(link.startswith("/") for link in re.findall(r'href="([^"]*)"', html))
    assert "http-equiv" not in html
    assert "url(" not in html
    assert "http" not in response["Content-Security-Policy"]


def test_a_token_never_stands_in_a_url() -> None:
    driver = signed_in()
    urls = [driver.authorize()["Location"], Driver(driver.application).authorize()["Location"]]
    urls.append(driver.decide(urls[0])["Location"])
    urls.append(driver.authorize()["Location"])
    for url in urls:
        assert not TOKEN.search(url.replace("code=oac_", ""))
        assert "#" not in url
        assert "access_token" not in url


@each("response_mode", ["fragment", "form_post"])
@each("response_type", ["token", "id_token", "code token", "code id_token token"])
def test_nor_can_it_be_asked_for_there(response_mode: str, response_type: str) -> None:
    driver = signed_in(skip_authorization=True)
    response = driver.authorize(response_mode=response_mode, response_type=response_type)
    answer = response.get("Location", "") + response.content.decode()
    assert "unsupported_response_type" in answer
    assert not TOKEN.search(answer)
    assert not re.search(r"code=|access_token|id_token=", answer)
