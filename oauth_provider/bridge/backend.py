"""DOT's core for its decorators (RFC 6750 §3.1), which ask for DOT's stock validator whatever is configured."""

from typing import Any

from oauth2_provider.oauth2_backends import OAuthLibCore
from oauth2_provider.oauth2_validators import OAuth2Validator
from oauth2_provider.settings import oauth2_settings


class ConfiguredCore(OAuthLibCore):  # type: ignore[misc]  # DOT ships no types
    """Core that replaces the stock validator by the configured one; any other validator of a decorator stays."""

    def __init__(self, server: Any = None) -> None:
        if server is not None and type(getattr(server, "request_validator", None)) is OAuth2Validator:
            server = type(server)(oauth2_settings.OAUTH2_VALIDATOR_CLASS())
        super().__init__(server)
