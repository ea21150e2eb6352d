"""``OAUTH_RESOURCE_SERVER["JWT"]`` and its checks (RFC 9068 §4): whose tokens, and for which API."""

from typing import Any

import pytest
from django.core.checks.registry import registry
from django.core.exceptions import ImproperlyConfigured

from oauth_provider.resource_server import checks
from oauth_provider.resource_server.conf import conf
from oauth_provider.resource_server.testing import FakeIssuer
from oauth_provider.resource_server.verifiers import checks as jwt_checks
from oauth_provider.resource_server.verifiers import jwks
from tests.resource_server.verifiers.jwt.calls import ISSUER, MIXED, OPAQUE, refused

pytestmark = pytest.mark.spec("RFC 9068", "4")

pytest_plugins = ["oauth_provider.resource_server.fixtures"]


@pytest.mark.parametrize(
    "given",
    [
        "https://auth.example.com/jwks",
        {"JWKS_URI": "https://auth.example.com/jwks"},
        {"JWKS_URIS": "https://auth.example.com/jwks"},
        {"JWKS_URIS": {ISSUER: "http://auth.example.com/jwks"}},
        {"JWKS_URIS": {ISSUER: 7}},
        {"ALGORITHMS": []},
        {"ALGORITHMS": ["none"]},
        {"ALGORITHMS": ["HS256"]},
        {"ALGORITHMS": "ES256"},
        {"LEEWAY": -1},
        {"LEEWAY": "10"},
        {"KEYS_LIFETIME": 0},
        {"TIMEOUT": None},
    ],
    ids=str,
)
def test_a_setting_that_cannot_be_used_is_found(settings: Any, given: Any) -> None:
    settings.OAUTH_RESOURCE_SERVER |= {"JWT": given}
    with pytest.raises(ImproperlyConfigured):
        _ = conf.jwt
    assert [found.id for found in checks.check_settings(None)] == ["oauth_resource_server.E004"]
    assert jwt_checks.check_issuers(None) == jwt_checks.check_resource(None) == []


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, []),
        ({"AUTHORIZATION_SERVERS": []}, ["E042"]),
        ({"VERIFIER": MIXED}, ["E043"]),
        ({"VERIFIER": MIXED, "AUTHORIZATION_SERVERS": []}, ["E042", "E043"]),
        ({"RESOURCE": ""}, ["W042"]),
        ({"JWT": {"JWKS_URIS": {"https://other.example": "https://other.example/keys"}}}, ["W043"]),
        ({"JWT": {"JWKS_URIS": {ISSUER: "https://other.example/keys"}}}, []),
        ({"VERIFIER": "tests.rest_framework.tokens.verify", "RESOURCE": "", "AUTHORIZATION_SERVERS": []}, []),
        ({"VERIFIER": "no.such.thing", "RESOURCE": ""}, []),
    ],
    ids=str,
)
def test_whose_tokens_for_which_api_is_checked(settings: Any, changes: dict[str, Any], expected: list[str]) -> None:
    settings.OAUTH_RESOURCE_SERVER |= changes
    messages = [*jwt_checks.check_issuers(None), *jwt_checks.check_resource(None)]
    assert [message.id.removeprefix("oauth_resource_server.") for message in messages] == expected
    assert all(message.hint for message in messages)
    assert set(jwt_checks.CHECKS) <= set(checks.CHECKS)


@pytest.mark.spec("RFC 8707", "2")
@pytest.mark.parametrize(
    ("hosts", "changes", "expected"),
    [
        (["api.example.com"], {"VERIFIER": OPAQUE}, []),
        ([".example.com"], {"VERIFIER": OPAQUE}, ["W046"]),
        ([".example.com"], {"RESOURCE": ""}, ["W046"]),
        ([".example.com"], {}, []),
        (["*"], {"VERIFIER": OPAQUE}, ["W046"]),
        (["api.example.com", "*"], {"VERIFIER": MIXED}, ["W046"]),
        (["*"], {"RESOURCE": ""}, ["W046"]),
        (["*"], {}, []),
        (["*"], {"VERIFIER": "no.such.thing"}, []),
        (["*"], {"RESOURCE": 7}, []),
    ],
    ids=str,
)
def test_a_host_that_anybody_may_name_is_found_before_it_decides(
    settings: Any, hosts: list[str], changes: dict[str, Any], expected: list[str]
) -> None:
    settings.ALLOWED_HOSTS = hosts
    settings.OAUTH_RESOURCE_SERVER |= changes
    messages = checks.check_hosts(None)
    assert [message.id.removeprefix("oauth_resource_server.") for message in messages] == expected
    assert all(message.hint for message in messages)
    assert checks.check_hosts in registry.get_checks(include_deployment_checks=True)


def test_keys_of_a_stranger_are_not_fetched_for_a_stranger(
    fake_issuer: FakeIssuer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*args: Any, **kwargs: Any) -> None:
        raise AssertionError("something was fetched")

    monkeypatch.setattr(jwks, "fetch", fail)
    refused(fake_issuer.token(iss="https://evil.example"))
    refused(fake_issuer.token(typ="JWT"))
