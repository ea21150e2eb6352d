"""Authentication requests (OpenID Connect Core §3.1.2.1): what ``prompt`` and ``max_age`` may say."""

import pytest

from oauth_provider.protocol.authentication_request import MAX_AGE_LIMIT, PROMPTS, parse_max_age, parse_prompt
from oauth_provider.protocol.errors import InvalidRequest
from tests.each import each

pytestmark = pytest.mark.spec("OIDC Core", "3.1.2.1")


@each(
    ("value", "prompts"),
    [
        ("", set()),
        ("none", {"none"}),
        ("login consent", {"login", "consent"}),
        ("consent login select_account", {"login", "consent", "select_account"}),
        ("login login", {"login"}),
        (" login ", {"login"}),
    ],
)
def test_prompts_are_a_set(value, prompts):
    assert parse_prompt(value, PROMPTS) == prompts


@each(
    "value",
    ["None", "LOGIN", "nonsense", "login nonsense", "none login", "none consent", "none none create", "login,consent",
     "create", "login\tconsent"],
)  # fmt: skip
def test_an_unknown_prompt_and_none_beside_another_are_refused(value):
    with pytest.raises(InvalidRequest):
        parse_prompt(value, PROMPTS)


def test_create_is_taken_where_it_is_supported():
    assert parse_prompt("create", (*PROMPTS, "create")) == {"create"}
    with pytest.raises(InvalidRequest):
        parse_prompt("create none", (*PROMPTS, "create"))


@each(
    ("value", "seconds"),
    [("", None), ("0", 0), ("007", 7), ("86400", 86400), ("9" * 10_000, MAX_AGE_LIMIT), ("0" * 5000, 0)],
    ids=lambda value: str(value)[:12],
)
def test_max_age_is_seconds(value, seconds):
    assert parse_max_age(value) == seconds


@each("value", ["-1", "+1", "1.5", "1e3", "soon", " 1", "1 ", "٣", "²", "0x10", "1_000"])
def test_what_is_no_whole_number_of_seconds_is_refused(value):
    with pytest.raises(InvalidRequest):
        parse_max_age(value)


@pytest.mark.spec("OIDC Core", "3.1.2.1")
def test_every_supported_prompt_may_be_asked_for_at_once():
    assert parse_prompt("login consent", ("consent", "login")) == {"login", "consent"}


@pytest.mark.spec("OIDC Core", "3.1.2.1")
def test_a_max_age_as_long_as_the_longest_is_itself():
    shorter = 10 ** (len(str(MAX_AGE_LIMIT)) - 1)
    assert shorter < MAX_AGE_LIMIT
    assert parse_max_age(str(shorter)) == shorter
    assert parse_max_age(str(MAX_AGE_LIMIT + 1)) == MAX_AGE_LIMIT
