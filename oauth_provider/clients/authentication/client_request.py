"""The part of a request that a method of client authentication sees (RFC 6749 §2.3): no HTTP, no framework."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from django.http import HttpRequest

from oauth_provider.conf import provider_settings


@dataclass(frozen=True, slots=True)
class ClientRequest:
    """A request that says which client it comes from; what few methods look at is found when it is called.

    ``form`` holds each parameter of the body once, and ``authorization`` the header of that name. ``headers()`` are
    read by any spelling of their names. ``certificate()`` is the client's, in PEM, as ``CLIENT_CERTIFICATE`` finds it
    (RFC 8705 §2); empty where there is none. ``issuer()`` is this server's name as the request knows it, and ``path``
    where it was sent.
    """

    form: Mapping[str, str] = field(repr=False)
    authorization: str = field(default="", repr=False)
    address: str = ""
    headers: Callable[[], Mapping[str, str]] = dict
    certificate: Callable[[], str] = str
    issuer: Callable[[], str] = str
    path: str = ""


def client_request(http: HttpRequest, form: Mapping[str, str], issuer: Callable[[], str]) -> ClientRequest:
    """Return what ``http``, whose body says ``form``, shows of its client. Nothing but the body has been checked."""
    return ClientRequest(
        form,
        http.META.get("HTTP_AUTHORIZATION", ""),
        provider_settings.CLIENT_ADDRESS(http),
        lambda: http.headers,
        lambda: provider_settings.CLIENT_CERTIFICATE(http),
        issuer,
        http.path,
    )
