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
