"""A server that misbehaves in one way: the walk says in which, and fails."""

from dataclasses import replace

import pytest

from tests.walk.changes import anywhere, at, found, with_answer
from tests.walk.conftest import options, walk
from tests.walk.fake_server import CALLBACK, HTML, PUBLIC, Answer, page, redirect


@pytest.mark.parametrize("grant", ["authorization_code", "client_credentials", "all"])
def test_a_server_without_a_fault_passes(fake, grant):
    server = fake()
    outcome = walk(*options(server), "--json", "--grant", grant)
    assert (outcome.error, outcome.json["ok"], outcome.wrong) == ("", True, [])
    assert server.families
    assert server.living == []


TAMPERED = {
    "a token answer that may be stored": (at("token", lambda one: one.but(Cache_Control=None)), "no-store"),
    "a token answer cached in public": (at("token", lambda one: one.but(Cache_Control="public")), "no-store"),
    "a token answer of another type": (at("token", lambda one: one.but(Content_Type="text/plain")), "is JSON"),
    "another token type": (at("token", lambda one: one.saying(token_type="mac")), "bearer token"),
    "no lifetime": (at("token", lambda one: one.saying(expires_in=None)), "how many seconds"),
    "a lifetime that is text": (at("token", lambda one: one.saying(expires_in="60")), "how many seconds"),
    "a lifetime of True": (at("token", lambda one: one.saying(expires_in=True)), "how many seconds"),
    "more scope than was asked for": (at("token", lambda one: one.saying(scope="notes:read admin")), "which scope"),
    "no access token": (at("token", lambda one: one.saying(access_token=None)), "with an access token"),
    "an access token that is no text": (at("token", lambda one: one.saying(access_token=7)), "with an access token"),
    "a token with a line break": (
        at("token", lambda one: one.saying(access_token="a\r\nb: c")),
        "with an access token",
    ),
    "a token that is no text at all": (at("token", lambda one: one.saying(refresh_token="\ud800")), "cannot be asked"),
    "an infinite lifetime": (
        at("token", lambda one: replace(one, body=one.body.replace("60", "1e999"))),
        "access token",
    ),
    "a list for an object": (at("token", lambda one: replace(one, body="[1]")), "with an access token"),
    "broken JSON": (at("token", lambda one: replace(one, body='{"access_token":')), "with an access token"),
    "deep JSON": (at("token", lambda one: replace(one, body="[" * 100_000)), "with an access token"),
    "another state": (anywhere(lambda one: with_answer(one, state="another")), "state is the one"),
    "no state": (anywhere(lambda one: with_answer(one, state=None)), "state is the one"),
    "no iss": (anywhere(lambda one: with_answer(one, iss=None)), "iss names the server"),
    "another iss": (anywhere(lambda one: with_answer(one, iss="https://evil.example")), "iss names the server"),
    "no code": (anywhere(lambda one: with_answer(one, code=None)), "carries a code"),
    "a token in the URL": (anywhere(lambda one: with_answer(one, access_token="oat")), "No token rides"),
    "an error for a code": (anywhere(lambda one: with_answer(one, error="server_error")), "server_error"),
    "a redirect that repeats the form": (
        anywhere(lambda one: replace(one, status=307) if CALLBACK in one.headers.get("Location", "") else one),
        "takes no form along",
    ),
    "a login that repeats the password": (
        at("login", lambda one: replace(one, status=307) if one.status == 303 else one),
        "must be 303",
    ),
    "an API that asks for nothing": (
        lambda path, one: one.but(WWW_Authenticate=None) if path == "api" else one,
        "asks for a bearer token",
    ),
    "an API that is open": (lambda path, one: replace(one, status=200) if path == "api" else one, "API answers 401"),
    "a stranger's token": (at("introspection", lambda one: one.saying(client_id="another")), "issued to this app"),
    "introspection that says yes to nothing": (at("introspection", lambda one: one.saying(active="yes")), "is active"),
    "no PKCE": (at("metadata", lambda one: one.saying(code_challenge_methods_supported=None)), "PKCE with S256"),
}
# What the walk never saw, it cannot revoke.
UNREADABLE = {"a list for an object", "broken JSON", "deep JSON", "an infinite lifetime", "a failing server"}


@pytest.mark.parametrize("case", TAMPERED)
def test_what_is_not_as_specified_is_found(fake, case):
    tamper, text = TAMPERED[case]
    server = fake(tamper)
    assert any(text in one for one in found(server)), case
    assert server.living == [] or case in UNREADABLE


@pytest.mark.parametrize(
    ("fault", "text"),
    [
        ("takes replays", "The old refresh token is refused"),
        ("takes codes twice", "second use of the code is refused"),
        ("keeps tokens of replayed codes", "refresh token of the first use is dead"),
        ("takes any verifier", "another code_verifier is refused"),
        ("revokes nothing", "access token is dead"),
        ("redirects anywhere", "sends the browser nowhere"),
    ],
)
def test_a_rule_that_is_not_kept_is_found(fake, fault, text):
    assert any(text in one for one in found(fake(None, fault)))


@pytest.mark.spec("RFC 9700", "4.14.2")
def test_a_server_without_a_retry_window_that_keeps_tokens_after_a_replay_is_found(fake):
    server = fake(None, "has no retries", "keeps tokens of replayed ones")
    assert any("newest refresh token is dead" in one for one in found(server))


@pytest.mark.spec("RFC 9700", "4.14.2")
def test_a_server_that_repeats_answers_may_end_nothing_for_an_older_token_meanwhile(fake):
    outcome = walk(*options(fake(None, "keeps tokens of replayed ones")), "--json")
    assert (outcome.error, outcome.wrong) == ("", [])


@pytest.mark.spec("RFC 9700", "4.14.2")
def test_a_server_without_a_retry_window_is_as_good(fake):
    outcome = walk(*options(fake(None, "has no retries")), "--json")
    assert (outcome.error, outcome.wrong) == ("", [])


@pytest.mark.spec("RFC 9700", "4.14.2")
def test_an_app_with_a_secret_may_keep_its_refresh_token(fake):
    outcome = walk(*options(fake(None, "keeps refresh tokens")), "--json")
    assert (outcome.error, outcome.wrong) == ("", [])
    assert outcome.json["walks"][0]["steps"][10]["skipped"] == "the app keeps its refresh token, so none is used up"


@pytest.mark.spec("RFC 9700", "4.14.2")
def test_a_public_app_may_not(fake):
    server = fake(None, "keeps refresh tokens")
    wrong = found(server, client_id=PUBLIC, client_secret="", resource_server_id="")
    assert wrong == ["The refresh token is a new one: each is for one use"]


BROKEN = {
    "no metadata": (lambda path, one: page("Not here", 404) if path == "metadata" else one, "404: Not here"),
    "metadata that is a page": (at("metadata", lambda one: page("Hello")), "is a JSON object"),
    "metadata that is a list": (at("metadata", lambda one: replace(one, body="[]")), "is a JSON object"),
    "no token endpoint": (at("metadata", lambda one: one.saying(token_endpoint=None)), "token_endpoint is there"),
    "an endpoint that is no text": (at("metadata", lambda one: one.saying(revocation_endpoint=[1])), "Every endpoint"),
    "an endpoint that is no URL": (at("metadata", lambda one: one.saying(token_endpoint="http://[")), "Every endpoint"),
    "a failing server": (
        lambda path, one: page("<h1>Server Error</h1>", 500) if path == "token" else one,
        "with an access token",
    ),
    "an endless body": (at("authorization", lambda one: Answer(200, "a" * 1000, endless=True)), "more than 1048576"),
    "an endless redirect": (at("authorization", lambda one: replace(one, body="a" * 1000, endless=True)), "1048576"),
    "a redirect loop": (
        at("authorization", lambda one: redirect("/authorization?redirect_uri=" + CALLBACK)),
        "on and on",
    ),
    "a redirect to elsewhere": (at("login", lambda one: redirect("https://evil.example/?a=b")), "https://evil.example"),
    "a redirect to no URL": (at("login", lambda one: redirect("http://[")), "http://["),
    "a request that leads to no URL": (at("authorization", lambda one: redirect("http://[")), "http://["),
    "a form that leads to no URL": (
        at("login", lambda one: replace(one, body=one.body.replace("<form", "<form action=http://["))),
        "http://[",
    ),
    "metadata that moved": (at("metadata", lambda one: redirect("https://new.example/")), "name it with --url"),
    "no login form": (at("login", lambda one: page("<p>Closed today</p>")), "Closed today"),
    "no consent form": (at("consent", lambda one: page("<p>Wait</p>")), "Wait"),
    "a page that is not even HTML": (
        at("login", lambda one: Answer(200, "<![a<form method=post><<input", {"Content-Type": HTML})),
        "No login form",
    ),
}


@pytest.mark.parametrize("case", BROKEN)
def test_where_the_walk_cannot_go_on_it_says_why(fake, case):
    tamper, text = BROKEN[case]
    server = fake(tamper)
    wrong = found(server)
    assert any(text in one for one in wrong), wrong
    assert server.living == [] or case in UNREADABLE


def test_a_wrong_password_is_said_to_be_wrong(fake):
    assert any("does not let robin in" in one and "Wrong." in one for one in found(fake(), password="guessed"))


def test_the_summary_says_of_a_failed_check_what_was_expected_and_what_came(fake):
    outcome = walk(*options(fake(), client_secret="wrong"), "--grant", "client_credentials")
    summary = " ".join(outcome.out.rpartition("───")[2].split())
    assert summary.startswith(
        "✗ The program asks for a token: not so: The server answers 200, with an access token. "
        "Expected 200 and an access_token; came invalid_client (So it is). Check the client id,"
    )


def test_what_came_is_said_even_where_it_is_nothing(fake):
    outcome = walk(*options(fake(at("metadata", lambda one: one.saying(token_endpoint=None)))))
    assert "Expected a URL; came nothing" in outcome.text


def test_a_consent_given_before_is_said_to_be_remembered_where_no_prompt_asks_for_the_page(fake):
    server = fake()
    assert "Nobody is asked this time" not in walk(*options(server)).text
    assert "Nobody is asked this time" in walk(*options(server)).text


def test_a_wrong_secret_is_put_in_words(fake):
    outcome = walk(*options(fake(), client_secret="not the secret"))
    assert "invalid_client (So it is). Check the client id, and the client secret" in outcome.text
    assert "Not everything is as the specifications say." in outcome.error


def test_what_cannot_be_done_is_said_to_be_skipped(fake):
    server = fake(at("login", lambda one: page("Closed")))
    steps = walk(*options(server), "--json").json["walks"][0]["steps"]
    skipped = {step["number"]: step["skipped"] for step in steps if step["skipped"]}
    assert skipped[4] == "since it needs step 3"
    assert all(not step["exchanges"] and not step["checks"] for step in steps if step["skipped"])


def test_a_terminal_is_not_steered_by_what_a_server_sends(fake):
    server = fake(at("metadata", lambda one: one.saying(service_documentation="\x1b]0;owned\x07\u202e")))
    outcome = walk(*options(server))
    assert "owned" in outcome.out
    assert not {"\x1b", "\x07", "\u202e"} & set(outcome.out)
