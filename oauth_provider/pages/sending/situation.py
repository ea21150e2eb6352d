"""Situations that an error page tells a person of first (RFC 6749 §4.1.2.1), and whose turn it is."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Situation:
    """A situation in a person's words, with the label of the button that leads on."""

    title: str | Promise
    text: str | Promise
    button: str | Promise = ""


BROKEN = Situation(
    _("This link does not work"),
    _(
        "Nothing was shared. Go back to the application that you came from and start again. "
        "If that does not help, its developers have to mend it."
    ),
    _("Try again"),
)
LATE = Situation(
    _("That took too long"),
    _("For your safety a request waits only for a while. Nothing was shared."),
    _("Start again"),
)
SIGNED_OUT = Situation(_("You are signed out"), _("Nothing was shared. Sign in again to go on."), _("Sign in"))
RENEWED = Situation(
    _("Please look at this again"),
    _("You signed in again, or something has changed, since this page was opened. Nothing was shared."),
    _("Go on"),
)
ANSWERED = Situation(
    _("This was answered already"),
    _("There is nothing left to do on this page. Go back to the application that you came from."),
)
NOT_YOURS = Situation(
    _("This page belongs to another sign-in"),
    _(
        "It was opened by somebody else, or in another browser. Nothing was shared. "
        "Go back to the application that you came from and start again."
    ),
    _("Start again"),
)
OUTDATED = Situation(
    _("This page was out of date"),
    _("You signed in or out in another tab since it was opened. Nothing was decided."),
    _("Show the page again"),
)
BUSY = Situation(
    _("Too many requests at once"),
    _("Too many requests from here wait for an answer. Nothing was shared. Wait a few minutes, then try again."),
    _("Try again"),
)
