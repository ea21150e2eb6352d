"""Settings of ours that a test changes, beside those of the whole suite."""

from typing import Any

from django.test import override_settings

from tests.settings import OAUTH_PROVIDER


def setting(**values: Any) -> Any:
    """These settings of ours, and the tests' own beside them."""
    return override_settings(OAUTH_PROVIDER={**OAUTH_PROVIDER, **values})
