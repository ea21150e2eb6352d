"""Authorization details of tokens (RFC 9396 §6 and §7): which a token gets, how they are said, and whose they are."""

from collections.abc import Iterable, Sequence
from typing import Any

from oauth_provider.conf import provider_settings
from oauth_provider.models import Authorization
from oauth_provider.models.client import Client
from oauth_provider.protocol.authorization_details import PARAMETER, Detail, at_resources, narrow_details
from oauth_provider.protocol.errors import InvalidAuthorizationDetails
from oauth_provider.protocol.reason import Reason
from oauth_provider.registry.authorization_details import all_types, is_allowed, registered
from oauth_provider.tokens.project_code import project_code

OURS = "what knows whose authorization details are"


def said(details: Sequence[Detail] | None) -> dict[str, Any]:
    """The member of a token response, an introspection (§9.2) or a JWT (§9.1); none where there is nothing to say."""
    return {PARAMETER: [dict(detail) for detail in details]} if details else {}


def details_of(asked: tuple[Detail, ...], authorization: Authorization, client: Client) -> tuple[Detail, ...]:
    """Return all that was granted, or the part of it that is ``asked`` for (§6).

    What the client may not ask for any more is not granted any more. Raises ``InvalidAuthorizationDetails``.
    """
    granted = authorization.authorization_details
    standing = tuple(detail for detail in granted if is_allowed(detail["type"], client))
    return narrow_details(asked, standing, all_types()) if asked else standing


def check_served(details: tuple[Detail, ...], resources: tuple[str, ...]) -> None:
    """Raise ``InvalidAuthorizationDetails`` for what is asked for by itself and of no use at ``resources``."""
    if at_resources(details, resources) != details:
        raise InvalidAuthorizationDetails(Reason.DETAILS_OF_OTHER_LOCATION)


def are_still_theirs(user: Any, details: Iterable[Detail] | None, *, at_call: bool = False) -> bool:
    """May ``user`` still let somebody do all of ``details``, by what their types say? True where nobody granted them.

    ``at_call``: only types are asked that want to be at every call of an API.
    """
    if user is None or not details:
        return True
    types = provider_settings.AUTHORIZATION_DETAILS_TYPES
    known = [(registered(one["type"]), one) for one in details if one["type"] in types]
    with project_code(OURS):
        return all(kind.is_still_theirs(user, one) for kind, one in known if kind.check_every_call or not at_call)
