"""DOT's own settings object, for packages that may not import DOT."""

from oauth2_provider.settings import oauth2_settings

__all__ = ["oauth2_settings"]
