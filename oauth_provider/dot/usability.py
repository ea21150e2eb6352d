"""``Application.is_usable``: how a swapped model of DOT's bars a client in its own way; honoured here too."""

from functools import cache

from oauth_provider.dot.names import Row, application_model


@cache
def is_decided_by_model() -> bool:
    """Does the project's Application say anything but yes to everyone?"""
    from oauth2_provider.models import AbstractApplication

    return application_model().is_usable is not AbstractApplication.is_usable


def is_usable(application: Row) -> bool:
    """What the model says. It is asked without a request: ours are not those that DOT would hand it."""
    return not is_decided_by_model() or bool(application.is_usable(None))
