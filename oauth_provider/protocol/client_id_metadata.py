"""Client ID Metadata Documents (draft-ietf-oauth-client-id-metadata-document §3 and §4): a client that is a URL.

What such a URL looks like, what its document must and must not say, and which of a client's choices is taken
(OpenID Connect Relying Party Metadata Choices §2).
"""

from collections.abc import Mapping
from typing import Any
from urllib.parse import SplitResult, unquote, urlsplit

from oauth_provider.protocol.client_metadata import DEFAULT_GRANT_TYPE, REDIRECT_URIS, read_members
from oauth_provider.protocol.errors import OAuthError
from oauth_provider.protocol.host import has_invalid_port, is_authority
from oauth_provider.protocol.jose import ALGORITHMS
from oauth_provider.protocol.redirect_uri import is_on_device
from oauth_provider.protocol.registration import NO_AUTHENTICATION, PRIVATE_KEY_JWT
from oauth_provider.protocol.strict_json import parse_object

SCHEME = "https://"
# What the column of DOT has room for, and the rules of a client_id.
MAX_URL = 255
# The draft recommends 5 kB (§6.6); a few keys are longer than that.
MAX_BYTES = 16_384
# Names in a list to choose from.
MAX_CHOICES = 32
METHOD, ALG = "token_endpoint_auth_method", "token_endpoint_auth_signing_alg"
# Of these, the strongest that a client can is taken.
METHODS = (PRIVATE_KEY_JWT, NO_AUTHENTICATION)
# Grants of others are for other servers, or for clients that an operator registers.
GRANT_TYPES = (DEFAULT_GRANT_TYPE, "refresh_token")
# A secret that everybody can read is none (§4.1).
SECRETS = ("client_secret", "client_secret_expires_at")
# What has no meaning here, or is for an operator to decide.
LEFT_OUT = ("software_statement", "authorization_details_types", "response_types", "application_type")
# Whoever counts on one of these is registered by an operator, or registers itself: nothing more is fetched here.
NOT_BY_DOCUMENT = ("sector_identifier_uri", "id_token_encrypted_response_alg")
# Addresses that hear of a logout, and those that a person comes back to after one.
OF_LOGOUT = ("backchannel_logout_uri", "frontchannel_logout_uri")
AFTER_LOGOUT = "post_logout_redirect_uris"


class DocumentRefused(ValueError):
    """The document says nothing that can be used. The text is for the operator alone."""


def is_document_url(client_id: str) -> bool:
    """Could this be the URL of a document: https, with a path, and nothing in it that could mean two things (§3)?"""
    if not client_id.startswith(SCHEME) or len(client_id) > MAX_URL:
        return False
    if not client_id.isascii() or not client_id.isprintable() or set(' #\\"<>') & set(client_id):
        return False
    parts = _split(client_id)
    if parts is None or "@" in parts.netloc or not parts.path or has_invalid_port(parts.netloc):
        return False
    segments = unquote(parts.path).split("/")
    return is_authority(parts) and "." not in segments and ".." not in segments


def host_of_document(client_id: str) -> str:
    """Return the host that serves the document of such a client."""
    parts = _split(client_id)
    return (parts.hostname or "") if parts is not None else ""


def origin_of_document(client_id: str) -> str:
    """Return the origin that serves it, in one spelling."""
    parts = _split(client_id)
    return f"{parts.hostname}:{parts.port or 443}" if parts is not None else ""


def read_document(client_id: str, body: bytes) -> dict[str, Any]:
    """Return the members of the document of ``client_id`` that mean something here. Raise ``DocumentRefused``.

    Members that nobody knows are ignored, and so are redirect URIs of other sites.
    """
    try:
        document = parse_object(body.decode())
    except ValueError as error:
        raise DocumentRefused(f"it is no JSON object: {error}") from None
    # Compared as strings (RFC 3986 §6.2.1): a document that somebody copied elsewhere is not theirs.
    if document.get("client_id") != client_id:
        raise DocumentRefused("its client_id is not its URL")
    if any(name in document for name in SECRETS):
        raise DocumentRefused("it holds a client_secret")
    if any(document.get(name) for name in NOT_BY_DOCUMENT):
        raise DocumentRefused(f"it asks for one of {', '.join(NOT_BY_DOCUMENT)}")
    try:
        members = read_members({name: document[name] for name in document if name not in LEFT_OUT})
    except OAuthError as error:
        raise DocumentRefused(error.description) from None
    grant_types = members.get("grant_types", (DEFAULT_GRANT_TYPE,))
    if DEFAULT_GRANT_TYPE not in grant_types:
        raise DocumentRefused("it does not use authorization codes")
    uris = tuple(uri for uri in members.get(REDIRECT_URIS, ()) if is_of_same_site(uri, client_id))
    if not uris:
        raise DocumentRefused("it has no redirect URI on its own host, or on the person's device")
    return {
        **_on_same_site(members, client_id),
        **chosen_authentication(document, members),
        REDIRECT_URIS: uris,
        "grant_types": tuple(one for one in GRANT_TYPES if one in grant_types),
    }


def _on_same_site(members: Mapping[str, Any], client_id: str) -> dict[str, Any]:
    """Return ``members`` without addresses elsewhere that people would be sent to, or this server would send to."""
    left = tuple(uri for uri in members.get(AFTER_LOGOUT, ()) if is_of_same_site(uri, client_id))
    kept = {one: value for one, value in members.items() if one not in OF_LOGOUT or is_of_same_site(value, client_id)}
    return kept | ({AFTER_LOGOUT: left} if AFTER_LOGOUT in members else {})


def is_of_same_site(redirect_uri: str, client_id: str) -> bool:
    """Does an answer stay on the person's device, or go to the host of the document, or to one below that?

    People are shown that host, so that nobody else's may get the answer (§6.1).
    """
    if is_on_device(redirect_uri):
        return True
    parts, host = _split(redirect_uri), host_of_document(client_id)
    named = (parts.hostname or "") if parts is not None else ""
    return named == host or named.endswith(f".{host}")


def is_own_scheme(redirect_uri: str, client_id: str) -> bool:
    """Is its scheme the host of the document, or a name above or below it, read backwards (RFC 8252 §7.1)?"""
    name, host = ".".join(reversed(redirect_uri.partition(":")[0].split("."))), host_of_document(client_id)
    return "." in name and (name == host or host.endswith(f".{name}") or name.endswith(f".{host}"))


def chosen_authentication(document: Mapping[str, Any], members: Mapping[str, Any]) -> dict[str, str]:
    """Return the strongest method that the client can, and its algorithm; "" is any. Raise ``DocumentRefused``.

    Nothing is left to be chosen later: an attacker who copied ``client_id`` would choose the weaker one.
    """
    listed = _listed(document, f"{METHOD}s_supported", members.get(METHOD, ""))
    can_sign = bool(members.get("jwks") or members.get("jwks_uri"))
    usable = [one for one in METHODS if one in listed and (one != PRIVATE_KEY_JWT or can_sign)]
    if not listed:
        usable = [PRIVATE_KEY_JWT if can_sign and members.get(ALG) else NO_AUTHENTICATION]
    if not usable:
        raise DocumentRefused(f"it proves itself by {', '.join(listed)[:100]} alone")
    algorithms = _listed(document, f"{ALG}_values_supported", members.get(ALG, ""))
    signed_by = [one for one in algorithms if one in ALGORITHMS]
    if usable[0] == PRIVATE_KEY_JWT and algorithms and not signed_by:
        raise DocumentRefused("it signs by no algorithm that is known here")
    # One that is named binds; of several, each is as good.
    return {METHOD: usable[0], ALG: signed_by[0] if len(signed_by) == 1 and usable[0] == PRIVATE_KEY_JWT else ""}


def _listed(document: Mapping[str, Any], choices: str, single: str) -> tuple[str, ...]:
    """Return what stands in the list of ``choices``, or else the ``single`` one."""
    value = document.get(choices)
    if value is None:
        return (single,) if single else ()
    if not isinstance(value, list) or len(value) > MAX_CHOICES or not all(isinstance(one, str) for one in value):
        raise DocumentRefused(f"{choices} is no list of names")
    return tuple(value)


def _split(url: str) -> SplitResult | None:
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        return None
    return parts
