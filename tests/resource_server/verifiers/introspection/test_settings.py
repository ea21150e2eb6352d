"""``OAUTH_RESOURCE_SERVER["INTROSPECTION"]`` (RFC 7662 §2.1): terms that cannot be used are found."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from oauth_provider.resource_server import checks
from oauth_provider.resource_server.conf import conf
from tests.resource_server.verifiers.introspection.endpoint import VERIFIER

pytestmark = pytest.mark.spec("RFC 7662", "2.2")


GOOD = {"URL": "https://as.example/introspect", "CLIENT_ID": "api", "CLIENT_SECRET": "secret"}


@pytest.mark.parametrize(
    "terms",
    [
        {},
        None,
        [],
        GOOD | {"URL": "http://as.example/introspect"},
        GOOD | {"URL": "http://localhost.example/"},
        GOOD | {"URL": ""},
        GOOD | {"URL": 7},
        GOOD | {"CLIENT_SECRET": ""},
        {"URL": "https://as.example"},
        GOOD | {"TIMEOUT": 0},
        GOOD | {"TIMEOUT": "3"},
        GOOD | {"REVOCATION_DELAY": -1},
        GOOD | {"DELAY": 1},
        {"url": "https://as.example/", "client_id": "a", "client_secret": "b"},
    ],
)
def test_terms_that_cannot_be_used_are_found(settings, terms):
    settings.OAUTH_RESOURCE_SERVER = {"VERIFIER": VERIFIER, "INTROSPECTION": terms}
    assert [found.id for found in checks.check_settings(None)] == ["oauth_resource_server.E004"]
    with pytest.raises(ImproperlyConfigured):
        conf.verifier("x")


def test_the_secret_is_not_printed(settings):
    settings.OAUTH_RESOURCE_SERVER = {"VERIFIER": VERIFIER, "INTROSPECTION": GOOD | {"CLIENT_SECRET": "hush"}}
    assert checks.check_settings(None) == checks.check_verifier(None) == []
    assert "hush" not in repr(conf.introspection)
