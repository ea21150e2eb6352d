"""Situations that an error page tells a person of first (RFC 6749 §4.1.2.1), and whose turn it is."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from oauth_provider.protocol.errors import KeysUnavailable, OAuthError, TemporarilyUnavailable
from oauth_provider.protocol.reason import Reason


@dataclass(frozen=True, slots=True)
class Situation:
    """A situation in a person's words, with the label of the button that leads on.

    ``begins_at_app``: they can only start again at the application, which the page names where it is known.
    ``is_for_developers``: if that does not help, nobody but the application's developers can.
    """

    title: str | Promise
    text: str | Promise
    button: str | Promise = ""
    begins_at_app: bool = False
    is_for_developers: bool = False


BROKEN = Situation(
    _("This link does not work"),
    _("The application sent you here in a way that cannot be relied on. Nothing was shared."),
    _("Try again"),
    begins_at_app=True,
    is_for_developers=True,
)
UNKNOWN = Situation(
    _("This link does not work"),
    _("The application that sent you here is not known, or not any more. Nothing was shared."),
    begins_at_app=True,
    is_for_developers=True,
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
    _("There is nothing left to do on this page."),
)
NOT_YOURS = Situation(
    _("This page belongs to another sign-in"),
    _("It was opened by somebody else, or in another browser. Nothing was shared."),
    _("Start again"),
    begins_at_app=True,
)
OUTDATED = Situation(
    _("This page was out of date"),
    _("You signed in or out in another tab since it was opened. Nothing was decided."),
    _("Show the page again"),
)
UNDECIDED = Situation(
    _("Nothing was chosen"),
    _("The page was sent without an answer. Nothing was decided."),
    _("Show the page again"),
)
GONE = Situation(
    _("This is not there any more"),
    _("The application or the account was removed while this page was open. Nothing was shared."),
)
INACTIVE = Situation(
    _("This account cannot be used"),
    _("It was switched off. Nothing was shared. Use another account, or ask whoever runs this site."),
    _("Use another account"),
)
NOT_GRANTABLE = Situation(
    _("You cannot allow this"),
    _("The application asks for something that your account may not share with it. Nothing was shared."),
)
TEST_MODE = Situation(
    _("This application is being tested"),
    _(
        "Until an operator has approved it, only the members of its own team can use it, and you are none of them. "
        "Nothing was shared. If you should be one, ask its developers."
    ),
)
NOT_FOR_YOU = Situation(
    _("This application is not for your account"),
    _(
        "Whoever runs this site lets only some people use it. Nothing was shared. If you should be one of them, ask "
        "whoever runs this site."
    ),
)
USELESS_LOGIN = Situation(
    _("Signing in did not help"),
    _(
        "You signed in, and it still cannot be seen here. If your browser refuses cookies, let it take those of "
        "this site. Nothing was shared."
    ),
)
BUSY = Situation(
    _("Too many requests at once"),
    _("Too many requests from here wait for an answer. Nothing was shared. Wait a few minutes, then try again."),
    _("Try again"),
)
WAITING = Situation(
    _("We cannot do that at the moment"),
    _("Something that the application has to provide cannot be had. Nothing was shared. Try again in a few minutes."),
    _("Try again"),
)

BY_REASON = {
    Reason.APPLICATION_UNKNOWN: UNKNOWN,
    Reason.APPLICATION_GONE: GONE,
    Reason.ROWS_GONE: GONE,
    Reason.USER_INACTIVE: INACTIVE,
    Reason.SCOPE_NOT_GRANTABLE: NOT_GRANTABLE,
    Reason.CLIENT_IN_TEST_MODE: TEST_MODE,
    Reason.CLIENT_NOT_FOR_USER: NOT_FOR_YOU,
    Reason.SIGN_IN_DID_NOT_HELP: USELESS_LOGIN,
    Reason.CONSENT_BUTTON_MISSING: UNDECIDED,
    Reason.SIGN_IN_BUTTON_MISSING: UNDECIDED,
    Reason.LOGOUT_BUTTON_MISSING: UNDECIDED,
    Reason.ACCOUNT_NOT_CHOSEN: UNDECIDED,
}


def situation_of(error: OAuthError) -> Situation:
    """Return the situation that ``error`` puts a person in, where the page that shows it has no better one."""
    if isinstance(error, TemporarilyUnavailable):
        return WAITING if isinstance(error, KeysUnavailable) else BUSY
    return BY_REASON.get(error.reason, BROKEN)
