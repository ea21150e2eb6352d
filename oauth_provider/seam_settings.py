"""``OAUTH_PROVIDER``, as far as it names code for the token endpoint (RFC 6749 §4.5): a part of ``conf``."""

from collections.abc import Callable, Sequence
from typing import cast

from django.http import HttpRequest
from django.utils.module_loading import import_string

from oauth_provider.limit_settings import LimitSettings

FromRequest = Callable[[HttpRequest], str]


def remote_address(request: HttpRequest) -> str:
    """The address of the peer. Behind a proxy, name a function of your own in ``CLIENT_ADDRESS``."""
    return str(request.META.get("REMOTE_ADDR", ""))


def no_certificate(request: HttpRequest) -> str:
    """No server hands on the certificate of a client in the same way. Name a function in ``CLIENT_CERTIFICATE``."""
    return ""


class SeamSettings(LimitSettings):
    """Settings of the seams: grants and methods of client authentication besides ours, and a client's address."""

    @property
    def GRANTS(self) -> Sequence[str]:
        """Dotted paths of further grants (RFC 6749 §4.5), each a module as in ``oauth_provider.grants``.

        Default: none, and there are ours. A client may use those in its policy.
        """
        return self._get("GRANTS", ())

    @property
    def CLIENT_AUTHENTICATION_METHODS(self) -> Sequence[str]:
        """Dotted paths of further methods, each a module as in ``oauth_provider.clients.authentication``.

        Default: none, and there are ours. See ``clients.authentication.method.Method``.
        """
        return self._get("CLIENT_AUTHENTICATION_METHODS", ())

    @property
    def CLIENT_ADDRESS(self) -> FromRequest:
        """Dotted path of a function from a request to its client's address. Default: ``REMOTE_ADDR``."""
        path = self._get("CLIENT_ADDRESS", None)
        return cast(FromRequest, import_string(path)) if path else remote_address

    @property
    def CLIENT_CERTIFICATE(self) -> FromRequest:
        """Dotted path of a function from a request to the certificate of its client, in PEM (RFC 8705 §2).

        Default: none, and a method that looks at certificates finds an empty text.
        """
        path = self._get("CLIENT_CERTIFICATE", None)
        return cast(FromRequest, import_string(path)) if path else no_certificate
