"""No name, scope or address becomes code in what ``oauth_quickstart`` prints: for each language, with hostile texts."""

import ast
import json
import re
import shlex
import subprocess
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from oauth_provider.clients.registration.kinds import KINDS
from oauth_provider.dot.names import application_model
from oauth_provider.quickstart import examples
from oauth_provider.quickstart.literal import (
    javascript_literal,
    kotlin_literal,
    python_literal,
    shell_literal,
    swift_literal,
)
from tests.each import each
from tests.quickstart.conftest import quickstart, text_of

NAMES = [
    '"); import os; os.system("touch hacked"); ("',
    "'; touch hacked; '",
    "$(touch hacked) `touch hacked` ${HOME} \\$x \\",
    '""" {{ x }} {% x %} #{x} \\(x) ${x} `${x}` </script> &amp;',
    "it's “quoted”, 図書館 😀",
    "-rf --help @/etc/passwd",
]
# Every character that a scope may hold, in one (RFC 6749 §3.3).
SCOPE = "".join(chr(number) for number in range(0x21, 0x7F) if chr(number) not in '"\\')
TEXTS = st.text(st.characters(exclude_categories=["Cs"]))


@given(TEXTS)
@example('\\"""\n\0\u2028\u202e😀')
def test_a_python_literal_is_the_text_in_one_line(text: str) -> None:
    literal = python_literal(text)
    assert ast.literal_eval(literal) == text
    assert literal.isprintable()


@given(TEXTS)
@example("</script><!--&\u2028\u2029'`${x}")
def test_a_javascript_literal_is_the_text_in_ascii_and_ends_no_script(text: str) -> None:
    literal = javascript_literal(text)
    assert json.loads(literal) == text
    assert literal.isascii()
    assert not set("<>&") & set(literal)


@given(TEXTS)
@example('$x ${x} "\\')
def test_a_kotlin_literal_is_the_text_without_templates(text: str) -> None:
    literal = kotlin_literal(text)
    assert json.loads(literal) == text  # whose escapes by number are Kotlin's, too
    assert not set("$\\\"'") & set(re.sub(r"\\u[0-9a-f]{4}", "", literal[1:-1])) - {"'"}


@given(TEXTS)
@example('\\(x) "')
def test_a_swift_literal_is_the_text_without_interpolation(text: str) -> None:
    inner = swift_literal(text)[1:-1]
    assert re.sub(r"\\u\{([0-9a-f]+)\}", lambda found: chr(int(found[1], 16)), inner) == text
    assert not set('"\\') & set(re.sub(r"\\u\{[0-9a-f]+\}", "", inner))


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"])))
@example("$(x) `x` 'x' \\ ! ~ * ; & | > <")
def test_a_word_of_the_shell_is_the_text(text: str) -> None:
    assert shlex.split(shell_literal(text)) == [text]


@each("character", ["\n", "\r", "\x1b", "\0", "\x7f", "\x03"])
def test_what_would_press_a_key_is_no_word_of_a_shell(character: str) -> None:
    with pytest.raises(ValueError, match="pasted"):
        shell_literal(f"a{character}b")


@pytest.fixture
def hostile(user: Any, settings: Any) -> Any:
    """A project with scopes and an API that nobody in their right mind would have."""
    settings.OAUTH_PROVIDER = {
        **settings.OAUTH_PROVIDER,
        "SCOPES": {SCOPE: "All of it", "$(touch${IFS}hacked)": "A command", "';x'": "A quote"},
        "RESOURCES": {"https://a.example/$(x)'&b=c": "An API"},
    }
    return ("--resource", "https://a.example/$(x)'&b=c", "--api", "https://a.example/?a=$(touch${IFS}hacked)&b='")


def curls(text: str, folder: Path) -> list[list[str]]:
    """The arguments that curl gets of a text, which a shell runs."""
    curl = folder / "curl"
    curl.write_text('#!/bin/sh\nprintf "%s\\\\0" "$@" "" >> "$0.log"\n')
    curl.chmod(0o755)
    environment = {"PATH": f"{folder}:/usr/bin:/bin", "HOME": "/nowhere"}
    subprocess.run(["sh", "-euc", text], cwd=folder, env=environment, check=True, capture_output=True, timeout=30)
    assert {path.name for path in folder.iterdir()} == {"curl", "curl.log"}
    return [call.split("\0") for call in (folder / "curl.log").read_text().split("\0\0")[:-1]]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("kind", ["web", "service", "mcp"])
def test_a_shell_hands_each_value_to_curl_as_it_is(tmp_path: Path, hostile: Any, kind: str, name: str) -> None:
    said = quickstart("--kind", kind, f"--name={name}", *hostile, "--json")
    assert said.json["client"]["client_name"] == name.strip()
    token, call = curls(text_of(said, "sh", "ANSWER"), tmp_path)
    assert call[-1] == hostile[3]
    assert f"resource={hostile[1]}" in token
    if kind == "service":
        assert f"scope={said.json['client']['scope']}" in token
        assert SCOPE in said.json["client"]["scope"]
    assert token[-1] == "https://auth.example.com/oauth/token"


@pytest.mark.parametrize("name", NAMES)
def test_a_program_in_python_holds_each_value_as_a_text(hostile: Any, name: str) -> None:
    said = quickstart("--kind", "web", f"--name={name}", *hostile, "--json")
    plain = quickstart("--kind", "web", "--name=x", "--scope=openid", "--api=https://a.example/", "--json")
    trees = [ast.parse(text_of(one, "py")) for one in (said, plain)]
    texts = [{node.value for node in ast.walk(tree) if isinstance(node, ast.Constant)} for tree in trees]
    client = said.json["client"]
    assert {client["scope"], client["client_secret"], hostile[1], hostile[3]} <= texts[0]
    # Nothing but texts differs, where both have the same members.
    names = [sorted(node.id for node in ast.walk(tree) if isinstance(node, ast.Name)) for tree in trees]
    assert names[0] == names[1]


@pytest.mark.parametrize("kind", ["mcp", "api", "service"])
def test_the_other_texts_in_python_are_python(hostile: Any, kind: str) -> None:
    said = quickstart("--kind", kind, f"--name={NAMES[0]}", "--resource", hostile[1], "--json")
    assert ast.parse(text_of(said, "py")).body


def test_every_kind_that_has_texts_is_in_the_table_and_no_value_is_missing(
    hostile: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert {path.name for path in examples.TEXTS.iterdir()} == set(KINDS)
    monkeypatch.setattr(examples._engine(), "string_if_invalid", "MISSING %s")
    for kind in KINDS:
        assert "MISSING" not in quickstart("--kind", kind, "--json").out
        assert "MISSING" not in quickstart("--kind", kind, *hostile, "--json").out
    assert application_model().objects.count() == 2 * len(KINDS)
