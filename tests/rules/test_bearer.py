"""Bearer tokens (RFC 6750 §2.1): one token, in one header, of one grammar; and the challenge that asks for it."""

import pytest

from oauth_provider.protocol.bearer import challenge, credentials, token_from_header
from oauth_provider.protocol.errors import InvalidRequest, InvalidToken
from oauth_provider.protocol.token_string import ACCESS_TOKEN, checksum
from tests.each import each

pytestmark = pytest.mark.spec("RFC 6750", "2.1")


@each(
    ("header", "token"),
    [
        ("Bearer abc", "abc"),
        ("bearer abc", "abc"),
        ("BEARER   abc", "abc"),
        ("Bearer a-b._~+/c==", "a-b._~+/c=="),
        ("Bearer " + "a" * 8192, "a" * 8192),
    ],
)
def test_a_token_is_taken_from_the_header(header, token):
    assert token_from_header(header) == token


@each(
    "header",
    [
        "",
        "Basic abc",
        "DPoP abc",
        "BearerX abc",
        "Bearerabc",
        "XBearer abc",
        "Token Bearer",
        "Basic Bearer abc",
        'Digest username="Bearer", uri="/"',
    ],
)
def test_another_scheme_is_none_of_ours(header):
    assert token_from_header(header) is None


@pytest.mark.spec("RFC 6750", "3.1")
@each("header", ["Bearer", "Bearer ", "Bearer    ", "Bearer a b", "Bearer a, b", "Bearer a,Bearer b"])
def test_no_token_or_several_is_invalid_request(header):
    with pytest.raises(InvalidRequest):
        token_from_header(header)


BODY = f"{ACCESS_TOKEN}{43 * 'A'}"
OURS = BODY + checksum(BODY)


@pytest.mark.spec("RFC 6750", "3.1")
@each("header", [OURS, f" {OURS} ", f"Token {OURS}", f"token  {OURS}", f"JWT {OURS}", f"OAuth {OURS}"])
def test_a_token_of_ours_without_the_word_bearer_is_told_how_it_is_sent(header):
    with pytest.raises(InvalidRequest) as refused:
        token_from_header(header)
    assert refused.value.description == "The access token must follow the word Bearer in the Authorization header."


@each(
    "header", ["oat_", OURS[:-1], f"{OURS}x", f"Basic {OURS}", f"Token {OURS} {OURS}", f"Token x{OURS}", f"DPoP {OURS}"]
)
def test_what_only_looks_like_a_token_of_ours_is_left_to_others(header):
    assert token_from_header(header) is None


@pytest.mark.spec("RFC 9110", "5.5")
@each("header", [" Bearer abc", "\tBearer abc", "Bearer abc \t", "\u00a0bEARER abc", "\x85Bearer abc"])
def test_white_space_around_the_field_hides_no_token(header):
    assert token_from_header(header) == "abc"


@pytest.mark.spec("RFC 9110", "11.4")
@each(
    "header",
    ["Bearer\tabc", "bearer\t abc", "Bearer\r\n abc", "Bearer\n\tabc", "Bearer\x0babc", "Bearer\u00a0abc",
     "Bearer\x85abc", "Bearer\u2003abc", " BEARER\tabc", "Bearer=abc", "Bearer,abc", "Bearer:abc", 'Bearer"abc"',
     "Bearer\t"],
)  # fmt: skip
def test_what_bears_the_name_of_the_scheme_and_no_space_after_it_is_an_error_and_never_nothing(header):
    with pytest.raises(InvalidRequest):
        token_from_header(header)


@pytest.mark.spec("RFC 9110", "5.3")
@each(
    "header",
    ["Basic YTpi, Bearer abc", "Basic YTpi,Bearer abc", "Basic YTpi,\tbEARER\tabc", "Token x,Bearer", ",Bearer a"],
)
def test_a_token_behind_the_credentials_of_another_scheme_is_an_error(header):
    with pytest.raises(InvalidRequest):
        token_from_header(header)


@pytest.mark.spec("RFC 9449", "7.1")
def test_every_scheme_for_tokens_is_read_in_the_same_way():
    assert credentials("dpop abc", ("Bearer", "DPoP")) == ("DPoP", "abc")
    assert credentials("dpop abc", ("Bearer",)) is None
    for header in ("DPoP\tabc", "Basic YTpi, DPoP abc"):
        with pytest.raises(InvalidRequest):
            credentials(header, ("Bearer", "DPoP"))


@pytest.mark.spec("RFC 6750", "3.1")
@each(
    "header",
    ["Bearer é", "Bearer a=b", "Bearer =", 'Bearer "abc"', "Bearer a\x00", "Bearer a\r\nb", "Bearer a\tb",
     "Bearer \ud800", "Bearer " + "a" * 8193, "Bearer a%20b", "Bearer {}", "Bearer \u202eabc"],
)  # fmt: skip
def test_what_can_be_no_token_is_invalid_token(header):
    with pytest.raises(InvalidToken):
        token_from_header(header)


@pytest.mark.spec("RFC 6750", "3")
def test_a_challenge_lists_what_has_a_value():
    assert challenge({"realm": "api", "error": "", "scope": "a b"}) == 'Bearer realm="api", scope="a b"'
    assert challenge({}) == "Bearer"
    assert challenge({"realm": "oauth"}, scheme="Basic") == 'Basic realm="oauth"'


@pytest.mark.spec("RFC 9110", "11.6.1")
@each(
    ("value", "quoted"),
    [('a"b', 'a\\"b'), ("a\\b", "a\\\\b"), ("a\r\nb", "ab"), ("a\x00b", "ab"), ("aéb", "ab"), ("\u202ea", "a")],
)
def test_a_value_can_leave_neither_its_quotes_nor_the_header(value, quoted):
    assert challenge({"realm": value}) == f'Bearer realm="{quoted}"'


@pytest.mark.spec("RFC 9110", "11.6.1")
def test_every_printable_character_stands_in_a_challenge_and_no_other():
    printable = "".join(chr(code) for code in range(0x20, 0x7F) if chr(code) not in '"\\')
    assert challenge({"realm": f"\x1f{printable}\x7f\x80é"}) == f'Bearer realm="{printable}"'
