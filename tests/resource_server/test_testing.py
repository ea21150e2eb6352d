"""The fake issuer of the test kit: what it signs is what the verifier of a real API sees (RFC 9068)."""

from typing import Any

import pytest

from oauth_provider.protocol.errors import InvalidToken, ServiceUnavailable
from oauth_provider.resource_server.conf import conf
from oauth_provider.resource_server.testing import HERE, FakeIssuer
from oauth_provider.resource_server.verifiers import jwks

pytestmark = pytest.mark.spec("RFC 9068", "2.2")

pytest_plugins = ["oauth_provider.resource_server.fixtures"]


def test_the_fixture_stands_for_the_issuer_of_the_settings(settings: Any, request: pytest.FixtureRequest) -> None:
    settings.OAUTH_RESOURCE_SERVER = {"AUTHORIZATION_SERVERS": ["https://a.example", "https://b.example"]}
    issuer = request.getfixturevalue("fake_issuer")
    assert issuer.issuer == "https://a.example"
    assert conf.verifier(issuer.token("notes:read", sub="7")).sub == "7"


def test_without_settings_it_has_a_name_of_its_own(fake_issuer: FakeIssuer) -> None:
    token = conf.verifier(fake_issuer.token())
    # The provider of this project names itself where nobody names an issuer.
    assert (token.issuer, token.resources) == (fake_issuer.issuer, (HERE,))


def test_any_claim_can_be_set_and_left_out(fake_issuer: FakeIssuer) -> None:
    token = conf.verifier(fake_issuer.token(["a"], client="web", auth_time=None, authorization_id=None, acr="mfa"))
    assert (token.scope, token.client_id, token.auth_time, token.authorization_id, token.acr) == (
        *("a", "web", None, None),
        "mfa",
    )
    with pytest.raises(InvalidToken):
        conf.verifier(fake_issuer.token(jti=None))


def test_rotation_retirement_and_outage_are_those_of_a_real_issuer(fake_issuer: FakeIssuer) -> None:
    old = fake_issuer.token()
    assert fake_issuer.rotate().kid == fake_issuer.keys[-1].kid
    assert conf.verifier(fake_issuer.token())
    assert len(fake_issuer.jwks["keys"]) == 2
    fake_issuer.retire(fake_issuer.keys[0].kid)
    with FakeIssuer(fake_issuer.issuer).serving(), pytest.raises(InvalidToken):
        conf.verifier(old)


def test_while_it_is_down_nobody_can_say(fake_issuer: FakeIssuer) -> None:
    fake_issuer.is_down = True
    with pytest.raises(ServiceUnavailable):
        conf.verifier(fake_issuer.token())
    assert fake_issuer.fetched == 0


def test_a_fake_issuer_leaves_nothing_behind(settings: Any) -> None:
    settings.OAUTH_RESOURCE_SERVER = {"VERIFIER": "tests.rest_framework.tokens.verify"}
    before, fetch = conf.verifier, jwks.fetch
    with FakeIssuer().serving() as issuer:
        assert conf.verifier(issuer.token()).issuer == issuer.issuer
    assert (conf.verifier, jwks.fetch, conf.authorization_servers) == (before, fetch, ("https://auth.example.com",))


def test_what_no_fake_issuer_has_is_nowhere(fake_issuer: FakeIssuer) -> None:
    assert jwks.fetch("https://example.com/").status == 404
    fake_issuer.is_down = True
    assert jwks.fetch("https://example.com/").status == 404
