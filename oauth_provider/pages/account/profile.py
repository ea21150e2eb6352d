"""Account page: where Django's ``LOGIN_REDIRECT_URL`` leads, for a project that has no page there.

It says who is signed in, and leads on to what else there is for them.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from oauth_provider.clients.registration.policy import Door, door_policy
from oauth_provider.pages.login_round_trip import login_url
from oauth_provider.pages.sending.page import for_people, show
from oauth_provider.pages.sending.response import redirect_to
from oauth_provider.resource_server.users.session_user import active_session_user
from oauth_provider.tokens.person import username_of

METHODS = ["GET", "HEAD"]


@dataclass(frozen=True, slots=True)
class Link:
    """A page for this person, and what it is called."""

    url: str
    words: str | Promise


@for_people
def profile(request: HttpRequest) -> HttpResponse:
    """Show the account page to who is signed in; others go on to the login page."""
    if request.method not in METHODS:
        return HttpResponseNotAllowed(METHODS)
    user = active_session_user(request)
    if user is None:
        return redirect_to(login_url(request.path))
    context = {"account": username_of(user), "links": list(links_for(user)), "log_out": reverse("logout")}
    return show(request, "account.html", context)


def links_for(user: Any) -> Iterator[Link]:
    """Yield the pages that the project has for ``user``."""
    pages = [("oauth_provider:connected_apps", _("Connected apps")), ("password_change", _("Change your password"))]
    if door_policy(Door.PORTAL).is_open:
        pages.append(("oauth_provider:apps", _("Your apps")))
    if getattr(user, "is_staff", False):
        pages.append(("admin:index", _("Administration")))
    for name, words in pages:
        try:
            yield Link(reverse(name), words)
        except NoReverseMatch:
            continue
