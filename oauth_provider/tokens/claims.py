"""Claims about a person (OpenID Connect Core §5.1 and §5.4): each a function, and the scope that releases it.

A project adds its own, or replaces one of these, in a module ``oauth_claims`` of any of its apps::

    from oauth_provider.tokens.claims import claim

    @claim("phone_number", scope="phone")
    def phone_number(user, context):
        return user.profile.phone

This module imports no model, so that it can be imported from anywhere.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from oauth_provider.protocol.claims import Asked
from oauth_provider.protocol.id_token import PROTOCOL_CLAIMS
from oauth_provider.tokens.json_value import as_json
from oauth_provider.tokens.person import email_of, text_of, username_of
from oauth_provider.tokens.project_code import project_code


@dataclass(frozen=True, slots=True)
class ClaimContext:
    """For whom a claim is made: the client, the scope it was granted, and what it asked for in ``claims``."""

    client_id: str
    scope: tuple[str, ...]
    asked: Asked = field(default_factory=dict)


# From a user and a context to what ``as_json`` takes; None and an empty text say that there is nothing to say.
ClaimFunction = Callable[[Any, ClaimContext], Any]


@dataclass(frozen=True, slots=True)
class Claim:
    """``only_if_asked`` is for what no client gets for its scope alone: the ``claims`` parameter must name it."""

    name: str
    scope: str
    function: ClaimFunction
    only_if_asked: bool = False


_registry: dict[str, Claim] = {}


def claim(name: str, *, scope: str, only_if_asked: bool = False) -> Callable[[ClaimFunction], ClaimFunction]:
    """Register the decorated function as the claim ``name``, which whoever was granted ``scope`` may have.

    The last one registered under a name counts. Raises ``ValueError`` for a name that the protocol itself uses.
    """
    if name in PROTOCOL_CLAIMS:
        raise ValueError(f"The claim {name!r} is the protocol's own.")

    def register(function: ClaimFunction) -> ClaimFunction:
        _registry[name] = Claim(name, scope, function, only_if_asked)
        return function

    return register


def registered() -> Mapping[str, Claim]:
    """Every claim there is."""
    return _registry


def userinfo_claims(user: Any, context: ClaimContext) -> dict[str, Any]:
    """Return what userinfo tells: the claims of the scopes that were granted (§5.4)."""
    released = [one for one in _granted(context) if not one.only_if_asked or one.name in context.asked]
    return _values(released, user, context)


def id_token_claims(user: Any, context: ClaimContext) -> dict[str, Any]:
    """Return what the ID token tells: of those claims the ones that ``claims.id_token`` names (§5.5)."""
    return _values([one for one in _granted(context) if one.name in context.asked], user, context)


def _granted(context: ClaimContext) -> list[Claim]:
    return [one for one in _registry.values() if one.scope in context.scope]


def _values(claims: list[Claim], user: Any, context: ClaimContext) -> dict[str, Any]:
    with project_code("the function of a claim"):
        values = {one.name: as_json(one.function(user, context), what=f"the claim {one.name!r}") for one in claims}
    # §5.3.2: what is not known is left out, not null and not empty.
    return {name: value for name, value in values.items() if value is not None and value != ""}


@claim("name", scope="profile")
def _name(user: Any, context: ClaimContext) -> Any:
    return user.get_full_name() if hasattr(user, "get_full_name") else None


@claim("given_name", scope="profile")
def _given_name(user: Any, context: ClaimContext) -> Any:
    return text_of(user, "first_name")


@claim("family_name", scope="profile")
def _family_name(user: Any, context: ClaimContext) -> Any:
    return text_of(user, "last_name")


@claim("preferred_username", scope="profile")
def _preferred_username(user: Any, context: ClaimContext) -> Any:
    return username_of(user)


@claim("email", scope="email")
def _email(user: Any, context: ClaimContext) -> Any:
    return email_of(user)


@claim("email_verified", scope="email")
def _email_verified(user: Any, context: ClaimContext) -> Any:
    # Django does not know. A project that does says so in a claim of its own.
    return False if email_of(user) else None
