"""Subjects of the page of a client, in the order in which an operator asks; each with the fields that its kind has."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext_lazy as _

from oauth_provider.admin.clients.client_legacy import EXCEPTIONS
from oauth_provider.admin.clients.client_presentation import SHOWN, VOUCHED
from oauth_provider.clients.registration.kinds import KINDS, Redirects
from oauth_provider.clients.registration.policy_rules import LIFETIMES
from oauth_provider.clients.registration.words import section
from oauth_provider.dot.names import Row
from oauth_provider.models import ClientPolicy


@dataclass(frozen=True, slots=True)
class Subject:
    """One part of the page: its anchor, its title, its fields, and a sentence with the sections it follows from."""

    anchor: str
    title: Promise
    fields: tuple[str, ...]
    text: Promise | None = None
    sections: tuple[tuple[int, str], ...] = ()

    @property
    def description(self) -> str:
        """Return the sentence as HTML, with links."""
        if self.text is None:
            return ""
        links = format_html_join(", ", "{}", ((section(*one),) for one in self.sections))
        return format_html("{}: {}", self.text, links) if self.sections else str(self.text)


SUBJECTS = (
    Subject("what", _("What it is"), ("name", "client_id", "client_type", "grant_types", "status")),
    Subject(
        "redirection",
        _("Where it may redirect"),
        ("redirect_uris", "post_logout_redirect_uris", "allowed_origins"),
        _("Where answers may go"),
        ((6749, "3.1.2"), (8252, "7")),
    ),
    Subject(
        "access",
        _("What it may ask for"),
        (
            "scopes", "every_scope", "optional_scope", "authorization_details_types", "skip_authorization", "usable_by",
            "context", "may_introspect",
        ),
        _("At most; people decide about the rest"),
        ((6749, "3.3"), (7591, "2")),
    ),
    Subject(
        "proof",
        _("How it proves itself"),
        (
            "token_endpoint_auth_method", "token_endpoint_auth_signing_alg", "jwks", "jwks_uri",
            "request_object_signing_alg", "require_signed_request_object", "require_pushed_authorization_requests",
        ),
        _("At the token endpoint, and where its requests must be signed or pushed"),
        ((6749, "2.3"), (7591, "2"), (9101, "4")),
    ),
    Subject(
        "lifetimes",
        _("Lifetimes"),
        ("rotate_refresh_tokens", "refresh_token_retry_window", *LIFETIMES, "default_max_age", "require_auth_time"),
    ),
    Subject(
        "looks",
        _("How it looks"),
        ("logo", *SHOWN),
        _("Where people are asked for consent"),
        ((7591, "2"),),
    ),
    Subject(
        "vouched",
        _("What you vouch for"),
        VOUCHED,
        _(
            "Only what you have made sure of yourself: by a contract, or by a record in its DNS. "
            "Without it people read that nobody verified the publisher."
        ),
    ),
    Subject(
        "answers",
        _("How it is answered"),
        (
            "access_token_format", "id_token_signed_response_alg", "scope_claims_in_id_token",
            "id_token_encrypted_response_alg", "id_token_encrypted_response_enc", "userinfo_signed_response_alg",
            "authorization_signed_response_alg", "subject_type", "sector_identifier_uri", "backchannel_logout_uri",
            "backchannel_logout_session_required", "frontchannel_logout_uri", "frontchannel_logout_session_required",
        ),
        _("Its tokens, what they are signed with, and how it hears of a logout"),
        ((7591, "2"),),
    ),
    Subject("exceptions", _("Exceptions"), EXCEPTIONS, _("What no client should need"), ((9700, "2.1"),)),
    Subject("record", _("Record"), ("registration_source", "created", "updated")),
)  # fmt: skip

# Folded until somebody asks for them: they are set once, if ever.
FOLDED = frozenset({"looks", "vouched", "answers", "exceptions", "record"})

# Fields without a meaning for a client that sends nobody anywhere.
OF_REDIRECTING = frozenset({
    "redirect_uris", "post_logout_redirect_uris", "allowed_origins", "optional_scope", "skip_authorization",
    "request_object_signing_alg", "require_signed_request_object", "require_pushed_authorization_requests",
    "rotate_refresh_tokens", "refresh_token_retry_window", "authorization_idle_lifetime", "authorization_lifetime",
    "default_max_age", "require_auth_time", "logo", *SHOWN, *VOUCHED, "id_token_signed_response_alg",
    "scope_claims_in_id_token", "id_token_encrypted_response_alg", "id_token_encrypted_response_enc",
    "userinfo_signed_response_alg", "authorization_signed_response_alg", "subject_type", "sector_identifier_uri",
    "backchannel_logout_uri", "backchannel_logout_session_required", "frontchannel_logout_uri",
    "frontchannel_logout_session_required", "response_types", "pkce_excused_until",
})  # fmt: skip
# For one that can keep no secret.
OF_CONFIDENTIAL = frozenset({
    "token_endpoint_auth_signing_alg", "may_introspect", "context", "takes_older_assertions", "pkce_excused_until",
})  # fmt: skip
# For one that is given no tokens.
OF_GRANTED = frozenset({
    "scopes", "every_scope", "authorization_details_types", "context", "access_token_format", "access_token_lifetime",
})  # fmt: skip
COLUMNS = {"every_scope": "scopes"}


def fieldsets_for(application: Row, own: Iterable[str], *, is_every: bool) -> list[tuple[Any, dict[str, Any]]]:
    """Return the fieldsets of a client, with the project's ``own`` columns; all fields where ``is_every``.

    A field that its kind does not have is shown all the same where something stands in it.
    """
    useless = frozenset() if is_every else _useless(application)
    found = []
    for subject in SUBJECTS:
        fields = [*subject.fields, *(own if subject.anchor == "what" else ())]
        kept = tuple(name for name in fields if name not in useless or _is_filled(application, name))
        if kept:
            classes = ("collapse",) if subject.anchor in FOLDED else ()
            found.append((subject.title, {"fields": kept, "description": subject.description, "classes": classes}))
    return found


def anchor_of(title: Any, place: int) -> str:
    """Return the anchor of the part of this title; of a project's own part, one by its place."""
    return next((one.anchor for one in SUBJECTS if one.title == title), f"part-{place}")


def _useless(application: Row) -> frozenset[str]:
    grants, is_public = ClientPolicy.of(application).grant_types, application.client_type == "public"
    fitting = [kind for kind in KINDS.values() if kind.fits(is_public, grants)]
    is_for_itself = bool(fitting) and all(kind.redirects is Redirects.NOWHERE for kind in fitting)
    absent = OF_REDIRECTING if is_for_itself else frozenset()
    absent |= OF_CONFIDENTIAL if is_public else frozenset()
    return absent if grants else absent | OF_GRANTED


def _is_filled(application: Row, name: str) -> bool:
    """Is there anything in it beside what is there by itself?"""
    if name in ("redirect_uris", "post_logout_redirect_uris", "allowed_origins", "skip_authorization"):
        return bool(getattr(application, name))
    column = COLUMNS.get(name, name)
    value = getattr(ClientPolicy.of(application), column)
    if column == "scopes":
        return bool(value)
    field: Any = ClientPolicy._meta.get_field(column)
    return bool(value != field.get_default())
