"""Logout by the person's own wish: Django's view, which also tells the clients (OIDC Front-Channel Logout 1.0 §2)."""

from typing import Any

from django.conf import settings
from django.contrib.auth import views
from django.http import HttpRequest, HttpResponse
from django.shortcuts import resolve_url
from django.template.response import TemplateResponse
from django.utils.decorators import method_decorator

from oauth_provider.authorization.logout import end_session
from oauth_provider.pages.account.own_template import ADMIN, own_template
from oauth_provider.pages.csrf import csrf_protected, log_out_again
from oauth_provider.pages.logout import STAY, tell_clients
from oauth_provider.pages.sending.page import for_people, show
from oauth_provider.pages.sending.response import redirect_to
from oauth_provider.resource_server.users.session_user import session_user
from oauth_provider.tokens.issuer import issuer_of
from oauth_provider.tokens.person import username_of

OWN = "registration/logged_out.html"


class LogoutView(views.LogoutView):
    """A POST logs out. A link that leads here asks first, so that no page of others logs anybody out."""

    http_method_names = ["get", "head", "post", "options"]

    @method_decorator(csrf_protected(log_out_again))
    @method_decorator(for_people)  # type: ignore[arg-type]  # it takes views that answer at once, as this one does
    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show a page for people, with a way on for who was logged out in another tab."""
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Ask, where somebody is signed in."""
        user = session_user(request)
        if user is None:
            return self._logged_out()
        context = {"account": username_of(user), "action": request.get_full_path()}
        return show(request, "logout.html", context)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """End this browser's login, tell the clients of it, and go on to ``next`` or ``LOGOUT_REDIRECT_URL``."""
        if request.POST.get("decision") == STAY:
            return redirect_to(resolve_url(settings.LOGIN_REDIRECT_URL))
        frames = end_session(request, issuer_of(request)) if session_user(request) is not None else []
        url = self.get_success_url()
        is_here = url in (request.path, request.get_full_path())
        if frames:
            return tell_clients(request, frames, back_to="" if is_here else url)
        return self._logged_out() if is_here else redirect_to(url)

    def _logged_out(self) -> HttpResponse:
        own = own_template(OWN, besides=(ADMIN,))
        if own is None:
            return show(self.request, "account_logged_out.html", {})
        return TemplateResponse(self.request, own, self.get_context_data())
