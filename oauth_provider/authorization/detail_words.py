"""Authorization details in words (RFC 9396 §2): each member with its label, for whoever reads them or has to."""

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from oauth_provider.protocol.authorization_details import Detail, flatten
from oauth_provider.registry.authorization_details import registered

# The members that many types share (RFC 9396 §2.2). All others are shown as they are called.
COMMON = {
    "locations": _("Where"),
    "actions": _("To do what"),
    "datatypes": _("With what"),
    "identifier": _("Which one"),
    "privileges": _("With the rights"),
}


def members_of(detail: Detail) -> list[tuple[str, str]]:
    """Return the label and the value of each member, in the language of this thread."""
    named = flatten(detail, schema=registered(detail["type"]).schema, say=gettext)
    return [(str(COMMON.get(member, member)), value) for member, value in named]


def labelled(detail: Detail) -> list[dict[str, str]]:
    """Return the same as it stands in JSON."""
    return [{"label": label, "value": value} for label, value in members_of(detail)]
