"""Sector identifiers (OpenID Connect Core §8.1, Registration §5): whose redirect URIs does the document name?"""

import logging
from collections.abc import Iterable

from oauth_provider.fetch import FetchError, fetch
from oauth_provider.protocol.strict_json import parse_array

logger = logging.getLogger("oauth_provider.clients")


class SectorError(Exception):
    """The document does not speak for this client. ``missing`` are the redirect URIs that it should list."""

    def __init__(self, missing: tuple[str, ...] = ()) -> None:
        super().__init__(*missing)
        self.missing = missing


def check_sector(sector_identifier_uri: str, redirect_uris: Iterable[str]) -> None:
    """Fetch the document, a JSON array of redirect URIs. Raises ``SectorError`` unless all of these are in it.

    To be called when either is registered; a sign-in never waits for it.
    """
    try:
        answer = fetch(sector_identifier_uri)
        if answer.status != 200:
            raise FetchError(f"It answers {answer.status}.")
        listed = {one for one in parse_array(answer.body.decode()) if isinstance(one, str)}
    except (FetchError, ValueError) as error:
        logger.warning("A sector identifier cannot be had: %s", error)
        raise SectorError from None
    missing = tuple(uri for uri in redirect_uris if uri not in listed)
    if missing:
        raise SectorError(missing)
