"""Challenges (RFC 6750 §3, RFC 9728 §5.1): the only place that makes WWW-Authenticate values asking for a token."""

from oauth_provider.protocol import bearer
from oauth_provider.protocol.bearer import BEARER
from oauth_provider.protocol.errors import InsufficientScope, OAuthError
from oauth_provider.protocol.issuer import well_known_url
from oauth_provider.protocol.scope import format_scope
from oauth_provider.resource_server.conf import conf
from oauth_provider.resource_server.needs import NOTHING, Needs
from oauth_provider.resource_server.proofs.bound_token import challenge_of, schemes

# RFC 6750 §3 allows neither of these in error_description, escaped or not.
NOT_IN_DESCRIPTION = str.maketrans('"\\', "'/")


def challenge(
    error: OAuthError | None = None, needs: Needs = NOTHING, resource: str | None = None, *, scheme: str = BEARER
) -> str:
    """Return the WWW-Authenticate value of a call refused with ``error``, or without a token (None).

    Without a token there is nothing to report, so ``error`` is left out (RFC 6750 §3.1). ``needs`` is everything
    that the operation needs, not only what was missing: a client that asks for the missing part alone would lose
    the rest. The ``scope`` of an ``InsufficientScope`` comes before that of ``needs``. ``resource`` is the URI that
    was called; default: ``RESOURCE``. Every scheme that is accepted gets a challenge, and the error stands in that
    of ``scheme``, which the token was sent with (RFC 9449 §7.2).
    """
    reported = error.parameters() if error is not None else {}
    if "error_description" in reported:
        reported["error_description"] = reported["error_description"].translate(NOT_IN_DESCRIPTION)
    parameters: dict[str, str] = {}
    scope = (error.scope if isinstance(error, InsufficientScope) else ()) or needs.scope
    parameters["scope"] = format_scope(scope)
    parameters["acr_values"] = " ".join(needs.acr_values)
    parameters["max_age"] = "" if needs.max_age is None else str(needs.max_age)
    resource = conf.resource if resource is None else resource
    parameters["resource_metadata"] = well_known_url(resource, "oauth-protected-resource") if resource else ""
    return ", ".join(
        bearer.challenge(
            {"realm": conf.realm, **(reported if one == scheme else {}), **parameters, **challenge_of(one)}, one
        )
        for one in schemes()
    )
