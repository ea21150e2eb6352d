"""Part of ``conf``: the setting of who may register which clients (RFC 7591 §5)."""

from collections.abc import Mapping
from typing import Any

from oauth_provider.conf.people import PeopleSettings


class RegistrationSettings(PeopleSettings):
    """The setting of the doors through which clients come."""

    @property
    def REGISTRATION(self) -> Mapping[str, Any]:
        """Doors through which others may register clients: ``PORTAL``, ``ENDPOINT``, ``DOCUMENT``; ``RESERVED_NAMES``.

        Each door has a dictionary with members of ``clients.registration.policy.DoorPolicy`` in capitals. Default: {},
        and all three are closed: clients are registered by operators alone.
        """
        return self._get("REGISTRATION", {})

    @property
    def SOFTWARE_STATEMENT_ISSUERS(self) -> Mapping[str, Mapping[str, Any]]:
        """Issuers whose software statements are trusted (RFC 7591 §2.3), each with ``jwks`` or ``jwks_uri``.

        Default: {}, and every statement is refused.
        """
        return self._get("SOFTWARE_STATEMENT_ISSUERS", {})

    @property
    def REGISTERED_SECRET_LIFETIME(self) -> int | None:
        """Lifetime of the secret of a client that registered itself (RFC 7591 §3.2.1), in seconds.

        Default: None (no end). A client gets another one by updating its registration in the second half of it.
        """
        return self._get("REGISTERED_SECRET_LIFETIME", None)

    @property
    def UNCONSENTED_CLIENT_LIFETIME(self) -> int | None:
        """Time after which ``oauth_sweep`` deletes a client that registered itself and that nobody agreed to.

        In seconds. Default: 604800 (7 days); None keeps it.
        """
        return self._get("UNCONSENTED_CLIENT_LIFETIME", 7 * 86400)

    @property
    def IDLE_CLIENT_LIFETIME(self) -> int | None:
        """Time without a live sign-in after which ``oauth_sweep`` deletes a client that registered itself.

        In seconds. Default: 7776000 (90 days); None keeps it.
        """
        return self._get("IDLE_CLIENT_LIFETIME", 90 * 86400)
