"""Part of ``conf``: settings that name a project's code for the token endpoint (RFC 6749 §4.5)."""

from collections.abc import Callable, Mapping, Sequence
from typing import cast

from django.http import HttpRequest
from django.utils.module_loading import import_string

from oauth_provider.conf.running import RunningSettings

FromRequest = Callable[[HttpRequest], str]


def remote_address(request: HttpRequest) -> str:
    """Return the address of the peer. Behind a proxy, name a function of your own in ``CLIENT_ADDRESS``."""
    return str(request.META.get("REMOTE_ADDR", ""))


def no_certificate(request: HttpRequest) -> str:
    """Return "". Name a function in ``CLIENT_CERTIFICATE``: each server passes a client's certificate differently."""
    return ""


class SeamSettings(RunningSettings):
    """Settings of further grants and client authentication methods, and of the client's address and certificate."""

    @property
    def GRANTS(self) -> Sequence[str]:
        """Dotted paths of further grants (RFC 6749 §4.5), each a module as in ``oauth_provider.grants``.

        Default: none, and there are ``authorization_code``, ``refresh_token`` and ``client_credentials``. A client may
        use those in its policy.
        """
        return self._get("GRANTS", ())

    @property
    def CLIENT_AUTHENTICATION_METHODS(self) -> Sequence[str]:
        """Dotted paths of further methods, each a module as in ``oauth_provider.clients.authentication``.

        Default: none, and clients authenticate by ``client_secret_basic``, ``client_secret_post``, ``private_key_jwt``
        and ``none``. See ``clients.authentication.method.Method``.
        """
        return self._get("CLIENT_AUTHENTICATION_METHODS", ())

    @property
    def GRANT_CONTEXTS(self) -> str:
        """Dotted path of a subclass of ``GrantContexts``: the organisations or workspaces that people may grant in.

        Default: none, and people act for themselves alone. See ``registry.grant_context``.
        """
        return self._get("GRANT_CONTEXTS", "")

    @property
    def OUTBOX_KINDS(self) -> Mapping[str, str]:
        """Kinds of messages of a project's own, each with the dotted path of a function that sends a payload.

        Default: none. See ``LogoutDelivery.objects.put``.
        """
        return self._get("OUTBOX_KINDS", {})

    @property
    def CLIENT_ADDRESS(self) -> FromRequest:
        """Dotted path of a function that returns the client's address of a request. Default: ``REMOTE_ADDR``."""
        path = self._get("CLIENT_ADDRESS", None)
        return cast(FromRequest, import_string(path)) if path else remote_address

    @property
    def CLIENT_CERTIFICATE(self) -> FromRequest:
        """Dotted path of a function that returns the client's certificate of a request, in PEM (RFC 8705 §2).

        Default: none, and methods that read certificates get "".
        """
        path = self._get("CLIENT_CERTIFICATE", None)
        return cast(FromRequest, import_string(path)) if path else no_certificate
