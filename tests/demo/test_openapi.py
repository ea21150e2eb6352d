"""The OpenAPI document of the notes API, held against the API itself (schemathesis): it answers as it says."""

from collections.abc import Callable
from typing import Any

import pytest
import requests
import schemathesis
from drf_spectacular.validation import validate_schema
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode

from tests.demo.visitor import Visitor

pytestmark = pytest.mark.xdist_group("demo")

NOWHERE = 404  # an address that is none of the API's, such as a number that is none

# The same calls in every run, and so many of each operation.
bounded = settings(
    max_examples=40,
    derandomize=True,
    database=None,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture(scope="module", params=["GET /api/notes/", "POST /api/notes/", "DELETE /api/notes/{id}/"])
def operation(request: pytest.FixtureRequest, seeded: dict[str, Any]) -> Any:
    """One operation of the document as it is served."""
    method, path = request.param.split()
    return schemathesis.openapi.from_url(f"{seeded['issuer']}/api/schema/")[path][method]


def try_out(operation: Any, check: Callable[[schemathesis.Case], None]) -> None:
    """Have ``check`` make calls that the document allows, and calls that it does not."""
    takes_something = operation.body or operation.path_parameters or operation.query
    for mode in GenerationMode if takes_something else [GenerationMode.POSITIVE]:
        bounded(given(case=operation.as_strategy(generation_mode=mode))(check))()


@pytest.fixture(scope="module")
def visitor(seeded: dict[str, Any]) -> Visitor:
    """Somebody who looks at the demo."""
    return Visitor(seeded)


@pytest.fixture(scope="module")
def token(visitor: Visitor) -> str:
    """Good for everything that the document describes."""
    return visitor.allow("notes:read notes:write")


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def test_with_a_token_it_answers_as_documented(operation: Any, token: str) -> None:
    """Statuses, content types and bodies, to good calls and to bad ones; never 5xx."""

    def check(case: schemathesis.Case) -> None:
        case.call_and_validate(headers=bearer(token))

    try_out(operation, check)


def test_without_a_token_every_call_is_refused_as_documented(operation: Any) -> None:
    """401 with a challenge, whatever else is wrong with the call; never 5xx."""

    def check(case: schemathesis.Case) -> None:
        answer = case.call()
        assert answer.status_code in {401, NOWHERE}
        assert answer.status_code == NOWHERE or answer.headers["www-authenticate"][0].startswith("Bearer ")

    try_out(operation, check)


def test_a_token_that_may_only_read_changes_nothing(operation: Any, reader: str) -> None:
    """403 for everything but reading."""

    def check(case: schemathesis.Case) -> None:
        allowed = {200, 400} if case.method.upper() == "GET" else {403}
        assert case.call(headers=bearer(reader)).status_code in {*allowed, NOWHERE}

    try_out(operation, check)


@pytest.fixture(scope="module")
def reader(seeded: dict[str, Any]) -> str:
    """A token for reading."""
    return Visitor(seeded).allow("notes:read")


def test_the_document_is_valid_and_says_where_tokens_come_from(seeded: dict[str, Any]) -> None:
    """OpenAPI 3.0; the code flow, with the scopes of this API and no others; every operation names its own."""
    served = requests.get(f"{seeded['issuer']}/api/schema/", timeout=10).json()
    validate_schema(served)

    (scheme,) = served["components"]["securitySchemes"].values()
    flow = scheme["flows"]["authorizationCode"]
    assert flow["authorizationUrl"] == f"{seeded['issuer']}/oauth/authorize"
    assert flow["scopes"].keys() == {"notes:read", "notes:write", "notes:everyone"}
    for path in served["paths"].values():
        for operation in path.values():
            assert [list(one) for one in operation["security"]] == [["oauth2"]]
            assert {"400", "401", "403"} <= operation["responses"].keys()


def test_what_the_document_says_of_scopes_is_what_the_challenge_says(seeded: dict[str, Any]) -> None:
    """For each operation."""
    served = requests.get(f"{seeded['issuer']}/api/schema/", timeout=10).json()
    for path, operations in served["paths"].items():
        for method, operation in operations.items():
            refused = requests.request(method, f"{seeded['issuer']}{path.replace('{id}', '1')}", timeout=10)
            (requirement,) = operation["security"]
            assert f'scope="{" ".join(requirement["oauth2"])}"' in refused.headers["WWW-Authenticate"]
