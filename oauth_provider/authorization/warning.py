"""Warnings on the consent page (RFC 6749 §10.2, RFC 8252 §8.6): at most one, and none where all is as usual.

Who is warned each time reads no warning: what only reads is never warned of, nor is an app that people know.
"""

from collections.abc import Collection
from enum import StrEnum

from oauth_provider.authorization.inquiry import Inquiry
from oauth_provider.models import Scope
from oauth_provider.models.client import ClientPolicy
from oauth_provider.registry.scope import risks_of


class Warning(StrEnum):
    """Reasons to warn, the strongest first."""

    EVERYTHING = "everything"
    ANY_APP = "any_app"
    UNVERIFIED = "unverified"
    FIRST_TIME = "first_time"

    @property
    def is_strong(self) -> bool:
        """Is it one that nobody should pass by?"""
        return self in (Warning.EVERYTHING, Warning.ANY_APP)


def warning_of(inquiry: Inquiry, *, is_first: bool) -> Warning | None:
    """Return the one warning of the page for ``inquiry``. ``is_first``: the person never let the client in."""
    return grade(
        frozenset(risks_of(inquiry.question.asked.scope).values()),
        is_assured=inquiry.destination.is_assured,
        is_unverified=inquiry.client.policy.status != ClientPolicy.Status.APPROVED,
        is_first=is_first,
    )


def grade(risks: Collection[str], *, is_assured: bool, is_unverified: bool, is_first: bool) -> Warning | None:
    """Return the strongest reason to warn of a client that asks for scopes of ``risks``, none of them for reading.

    ``is_assured``: the answer does not go to an app on the device that another one can pose as.
    """
    if Scope.Risk.EVERYTHING in risks:
        return Warning.EVERYTHING
    if not risks:
        return None
    if not is_assured:
        return Warning.ANY_APP
    if is_unverified:
        return Warning.UNVERIFIED
    return Warning.FIRST_TIME if is_first else None
