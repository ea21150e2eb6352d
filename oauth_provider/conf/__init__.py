"""The settings: ``OAUTH_PROVIDER``, one typed property for each."""

from oauth_provider.conf.settings import (
    NAMES,
    ProviderSettings,
    dot_setting,
    drop_cached_settings,
    provider_settings,
)

__all__ = ["NAMES", "ProviderSettings", "dot_setting", "drop_cached_settings", "provider_settings"]
