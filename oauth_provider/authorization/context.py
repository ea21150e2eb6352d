"""The authentication context (OpenID Connect Core §2): when and how a session was authenticated, in a project's words.

A project with several factors subclasses ``AuthenticationContext`` and names it in ``AUTHENTICATION_CONTEXT``.
"""

from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest
from django.utils.module_loading import import_string

from oauth_provider.authorization.sign_in import moment, recorded
from oauth_provider.conf import provider_settings


@dataclass(frozen=True, slots=True)
class Context:
    """``auth_time`` is None where nobody knows; ``acr`` and ``amr`` are empty where nobody says (RFC 8176)."""

    auth_time: datetime | None
    acr: str = ""
    amr: tuple[str, ...] = ()


class AuthenticationContext:
    """The authentication context of a session's sign-in. This one knows when it was, and nothing of how."""

    #: The ``acr`` values that a sign-in here can reach, for discovery. A request for others changes nothing.
    acr_values_supported: tuple[str, ...] = ()

    def describe(self, request: HttpRequest) -> Context:
        """The context of the session of ``request``, whose user is signed in."""
        return Context(moment(recorded(request).seconds))

    def satisfies(self, context: Context, acr: str) -> bool:
        """Did this sign-in reach ``acr``? Levels that include one another are compared here."""
        return context.acr == acr

    def step_up_url(self, request: HttpRequest, acr_values: tuple[str, ...], next_url: str) -> str | None:
        """The page that raises this session to one of ``acr_values`` and goes on to ``next_url`` (a path of ours).

        None where there is none.
        """
        return None


def authentication_context() -> AuthenticationContext:
    """The one that the project named."""
    named: type[AuthenticationContext] = import_string(provider_settings.AUTHENTICATION_CONTEXT)
    return named()
