"""JWTs and opaque tokens together (RFC 9068 §4, RFC 7662 §2.2): each verified in its own way."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from oauth_provider.protocol.errors import ServiceUnavailable
from oauth_provider.resource_server.conf import conf, forget_verifiers
from oauth_provider.resource_server.testing import FakeIssuer
from tests import jose_keys
from tests.resource_server.verifiers.jwt.calls import MIXED, refused
from tests.web import answer, serving

pytestmark = pytest.mark.spec("RFC 9068", "4")

pytest_plugins = ["oauth_provider.resource_server.fixtures"]


@pytest.fixture
def mixed(settings: Any, fake_issuer: FakeIssuer) -> Iterator[Any]:
    """The other verifier, and the server that it asks about opaque tokens."""
    active = {"active": True, "token_type": "Bearer", "client_id": "web", "scope": "notes:read"}
    with serving(answer(json.dumps(active))) as web:
        settings.OAUTH_RESOURCE_SERVER |= {
            "VERIFIER": MIXED,
            "INTROSPECTION": {"URL": web.url, "CLIENT_ID": "an-api", "CLIENT_SECRET": "secret"},
        }
        forget_verifiers()
        yield web


def test_what_is_no_jwt_is_asked_about(fake_issuer: FakeIssuer, mixed: Any) -> None:
    assert conf.verifier("oat_opaque").client_id == "web"
    assert len(mixed.requests) == 1
    assert conf.verifier(fake_issuer.token()).client_id == "a-client"
    assert len(mixed.requests) == 1


@pytest.mark.parametrize(
    "changes", [{"expires_in": -11}, {"typ": "JWT"}, {"key": jose_keys.key("ES256", 7)}], ids=", ".join
)
def test_nobody_is_asked_about_a_jwt_that_is_refused(
    fake_issuer: FakeIssuer, mixed: Any, changes: dict[str, Any]
) -> None:
    refused(fake_issuer.token(**changes))
    assert mixed.requests == []


def test_each_is_refused_with_503_alone_while_its_server_is_down(fake_issuer: FakeIssuer, mixed: Any) -> None:
    fake_issuer.is_down = True
    refused(fake_issuer.token(), ServiceUnavailable)
    assert conf.verifier("oat_opaque").client_id == "web"
