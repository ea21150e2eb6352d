"""What a method of client authentication sees of a request (RFC 6749 §2.3): no HTTP, no framework."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, cast

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from oauth_provider.conf import provider_settings


def _issuer() -> str:
    return provider_settings.ISSUER


@dataclass(frozen=True, slots=True)
class ClientRequest:
    """A request that says which client it comes from.

    ``form`` holds each parameter of the body once, ``headers`` are read by any spelling of their names, and
    ``authorization`` is one of them. ``certificate`` is the client's, in PEM, as ``CLIENT_CERTIFICATE`` finds it (RFC
    8705 §2); empty where there is none. ``issuer`` returns this server's name as the request knows it.
    """

    form: Mapping[str, str] = field(repr=False)
    authorization: str = field(default="", repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    certificate: str = field(default="", repr=False)
    address: str = ""
    issuer: Callable[[], str] = _issuer


def client_request(http: HttpRequest, form: Mapping[str, str]) -> ClientRequest:
    """Return what ``http``, whose body says ``form``, shows of its client. Nothing but the body has been checked."""
    return ClientRequest(
        form,
        http.META.get("HTTP_AUTHORIZATION", ""),
        cast(Any, SimpleLazyObject(lambda: http.headers)),  # most methods look at none
        provider_settings.CLIENT_CERTIFICATE(http),
        provider_settings.CLIENT_ADDRESS(http),
        lambda: provider_settings.issuer_of(http),
    )
