"""OAUTH_RESOURCE_SERVER: the settings of an API that takes access tokens, each read when it is asked for."""

from collections.abc import Mapping
from functools import cache
from typing import Any, cast

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.utils.module_loading import import_string

from oauth_provider.resource_server.verifiers import Verifier

NAME = "OAUTH_RESOURCE_SERVER"


class ResourceServerSettings:
    """One property for each key of ``OAUTH_RESOURCE_SERVER``, its default beside it.

    Every property raises ``ImproperlyConfigured`` where the project's value cannot be used.
    """

    KEYS = ("VERIFIER", "REALM")

    def __init__(self) -> None:
        self._default_verifier: str | None = None

    @property
    def project(self) -> Mapping[str, Any]:
        """The dictionary as the project wrote it."""
        value = getattr(settings, NAME, {})
        if not isinstance(value, Mapping):
            raise ImproperlyConfigured(f"{NAME} must be a dictionary.")
        return value

    @property
    def verifier_path(self) -> str | None:
        """``VERIFIER``: the dotted path of what turns a token into an ``AccessToken``. Default: None.

        It names a callable (see ``verifiers.Verifier``), or a class, of which one instance is made. Where
        the provider is installed in the same project, None means the provider's own.
        """
        path = self.project.get("VERIFIER") or self._default_verifier
        if path is not None and not isinstance(path, str):
            raise ImproperlyConfigured(f'{NAME}["VERIFIER"] must be a dotted path.')
        return path

    @property
    def verifier(self) -> Verifier:
        """The callable that ``VERIFIER`` names."""
        path = self.verifier_path
        if path is None:
            raise ImproperlyConfigured(
                f'No access token can be verified: set {NAME}["VERIFIER"], or install "oauth_provider".'
            )
        return _load(path)

    @property
    def realm(self) -> str:
        """``REALM``: the name of the protected space in a challenge (RFC 9110 §11.5). Default: "api"."""
        realm = self.project.get("REALM", "api")
        if not isinstance(realm, str) or not (realm.isascii() and realm.isprintable()):
            raise ImproperlyConfigured(f'{NAME}["REALM"] must be printable ASCII.')
        return realm

    def register_default_verifier(self, dotted_path: str) -> None:
        """What ``VERIFIER`` is where the project sets none. The provider calls this in its ``ready()``."""
        self._default_verifier = dotted_path


# A path means the same thing for the life of the process; a verifier made here may keep state, such as keys.
@cache
def _load(path: str) -> Verifier:
    try:
        verifier = import_string(path)
    except ImportError as error:
        raise ImproperlyConfigured(f"The verifier {path!r} cannot be imported: {error}") from error
    if isinstance(verifier, type):
        verifier = verifier()
    if not callable(verifier):
        raise ImproperlyConfigured(f"The verifier {path!r} is not callable.")
    return cast(Verifier, verifier)


conf = ResourceServerSettings()
register_default_verifier = conf.register_default_verifier
