"""``Application.is_usable``, by which a swapped model of DOT's can bar clients; it is respected here too."""

from functools import cache

from oauth_provider.dot.names import Row, application_model


@cache
def overrides_is_usable() -> bool:
    """Does the project's Application override ``is_usable``?"""
    from oauth2_provider.models import AbstractApplication

    return application_model().is_usable is not AbstractApplication.is_usable


def is_usable(application: Row) -> bool:
    """Does the model allow this client? It is asked without a request, since ours is not DOT's kind."""
    return not overrides_is_usable() or bool(application.is_usable(None))
