"""Sending an authorization response (RFC 6749 §4.1.2, Form Post Response Mode §2): by redirect, or by a form."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.encoding import iri_to_uri
from django.views.decorators.debug import sensitive_variables

from oauth_provider.authorization.response import AuthorizationResponse
from oauth_provider.pages.sending.page import content_security_policy, show
from oauth_provider.protocol.redirect_uri import destination
from oauth_provider.tokens.issuer import issuer_of


@sensitive_variables()
def send(request: HttpRequest, response: AuthorizationResponse) -> HttpResponse:
    """The browser takes ``response`` to the client."""
    return _form(request, response) if response.is_form_post else redirect_to(response.url(issuer_of(request)))


class SeeOther(HttpResponseRedirect):
    """303, so that no browser repeats a POST there (RFC 9700 §4.12); a redirect to Django's own tools as well.

    Where it leads was checked before, so it may be of an app's own scheme, and longer than Django's own may be.
    """

    status_code = 303

    @sensitive_variables()
    def __init__(self, url: str) -> None:
        HttpResponse.__init__(self)
        self["Location"] = iri_to_uri(url)


@sensitive_variables()
def redirect_to(url: str) -> HttpResponse:
    """The browser goes on to ``url``."""
    response = SeeOther(url)
    response["Cache-Control"] = "no-store"
    response["Referrer-Policy"] = "no-referrer"
    return response


@sensitive_variables()
def _form(request: HttpRequest, response: AuthorizationResponse) -> HttpResponse:
    """A form that a script of ours submits, or the person does where scripts do not run. No URL holds any of it."""
    context = {
        "action": response.redirect_uri,
        "parameters": response.sent_parameters(issuer_of(request)),
        "destination": destination(response.redirect_uri),
    }
    page = show(request, "form_post.html", context)
    page["Content-Security-Policy"] = content_security_policy(scripts=True)
    page["Referrer-Policy"] = "no-referrer"  # the form goes to the client, where no CSRF check of ours is
    return page
