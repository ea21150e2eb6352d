"""*Try a request*: the verdict of each rule on a pasted URL, as the endpoint would give it, and nothing comes of it."""

import logging
from typing import Any
from urllib.parse import urlencode

import pytest
from django.core.cache import cache
from django.test import Client as Browser

from oauth_provider.admin.clients.rule_words import WORDS
from oauth_provider.authorization.rules import RULES
from oauth_provider.dot.names import application_model
from oauth_provider.events.refusal_ring import last_refusals
from tests import ledger
from tests.admin.operators import operator, url
from tests.documents import URL, open_network
from tests.each import each
from tests.factories import CALLBACK, ApplicationFactory

pytestmark = pytest.mark.django_db

PAGE = url(application_model(), "try")
ENDPOINT = "https://auth.example.com/oauth/authorize"
CHALLENGE = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"


@pytest.fixture
def client() -> Any:
    return ApplicationFactory(name="Photo Book", client_id="photos", policy={"scopes": ["notes:read"]})


def asked(**changes: str | None) -> str:
    said = {
        "response_type": "code",
        "client_id": "photos",
        "redirect_uri": CALLBACK,
        "scope": "notes:read",
        "code_challenge": CHALLENGE,
        "code_challenge_method": "S256",
    } | changes
    return urlencode({name: value for name, value in said.items() if value is not None})


def tried(browser: Browser, text: str) -> Any:
    response = browser.post(PAGE, {"url": text})
    assert response.status_code == 200
    return response


def broken(response: Any) -> list[str]:
    return [step.rule for step in response.context["trial"].steps if step.verdict.value == "broken"]


def test_every_rule_of_the_endpoint_has_words() -> None:
    assert {rule.__name__ for rule, _sources in RULES} <= WORDS.keys()


def test_a_good_request_keeps_every_rule_and_says_where_the_answer_goes(client: Any) -> None:
    response = tried(operator(), f"{ENDPOINT}?{asked(scope='notes:read notes:write')}")
    trial, page = response.context["trial"], response.content.decode()
    assert {step.verdict.value for step in trial.steps} == {"kept"}
    assert "the answer goes to app.example.com (query)" in page
    assert response.context["scopes"] == "notes:read"
    assert response.context["left_out"] == "notes:write"
    assert "not that of the authorization endpoint" not in page
    assert url(client) in page
    elsewhere = tried(operator(), f"https://auth.example.org/oauth/authorize?{asked()}").content.decode()
    assert "not that of the authorization endpoint" in elsewhere


@each(
    ("changes", "rule", "is_sent_back"),
    [
        ({"client_id": None}, "find_client", False),
        ({"client_id": "nobody"}, "find_client", False),
        ({"client_id": "\x00"}, "find_client", False),
        ({"redirect_uri": "https://app.example.com/callback/"}, "find_redirect_uri", False),
        ({"redirect_uri": "https://app.example.com/\udc80"}, "find_redirect_uri", False),
        ({"state": "\x00"}, "check_text", True),
        ({"response_type": "token"}, "check_response_type", True),
        ({"code_challenge": None, "code_challenge_method": None}, "check_pkce", True),
        ({"scope": "no:such"}, "find_asked", True),
        ({"resource": "https://nowhere.example.com"}, "find_asked", True),
        ({"prompt": "none login"}, "check_prompt", True),
        ({"id_token_hint": "x"}, "asked_person", True),
        ({"request": "x.y.z"}, "open_request", False),
        ({"request_uri": "urn:ietf:params:oauth:request_uri:x"}, "open_request", False),
    ],
)
def test_the_first_rule_that_is_broken_is_named_and_what_follows_is_not_reached(
    client: Any, changes: dict[str, str | None], rule: str, is_sent_back: bool
) -> None:
    text = urlencode({k: v.encode(errors="surrogateescape") for k, v in dict(_pairs(**changes)).items()})
    response = tried(operator(), text)
    steps = response.context["trial"].steps
    names = [step.rule for step in steps]
    assert broken(response) == [rule]
    assert {step.verdict.value for step in steps[names.index(rule) + 1 :]} <= {"unreached"}
    assert response.context["trial"].is_sent_back is is_sent_back


def _pairs(**changes: str | None) -> list[tuple[str, str]]:
    from urllib.parse import parse_qsl

    known = dict(parse_qsl(asked()))
    return [(name, value) for name, value in {**known, **changes}.items() if value is not None]


def test_a_wrong_redirect_uri_is_shown_character_by_character_beside_the_registered_one(client: Any) -> None:
    page = tried(operator(), asked(redirect_uri="https://\u0430pp.example.com/callback/")).content.decode()
    assert "<del>\u0430</del>pp.example.com/callback<del>/</del>" in page
    assert "<ins>a</ins>pp.example.com/callback" in page
    assert "U+0430 CYRILLIC SMALL LETTER A" in page


def test_a_suspended_client_is_named_to_the_operator_and_unknown_to_the_person() -> None:
    ApplicationFactory(client_id="photos", policy={"status": "suspended"})
    response = tried(operator(), asked())
    assert broken(response) == ["find_client"]
    assert "(suspended)" in response.content.decode()
    assert not response.context["trial"].is_sent_back


def test_keys_at_an_address_are_not_fetched(client: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from oauth_provider.clients.keys import jwks_uri

    monkeypatch.setattr(jwks_uri, "fetch_anew", lambda *args: pytest.fail("it was fetched"))
    policy = client.oauth_policy
    policy.jwks_uri = "https://app.example.com/keys"
    policy.save()
    header = "eyJhbGciOiJFUzI1NiIsImtpZCI6IngifQ"
    response = tried(operator(), asked(request=f"{header}.e30.AAAA"))
    verdicts = [step.verdict.value for step in response.context["trial"].steps]
    assert verdicts[0] == "untried"
    assert set(verdicts[1:]) == {"unreached"}


@each("text", ["", "x" * 20_000, "&" * 5_000, "http://[", "?", "#client_id=photos", "client_id=photos&client_id=x"])
def test_what_is_no_request_is_answered_by_a_page(client: Any, text: str) -> None:
    assert tried(operator(raise_request_exception=False), text)


def test_nothing_is_stored_told_or_logged(client: Any, caplog: pytest.LogCaptureFixture) -> None:
    browser = operator("oauth2_provider.view_application")
    cache.clear()
    with ledger.unchanged(), caplog.at_level(logging.INFO, "oauth_provider"):
        for text in (asked(scope="notes:read notes:write"), asked(redirect_uri="https://elsewhere.example.com/")):
            tried(browser, text)
    assert caplog.records == []
    assert last_refusals("photos") == []


def test_it_is_for_whoever_may_see_clients_and_takes_no_forged_form(client: Any) -> None:
    stranger = operator("oauth_provider.view_consent")
    assert stranger.get(PAGE).status_code == 403
    assert stranger.post(PAGE, {"url": asked()}).status_code == 403
    strict = operator(enforce_csrf_checks=True)
    assert strict.post(PAGE, {"url": asked()}).status_code == 403


def test_the_page_of_a_client_leads_to_a_request_that_it_might_send(client: Any) -> None:
    browser = operator()
    way = f"../../try/?client={client.pk}"
    assert f'href="{way}"' in browser.get(url(client)).content.decode()
    sample = browser.get(PAGE, {"client": client.pk}).context["form"].initial["url"]
    assert {step.verdict.value for step in tried(browser, sample).context["trial"].steps} == {"kept"}
    for key in ("x", "\x00", "9" * 40, "0"):
        assert browser.get(PAGE, {"client": key}).context["form"].initial["url"] == ""


def test_no_document_of_a_client_is_fetched(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    network, browser = open_network(settings, monkeypatch), operator()
    for text in (asked(client_id=URL), asked(client_id=URL, request="a.b.c")):
        with ledger.unchanged():
            trial = tried(browser, f"{ENDPOINT}?{text}").context["trial"]
        assert not trial.is_complete
        assert trial.error is None
        assert "untried" in [step.verdict.value for step in trial.steps]
    assert network.asked == []
