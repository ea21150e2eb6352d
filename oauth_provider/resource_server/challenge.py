"""The challenge (RFC 6750 §3): every WWW-Authenticate value that asks for an access token is made here."""

from collections.abc import Iterable

from oauth_provider.protocol import bearer
from oauth_provider.protocol.errors import InsufficientScope, OAuthError
from oauth_provider.protocol.scope import format_scope
from oauth_provider.resource_server.conf import conf

# RFC 6750 §3 allows neither of these in error_description, escaped or not.
NOT_IN_DESCRIPTION = str.maketrans('"\\', "'/")


def challenge(error: OAuthError | None = None, *, scope: Iterable[str] = ()) -> str:
    """The value for a call refused with ``error``, or for one that came without a token (None).

    Without a token there is nothing to report, so ``error`` is left out (RFC 6750 §3.1). ``scope`` is
    everything that the operation needs, not only what was missing; ``InsufficientScope`` brings its own.
    """
    parameters = {"realm": conf.realm}
    if error is not None:
        parameters |= error.parameters()
    if "error_description" in parameters:
        parameters["error_description"] = parameters["error_description"].translate(NOT_IN_DESCRIPTION)
    parameters["scope"] = format_scope(error.scope if isinstance(error, InsufficientScope) else scope)
    return bearer.challenge(parameters)
