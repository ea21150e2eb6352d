"""oauth_provider: an OAuth 2.1 authorization server for Django projects. Imports nothing, ever."""

__version__ = "0.1.0"
