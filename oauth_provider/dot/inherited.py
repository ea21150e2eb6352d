"""Settings of django-oauth-toolkit, ``OAUTH2_PROVIDER``, and the effect of each one here.

docs/reference/dot-settings.md has the same table, and a check warns of each setting of a project that has no effect
here.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import Enum
from typing import Any

from oauth_provider.conf import dot_setting, provider_settings

NONE: tuple[Any, ...] = ()


class Fate(Enum):
    """Effect of a setting of DOT's in this project."""

    HONOURED = "honoured"
    REPLACED = "replaced"
    REFUSED = "refused"
    UNSERVED = "not served"


@dataclass(frozen=True, slots=True)
class Inherited:
    """Effect of one setting, in words.

    ``agrees`` are values with which it makes no difference; ``same_as`` is our setting that has the same meaning.
    """

    fate: Fate
    words: str
    agrees: tuple[Any, ...] = NONE
    same_as: str = ""

    def holds(self, value: Any) -> bool:
        """Does a project that wrote ``value`` get what it wrote?"""
        if self.fate is Fate.HONOURED or any(value == one and type(value) is type(one) for one in self.agrees):
            return True
        seconds = value.total_seconds() if isinstance(value, timedelta) else value
        return bool(self.same_as) and seconds == getattr(provider_settings, self.same_as)


def honoured(words: str) -> Inherited:
    """Return the entry of a setting that has its usual effect."""
    return Inherited(Fate.HONOURED, words)


def replaced(words: str, *agrees: Any, same_as: str = "") -> Inherited:
    """Return the entry of a setting whose place one of ours takes."""
    return Inherited(Fate.REPLACED, words, agrees, same_as)


def refused(words: str, *agrees: Any) -> Inherited:
    """Return the entry of a setting that cannot be changed here."""
    return Inherited(Fate.REFUSED, words, agrees)


def unserved(words: str, *agrees: Any) -> Inherited:
    """Return the entry of a setting of a feature that is not served yet."""
    return Inherited(Fate.UNSERVED, words, agrees)


GUARDS = "by django-oauth-toolkit's own guards and classes"
DEVICE = "the device flow is not served yet"
REGISTRATION = "by the endpoint's door of `REGISTRATION`"
DOCUMENTS = "by the documents' door of `REGISTRATION`"
FETCHES = "by limits of our own, which cannot be set"
LISTED = "discovery lists what is served"
LOGOUT = "see logout.md"
METADATA = "`OAUTH_RESOURCE_SERVER`, whose document is served in its place"
SEVERITY = "of that check alone; the setting itself is judged here"
FORBIDDEN = "on, and cannot be turned off"
MODEL = "the model is named at the top level of the settings, as `OAUTH2_PROVIDER_{}`"

SETTINGS: Mapping[str, Inherited] = {
    "CLIENT_ID_GENERATOR_CLASS": honoured("for every client that is given no `client_id`"),
    "CLIENT_SECRET_GENERATOR_CLASS": honoured(
        "for applications made in code; the admin makes secrets of ours (`ocs_…`)"
    ),
    "CLIENT_SECRET_GENERATOR_LENGTH": honoured(
        "to know secrets that django-oauth-toolkit made; ours have their own length"
    ),
    "CLIENT_SECRET_HASHER": honoured("for secrets in its own column; ours are stored as SHA-256 of 256 random bits"),
    "ACCESS_TOKEN_GENERATOR": replaced("by `oat_…`, 256 random bits and a checksum, or a JWT (RFC 9068)", None),
    "REFRESH_TOKEN_GENERATOR": replaced("by `ort_…`, which names its sign-in", None),
    "OAUTH_DEVICE_VERIFICATION_URI": unserved(DEVICE, None),
    "OAUTH_DEVICE_VERIFICATION_URI_COMPLETE": unserved(DEVICE, None),
    "OAUTH_DEVICE_USER_CODE_GENERATOR": unserved(DEVICE),
    "OAUTH_PRE_TOKEN_VALIDATION": replaced("by the rules of each grant; nothing of a project's is asked there"),
    "EXTRA_SERVER_KWARGS": honoured(f"{GUARDS}; our endpoints do not run oauthlib's server"),
    "OAUTH2_SERVER_CLASS": honoured(f"{GUARDS}; our endpoints do not run oauthlib's server"),
    "OIDC_SERVER_CLASS": honoured(f"{GUARDS}; our endpoints do not run oauthlib's server"),
    "OAUTH2_VALIDATOR_CLASS": honoured(
        "where it derives from `oauth_provider.bridge.validator.BridgeValidator` (`E003`)"
    ),
    "OAUTH2_BACKEND_CLASS": honoured(f"{GUARDS}; our endpoints read forms"),
    "SCOPES": honoured("beside those of `OAUTH_PROVIDER`, which win"),
    "DEFAULT_SCOPES": honoured("unless `OAUTH_PROVIDER` names scopes"),
    "SCOPES_BACKEND_CLASS": replaced(
        "by the registry of scopes: settings and database", "oauth_provider.bridge.scopes.RegistryScopes"
    ),
    "READ_SCOPE": honoured(GUARDS),
    "WRITE_SCOPE": honoured(GUARDS),
    "AUTHORIZATION_CODE_EXPIRE_SECONDS": replaced(
        "by `AUTHORIZATION_CODE_LIFETIME`", same_as="AUTHORIZATION_CODE_LIFETIME"
    ),
    "ACCESS_TOKEN_EXPIRE_SECONDS": honoured("unless `ACCESS_TOKEN_LIFETIME` is set"),
    "ID_TOKEN_EXPIRE_SECONDS": replaced("by `ID_TOKEN_LIFETIME`", same_as="ID_TOKEN_LIFETIME"),
    "REFRESH_TOKEN_EXPIRE_SECONDS": replaced(
        "by `AUTHORIZATION_IDLE_LIFETIME`; refresh tokens that django-oauth-toolkit issued are still held to it",
        same_as="AUTHORIZATION_IDLE_LIFETIME",
    ),
    "REFRESH_TOKEN_GRACE_PERIOD_SECONDS": replaced(
        "by `REFRESH_TOKEN_RETRY_WINDOW`, within which a lost answer is repeated",
        same_as="REFRESH_TOKEN_RETRY_WINDOW",
    ),
    "REFRESH_TOKEN_REUSE_PROTECTION": refused(
        "it is on: a refresh token used twice ends its sign-in (RFC 9700 §4.14)", True
    ),
    "ROTATE_REFRESH_TOKEN": refused("refresh tokens are rotated at each use (RFC 9700 §4.14.2)", True),
    "ERROR_RESPONSE_WITH_SCOPES": honoured(f"{GUARDS}; ours always name what is missing"),
    "APPLICATION_MODEL": replaced(MODEL.format("APPLICATION_MODEL")),
    "ACCESS_TOKEN_MODEL": replaced(MODEL.format("ACCESS_TOKEN_MODEL")),
    "ID_TOKEN_MODEL": replaced(MODEL.format("ID_TOKEN_MODEL")),
    "DEVICE_GRANT_MODEL": replaced(MODEL.format("DEVICE_GRANT_MODEL")),
    "DEVICE_FLOW_INTERVAL": unserved(DEVICE, 5),
    "GRANT_MODEL": replaced(MODEL.format("GRANT_MODEL")),
    "REFRESH_TOKEN_MODEL": replaced(MODEL.format("REFRESH_TOKEN_MODEL")),
    "APPLICATION_ADMIN_CLASS": honoured("a class of your own stays; the stock class gives way to ours"),
    "ACCESS_TOKEN_ADMIN_CLASS": honoured("a class of your own stays; the stock class gives way to ours"),
    "GRANT_ADMIN_CLASS": honoured("a class of your own stays; the stock class goes: nothing is written there"),
    "ID_TOKEN_ADMIN_CLASS": honoured("a class of your own stays; the stock class goes: nothing is written there"),
    "REFRESH_TOKEN_ADMIN_CLASS": honoured("a class of your own stays; the stock class gives way to ours"),
    "REQUEST_APPROVAL_PROMPT": replaced(
        "by consent, which is remembered where the client's identity is assured", "auto"
    ),
    "ALLOWED_REDIRECT_URI_SCHEMES": honoured("an app's scheme listed here may be registered, with a dot or without"),
    "ALLOWED_SCHEMES": honoured("an origin of a scheme listed here may be registered"),
    "ALLOW_URI_WILDCARDS": refused("redirect URIs are compared as strings (RFC 9700 §2.1)", False),
    "ALLOW_LOCALHOST_LOOPBACK": honoured(
        "with it a port at `localhost` may differ that was registered; without it, where none was"
    ),
    "OIDC_ENABLED": replaced("it is always on; a client that does not ask for `openid` notices nothing", True),
    "OIDC_ISS_ENDPOINT": replaced("by `ISSUER`", "", same_as="ISSUER"),
    "OIDC_USERINFO_ENDPOINT": replaced("by `/oauth/userinfo`, which discovery names", ""),
    "OIDC_RSA_PRIVATE_KEY": replaced("by keys of ours; give this one as `SIGNING_KEYS` to go on with it (keys.md)", ""),
    "OIDC_RSA_PRIVATE_KEYS_INACTIVE": replaced("by keys of ours; give them in `SIGNING_KEYS`, behind the first", []),
    "OIDC_JWKS_MAX_AGE_SECONDS": replaced("by five minutes", 300),
    "OIDC_RESPONSE_TYPES_SUPPORTED": replaced(f"{LISTED}; others only by `LEGACY_RESPONSE_TYPES`", ["code"]),
    "OIDC_SUBJECT_TYPES_SUPPORTED": replaced(f"{LISTED}; `pairwise` needs `PAIRWISE_SECRET`"),
    "OIDC_TOKEN_ENDPOINT_AUTH_METHODS_SUPPORTED": replaced(LISTED),
    "OIDC_RP_INITIATED_REGISTRATION_ENABLED": replaced("by `SIGN_UP_URL` (`prompt=create`)", False),
    "OIDC_RP_INITIATED_REGISTRATION_URL": replaced("by `SIGN_UP_URL` (`prompt=create`)", None, same_as="SIGN_UP_URL"),
    "OIDC_RP_INITIATED_LOGOUT_ENABLED": replaced(f"it is always on; {LOGOUT}", True),
    "OIDC_RP_INITIATED_LOGOUT_ALWAYS_PROMPT": replaced(f"a hint of this session logs out at once; {LOGOUT}", False),
    "OIDC_RP_INITIATED_LOGOUT_STRICT_REDIRECT_URIS": replaced(
        "by the client's registered URIs, which are compared as strings"
    ),
    "OIDC_RP_INITIATED_LOGOUT_ACCEPT_EXPIRED_TOKENS": replaced(f"an expired ID token is a hint, too; {LOGOUT}", True),
    "OIDC_RP_INITIATED_LOGOUT_DELETE_TOKENS": replaced(f"what ends with a session follows from its scopes; {LOGOUT}"),
    "_SCOPES": replaced("computed from `SCOPES`", []),
    "_DEFAULT_SCOPES": replaced("computed from `DEFAULT_SCOPES`", []),
    "RESOURCE_SERVER_INTROSPECTION_URL": honoured(f"{GUARDS}; ours read `OAUTH_RESOURCE_SERVER`"),
    "RESOURCE_SERVER_AUTH_TOKEN": honoured(f"{GUARDS}; ours read `OAUTH_RESOURCE_SERVER`"),
    "RESOURCE_SERVER_INTROSPECTION_CREDENTIALS": honoured(f"{GUARDS}; ours read `OAUTH_RESOURCE_SERVER`"),
    "RESOURCE_SERVER_TOKEN_CACHING_SECONDS": honoured(f"{GUARDS}; ours read `OAUTH_RESOURCE_SERVER`"),
    "RESOURCE_SERVER_TOKEN_RESOURCE_VALIDATOR": honoured(f"{GUARDS}; ours compare a token's audience with `RESOURCE`"),
    "AUTHENTICATION_SERVER_EXP_TIME_ZONE": honoured(f"{GUARDS}; ours read `exp` as RFC 7662 has it"),
    "PKCE_REQUIRED": refused("every client uses PKCE with S256 (OAuth 2.1); one may be excused in its policy", True),
    "COMPLIANT_BCP_RFC9700_IMPLICIT_GRANT": refused(FORBIDDEN, True),
    "COMPLIANT_BCP_RFC9700_PASSWORD_GRANT": refused(FORBIDDEN, True),
    "COMPLIANT_BCP_RFC9700_PKCE_METHOD": refused(FORBIDDEN, True),
    "COMPLIANT_BCP_RFC9700_ACCESS_TOKEN_TRANSPORT": refused(FORBIDDEN, True),
    "COMPLIANT_BCP_RFC9700_AUTHZ_RESPONSE_ISS": refused(FORBIDDEN, True),
    "COMPLIANT_BCP_RFC9700_TOKEN_STORAGE": refused("tokens are stored as digests alone", True),
    "COMPLIANT_BCP_RFC9700_REFRESH_TOKEN": honoured(SEVERITY),
    "COMPLIANT_BCP_RFC9700_REDIRECT_URI_SCHEME": honoured(SEVERITY),
    "COMPLIANT_BCP_RFC9700_REDIRECT_URI_MATCHING": honoured(SEVERITY),
    "COMPLIANT_BCP_RFC9700_PKCE_REQUIRED": honoured(SEVERITY),
    "ALWAYS_RELOAD_OAUTHLIB_CORE": honoured(GUARDS),
    "CLEAR_EXPIRED_TOKENS_BATCH_SIZE": honoured("by `cleartokens`; `oauth_sweep` has batches of its own"),
    "CLEAR_EXPIRED_TOKENS_BATCH_INTERVAL": honoured("by `cleartokens`; `oauth_sweep` has batches of its own"),
    "DCR_ENABLED": replaced(REGISTRATION, False),
    "DCR_REGISTRATION_PERMISSION_CLASSES": replaced("by the members of that door, and its initial access tokens"),
    "DCR_REGISTRATION_SCOPE": replaced("by registration access tokens (`ocr_…`), which open nothing else"),
    "DCR_REGISTRATION_TOKEN_EXPIRE_SECONDS": replaced("by their rotation at each update; they do not expire", None),
    "DCR_ROTATE_REGISTRATION_TOKEN_ON_UPDATE": replaced("by a rotation that survives a lost answer", True),
    "CIMD_ENABLED": replaced(DOCUMENTS, False),
    "CIMD_METADATA_FETCHER": replaced(FETCHES),
    "CIMD_REGISTRATION_PERMISSION_CLASSES": replaced(DOCUMENTS),
    "CIMD_ALLOWED_HOSTS": replaced(DOCUMENTS, []),
    "CIMD_FETCH_TIMEOUT_SECONDS": replaced(FETCHES),
    "CIMD_MAX_DOCUMENT_SIZE": replaced(FETCHES),
    "CIMD_METADATA_MIN_AGE_SECONDS": replaced(FETCHES),
    "CIMD_METADATA_MAX_AGE_SECONDS": replaced(FETCHES),
    "CIMD_FAILURE_BACKOFF_SECONDS": replaced(FETCHES),
    "CIMD_MAX_CONCURRENT_FETCHES": replaced(FETCHES),
    "OAUTH2_RESPONSE_TYPES_SUPPORTED": replaced(f"{LISTED}; others only by `LEGACY_RESPONSE_TYPES`", ["code"]),
    "OAUTH2_TOKEN_ENDPOINT_AUTH_METHODS_SUPPORTED": replaced(LISTED),
    "OAUTH2_GRANT_TYPES_SUPPORTED": replaced(LISTED),
    "OAUTH2_PROTECTED_RESOURCE_IDENTIFIER": replaced(f"by `RESOURCE` of {METADATA}", ""),
    "OAUTH2_PROTECTED_RESOURCE_AUTHORIZATION_SERVERS": replaced(f"by `AUTHORIZATION_SERVERS` of {METADATA}", []),
    "OAUTH2_PROTECTED_RESOURCE_BEARER_METHODS_SUPPORTED": replaced(
        "tokens are taken from the header alone", ["header"]
    ),
    "OAUTH2_PROTECTED_RESOURCE_NAME": replaced(f"by `RESOURCE_NAME` of {METADATA}", ""),
    "OAUTH2_PROTECTED_RESOURCE_DOCUMENTATION": unserved("our document does not name it", ""),
    "OAUTH2_PROTECTED_RESOURCE_POLICY_URI": unserved("our document does not name it", ""),
    "OAUTH2_PROTECTED_RESOURCE_TOS_URI": unserved("our document does not name it", ""),
}


def ineffective_settings() -> dict[str, Inherited]:
    """Return every setting that the project wrote for django-oauth-toolkit and that has no effect here."""
    absent = object()
    written = {name: dot_setting(name, absent) for name in SETTINGS}
    return {
        name: SETTINGS[name]
        for name, value in written.items()
        if value is not absent and not SETTINGS[name].holds(value)
    }
