"""Subjects (OpenID Connect Core §8): the name that a person, or a session, has towards a client and towards us.

A client's own token has no ``sub`` at all, so that no client can pose as a person (RFC 9700 §4.15).
"""

from collections.abc import Collection
from typing import Any

from oauth_provider.conf import provider_settings
from oauth_provider.models.client import Client
from oauth_provider.protocol.errors import ServerError
from oauth_provider.protocol.reason import Reason
from oauth_provider.protocol.subject import PAIRWISE, pairwise_sid, pairwise_subject, sector_of


def public_subject(user: Any) -> str:
    """Return the ``sub`` by which APIs of this project know a person: stable, the primary key."""
    return str(user.pk)


def subject_of(user: Any, client: Client) -> str:
    """Return the ``sub`` by which ``client`` knows ``user``. Raises ``ServerError`` where it must not be told."""
    policy = client.policy
    return subject_by(user, policy.subject_type, client.redirect_uris, policy.sector_identifier_uri)


def sid_of(sid: str, client: Client) -> str:
    """Return what ``client`` calls the session ``sid``. Raises ``ServerError`` as ``subject_of`` does."""
    if not sid or client.policy.subject_type != PAIRWISE:
        return sid
    return pairwise_sid(sid, *_pairwise(client.redirect_uris, client.policy.sector_identifier_uri))


def known_sid(sid: str, client: Client) -> str:
    """Return the same as ``sid_of``, and an empty string where the client must not be told."""
    try:
        return sid_of(sid, client)
    except ServerError:
        return ""


def known_subject(user: Any, client: Client | None) -> str:
    """Return ``subject_of``; empty where nobody asks, or where the client must not be told."""
    if client is None:
        return ""
    try:
        return subject_of(user, client)
    except ServerError:
        return ""


def subject_by(
    user: Any, subject_type: str | None, redirect_uris: Collection[str], sector_identifier_uri: str | None
) -> str:
    """Return ``subject_of`` by the columns of a client; None where it has no policy."""
    if subject_type != PAIRWISE:
        return public_subject(user)
    sector, secret = _pairwise(redirect_uris, sector_identifier_uri or "")
    return pairwise_subject(public_subject(user), sector, secret)


def check_subjects(client: Client) -> None:
    """Raise ``ServerError`` where the client is to know people by names that cannot be made."""
    if client.policy.subject_type == PAIRWISE:
        _pairwise(client.redirect_uris, client.policy.sector_identifier_uri)


def _pairwise(redirect_uris: Collection[str], sector_identifier_uri: str) -> tuple[str, str]:
    sector, secret = sector_of(redirect_uris, sector_identifier_uri), provider_settings.PAIRWISE_SECRET
    # The public name in its place would tell what this client was never to know.
    if not sector or not secret:
        detail = "a pairwise client has no sector" if secret else "PAIRWISE_SECRET is not set"
        raise ServerError(Reason.SUBJECT_UNNAMEABLE, detail=detail)
    return sector, secret
