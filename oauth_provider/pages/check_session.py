"""``check_session_iframe`` (OpenID Connect Session Management 1.0 §3.2): the one page for other people's frames.

It shows nothing and offers nothing to click, and it is the same for everybody.
"""

from django.contrib.auth.decorators import login_not_required
from django.db.transaction import non_atomic_requests
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.template.loader import render_to_string
from django.utils.cache import patch_cache_control
from django.views.decorators.clickjacking import xframe_options_exempt

from oauth_provider.conf import provider_settings
from oauth_provider.pages.sending.page import static_origin
from oauth_provider.resource_server.views.cookieless import CookielessResponse

METHODS = ["GET", "HEAD"]
MAX_AGE = 3600


@xframe_options_exempt
def check_session(request: HttpRequest) -> HttpResponse:
    """The page, whose script answers the client's frame."""
    if not provider_settings.SESSION_MANAGEMENT:
        raise Http404
    if request.method not in METHODS:
        return HttpResponseNotAllowed(METHODS)
    # Without the request: nothing of a session may get into what everybody's cache keeps.
    response = CookielessResponse(render_to_string("oauth_provider/check_session.html"))
    policy = f"default-src 'none'; script-src {static_origin()}; base-uri 'none'; form-action 'none'"
    response["Content-Security-Policy"] = policy
    response["X-Content-Type-Options"] = "nosniff"
    response["Referrer-Policy"] = "no-referrer"
    patch_cache_control(response, public=True, max_age=MAX_AGE)
    return response


view = login_not_required(non_atomic_requests(check_session))
