"""``response_mode`` (OAuth 2.0 Multiple Response Type Encoding Practices §2.1, Form Post Response Mode §2)."""

import re
from html import unescape
from typing import Any
from urllib.parse import parse_qs

import pytest
from django.contrib.staticfiles import finders

from oauth_provider.models import Authorization
from tests import ledger
from tests.driver import Driver, query_of, signed_in
from tests.each import each
from tests.factories import CALLBACK

pytestmark = pytest.mark.django_db

FORM_POST = pytest.mark.spec("Form Post", "2")
HIDDEN = re.compile(r'<input type="hidden" name="([^"]*)" value="([^"]*)">')


@pytest.fixture
def driver() -> Driver:
    driver = signed_in()
    driver.code()
    return driver


def form_of(response: Any, to: str = CALLBACK) -> dict[str, str]:
    """The form that ``response`` lets the browser post to the client, and nothing of it in a URL."""
    assert response.status_code == 200
    assert not response.has_header("Location")
    html = response.content.decode()
    assert re.findall(r'<form method="post" action="([^"]*)"', html) == [to]
    assert len(re.findall(r"<form", html)) == 1
    assert '<button type="submit"' in html
    return {name: unescape(value) for name, value in HIDDEN.findall(html)}


@pytest.mark.spec("Multiple Response Types", "2.1")
def test_a_fragment_carries_the_answer_where_it_was_asked_for(driver: Driver) -> None:
    for changes, member in (({}, "code"), ({"scope": "nothing:here"}, "error"), ({"prompt": "none"}, "code")):
        location = driver.authorize(response_mode="fragment", **changes)["Location"]
        assert location.startswith(f"{CALLBACK}#")
        answer = parse_qs(location.partition("#")[2])
        assert set(answer) - {"error_description"} == {member, "state", "iss"}


@FORM_POST
def test_a_form_carries_a_code_that_can_be_redeemed(driver: Driver) -> None:
    answer = form_of(driver.authorize(response_mode="form_post"))
    assert set(answer) == {"code", "state", "iss"}
    assert driver.redeem(answer["code"]).status_code == 200


@FORM_POST
@pytest.mark.parametrize(("decision", "member"), [("allow", "code"), ("deny", "error")])
def test_a_decision_is_answered_in_a_form_twice_for_a_double_click(decision: str, member: str) -> None:
    driver = signed_in()
    page = driver.authorize(response_mode="form_post")["Location"]
    first = form_of(driver.decide(page, decision))
    assert member in first
    assert form_of(driver.decide(page, decision)) == first
    assert Authorization.objects.count() == (decision == "allow")


@FORM_POST
@each(
    ("changes", "error"),
    [
        ({"scope": "nothing:here"}, "invalid_scope"),
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"code_challenge": None}, "invalid_request"),
        ({"prompt": "none", "max_age": "0"}, "login_required"),
        ({"prompt": "none", "scope": "photos:read"}, "consent_required"),
    ],
    ids=str,
)
def test_errors_are_in_the_form_too(driver: Driver, changes: dict[str, Any], error: str) -> None:
    with ledger.unchanged():
        answer = form_of(driver.authorize(response_mode="form_post", **changes))
    assert (answer["error"], answer["state"]) == (error, "a state")
    assert "code" not in answer


@FORM_POST
@each("state", ['"><script>alert(1)</script>', "'onclick='x", "a&b=c#d%00", "&quot;&lt;", "{{ settings.SECRET_KEY }}"])
def test_a_state_is_only_text_there(driver: Driver, state: str) -> None:
    response = driver.authorize(response_mode="form_post", state=state)
    assert form_of(response)["state"] == state
    assert len(re.findall(r"<script", response.content.decode())) == 1


@FORM_POST
def test_the_query_of_the_redirect_uri_is_kept() -> None:
    driver = signed_in(redirect_uri=f"{CALLBACK}?tenant=a%20b&x=1")
    response = driver.decide(driver.authorize(response_mode="form_post")["Location"])
    assert "code" in form_of(response, to=f"{CALLBACK}?tenant=a%20b&amp;x=1")


@FORM_POST
@pytest.mark.parametrize("changes", [{}, {"scope": "nothing:here"}], ids=["code", "error"])
def test_the_page_is_strict_and_leaves_no_trace(driver: Driver, changes: dict[str, Any]) -> None:
    response = driver.authorize(response_mode="form_post", **changes)
    assert response["Cache-Control"] == "no-store"
    assert response["Referrer-Policy"] == "no-referrer"
    assert response["X-Frame-Options"] == "DENY"
    policy = dict(part.strip().split(" ", 1) for part in response["Content-Security-Policy"].split(";"))
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == "'self'"
    assert policy["frame-ancestors"] == "'none'"
    assert "form-action" not in policy  # Chromium would apply it to where the client sends the browser on
    html = response.content.decode()
    assert re.findall(r"<script([^>]*)>(.*?)</script>", html) == [
        (' src="/static/oauth_provider/form_post.js" defer', "")
    ]
    assert not re.findall(r"\son\w+=", html)


def test_the_script_of_the_page_is_there() -> None:
    assert finders.find("oauth_provider/form_post.js")


@pytest.mark.spec("RFC 9700", "4.11.2")
def test_an_unapproved_client_has_nobody_post_an_error_to_it() -> None:
    driver = signed_in(policy={"status": "unapproved"})
    with ledger.unchanged():
        response = driver.authorize(response_mode="form_post", scope="nothing:here")
    ledger.is_error_page(response, "invalid_scope")
    assert "<form" not in response.content.decode()
    assert CALLBACK not in response.content.decode()


@each("response_mode", ["web_message", "FORM_POST", "form_post ", "é"])
def test_an_unknown_mode_is_refused_in_the_usual_one(driver: Driver, response_mode: str) -> None:
    with ledger.unchanged():
        answer = query_of(driver.authorize(response_mode=response_mode)["Location"])
    assert answer["error"] == "invalid_request"


@pytest.mark.spec("RFC 6749", "3.1")
def test_a_repeated_mode_is_refused_in_the_usual_one(driver: Driver) -> None:
    response = driver.browser.get("/oauth/authorize", {**driver.request(), "response_mode": ["form_post", "form_post"]})
    assert query_of(response["Location"])["error"] == "invalid_request"
