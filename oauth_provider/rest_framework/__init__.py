"""Guards for Django REST framework (RFC 6750), which has to be installed."""

from oauth_provider.rest_framework import presence  # noqa: F401 - says how to get what is missing
