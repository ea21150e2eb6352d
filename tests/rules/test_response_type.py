"""Response types (Multiple Response Type Encoding Practices §3 and §5): in any order, and what may travel where."""

import pytest

from oauth_provider.protocol.response_mode import SUPPORTED, carrier_of, exposes_token, resolve_mode
from oauth_provider.protocol.response_type import HYBRID, IMPLICIT, LEGACY, canonical, is_front_channel, parts_of
from tests.each import each

pytestmark = pytest.mark.spec("Multiple Response Types", "5")


@each("response_type", ["code", *LEGACY])
def test_the_order_of_its_values_means_nothing(response_type):
    assert canonical(" ".join(reversed(response_type.split()))) == response_type


@each(
    "other",
    [
        "",
        " ",
        "code code",
        "code  id_token",
        "code id_token ",
        "Code",
        "token token id_token",
        "none",
        "code\tid_token",
    ],
)
def test_what_is_none_of_ours_becomes_none(other):
    assert canonical(other) not in ("code", *LEGACY)


def test_each_says_what_comes_from_the_authorization_endpoint():
    assert all("code" in parts_of(one) for one in HYBRID)
    assert not any("code" in parts_of(one) for one in IMPLICIT)
    assert all(map(is_front_channel, LEGACY))
    assert not is_front_channel("code")


@each("asked", ["", "query", "query.jwt", "jwt", "fragment", "form_post", "web_message", *SUPPORTED])
def test_a_token_is_never_settled_on_a_query(asked):
    assert carrier_of(resolve_mode(asked, is_front_channel=True)) in ("fragment", "form_post")


@each(
    ("asked", "of_code", "of_token"),
    [
        ("", "query", "fragment"),
        ("jwt", "query.jwt", "fragment.jwt"),
        ("fragment", "fragment", "fragment"),
        ("form_post.jwt", "form_post.jwt", "form_post.jwt"),
        ("web_message", "query", "fragment"),
    ],
)
def test_the_default_follows_the_response_type(asked, of_code, of_token):
    assert resolve_mode(asked, is_front_channel=False) == of_code
    assert resolve_mode(asked, is_front_channel=True) == of_token


@each("asked", SUPPORTED)
def test_only_a_query_is_refused_and_only_for_tokens(asked):
    assert exposes_token(asked, is_front_channel=True) is (asked in ("query", "query.jwt"))
    assert not exposes_token(asked, is_front_channel=False)
