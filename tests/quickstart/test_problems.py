"""Problems that ``oauth_quickstart`` finds first, one by one: an error ends it with nothing made, a warning goes on."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.contrib.auth import get_user_model
from django.contrib.auth.views import LoginView
from django.core import checks
from django.db import OperationalError
from django.http import HttpResponse
from django.urls import include, path, re_path

from oauth_provider.checks import issuer
from oauth_provider.clients.registration.kinds import KINDS
from oauth_provider.endpoints import token
from oauth_provider.quickstart import problems
from oauth_provider.urls import accounts
from tests import ledger
from tests.checks.urlconf import Root
from tests.each import each
from tests.quickstart.conftest import Outcome, quickstart

pytestmark = pytest.mark.usefixtures("user")

OURS = path("", include("oauth_provider.urls"))
LOGIN = path("accounts/login/", LoginView.as_view(template_name="admin/login.html"))
FOR_PEOPLE = [kind.name for kind in KINDS.values() if kind.usual_redirect_uri]
FOR_PROGRAMS = sorted(KINDS.keys() - set(FOR_PEOPLE))


@pytest.fixture
def failing() -> Iterator[None]:
    """A check that fails."""

    def check(app_configs: Any, **kwargs: Any) -> list[checks.CheckMessage]:
        return [checks.Error("It is broken.", hint="Mend it.", obj="mysite", id="mysite.E001")]

    checks.registry.registry.register(check)
    yield
    checks.registry.registry.registered_checks.discard(check)


def refused(kind: str = "web", *options: str) -> Outcome:
    """The command, which makes nothing: it says the same to a person and to a program."""
    with ledger.unchanged():
        outcome, told = (quickstart("--kind", kind, *options, *how) for how in (["--json"], []))
    for one in (outcome, told):
        assert one.error == "No first flow would work like this. Nothing was made."
    said = outcome.json
    assert (said["ok"], said["client"], outcome.err, told.out) == (False, None, "", "")
    for problem in said["problems"]:
        lines = [line.strip() for line in told.err.splitlines()]
        one_line = f"{problem['level']}: {problem['message']} {problem['hint']} ({problem['id']})"
        assert " ".join(one_line.split()) in lines
        assert all(line in lines for line in problem["paste"].splitlines())
    return outcome


def paste_of(outcome: Outcome, id: str) -> str:
    (problem,) = [one for one in outcome.json["problems"] if one["id"] == id]
    return str(problem["paste"])


def test_a_project_without_problems_has_none() -> None:
    assert quickstart("--kind", "web", "--json").json["problems"] == []


def test_a_database_that_does_not_answer_is_told_and_no_table_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*args: Any, **kwargs: Any) -> None:
        raise OperationalError("connection refused\nIs the server running?")

    monkeypatch.setattr(problems, "call_command", fail)
    monkeypatch.setattr(problems, "FINDERS_IN_TABLES", (lambda situation: pytest.fail("it asked"),))
    outcome = refused()
    assert outcome.problems == {"database": "error"}
    assert outcome.json["problems"][0]["message"] == "The database does not answer: connection refused"


def test_migrations_that_are_not_applied_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def exit(*args: Any, **kwargs: Any) -> None:
        raise SystemExit(1)

    monkeypatch.setattr(problems, "call_command", exit)
    outcome = refused()
    assert outcome.problems == {"migrations": "error"}
    assert paste_of(outcome, "migrations") == "python manage.py migrate"


def test_a_system_check_that_fails_is_told_with_its_hint(failing: None) -> None:
    outcome = refused()
    assert outcome.problems == {"mysite.E001": "error"}
    assert outcome.json["problems"][0]["message"] == "mysite: It is broken."
    assert outcome.json["problems"][0]["hint"] == "Mend it."


def test_a_check_that_the_project_silences_is_not_told(failing: None, settings: Any) -> None:
    settings.SILENCED_SYSTEM_CHECKS = ["mysite.E001"]
    assert quickstart("--kind", "web", "--json").problems == {}


def test_a_warning_of_a_check_goes_on(settings: Any) -> None:
    settings.ROOT_URLCONF = Root(path("auth/", include("oauth_provider.urls")), LOGIN)
    outcome = quickstart("--kind", "web", "--json")
    assert (outcome.error, outcome.problems) == ("", {"oauth_provider.W003": "warning"})
    told = quickstart("--kind", "web", "--no-input")
    assert "Before you try it:" in told.out
    assert "(oauth_provider.W003)" in told.out


def test_urls_that_are_not_included_are_told(settings: Any) -> None:
    settings.ROOT_URLCONF = Root(LOGIN)
    outcome = refused()
    assert outcome.problems == {"urls": "error"}
    assert pasted(paste_of(outcome, "urls")) == [str(OURS.pattern)]


def test_an_endpoint_without_metadata_is_told(settings: Any) -> None:
    lone = ([re_path(r"^oauth/token/?$", token.token, name="token")], "oauth_provider")
    settings.ROOT_URLCONF = Root(path("", include(lone)), LOGIN)
    outcome = refused("service")
    assert outcome.problems == {"discovery": "error", "oauth_provider.W003": "warning"}
    assert len(pasted(paste_of(outcome, "discovery"))) > 1


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch) -> None:
    """A project that is no test: the checks of its issuer speak."""
    monkeypatch.setattr(issuer, "is_test_run", lambda: False)


def test_no_issuer_outside_of_debug_is_told(settings: Any, served: None) -> None:
    settings.OAUTH_PROVIDER = {name: value for name, value in settings.OAUTH_PROVIDER.items() if name != "ISSUER"}
    outcome = refused()
    assert outcome.problems == {"oauth_provider.W115": "error"}
    pasted_line = 'OAUTH_PROVIDER["ISSUER"] = "https://auth.example.com"'
    assert paste_of(outcome, "oauth_provider.W115") == pasted_line
    settings.OAUTH_PROVIDER = {}  # the signal drops what was remembered
    del settings.OAUTH_PROVIDER
    assert paste_of(refused(), "oauth_provider.W115") == 'OAUTH_PROVIDER = {"ISSUER": "https://auth.example.com"}'


def test_under_debug_the_address_of_runserver_is_the_issuer(settings: Any) -> None:
    settings.DEBUG = True
    settings.OAUTH_PROVIDER = {name: value for name, value in settings.OAUTH_PROVIDER.items() if name != "ISSUER"}
    said = quickstart("--kind", "web", "--json").json
    assert said["problems"] == []
    assert said["server"]["issuer"] == "http://127.0.0.1:8000"
    assert said["examples"][0]["text"] == "python manage.py runserver 127.0.0.1:8000"
    elsewhere = quickstart("--kind", "web", "--url", "http://[::1]:9000/", "--json").json
    assert elsewhere["server"]["token_endpoint"] == "http://[::1]:9000/oauth/token"
    assert elsewhere["examples"][0]["text"] == "python manage.py runserver '[::1]:9000'"


def test_an_issuer_whose_host_django_refuses_is_told(settings: Any, served: None) -> None:
    settings.ALLOWED_HOSTS = ["www.example.com"]
    outcome = refused()
    assert outcome.problems == {"oauth_provider.W116": "error"}
    assert paste_of(outcome, "oauth_provider.W116") == 'ALLOWED_HOSTS = [*ALLOWED_HOSTS, "auth.example.com"]'
    settings.ALLOWED_HOSTS = [".example.com"]
    assert quickstart("--kind", "web", "--json").problems == {}


@pytest.mark.parametrize(
    ("address", "host"), [("http://192.0.2.1:8000", "192.0.2.1"), ("http://[2001:db8::1]:8000", "[2001:db8::1]")]
)
def test_an_address_that_django_refuses_is_told(settings: Any, address: str, host: str) -> None:
    settings.DEBUG, settings.ALLOWED_HOSTS = True, []
    settings.OAUTH_PROVIDER = {"SCOPES": {"notes:read": "Read your notes"}}
    outcome = refused("web", "--url", address)
    assert outcome.problems == {"host": "error"}
    assert paste_of(outcome, "host") == f'ALLOWED_HOSTS = [*ALLOWED_HOSTS, "{host}"]'
    settings.ALLOWED_HOSTS = [host]
    assert quickstart("--kind", "web", "--url", address, "--json").problems == {}


@each("kind", FOR_PEOPLE)
@each(
    ("login_url", "id"),
    [
        ("/accounts/login/", "oauth_provider.W111"),
        ("/sign-in", "oauth_provider.W111"),
        ("no_such_name", "oauth_provider.E111"),
    ],
)
def test_a_login_url_that_leads_nowhere_is_told_with_the_line_that_adds_a_page(
    settings: Any, kind: str, login_url: str, id: str
) -> None:
    settings.ROOT_URLCONF, settings.LOGIN_URL = Root(OURS), login_url
    outcome = refused(kind)
    assert outcome.problems == {id: "error"}
    assert pasted(paste_of(outcome, id)) == ["accounts/"]


@pytest.mark.parametrize("kind", FOR_PROGRAMS)
def test_who_signs_nobody_in_needs_no_login_page_and_no_user(settings: Any, kind: str) -> None:
    settings.ROOT_URLCONF = Root(OURS)
    get_user_model().objects.all().delete()
    outcome = quickstart("--kind", kind, "--json")
    assert (outcome.error, outcome.problems) == ("", {})


@each(
    ("login_url", "view"),
    [
        ("/accounts/login/", path("accounts/", include(accounts))),
        ("enter", path("sign-in", lambda request: HttpResponse(), name="enter")),
        ("https://login.example.com/", path("nothing", lambda request: HttpResponse())),
    ],
)
def test_a_login_page_is_found_wherever_it_is(settings: Any, login_url: str, view: Any) -> None:
    settings.ROOT_URLCONF, settings.LOGIN_URL = Root(OURS, view), login_url
    outcome = quickstart("--kind", "web", "--json")
    assert (outcome.error, outcome.problems) == ("", {})


def test_a_login_page_without_a_template_is_told(settings: Any) -> None:
    settings.ROOT_URLCONF = Root(OURS, path("accounts/login/", LoginView.as_view(template_name="no/such.html")))
    outcome = refused()
    assert outcome.problems == {"oauth_provider.E112": "error"}
    assert "no/such.html" in outcome.json["problems"][0]["message"]


def test_a_project_without_users_is_warned(settings: Any) -> None:
    get_user_model().objects.all().delete()
    outcome = quickstart("--kind", "web", "--json")
    assert (outcome.error, outcome.problems) == ("", {"users": "warning"})
    assert paste_of(outcome, "users") == "python manage.py createsuperuser"


def test_an_api_that_is_not_registered_is_warned_of_until_its_line_is_pasted(settings: Any) -> None:
    outcome = quickstart("--kind", "mcp", "--name", 'A "B" \\', "--resource", "https://a.example/mcp", "--json")
    assert (outcome.error, outcome.problems) == ("", {"resource": "warning"})
    names: dict[str, Any] = {"OAUTH_PROVIDER": dict(django_settings.OAUTH_PROVIDER)}
    exec(paste_of(outcome, "resource"), names)
    settings.OAUTH_PROVIDER = names["OAUTH_PROVIDER"]
    assert settings.OAUTH_PROVIDER["RESOURCES"] == {"https://a.example/mcp": 'A "B" \\'}
    assert quickstart("--kind", "mcp", "--resource", "https://a.example/mcp", "--json").problems == {}
    further = quickstart("--kind", "mcp", "--resource", "https://b.example/mcp", "--json")
    exec(paste_of(further, "resource"), names)
    assert len(names["OAUTH_PROVIDER"]["RESOURCES"]) == 2


def test_a_project_without_any_setting_of_ours_may_paste_both_lines_for_an_mcp_server(settings: Any) -> None:
    settings.DEBUG, settings.OAUTH_PROVIDER = True, {}  # the signal drops what was remembered
    del settings.OAUTH_PROVIDER
    outcome = quickstart("--kind", "mcp", "--json")
    assert outcome.problems == {"resource": "warning", "issuer": "warning"}
    names: dict[str, Any] = {}
    for problem in outcome.json["problems"]:
        exec(problem["paste"], names)
    assert names["OAUTH_PROVIDER"] == {
        "RESOURCES": {"http://127.0.0.1:8766/mcp": "Quickstart mcp"},
        "ISSUER": "http://127.0.0.1:8000",
    }


def test_a_person_is_told_of_what_is_broken_before_the_first_question(settings: Any, ask: Any) -> None:
    settings.ROOT_URLCONF = Root(LOGIN)
    with ledger.unchanged():
        outcome, questions = ask()
    assert (questions, "(urls)" in outcome.err) == ([], True)


def pasted(text: str) -> list[str]:
    """The routes that a text adds to the project's URLs."""
    names: dict[str, Any] = {"urlpatterns": []}
    exec(text, names)
    return [str(pattern.pattern) for pattern in names["urlpatterns"]]
