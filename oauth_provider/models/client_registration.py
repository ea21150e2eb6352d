"""Columns of how a client was registered, and of what an operator decided about it (RFC 7591 §5)."""

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from oauth_provider.models.validation import check_scopes
from oauth_provider.protocol.scope_entry import rule_of

# The door of clients whose ``client_id`` is the URL of a document.
DOCUMENT = "document"
# The door of clients that developers registered, who own them.
PORTAL = "portal"


def check_rules(value: str) -> None:
    """Raise ``ValidationError`` for a line that names nobody (see ``registry.who``)."""
    for line in value.splitlines():
        try:
            rule_of(line.strip())
        except ValueError:
            text = _("%(line)s: write permission:app.codename, group:Name or callable:dotted.path.")
            raise ValidationError(text, params={"line": line}) from None


def users_of(usable_by: str | None) -> tuple[str, ...]:
    """Return the rules of who may use a client, any of which suffices; none is everybody."""
    return tuple(filter(None, map(str.strip, (usable_by or "").splitlines())))


class ClientRegistration(models.Model):
    """The columns of a policy that say what a client is, where it came from, what waits, and who may use it.

    The database has their defaults, for code of before, which adds rows without them.
    """

    kind = models.CharField(
        _("type of application"),
        max_length=16,
        blank=True,
        default="",
        db_default="",
        help_text=_("What somebody builds. Empty: it is told by its grants."),
    )
    door = models.CharField(_("registered through"), max_length=16, blank=True, default="", db_default="")
    requested_scope = models.TextField(
        _("requested scopes"),
        blank=True,
        default="",
        db_default="",
        validators=[check_scopes],
        help_text=_("Scopes that its developers ask for, and that wait for an operator."),
    )
    usable_by = models.TextField(
        _("people who may use it"),
        blank=True,
        default="",
        db_default="",
        validators=[check_rules],
        help_text=_(
            "“group:Name” or “permission:app.codename”, one to a line; any of them suffices. Empty: everybody. "
            "Whoever may not any more is refused when the token is refreshed."
        ),
    )
    status_note = models.CharField(
        _("note to its developers"), max_length=500, blank=True, default="", db_default="", editable=False
    )
    suspended_from = models.CharField(
        _("status before it was suspended"), max_length=16, blank=True, default="", db_default="", editable=False
    )

    class Meta:
        abstract = True

    @property
    def is_from_document(self) -> bool:
        """Does a Client ID Metadata Document say what this client is?"""
        return self.door == DOCUMENT

    @property
    def users(self) -> tuple[str, ...]:
        """Return the rules of who may use it, any of which suffices; none is everybody."""
        return users_of(self.usable_by)
