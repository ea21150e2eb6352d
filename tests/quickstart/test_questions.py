"""Questions at a terminal (RFC 7591 §2): each with what is usual, asked again where the rules refuse the answer."""

from collections.abc import Callable
from typing import Any

import pytest

from oauth_provider.clients.registration.kinds import KINDS
from oauth_provider.dot.names import application_model
from oauth_provider.models.client import as_client
from tests import ledger
from tests.each import each
from tests.quickstart.conftest import Outcome, quickstart

pytestmark = [pytest.mark.usefixtures("user"), pytest.mark.spec("RFC 7591", "2")]

Ask = Callable[..., tuple[Outcome, list[str]]]
# How many questions there are after the first: name, redirect URIs, resource, scopes.
NUMBERS = {"web": 3, "browser": 3, "native": 3, "service": 2, "mcp": 4, "api": 1}


def made() -> Any:
    return as_client(application_model().objects.get())


@pytest.mark.parametrize("kind", KINDS)
def test_return_takes_what_is_usual(ask: Ask, kind: str) -> None:
    outcome, questions = ask(kind, *[""] * NUMBERS[kind])
    assert outcome.error == ""
    assert made().application.name == f"Quickstart {kind}"
    assert KINDS[kind].usual_redirect_uri in "".join(questions)
    for one in KINDS.values():
        assert f"{one.name:<8} {one.words}" in outcome.out


def test_a_kind_may_be_answered_by_its_number_and_nonsense_is_asked_again(ask: Ask) -> None:
    outcome, questions = ask("0", "robot\x1b[2J", "4", "Report", "notes:read")
    assert (outcome.error, made().policy.grant_types) == ("", ["client_credentials"])
    assert questions.count(questions[0]) == 3
    assert "\x1b" not in outcome.out
    assert "robot�[2J: choose one of 1 to 6." in outcome.out


def test_answers_are_registered(ask: Ask) -> None:
    outcome, _questions = ask("web", "Photo Book", "https://a.example/cb  https://b.example/cb", "openid notes:read")
    assert outcome.error == ""
    row = made().application
    assert (row.name, row.redirect_uris) == ("Photo Book", "https://a.example/cb https://b.example/cb")
    assert made().policy.scopes == ["openid", "notes:read"]


def test_scopes_are_asked_for_in_the_words_that_people_read(ask: Ask) -> None:
    outcome, _questions = ask("service", "", "")
    assert "  notes:read: Read your notes" in outcome.out


def test_what_is_refused_is_told_in_the_words_of_the_form_and_asked_again(ask: Ask) -> None:
    answers = ("web", "Photo Book", "http://a.example/cb", "openid no:such", "https://a.example/cb", "openid")
    outcome, questions = ask(*answers)
    assert outcome.error == ""
    assert "http://a.example/cb: use https" in outcome.out
    assert "(RFC 9700 §2.6)" in outcome.out
    assert "no:such: there is no such one." in outcome.out
    assert "<" not in outcome.out.partition("is registered")[0]
    assert len(questions) == len(answers)
    assert made().application.redirect_uris == "https://a.example/cb"


def test_what_was_given_is_not_asked(ask: Ask) -> None:
    options = ("--kind", "web", "--name", "Photo Book", "--scope", "openid")
    outcome, questions = ask("https://a.example/cb", options=options)
    assert (outcome.error, len(questions)) == ("", 1)
    assert "Redirect URIs" in questions[0]


def test_what_was_given_and_is_refused_is_not_asked_either(ask: Ask) -> None:
    with ledger.unchanged():
        outcome, questions = ask("", "", options=("--kind", "web", "--scope", "no:such"))
    assert "--scope: no:such: there is no such one." in outcome.error
    assert len(questions) == 2


def test_the_url_of_an_mcp_server_is_asked_until_it_is_one(ask: Ask) -> None:
    outcome, questions = ask("", "", "notes", "https://notes.example.com/mcp", "notes:read", options=("--kind", "mcp"))
    assert (outcome.error, len(questions)) == ("", 5)
    assert "notes: this must be a whole URL" in outcome.out
    assert "https://notes.example.com/mcp" in outcome.out


@pytest.mark.parametrize("end", [KeyboardInterrupt, EOFError])
@pytest.mark.parametrize("before", [(), ("web",), ("web", "Photo Book")])
def test_whoever_stops_has_made_nothing(ask: Ask, end: type[BaseException], before: tuple[str, ...]) -> None:
    with ledger.unchanged():
        outcome, _questions = ask(*before, end)
    assert outcome.error == "Stopped. Nothing was made."


@pytest.mark.parametrize("options", [("--no-input",), ("--json",)])
def test_nobody_is_asked_who_says_so(ask: Ask, options: tuple[str, ...]) -> None:
    outcome, questions = ask(options=("--kind", "web", *options))
    assert (outcome.error, questions) == ("", [])


@each("options", [(), ("--no-input",), ("--json",), ("--name", "Photo Book")])
def test_without_a_terminal_a_kind_must_be_named(options: tuple[str, ...]) -> None:
    with ledger.unchanged():
        outcome = quickstart(*options)
    assert outcome.error == "Say what you build, by --kind: web, browser, native, service, mcp, api. See --help."
    assert outcome.out == ""
