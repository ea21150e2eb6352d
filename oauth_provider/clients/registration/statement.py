"""Software statements (RFC 7591 §2.3) of issuers that ``SOFTWARE_STATEMENT_ISSUERS`` names."""

import time
from collections.abc import Mapping
from typing import Any

from oauth_provider.clients.keys.jwks_uri import fetched_keys, parsed
from oauth_provider.conf import provider_settings
from oauth_provider.protocol import jws
from oauth_provider.protocol.client_jwks import read_jwks
from oauth_provider.protocol.errors import InvalidSoftwareStatement, UnapprovedSoftwareStatement
from oauth_provider.protocol.jose import JoseError, Key
from oauth_provider.protocol.reason import Reason
from oauth_provider.protocol.software_statement import issuer_in, verify_statement


def claims_of(statement: str) -> Mapping[str, Any]:
    """Return the metadata in ``statement``. They count for more than what the client says beside it.

    Raises ``InvalidSoftwareStatement``, ``UnapprovedSoftwareStatement`` and ``KeysUnavailable``.
    """
    issuer = issuer_in(statement)
    trusted = provider_settings.SOFTWARE_STATEMENT_ISSUERS.get(issuer)
    if trusted is None:
        raise UnapprovedSoftwareStatement(Reason.STATEMENT_ISSUER_UNKNOWN, detail=f"iss is {issuer!r:.200}")
    return verify_statement(statement, _keys(trusted, statement), now=time.time())


def _keys(trusted: Mapping[str, Any], statement: str) -> tuple[Key, ...]:
    if "jwks" in trusted:
        return read_jwks(trusted["jwks"])
    try:
        kid = jws.parse(statement).header.get("kid")
        return fetched_keys(trusted["jwks_uri"], parsed, lambda key: kid in (None, key.kid))
    except JoseError as error:
        raise InvalidSoftwareStatement(Reason.STATEMENT_MALFORMED, detail=str(error)) from None
