"""Part of ``conf``: settings of what a server runs on: cache, database, network, and what is kept for how long."""

from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import Any, cast

from django.utils.module_loading import import_string

from oauth_provider.conf.limits import LimitSettings


class RunningSettings(LimitSettings):
    """Settings that say where state is kept, how it is reached, and when it is swept."""

    @property
    def VERIFICATION_CACHE_LIFETIME(self) -> int:
        """Time that this project's APIs may cache a good opaque token, in seconds. Default: 0.

        A revocation in the same process has effect at once, one in another process after this time, or by the
        denylist.
        """
        return self._get("VERIFICATION_CACHE_LIFETIME", 0)

    @property
    def PREPARE_STATEMENTS(self) -> str:
        """Preparation of the few statements of the hot paths on PostgreSQL: "auto" or "off". Default: "auto".

        "auto" prepares on connections that are kept (``CONN_MAX_AGE``, or ``pool`` in ``OPTIONS``) and that no pooler
        shows on. Each connection looks at it once.
        """
        return self._get("PREPARE_STATEMENTS", "auto")

    @property
    def TENANT(self) -> Callable[[], Hashable] | None:
        """Dotted path of a function without arguments that returns the present tenant, as a hashable value.

        Default: none, and caches of a process are kept apart by database and ``connection.schema_name``.
        """
        path = self._get("TENANT", None)
        return cast("Callable[[], Hashable]", import_string(path)) if path else None

    @property
    def DENYLIST(self) -> Mapping[str, Any]:
        """Channel on which APIs hear of revocations: a dictionary with ``URL`` (Redis), ``CHANNEL``, ``TRANSPORT``.

        Default: {}, and nothing is sent. ``OAUTH_RESOURCE_SERVER["DENYLIST"]`` is the same for the receiving
        side.
        """
        return self._get("DENYLIST", {})

    @property
    def INTERNAL_HOSTS(self) -> Sequence[str]:
        """Hosts in the operator's own network that clients may name for us to call, in lower case, without ports.

        Default: none, and only public addresses are called. A loopback name may then be called over http too.
        """
        return self._get("INTERNAL_HOSTS", ())

    @property
    def CACHE(self) -> str:
        """Alias in ``CACHES`` where failures are counted; all processes must share it. Default: "default"."""
        return self._get("CACHE", "default")

    @property
    def SWEEP_RETENTION(self) -> int:
        """Time that ended sign-ins are kept before ``oauth_sweep`` deletes them, in seconds.

        Default: 604800 (7 days).
        """
        return self._get("SWEEP_RETENTION", 7 * 86400)

    @property
    def AUDIT_LIFETIME(self) -> int | None:
        """Time that rows of the audit are kept before ``oauth_sweep`` deletes them, in seconds.

        Default: 34560000 (400 days). None keeps them.
        """
        return self._get("AUDIT_LIFETIME", 400 * 86400)
