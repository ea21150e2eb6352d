"""The issuer is passed along (RFC 8414 §2): nothing below endpoints and pages looks it up."""

import re
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

import oauth_provider
from oauth_provider.tokens.issuer import Issuer
from oauth_provider.tokens.key_ring import key_ring

pytestmark = pytest.mark.spec("RFC 8414", "2")

PACKAGE = Path(str(oauth_provider.__file__)).parent
BELOW = ("authorization", "grants", "tokens", "clients", "registry", "models", "sql", "events", "dot", "sweeping")
LOOKS_UP = re.compile(r"\bprovider_settings\.ISSUER\b|(?<!def )\bissuer_of\(")
# Where nobody above could say it.
EXCEPTIONS = {
    "authorization/sign_in.py": "a receiver of Django's own signal, user_logged_in",
    "authorization/logout.py": "a receiver of Django's own signal, user_logged_out",
    "clients/documents/copies.py": "asks whether this server is on a developer's own machine",
    "clients/registration/policy.py": "names the host that no other client may look like",
    "sweeping/unused.py": "writes to people of what is over, and no request asked for it",
    "tokens/issuer.py": "reads it for endpoints, pages and those receivers",
    "tokens/verifier.py": "is named by a dotted path and asked by the APIs of this project",
    "tokens/denylist.py": "is told of rows by signals, wherever they were changed",
}


def test_nothing_below_endpoints_and_pages_looks_the_issuer_up() -> None:
    files = [path for name in BELOW for path in sorted((PACKAGE / name).rglob("*.py"))]
    found = {path.relative_to(PACKAGE).as_posix() for path in files if LOOKS_UP.search(path.read_text())}
    assert found == set(EXCEPTIONS)


def test_an_issuer_without_a_url_has_no_name_and_still_has_keys() -> None:
    with pytest.raises(ImproperlyConfigured):
        _ = Issuer().name
    assert Issuer().keys is key_ring()


def test_the_keys_of_one_exchange_are_those_that_were_looked_at_first() -> None:
    rings = iter([key_ring(), None])
    issuer = Issuer("https://auth.example.com", lambda: next(rings)).with_same_keys()  # type: ignore[arg-type, return-value]
    assert issuer.keys is issuer.keys is key_ring()
