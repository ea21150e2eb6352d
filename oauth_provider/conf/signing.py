"""Part of ``conf``: settings of keys and signatures (RFC 7517, RFC 7518)."""

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any, TypeVar

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

T = TypeVar("T")


class SigningSettings:
    """Settings of keys: their source, their rotation, and their algorithms."""

    @cached_property
    def user_settings(self) -> dict[str, Any]:
        """Return the project's ``OAUTH_PROVIDER``. It is cached until ``setting_changed``."""
        return _dictionary("OAUTH_PROVIDER")

    @cached_property
    def settings_of_dot(self) -> dict[str, Any]:
        """Return the project's ``OAUTH2_PROVIDER``, of django-oauth-toolkit. It is cached until ``setting_changed``."""
        return _dictionary("OAUTH2_PROVIDER")

    def _get(self, name: str, default: T) -> T:
        value: T = self.user_settings.get(name, default)
        return value

    @property
    def SIGNING_ALGORITHMS(self) -> tuple[str, ...]:
        """Algorithms that keys are made for (RFC 7518 §3.1). Default: RS256, ES256, PS256 and EdDSA.

        Clients get RS256 unless their policy names another, so leave it in (OpenID Connect Core §15.1).
        """
        return tuple(self._get("SIGNING_ALGORITHMS", ("RS256", "ES256", "PS256", "EdDSA")))

    @property
    def SIGNING_KEY_LIFETIME(self) -> int | None:
        """Time that a key signs before the next one does, in seconds. Default: 7776000 (90 days); None: for ever."""
        return self._get("SIGNING_KEY_LIFETIME", 90 * 86400)

    @property
    def SIGNING_KEY_LEAD(self) -> int:
        """Time that a key is published before it signs, for the caches of clients, in seconds.

        Default: 86400 (one day).
        """
        return self._get("SIGNING_KEY_LEAD", 86400)

    @property
    def SIGNING_KEYS(self) -> Sequence[str | Mapping[str, Any]] | None:
        """Keys given by the project, each a private JWK or PEM.

        Default: None, and keys are made, kept and rotated in the database.

        The first of an algorithm signs; all are published. A public key is only published.
        """
        return self._get("SIGNING_KEYS", None)

    @property
    def SIGNER(self) -> str:
        """Dotted path of a function that returns ``Signer`` objects: keys that never leave a KMS. Default: none."""
        return self._get("SIGNER", "")

    @property
    def ACCESS_TOKEN_SIGNING_ALG(self) -> str:
        """Algorithm that JWT access tokens are signed with (RFC 9068 §2.1). Default: "ES256"."""
        return self._get("ACCESS_TOKEN_SIGNING_ALG", "ES256")


def _dictionary(name: str) -> dict[str, Any]:
    """Return the project's own object, even an empty one: it may be filled later. Raise ``ImproperlyConfigured``."""
    written: dict[str, Any] | None = getattr(settings, name, None)
    if written is not None and not isinstance(written, Mapping):
        raise ImproperlyConfigured(f"{name} must be a dictionary.")
    return {} if written is None else written
