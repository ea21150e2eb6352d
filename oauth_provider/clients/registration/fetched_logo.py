"""Logos that clients name (RFC 7591 §2): fetched once, when registered, and made anew; no page shows theirs."""

import logging

from oauth_provider.clients.logo import MAX_BYTES, Logo, LogoRefused, make_logo
from oauth_provider.fetch import FetchError, Limits, fetch
from oauth_provider.protocol.client_metadata import refusal

logger = logging.getLogger("oauth_provider.clients")

LIMITS = Limits(max_bytes=MAX_BYTES)
MEMBER = "logo_uri"
# The same whatever was found there: nobody may look into a network through us.
TOLD = "no PNG, JPEG or WebP image of up to 512 kB can be had from there. SVG is not taken"


def fetch_logo(uri: str) -> Logo:
    """Return the image at ``uri`` as ours. Raise ``InvalidClientMetadata``."""
    try:
        answer = fetch(uri, LIMITS, headers={"Accept": "image/png, image/jpeg, image/webp"})
        if answer.status != 200:
            raise FetchError(f"It answers {answer.status}.")
        return make_logo(answer.body)
    except (FetchError, LogoRefused) as error:
        logger.warning("A logo cannot be had: %s", error)
        raise refusal(MEMBER, TOLD) from None
