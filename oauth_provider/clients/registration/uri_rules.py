"""Rules of redirect URIs and origins (RFC 6749 §3.1.2, RFC 8252 §7, RFC 6454 §6.2) for whoever registers a client."""

from collections.abc import Iterator

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from oauth_provider.clients.registration.kinds import Redirects
from oauth_provider.clients.registration.proposal import Fault, Proposal
from oauth_provider.clients.registration.words import explain
from oauth_provider.conf import dot_setting, provider_settings
from oauth_provider.dot.names import Row
from oauth_provider.protocol import origin, redirect_uri
from oauth_provider.protocol.registration import MAX_URIS

URIS = ("redirect_uris", "post_logout_redirect_uris")
OWN_SCHEMES = frozenset({"http", "https"})


def check_redirect_uris(proposal: Proposal) -> Iterator[Fault]:
    """Find new URIs that break a rule of the protocol, or have a scheme that is not for this client.

    Where a logout may lead follows the same rules (OpenID Connect RP-Initiated Logout §3.1).
    """
    application = proposal.application
    schemes = allowed_schemes(application)
    for member in URIS:
        for uri in proposal.new_values(member):
            fault = redirect_uri.find_fault(
                uri, allow_http=provider_settings.LEGACY_HTTP_REDIRECT_URIS, app_schemes=schemes
            )
            if fault is not None:
                yield Fault(member, explain(fault, uri))
            elif uri.partition(":")[0] not in schemes and not is_own_scheme(uri, application):
                yield _not_in(member, uri, 'OAUTH2_PROVIDER["ALLOWED_REDIRECT_URI_SCHEMES"]')


def check_origins(proposal: Proposal) -> Iterator[Fault]:
    """Find new origins that break a rule of the protocol, or have a scheme that is not for this client."""
    schemes = origin_schemes(proposal.application)
    for line in proposal.new_values("allowed_origins"):
        fault = origin.find_fault(line, app_schemes=schemes)
        if fault is origin.Fault.SCHEME and origin.find_fault(line, app_schemes={line.partition("://")[0]}) is None:
            yield _not_in("allowed_origins", line, 'OAUTH2_PROVIDER["ALLOWED_SCHEMES"]')
        elif fault is not None:
            yield Fault("allowed_origins", explain(fault, line))


def check_numbers(proposal: Proposal) -> Iterator[Fault]:
    """Find lists that got too long: each request is compared with every element."""
    for member in (*URIS, "allowed_origins"):
        if len(getattr(proposal.metadata, member)) > MAX_URIS and proposal.new_values(member):
            text = _("At most %(number)d lines: each request is compared with every one of them.")
            yield Fault(member, text % {"number": MAX_URIS})


def check_redirects_of_kind(proposal: Proposal) -> Iterator[Fault]:
    """Find redirect URIs that clients of this kind do not have."""
    if proposal.kind is None or proposal.kind.redirects is Redirects.APP:
        return
    for uri in proposal.metadata.redirect_uris:
        if proposal.kind.redirects is Redirects.NOWHERE:
            yield Fault("redirect_uris", _("It redirects nobody: leave this empty, or choose another type."))
            return
        if uri.partition(":")[0].lower() not in OWN_SCHEMES and redirect_uri.is_usable(uri):
            text = _("%(uri)s: only an app on a phone or desktop has a scheme of its own; choose that type.")
            yield Fault("redirect_uris", text % {"uri": uri})


def allowed_schemes(application: Row) -> set[str]:
    """Return what DOT was told to allow, or what the project's own model says instead; and for apps, known ones."""
    listed = {scheme.lower() for scheme in application.get_allowed_schemes()}
    return listed | redirect_uri.KNOWN_APPS if _is_app(application) else listed


def is_own_scheme(uri: str, application: Row) -> bool:
    """Is it an app's own scheme by a domain name, which needs nobody to list it (RFC 8252 §7.1)?"""
    return _is_app(application) and "." in uri.partition(":")[0]


def origin_schemes(application: Row) -> set[str]:
    """Return the schemes of apps whose pages may call us: as DOT was told, and for apps those that are known."""
    listed = {str(scheme).lower() for scheme in dot_setting("ALLOWED_SCHEMES", ())}
    return listed | origin.KNOWN_APPS if _is_app(application) else listed


def _is_app(application: Row) -> bool:
    """Could it be an app on somebody's device? Its kind has rules of its own."""
    return bool(application.client_type == "public")


def is_ours_to_judge(error: ValidationError, member: str, application: Row) -> bool:
    """Does DOT find fault with what our rules accept: an origin, or an app's URI of a scheme that it may have?

    DOT takes an origin at http for wrong unless told otherwise; ours may be on the developer's own machine.
    """
    uri, schemes = str((error.params or {}).get("value", "")), allowed_schemes(application)
    if member == "allowed_origins":
        return origin.find_fault(uri, app_schemes=origin_schemes(application)) is None
    is_apps = uri.partition(":")[0] in schemes - OWN_SCHEMES or is_own_scheme(uri, application)
    return is_apps and redirect_uri.find_fault(uri, app_schemes=schemes) is None


def _not_in(member: str, line: str, setting: str) -> Fault:
    scheme = line.partition(":")[0]
    text = _("%(line)s: the settings of this server, %(setting)s, do not list the scheme “%(scheme)s”.")
    return Fault(member, text % {"line": line, "setting": setting, "scheme": scheme})
