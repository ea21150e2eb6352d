"""Refusals of ``oauth_quickstart`` (RFC 7591 §3.2.2): each member in the words of the admin's form; nothing is made."""

from html import unescape
from pathlib import Path

import pytest
from django.utils.html import strip_tags

from oauth_provider.dot.names import application_model
from tests import ledger
from tests.admin.operators import errors_of, new_client, operator, url
from tests.each import each
from tests.quickstart.conftest import quickstart

pytestmark = [pytest.mark.usefixtures("user"), pytest.mark.spec("RFC 7591", "3.2.2")]

# The options, the option and the member that are wrong, and what the admin's form would be sent.
WRONG = [
    (("--redirect-uri", "http://a.example/cb"), "redirect_uris", {"redirect_uris": "http://a.example/cb"}),
    (("--redirect-uri", "https://a.example/ b"), "redirect_uris", {"redirect_uris": "https://a.example/ b"}),
    (("--redirect-uri", "javascript:alert(1)"), "redirect_uris", {"redirect_uris": "javascript:alert(1)"}),
    (("--redirect-uri", "com.example.app:/cb"), "redirect_uris", {"redirect_uris": "com.example.app:/cb"}),
    (("--redirect-uri", "https://a.example/<b>&"), "redirect_uris", {"redirect_uris": "https://a.example/<b>&"}),
    (("--name", "Photo \u202e Book"), "name", {"name": "Photo \u202e Book"}),
]


@each(("options", "field", "typed"), WRONG)
def test_a_member_is_refused_in_the_words_of_the_form(
    options: tuple[str, ...], field: str, typed: dict[str, str]
) -> None:
    browser = operator()
    with ledger.unchanged():
        outcome = quickstart("--kind", "web", *options)
        page = browser.post(url(application_model(), "add"), new_client(browser, **typed))
    assert outcome.error.startswith("Nothing was made.\n")
    told = [line.partition(": ") for line in outcome.error.splitlines()[1:]]
    assert {option for option, _colon, _words in told} == {options[0]}
    in_form = unescape(strip_tags(errors_of(page)[field])).split()
    assert "".join(in_form) == "".join(words for _option, _colon, words in told).replace(" ", "")


@each(
    ("options", "told"),
    [
        (("--kind", "web", "--scope", "no:such"), "--scope: no:such: there is no such one."),
        (("--kind", "service", "--scope", ""), "--scope: Choose at least one scope, or every scope."),
        (("--kind", "service", "--redirect-uri", "https://a.example/cb"), "--redirect-uri: It redirects nobody"),
        (("--kind", "web", "--redirect-uri", "com.example.app:/cb"), "--redirect-uri: com.example.app:/cb: "),
        (("--kind", "web", "--name", ""), "--name: "),
        (("--kind", "web", "--name", "x" * 256), "--name: "),
        (("--kind", "web", "--name", "a\nb"), "--name: "),
        (("--kind", "web", "--name", "a\x1b[2Jb"), "--name: "),
    ],
)
def test_what_the_rules_refuse_is_told_by_its_option(options: tuple[str, ...], told: str) -> None:
    with ledger.unchanged():
        outcome = quickstart(*options)
    assert told in outcome.error
    assert "\x1b" not in outcome.error
    assert outcome.out == ""


def test_all_that_is_wrong_is_told_at_once_and_the_scopes_there_are() -> None:
    outcome = quickstart("--kind", "web", "--name", "a\u202eb", "--redirect-uri", "/cb", "--scope", "x y")
    lines = outcome.error.splitlines()
    assert [line.partition(":")[0] for line in lines[1:]] == [
        "--name",
        "--redirect-uri",
        "--scope",
        "--scope",
        "The scopes are",
    ]
    assert "notes:read" in lines[-1]


def test_a_program_is_told_by_members() -> None:
    outcome = quickstart("--kind", "web", "--redirect-uri", "/cb", "--scope", "x", "--json")
    assert outcome.error
    said = outcome.json
    assert (said["ok"], said["client"], said["examples"]) == (False, None, None)
    assert [(one["member"], one["option"]) for one in said["refused"]] == [
        ("redirect_uris", "--redirect-uri"),
        ("scope", "--scope"),
    ]


@each(
    ("options", "told"),
    [
        (("--resource", "notes"), "--resource: notes: "),
        (("--resource", "https://a.example/#x"), "--resource: "),
        (("--resource", "https://a.example/\x1b"), "--resource: "),
        (("--api", "file:///etc/passwd"), "--api: "),
        (("--api", "https://a.example/\n-o/tmp/x"), "--api: "),
        (("--api", "-o/tmp/x"), "--api: "),
        (("--url", "http://127.0.0.1:9999"), '--url: OAUTH_PROVIDER["ISSUER"] is https://auth.example.com'),
    ],
)
def test_an_address_is_refused_before_anything_is_made(options: tuple[str, ...], told: str) -> None:
    with ledger.unchanged():
        outcome = quickstart("--kind", "service", "=".join(options))
    assert outcome.error.startswith(told)
    assert "\x1b" not in outcome.error


def test_a_url_that_is_none_is_refused(settings: object) -> None:
    settings.OAUTH_PROVIDER = {"SCOPES": {"a": "A"}}  # type: ignore[attr-defined]
    for wrong in ("127.0.0.1:8000", "ftp://a.example", "http://a.example?x", "http://user@a.example"):
        assert quickstart("--kind", "service", "--url", wrong).error.startswith("--url: ")


@pytest.mark.parametrize("kind", ["native", "service", "api"])
def test_there_is_nothing_to_save_for_a_kind_without_a_program(tmp_path: Path, kind: str) -> None:
    with ledger.unchanged():
        outcome = quickstart("--kind", kind, "--write", str(tmp_path / "file"))
    assert outcome.error == f"--write: there is no program for {kind}, but for web, browser, mcp."
    assert not (tmp_path / "file").exists()


def test_a_file_that_is_there_stays_as_it_is(tmp_path: Path) -> None:
    file = tmp_path / "client.py"
    file.write_text("mine")
    with ledger.unchanged():
        outcome = quickstart("--kind", "web", "--write", str(file))
    assert "File exists" in outcome.error
    assert file.read_text() == "mine"


def test_a_folder_that_is_not_there_makes_no_client(tmp_path: Path) -> None:
    with ledger.unchanged():
        outcome = quickstart("--kind", "web", "--write", str(tmp_path / "no" / "client.py"))
    assert "No such file" in outcome.error


def test_no_file_is_left_of_a_client_that_is_refused(tmp_path: Path) -> None:
    quickstart("--kind", "web", "--redirect-uri", "/cb", "--write", str(tmp_path / "client.py"))
    assert list(tmp_path.iterdir()) == []


def test_a_kind_that_there_is_not_is_refused_with_those_there_are() -> None:
    error = quickstart("--kind", "robot").error
    assert "robot" in error
    assert "native" in error
