"""Checks of ``OAUTH_PROVIDER``: the issuer (RFC 8414 §2), the scopes (RFC 6749 §3.3), and all other settings."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags
from django.core.exceptions import ImproperlyConfigured
from django.utils.functional import Promise
from django.utils.module_loading import import_string
from limits import parse

from oauth_provider.checks.missing_scopes import missing_scopes
from oauth_provider.checks.registration import register
from oauth_provider.checks.setting_types import has_wrong_scopes_of_dot, wrong_types
from oauth_provider.conf import provider_settings
from oauth_provider.conf.people import NOTICES
from oauth_provider.protocol.issuer import is_issuer
from oauth_provider.protocol.scope import is_scope_token
from oauth_provider.protocol.scope_entry import title_of
from oauth_provider.protocol.spelling import with_guess
from oauth_provider.registry.scope import configured_scopes, project_scopes
from oauth_provider.tokens.claims import registered

SECONDS = (
    "AUTHORIZATION_CODE_LIFETIME",
    "ACCESS_TOKEN_LIFETIME",
    "ID_TOKEN_LIFETIME",
    "AUTHORIZATION_IDLE_LIFETIME",
    "PENDING_REQUEST_LIFETIME",
    "LOGIN_LIFETIME",
)
# 0 turns these off.
SECONDS_OR_NONE = ("REFRESH_TOKEN_RETRY_WINDOW", "SWEEP_RETENTION", "SIGNING_KEY_LEAD", "VERIFICATION_CACHE_LIFETIME")
SECONDS_OR_NEVER = (
    "AUTHORIZATION_LIFETIME",
    "SIGNING_KEY_LIFETIME",
    "AUDIT_LIFETIME",
    "CONSENT_RECEIPT_LIFETIME",
    "UNUSED_ACCESS_ENDS_AFTER",
)
# Its last week is announced, and more of it must be left.
MIN_UNUSED = 14 * 86400
MAX_CODE_LIFETIME = 600
ADD_SCOPE = "Add it to SCOPES, with the words that a person reads"
SCOPES_HINT = 'It must be a dictionary of scopes, each with words for people: {"notes:read": "Read your notes"}.'


@register(Tags.security, deploy=True)
def check_issuer_is_set(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """E001: no issuer is set, so the Host header of a request would decide it."""
    if provider_settings.ISSUER:
        return []
    return [
        Error(
            'OAUTH_PROVIDER["ISSUER"] is not set.',
            hint='Set it to this server\'s https URL without a slash at its end: "https://auth.example.com".',
            id="oauth_provider.E001",
        )
    ]


@register(Tags.security)
def check_issuer(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """E002: the issuer is not an https URL without query or fragment (RFC 8414 §2)."""
    issuer = provider_settings.ISSUER
    if not issuer:
        return []
    if is_issuer(issuer, allow_http=settings.DEBUG) and not issuer.endswith("/"):
        return []
    return [
        Error(
            f'OAUTH_PROVIDER["ISSUER"] is {issuer!r}, which is no issuer identifier.',
            hint=_remedy_of(issuer)
            + "It must be an https URL without query, fragment or a slash at its end (http only under DEBUG).",
            id="oauth_provider.E002",
        )
    ]


def _remedy_of(issuer: Any) -> str:
    """Return the issuer that was meant, where there is no doubt; else ""."""
    bare = str(issuer).rstrip("/")
    meant = bare if settings.DEBUG else bare.replace("http://", "https://", 1)
    is_meant = meant != issuer and is_issuer(meant, allow_http=settings.DEBUG)
    return f'Write "{meant}". ' if is_meant else ""


@register()
def check_dictionary(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """E095: the setting is not a dictionary. No other check can run then."""
    try:
        _ = provider_settings.user_settings, provider_settings.settings_of_dot
    except ImproperlyConfigured as error:
        return [Error(str(error), hint='Write it as {"NAME": value, ...}.', id="oauth_provider.E095")]
    return []


@register()
def check_scopes(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """E011: a scope is not a scope token. E012: a default scope is not among the scopes. E114: it has no words."""
    scopes = project_scopes()
    bad = [name for name in scopes if not isinstance(name, str) or not is_scope_token(name)]
    messages: list[CheckMessage] = [
        Error(
            f"{name!r} in SCOPES is no scope token.",
            hint='A scope is printable ASCII without spaces, quotes or backslashes, such as "notes:read".',
            id="oauth_provider.E011",
        )
        for name in bad
    ]
    messages += [
        Error(
            f"The scope {name!r} has {words!r} for words.",
            hint=f'Write what a person reads when asked for consent, such as {name!r}: "Read your notes".',
            id="oauth_provider.E114",
        )
        for name, value in scopes.items()
        if name not in bad and not (isinstance(words := title_of(value), str | Promise) and str(words).strip())
    ]
    messages += [
        Error(
            f"{name!r} in DEFAULT_SCOPES is not among the scopes.",
            hint=with_guess(name, configured_scopes(), f"{ADD_SCOPE}, or take it out."),
            id="oauth_provider.E012",
        )
        for name in provider_settings.DEFAULT_SCOPES
        if name not in configured_scopes()
    ]
    return messages


@register()
def check_claims(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """E023: a claim belongs to a scope that does not exist, so nobody would get it."""
    missing = missing_scopes(one.scope for one in registered().values())
    return [
        Error(
            f"The claim {one.name!r} is released by the scope {one.scope!r}, which there is not.",
            hint=with_guess(one.scope, configured_scopes(), f"{ADD_SCOPE}, or name another in @claim."),
            id="oauth_provider.E023",
        )
        for one in registered().values()
        if one.scope in missing
    ]


@register()
def check_values(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """E013: a setting has the wrong type. E014: codes live too long."""
    judged = {*SECONDS, *SECONDS_OR_NONE, *SECONDS_OR_NEVER}
    messages = [
        _unusable(name, SCOPES_HINT if name == "SCOPES" else f"It must be {what}.")
        for name, what in wrong_types().items()
        if name not in judged
    ]
    if has_wrong_scopes_of_dot():
        messages.append(_unusable("SCOPES", SCOPES_HINT, dictionary="OAUTH2_PROVIDER"))
    return messages + _seconds_faults() + ([] if messages else _other_faults())


def _seconds_faults() -> list[CheckMessage]:
    """Return an error for each lifetime that is not a positive whole number, and for a long-lived code."""
    messages = [_not_seconds(name) for name in SECONDS if not _is_seconds(getattr(provider_settings, name), 1)]
    for name in SECONDS_OR_NONE:
        if not _is_seconds(getattr(provider_settings, name), 0):
            messages.append(_not_seconds(name))
    for name in SECONDS_OR_NEVER:
        value = getattr(provider_settings, name)
        if value is not None and not _is_seconds(value, 1):
            messages.append(_not_seconds(name))
    code = provider_settings.AUTHORIZATION_CODE_LIFETIME
    if _is_seconds(code, 1) and code > MAX_CODE_LIFETIME:
        messages.append(_long_code(code))
    return messages


def _other_faults() -> list[CheckMessage]:
    """Return an error for a missing cache, and for settings in a notation that cannot be parsed."""
    messages: list[CheckMessage] = []
    if provider_settings.CACHE not in settings.CACHES:
        messages.append(_unusable("CACHE", "Name an alias of CACHES that all processes share."))
    if not _can(parse, provider_settings.CLIENT_AUTHENTICATION_FAILURES):
        messages.append(_unusable("CLIENT_AUTHENTICATION_FAILURES", 'Write it as "10/minute".'))
    for name, returned in (("CLIENT_ADDRESS", "an address"), ("CLIENT_CERTIFICATE", "a certificate in PEM")):
        path = provider_settings.user_settings.get(name)
        if path and not _can(import_string, path):
            messages.append(_unusable(name, f"Name a function that takes a request and returns {returned}."))
    return messages + _faults_about_people()


def _faults_about_people() -> list[CheckMessage]:
    """Return an error for a notice that there is not, a function that cannot be loaded, and too short a time."""
    messages = [
        _unusable("NOTICES", with_guess(name, NOTICES, f"{name!r} is no notice. There are {', '.join(NOTICES)}."))
        for name in provider_settings.NOTICES
        if name not in NOTICES
    ]
    path = provider_settings.user_settings.get("USER_LANGUAGE")
    if path and not _can(import_string, path):
        messages.append(_unusable("USER_LANGUAGE", "Name a function that takes a user and returns a language."))
    unused = provider_settings.UNUSED_ACCESS_ENDS_AFTER
    if unused is not None and _is_seconds(unused, 1) and unused <= MIN_UNUSED:
        messages.append(_unusable("UNUSED_ACCESS_ENDS_AFTER", "It is more than two weeks, in seconds."))
    return messages


def _is_seconds(value: Any, least: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= least


def _not_seconds(name: str) -> CheckMessage:
    return _unusable(name, "It is a whole number of seconds.")


def _unusable(name: str, hint: str, *, dictionary: str = "OAUTH_PROVIDER") -> CheckMessage:
    return Error(f"{dictionary}[{name!r}] cannot be used.", hint=hint, id="oauth_provider.E013")


def _long_code(seconds: int) -> CheckMessage:
    return Error(
        f'OAUTH_PROVIDER["AUTHORIZATION_CODE_LIFETIME"] is {seconds}.',
        hint=f"RFC 6749 §4.1.2 wants codes to live for {MAX_CODE_LIFETIME} seconds at most.",
        id="oauth_provider.E014",
    )


def _can(function: Any, value: Any) -> bool:
    try:
        function(value)
    except (ImportError, ValueError, TypeError, AttributeError):
        return False
    return True
