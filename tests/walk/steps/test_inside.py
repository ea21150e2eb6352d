"""What the walk reads off an access token."""

import base64
import json

import pytest

from oauth_provider.walk.steps.inside import claims_of
from tests.each import each
from tests.walk.conftest import options, walk
from tests.walk.test_misbehaviour import at


def part(value):
    """A part of a JWT."""
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


JWT = f"{part({'alg': 'ES256'})}.{part({'sub': 'robin', 'aud': 'notes'})}.c2ln"


@pytest.mark.spec("RFC 9068", "2.2")
def test_a_jwt_is_opened():
    assert claims_of(JWT) == {"sub": "robin", "aud": "notes"}


@each("token", ["", "oat_abc", "a.b", "a.b.c", f"a.{part([1])}.c", "..", "a.é.c", f"a.{'W10' * 9}.c"])
def test_what_is_no_jwt_is_left_alone(token):
    assert claims_of(token) is None


def test_a_newcomer_sees_what_an_api_reads(fake):
    outcome = walk(*options(fake(at("token", lambda one: one.saying(access_token=JWT)))))
    assert '"sub": "robin" (the person it acts for)' in outcome.text
