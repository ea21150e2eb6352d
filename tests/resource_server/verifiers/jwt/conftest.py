"""An API that believes one issuer's JWTs."""

from typing import Any

import pytest

from tests.resource_server.verifiers.jwt.calls import ISSUER, JWT, RESOURCE


@pytest.fixture(autouse=True)
def _settings(settings: Any, _resource_server: None) -> None:
    settings.OAUTH_RESOURCE_SERVER = {"VERIFIER": JWT, "AUTHORIZATION_SERVERS": [ISSUER], "RESOURCE": RESOURCE}


@pytest.fixture
def options(settings: Any) -> Any:
    """Change ``JWT``, or other keys."""

    def options(*, others: Any = None, **changes: Any) -> None:
        present = settings.OAUTH_RESOURCE_SERVER
        settings.OAUTH_RESOURCE_SERVER = {**present, "JWT": {**present.get("JWT", {}), **changes}, **(others or {})}

    return options
