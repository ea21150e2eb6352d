"""Client metadata in JSON (RFC 7591 §2, OpenID Connect Registration §2): members, their types, and what must fit.

A JSON object comes in, and the members that mean something here come out, or an error that names the member. Members
that nobody knows are ignored, as is null (RFC 7592 §2.2).
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from types import MappingProxyType
from typing import Any

from oauth_provider.protocol import https_url, redirect_uri
from oauth_provider.protocol.errors import InvalidClientMetadata, InvalidRedirectUri, OAuthError
from oauth_provider.protocol.reason import Reason
from oauth_provider.protocol.registration import MAX_URIS
from oauth_provider.protocol.response_type import CODE, IMPLICIT_GRANT, LEGACY, is_front_channel, parts_of
from oauth_provider.protocol.strict_json import is_storable

# RFC 7591 §2: what a client has that says nothing.
DEFAULT_GRANT_TYPE = "authorization_code"
DEFAULT_METHOD = "client_secret_basic"
WEB, NATIVE = "web", "native"
# Of one text; URIs have limits of their own below it. And a statement is a JWT.
MAX_TEXT = 2048
MAX_SCOPE = 8192
MAX_STATEMENT = 16_384
MAX_NAME = 200
MAX_AGE = 2**31 - 1
REDIRECT_URIS = "redirect_uris"

Reader = Callable[[str, Any], Any]


def refusal(member: str, why: str) -> OAuthError:
    """Return the error for ``member`` (RFC 7591 §3.2.2). ``why`` is ASCII without quotes (RFC 6749 §5.2)."""
    if member == REDIRECT_URIS:
        return InvalidRedirectUri(Reason.METADATA_REFUSED, member=member, why=why)
    return InvalidClientMetadata(Reason.METADATA_REFUSED, member=member, why=why)


def text_of(member: str, value: Any, *, max_length: int = MAX_TEXT) -> str:
    """Return a text of at most ``max_length`` characters that can be stored. Raise ``InvalidClientMetadata``."""
    if not isinstance(value, str):
        raise refusal(member, "it must be a string.")
    if len(value) > max_length:
        raise refusal(member, "it is too long.")
    if not is_storable(value) or any(ord(character) < 32 or character == "\x7f" for character in value):
        raise refusal(member, "it holds characters that are not allowed.")
    return value


def texts_of(member: str, value: Any) -> tuple[str, ...]:
    """Return an array of texts, each once."""
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise refusal(member, "it must be an array of strings.")
    if len(value) > MAX_URIS:
        raise refusal(member, "it is too long.")
    return tuple(dict.fromkeys(text_of(member, one) for one in value))


def flag_of(member: str, value: Any) -> bool:
    """Return true or false, which no other value stands for."""
    if not isinstance(value, bool):
        raise refusal(member, "it must be true or false.")
    return value


def seconds_of(member: str, value: Any) -> int:
    """Return a whole number of seconds."""
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= MAX_AGE:
        raise refusal(member, "it must be a number of seconds.")
    return value


def object_of(member: str, value: Any) -> dict[str, Any]:
    """Return a JSON object that can be stored. Its own rules judge the rest."""
    if not isinstance(value, dict):
        raise refusal(member, "it must be an object.")
    if not is_storable(value):
        raise refusal(member, "it holds characters that are not allowed.")
    return value


def page_of(member: str, value: Any) -> str:
    """Return the URL of a page that people are led to, which is https (OpenID Connect Core §4)."""
    url = text_of(member, value, max_length=https_url.MAX_LENGTH)
    if not https_url.is_page(url):
        raise refusal(member, "it must be an https URL.")
    return url


def scope_of(member: str, value: Any) -> str:
    """Return scopes, divided by spaces (RFC 6749 §3.3)."""
    return text_of(member, value, max_length=MAX_SCOPE)


def statement_of(member: str, value: Any) -> str:
    """Return a software statement, which nobody has verified yet (RFC 7591 §2.3)."""
    return text_of(member, value, max_length=MAX_STATEMENT)


def application_type_of(member: str, value: Any) -> str:
    """Return one of the two types that there are (OpenID Connect Registration §2)."""
    if value not in (WEB, NATIVE):
        raise refusal(member, f"it must be {WEB} or {NATIVE}.")
    return str(value)


def name_of(member: str, value: Any) -> str:
    """Return a short text."""
    return text_of(member, value, max_length=MAX_NAME)


READERS: Mapping[str, Reader] = MappingProxyType(
    {
        REDIRECT_URIS: texts_of,
        "post_logout_redirect_uris": texts_of,
        "grant_types": texts_of,
        "response_types": texts_of,
        "contacts": texts_of,
        "authorization_details_types": texts_of,
        "default_acr_values": texts_of,
        "client_name": name_of,
        "software_id": name_of,
        "software_version": name_of,
        "token_endpoint_auth_method": name_of,
        "token_endpoint_auth_signing_alg": name_of,
        "id_token_signed_response_alg": name_of,
        "id_token_encrypted_response_alg": name_of,
        "id_token_encrypted_response_enc": name_of,
        "userinfo_signed_response_alg": name_of,
        "authorization_signed_response_alg": name_of,
        "request_object_signing_alg": name_of,
        "subject_type": name_of,
        "scope": scope_of,
        "jwks": object_of,
        "jwks_uri": text_of,
        "sector_identifier_uri": text_of,
        "backchannel_logout_uri": text_of,
        "frontchannel_logout_uri": text_of,
        "client_uri": page_of,
        "logo_uri": page_of,
        "policy_uri": page_of,
        "tos_uri": page_of,
        "initiate_login_uri": page_of,
        "application_type": application_type_of,
        "software_statement": statement_of,
        "default_max_age": seconds_of,
        "require_auth_time": flag_of,
        "require_signed_request_object": flag_of,
        "require_pushed_authorization_requests": flag_of,
        "backchannel_logout_session_required": flag_of,
        "frontchannel_logout_session_required": flag_of,
    }
)
# Whoever asks for one of these counts on being protected by it, so that it must not be ignored.
UNKEPT = frozenset(
    {
        "userinfo_encrypted_response_alg",
        "authorization_encrypted_response_alg",
        "introspection_encrypted_response_alg",
        "tls_client_certificate_bound_access_tokens",
        "dpop_bound_access_tokens",
    }
)
# For people, these may come once for each language, behind "#" (RFC 7591 §2.2).
IN_LANGUAGES = ("client_name", "client_uri", "logo_uri", "policy_uri", "tos_uri")


def read_members(document: Mapping[str, Any]) -> dict[str, Any]:
    """Return the members of ``document`` that mean something here, by name. Absent ones stay absent.

    Raises ``InvalidClientMetadata`` and ``InvalidRedirectUri``, which name the member.
    """
    for member in UNKEPT:
        if document.get(member):
            raise refusal(member, "this server could not keep to it.")
    members = {
        member: read(member, document[member]) for member, read in READERS.items() if document.get(member) is not None
    }
    return _in_any_language(document) | members


def with_defaults(members: Mapping[str, Any], known_grant_types: Collection[str]) -> dict[str, Any]:
    """Return ``members`` with the defaults of RFC 7591 §2, and only grant types that are known here.

    A client may bring more of those, for other servers: the answer says which are left (§3.2.1). Raises
    ``InvalidClientMetadata`` where none is, and where response types do not fit them (§2.1).
    """
    asked = members.get("grant_types", (DEFAULT_GRANT_TYPE,))
    grant_types = tuple(name for name in asked if name in known_grant_types)
    if asked and not grant_types:
        raise refusal("grant_types", "none of them is known here.")
    usual = (CODE,) if DEFAULT_GRANT_TYPE in grant_types else ()
    response_types = members.get("response_types", usual)
    check_response_types(response_types, asked)
    method = members.get("token_endpoint_auth_method", DEFAULT_METHOD)
    chosen = {"grant_types": grant_types, "response_types": response_types, "token_endpoint_auth_method": method}
    return {**members, **chosen}


def check_response_types(response_types: tuple[str, ...], grant_types: Collection[str]) -> None:
    """Refuse response types without the grant that they need, and the code's grant without one (RFC 7591 §2.1)."""
    for response_type in response_types:
        needed = set()
        if CODE in parts_of(response_type):
            needed.add(DEFAULT_GRANT_TYPE)
        if is_front_channel(response_type):
            needed.add(IMPLICIT_GRANT)
        if not needed <= set(grant_types):
            raise refusal("response_types", _misfit(response_type))
    if DEFAULT_GRANT_TYPE in grant_types and not any(CODE in parts_of(one) for one in response_types):
        raise refusal("response_types", _misfit(CODE))


def _misfit(response_type: str) -> str:
    said = response_type if response_type in (CODE, *LEGACY) else "there is one that"
    return f"{said} does not fit the grant_types."


def application_type(members: Mapping[str, Any]) -> str:
    """Return the type of the application: what it says, or what its redirect URIs are like.

    Web is the default of OpenID Connect Registration §2, but most desktop clients do not say that they are native.
    Raises ``InvalidRedirectUri`` where both do not fit together.
    """
    uris = members.get(REDIRECT_URIS, ())
    stated: str | None = members.get("application_type")
    if stated is None:
        return NATIVE if any(map(redirect_uri.is_on_device, _well_formed(uris))) else WEB
    if stated == WEB and any(_is_of_app(uri) for uri in _well_formed(uris)):
        raise refusal(REDIRECT_URIS, f"{stated} clients have no scheme of their own.")
    return stated


def _is_of_app(uri: str) -> bool:
    return uri.partition(":")[0].lower() not in ("http", "https")


def _well_formed(uris: Iterable[str]) -> list[str]:
    """Return those that can be looked into; all else is refused by a rule that says why."""
    return [uri for uri in uris if redirect_uri.is_usable(uri)]


def _in_any_language(document: Mapping[str, Any]) -> dict[str, Any]:
    """Return what stands there in some language alone. Every other one is checked, and left out."""
    members: dict[str, Any] = {}
    for tagged, value in document.items():
        member, mark, _language = tagged.partition("#")
        if mark and member in IN_LANGUAGES and value is not None:
            members.setdefault(member, READERS[member](member, value))
    return members
