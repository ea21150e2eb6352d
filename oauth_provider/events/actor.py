"""Actors: the one who made something happen, as far as the request tells."""

from dataclasses import dataclass

from django.http import HttpRequest

from oauth_provider.conf import provider_settings
from oauth_provider.resource_server.users.session_user import session_user


@dataclass(frozen=True, slots=True)
class Actor:
    """The person who acted, by their primary key as text, and the address that the request came from.

    Both are empty where they are not known: a command has neither, and a client that acts for itself has no person.
    """

    user: str = ""
    address: str = ""


NOBODY = Actor()


def client_behind(http: HttpRequest) -> Actor:
    """Return who called an endpoint for programs: no person."""
    return Actor(address=provider_settings.CLIENT_ADDRESS(http))


def person_behind(http: HttpRequest) -> Actor:
    """Return the person whose session it is, an operator in the admin included."""
    user = session_user(http)
    return Actor("" if user is None else str(user.pk), provider_settings.CLIENT_ADDRESS(http))
