"""The ``claims`` parameter (OpenID Connect Core §5.5): what may stand in it, and what is understood."""

import json

import pytest

from oauth_provider.protocol.claims import parse_claims, requested_claims, requested_subject
from oauth_provider.protocol.errors import InvalidRequest
from tests.each import each

pytestmark = pytest.mark.spec("OIDC Core", "5.5")


def test_the_specifications_own_example():
    asked = parse_claims(
        json.dumps(
            {
                "userinfo": {
                    "given_name": {"essential": True},
                    "nickname": None,
                    "http://example.info/claims/groups": None,
                },
                "id_token": {
                    "auth_time": {"essential": True},
                    "acr": {"values": ["urn:mace:incommon:iap:silver"]},
                },
            }
        )
    )
    assert asked == {
        "userinfo": {"given_name": {"essential": True}, "nickname": {}, "http://example.info/claims/groups": {}},
        "id_token": {"auth_time": {"essential": True}, "acr": {"values": ["urn:mace:incommon:iap:silver"]}},
    }


@each("text", ["", "{}", '{"other": 1}', '{"userinfo": {}, "id_token": {}}'])
def test_a_request_may_ask_for_no_claims(text):
    asked = parse_claims(text)
    assert requested_claims(asked, "userinfo") == requested_claims(asked, "id_token") == {}


def test_what_nobody_defined_is_passed_over():
    text = '{"other": {"x": 1}, "userinfo": {"name": {"essential": true, "purpose": "greeting", "max": 7}}}'
    assert parse_claims(text) == {"userinfo": {"name": {"essential": True}}}


def test_any_script_will_do():
    assert parse_claims('{"userinfo": {"name": {"value": "Zoë"}}}')["userinfo"]["name"] == {"value": "Zoë"}


@each(
    "text",
    [
        "nonsense", "null", "[]", "1", '"text"', "{", "{'userinfo': {}}",
        '{"userinfo": null}', '{"userinfo": []}', '{"userinfo": "name"}', '{"id_token": 1}', '{"id_token": true}',
        '{"userinfo": {"name": true}}', '{"userinfo": {"name": "x"}}', '{"userinfo": {"name": []}}',
        '{"userinfo": {"name": 1}}', '{"userinfo": {"name": {"essential": "true"}}}',
        '{"userinfo": {"name": {"essential": 1}}}', '{"userinfo": {"name": {"essential": null}}}',
        '{"userinfo": {"name": {"values": "x"}}}', '{"userinfo": {"name": {"values": {}}}}',
        '{"userinfo": {}, "userinfo": {}}', '{"userinfo": {"name": null, "name": null}}',
        '{"userinfo": {"name": {"value": NaN}}}', '{"userinfo": {"name": {"value": 1e400}}}',
        '{"userinfo": {"na\\u0000me": null}}', '{"userinfo": {"name": {"value": "\\u0000"}}}',
        '{"userinfo": {"name": {"value": "\\ud800"}}}', '{"other": "\\u0000"}',
        '{"other": ' + "[" * 20 + "]" * 20 + "}", '{"other": ' + "[" * 4000 + "]" * 4000 + "}",
        '{"other": "' + "x" * 9000 + '"}',
        json.dumps({"userinfo": {f"claim{number}": None for number in range(101)}}),
    ],
    ids=lambda text: text[:40],
)  # fmt: skip
def test_what_is_malformed_is_refused(text):
    with pytest.raises(InvalidRequest):
        parse_claims(text)


@pytest.mark.spec("OIDC Core", "5.5.1")
@each(
    ("text", "subject"),
    [
        ("", None),
        ('{"id_token": {"sub": null}}', None),
        ('{"id_token": {"sub": {"essential": true}}}', None),
        ('{"userinfo": {"sub": {"value": "7"}}}', None),
        ('{"id_token": {"sub": {"value": "7"}}}', "7"),
        ('{"id_token": {"sub": {"value": ["7"]}}}', "['7']"),
        ('{"id_token": {"sub": {"value": true}}}', "True"),
    ],
)
def test_a_subject_may_be_asked_for(text, subject):
    assert requested_subject(parse_claims(text)) == subject
