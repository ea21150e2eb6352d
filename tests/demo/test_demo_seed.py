"""``demo_seed``: the same on every run, and what it prints is true."""

import sqlite3

import pytest

from oauth_provider.protocol.token_string import CLIENT_SECRET, is_token
from tests.demo.server import Demo

pytestmark = pytest.mark.xdist_group("demo")


def dump(demo: Demo) -> list[str]:
    """Every row of the database."""
    with sqlite3.connect(demo.database) as database:
        rows = list(database.iterdump())
    database.close()
    return rows


def test_a_second_run_prints_the_same_and_changes_nothing(demo: Demo) -> None:
    """Somebody may have written the secrets down."""
    first = demo.seed()
    before = dump(demo)

    assert demo.seed() == first
    assert dump(demo) == before


def test_the_description_names_the_clients(demo: Demo) -> None:
    """Programs read this, so its keys are fixed."""
    described = demo.seed()

    assert described["issuer"] == f"http://127.0.0.1:{demo.environment['PORT']}"
    assert described["user"].keys() == {"username", "password"}
    assert set(described["clients"]) == {
        "web", "spa", "native", "service", "resource_server", "photos", "api_docs", "assistant",
    }  # fmt: skip
    for client in described["clients"].values():
        assert {"client_id", "redirect_uris", "scopes"} <= client.keys()
    assert all(call.keys() == {"method", "url", "scopes"} for call in described["api"])


def test_only_confidential_clients_have_a_secret_and_it_looks_like_ours(demo: Demo) -> None:
    """A leak scanner must know a demo secret as well."""
    secrets = {key: client.get("client_secret") for key, client in demo.seed()["clients"].items()}

    assert {key for key, secret in secrets.items() if secret} == {"web", "service", "resource_server", "photos"}
    assert all(is_token(secret, CLIENT_SECRET) for secret in secrets.values() if secret)


def test_another_secret_key_gives_other_secrets(demo: Demo) -> None:
    """Two demos share nothing; what was printed under the old key is printed again when it is back."""
    original = demo.seed()
    other = Demo({**demo.environment, "SECRET_KEY": "another"}, demo.database).seed()

    assert other["user"]["password"] != original["user"]["password"]
    assert other["clients"]["web"]["client_secret"] != original["clients"]["web"]["client_secret"]
    assert demo.seed() == original


def test_the_text_for_people_names_the_user_and_the_address(demo: Demo) -> None:
    """``make demo`` prints it."""
    text = demo.manage("demo_seed")
    described = demo.seed()

    assert described["issuer"] in text
    assert described["user"]["password"] in text
    assert described["clients"]["web"]["client_secret"] in text


def test_nothing_of_the_demo_is_left_unmigrated_or_misconfigured(demo: Demo) -> None:
    """A newcomer's first look at the checks is a clean one."""
    demo.manage("makemigrations", "--check", "--dry-run")

    assert "no issues" in demo.manage("check")
