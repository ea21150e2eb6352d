"""``oauth_walk`` against a server of ours, for every grant and kind of client; and where there is none."""

import socket
import threading

import pytest
import requests

from oauth_provider.models import Authorization
from oauth_provider.walk.table import GRANTS
from tests.demo.server import free_port
from tests.factories import CALLBACK, ApplicationFactory, UserFactory
from tests.walk.conftest import walk

LOOPBACK = "http://127.0.0.1/callback"
live = [pytest.mark.django_db(transaction=True), pytest.mark.urls("tests.foreign_urls")]


@pytest.fixture
def server(live_server, settings):
    """The address, which is also the issuer."""
    settings.OAUTH_PROVIDER = {**settings.OAUTH_PROVIDER, "ISSUER": live_server.url}
    yield live_server.url
    for thread in threading.enumerate():
        if "process_request_thread" in thread.name:
            thread.join(timeout=5)


@pytest.fixture
def person():
    """Who logs in."""
    return UserFactory()


@pytest.fixture
def api_client():
    """A client that may introspect."""
    return ApplicationFactory(service=True, policy={"may_introspect": True, "grant_types": []})


def options(server, application, person, **changes):
    """The command line for a client of ours."""
    given = {
        "url": server,
        "client_id": application.client_id,
        "client_secret": application.secret,
        "redirect_uri": CALLBACK,
        "username": person.username,
        "password": "correct horse",
        "scope": "notes:read",
        "api": f"{server}/api/notes",
    } | changes
    return [f"--{name.replace('_', '-')}={value}" for name, value in given.items() if value]


def steps(outcome):
    """The titles of the steps that were played, and the reasons of those that were not."""
    played = [step for walked in outcome.json["walks"] for step in walked["steps"]]
    return [one["title"] for one in played if not one["skipped"]], [one["skipped"] for one in played if one["skipped"]]


@pytest.mark.parametrize("api", ["api", "no api"])
class TestLive:
    """With an API that is called, and without."""

    pytestmark = live

    @pytest.mark.spec("RFC 6749", "4.1")
    def test_a_confidential_client_connects_a_person(self, server, person, api_client, api):
        given = options(server, ApplicationFactory(), person, **({} if api == "api" else {"api": ""}))
        asks = [f"--resource-server-id={api_client.client_id}", f"--resource-server-secret={api_client.secret}"]
        outcome = walk(*given, *asks, "--json")
        assert (outcome.error, outcome.wrong) == ("", [])
        assert steps(outcome)[1] == ([] if api == "api" else ["no --api was named"] * 2)

    @pytest.mark.spec("RFC 8252", "8.6")
    def test_a_public_client_connects_a_person(self, server, person, api):
        application = ApplicationFactory(public=True, redirect_uris=LOOPBACK)
        changes = {"redirect_uri": "http://127.0.0.1:5000/callback", **({} if api == "api" else {"api": ""})}
        outcome = walk(*options(server, application, person, **changes), "--json")
        assert (outcome.error, outcome.wrong) == ("", [])

    @pytest.mark.spec("RFC 6749", "4.4")
    def test_a_program_asks_for_itself(self, server, person, api_client, api):
        application = ApplicationFactory(service=True)
        given = options(server, application, person, **({} if api == "api" else {"api": ""}))
        asks = [f"--resource-server-id={api_client.client_id}", f"--resource-server-secret={api_client.secret}"]
        outcome = walk(*given, *asks, "--json", "--grant", "client_credentials")
        assert (outcome.error, outcome.wrong) == ("", [])


class TestOnce:
    """What is seen once."""

    pytestmark = live

    def test_all_grants_are_walked_through_with_a_client_that_may(self, server, person):
        grant_types = ["authorization_code", "refresh_token", "client_credentials"]
        application = ApplicationFactory(policy={"grant_types": grant_types})
        outcome = walk(*options(server, application, person), "--json", "--grant", "all")
        assert [one["grant"] for one in outcome.json["walks"]] == list(GRANTS)
        assert (outcome.error, outcome.wrong) == ("", [])

    @pytest.mark.spec("OIDC Core", "3.1.2.1")
    def test_where_a_yes_is_remembered_the_consent_page_is_seen_again(self, server, person):
        given = options(server, ApplicationFactory(), person)
        for _ in range(2):
            outcome = walk(*given)
            assert outcome.error == ""
            assert "Nobody is asked this time" not in outcome.text

    def test_where_a_yes_is_remembered_the_person_is_asked_all_the_same(self, server, person):
        outcome = walk(*options(server, ApplicationFactory(), person), "--json")
        assert (outcome.error, outcome.wrong) == ("", [])
        assert steps(outcome)[0][-1] == "The person says no"

    @pytest.mark.spec("RFC 8252", "8.6")
    def test_the_person_says_no_to_an_app_without_a_secret(self, server, person):
        public = ApplicationFactory(public=True, redirect_uris=LOOPBACK)
        given = options(server, ApplicationFactory(), person, public_client_id=public.client_id)
        for _ in range(2):
            outcome = walk(*given, f"--public-redirect-uri={LOOPBACK}", "--json")
            assert (outcome.error, outcome.wrong) == ("", [])
            assert steps(outcome)[0][-1] == "The person says no"

    def test_a_client_without_refresh_tokens_skips_their_steps(self, server, person):
        application = ApplicationFactory(policy={"grant_types": ["authorization_code"]})
        outcome = walk(*options(server, application, person), "--json")
        assert (outcome.error, outcome.wrong) == ("", [])
        assert "the server gave this app no refresh token" in steps(outcome)[1]

    def test_a_server_without_a_retry_window_passes(self, server, person, settings):
        settings.OAUTH_PROVIDER = {**settings.OAUTH_PROVIDER, "REFRESH_TOKEN_RETRY_WINDOW": 0}
        outcome = walk(*options(server, ApplicationFactory(), person), "--json")
        assert (outcome.error, outcome.wrong) == ("", [])

    @pytest.mark.spec("RFC 7009", "2.1")
    def test_no_sign_in_is_left_behind(self, server, person):
        walk(*options(server, ApplicationFactory(), person))
        redeemed = Authorization.objects.exclude(redeemed_at=None)
        assert redeemed.count() == 3
        assert not redeemed.filter(revoked_at=None).exists()

    def test_no_secret_is_printed(self, server, person):
        application = ApplicationFactory()
        outcome = walk(*options(server, application, person))
        assert application.secret not in outcome.out
        assert "correct horse" not in outcome.out
        assert f"base64({application.client_id}:ocs_…{application.secret[-4:]})" in outcome.text

    @pytest.mark.parametrize(
        ("changes", "words"),
        [
            ({"client_id": "nobody", "client_secret": ""}, "The application is not known here."),
            ({"client_id": "nobody"}, "check --client-id"),
            ({"redirect_uri": "https://app.example.com/other"}, "Register it at the client, letter for letter"),
            ({"scope": "admin"}, "Name other scopes with --scope"),
            ({"client_secret": "wrong"}, "Check the client id, and the client secret"),
            ({"username": "nobody"}, "does not let nobody in"),
            ({"password": "wrong"}, "check the username and the password"),
            ({"scope": "photos:read"}, "insufficient_scope"),
        ],
    )
    def test_what_the_server_refuses_is_put_in_words(self, server, person, changes, words):
        outcome = walk(*options(server, ApplicationFactory(), person, **changes))
        assert words in outcome.text
        assert outcome.error == "Not everything is as the specifications say."

    def test_a_client_that_may_not_use_the_grant_is_told(self, server, person):
        outcome = walk(*options(server, ApplicationFactory(), person), "--grant", "client_credentials")
        assert "Allow this grant type in the client's policy." in outcome.text

    def test_a_form_whose_cookie_is_lost_is_explained(self, server, person, settings):
        settings.CSRF_COOKIE_SECURE = True
        outcome = walk(*options(server, ApplicationFactory(), person))
        assert "is CSRF_COOKIE_SECURE on while the URL is http?" in outcome.text


def refused(*arguments):
    """The one line that the command fails with; nothing else is printed."""
    outcome = walk("--client-id=a", "--redirect-uri=https://a.example/", "--username=b", "--password=c", *arguments)
    assert outcome.out == ""
    assert "\n" not in outcome.error
    return outcome.error


def test_a_server_that_is_not_there_is_one_line():
    error = refused(f"--url=http://127.0.0.1:{free_port()}")
    assert "the connection was refused; nobody listens there. Is it running?" in error


def test_a_name_that_nobody_has_is_one_line():
    assert refused("--url=http://nobody.invalid").startswith("http://nobody.invalid cannot be reached: ")


@pytest.mark.parametrize(
    "url", ["nonsense", "ftp://a.example", "http://", "http://a:b@c.example", "http://[", "http://a:x"]
)
def test_what_is_no_url_is_one_line(url):
    assert refused(f"--url={url}") == f"{url} is not an http or https URL."
    assert refused("--url=http://127.0.0.1:1", f"--api={url}") == f"{url} is not an http or https URL."


@pytest.mark.parametrize(
    ("said", "words"),
    [
        (b"", "it closed the connection without an answer"),
        (b"220 mail.example ESMTP\r\n", "does not speak HTTP"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nfive", "the answer broke off"),
    ],
)
def test_a_server_of_another_kind_is_one_line(said, words):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=say, args=(listener, said))
        thread.start()
        assert words in refused(f"--url=http://127.0.0.1:{listener.getsockname()[1]}")
        thread.join()


def say(listener, text):
    """Answer one caller with ``text``."""
    caller, _address = listener.accept()
    with caller:
        caller.recv(65_536)
        caller.sendall(text)


def test_http_at_a_port_is_not_https(fake):
    assert "TLS failed" in refused(f"--url={fake().url.replace('http:', 'https:')}")


def test_a_server_that_never_answers_is_not_waited_for(monkeypatch):
    monkeypatch.setattr("oauth_provider.walk.wire.READ_TIMEOUT", 0.05)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        assert "it did not answer within" in refused(f"--url=http://127.0.0.1:{listener.getsockname()[1]}")


def test_an_unreachable_server_is_still_json():
    outcome = walk(
        "--client-id=a", "--redirect-uri=b", "--username=c", "--password=d", "--json", "--url=http://127.0.0.1:1"
    )
    assert outcome.json["ok"] is False
    assert outcome.json["error"] in outcome.error


@pytest.mark.parametrize(
    ("given", "missing"),
    [
        ([], "--client-id"),
        (["--client-id=a"], "--redirect-uri"),
        (["--client-id=a", "--redirect-uri=b"], "--username"),
    ],
)
def test_what_is_missing_is_named(given, missing):
    assert walk(*given).error == f"{missing} is needed for authorization_code."


class TestPassword:
    """Where it comes from."""

    given = ("--client-id=a", "--redirect-uri=b", "--username=c", "--url=http://127.0.0.1:1")

    def test_without_a_terminal_it_must_be_given(self, monkeypatch):
        monkeypatch.setattr("sys.stdin.isatty", lambda: False)
        assert "OAUTH_WALK_PASSWORD" in walk(*self.given).error

    def test_a_password_is_taken_from_the_environment(self, monkeypatch):
        monkeypatch.setenv("OAUTH_WALK_PASSWORD", "d")
        assert "cannot be reached" in walk(*self.given).error

    def test_at_a_terminal_it_is_asked_for(self, monkeypatch):
        asked = []
        monkeypatch.setattr("sys.stdin.isatty", lambda: True)
        monkeypatch.setattr("getpass.getpass", lambda prompt: asked.append(prompt) or "d")
        assert "cannot be reached" in walk(*self.given).error
        assert asked == ["Password of c: "]


def test_secrets_are_taken_from_the_environment(fake, monkeypatch):
    from tests.walk.conftest import options as fake_options
    from tests.walk.fake_server import API_SECRET, SECRET

    monkeypatch.setenv("OAUTH_WALK_CLIENT_SECRET", SECRET)
    monkeypatch.setenv("OAUTH_WALK_RESOURCE_SERVER_SECRET", API_SECRET)
    outcome = walk(*fake_options(fake(), client_secret="", resource_server_secret=""), "--json")
    assert (outcome.error, outcome.wrong) == ("", [])


def test_neither_netrc_nor_a_proxy_is_asked(fake, monkeypatch, tmp_path):
    from tests.walk.conftest import options as fake_options

    (tmp_path / "netrc").write_text("machine 127.0.0.1 login somebody password netrc-secret\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{free_port()}")
    server = fake()
    assert requests.utils.get_netrc_auth(server.url) == ("somebody", "netrc-secret")
    assert walk(*fake_options(server)).error == ""
    assert not [header for _path, header, _form in server.seen if "c29tZWJvZHk6" in header]
