"""A login page that listens (OpenID Connect Core §3.1.2.1): `login_hint` fills it in, `ui_locales` picks its words."""

from typing import Any

from django.contrib.auth import views
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_post_parameters

from oauth_provider.authorization.language import speaking
from oauth_provider.pages.account.own_template import own_template
from oauth_provider.pages.csrf import csrf_protected
from oauth_provider.pages.login_round_trip import client_on_the_way, way_on
from oauth_provider.pages.sending.page import add_page_headers, keep_opener
from oauth_provider.pages.sending.response import redirect_to
from oauth_provider.resource_server.users.session_user import session_user
from oauth_provider.tokens.person import username_of

OWN, OURS = "registration/login.html", "oauth_provider/login.html"


@method_decorator(login_not_required, name="dispatch")
class LoginView(views.LoginView):
    """Django's own login view. A hint is shown as it came: whether there is such an account is not looked up.

    Of two that are open in two tabs the second leads on too, once somebody signed in by the first. The page is the
    project's own ``registration/login.html`` where there is one, and else ours, under the strict policy of our pages.
    """

    # From the middleware, whose refusal leads nowhere: the same check is made below.
    @method_decorator([csrf_exempt, sensitive_post_parameters(), never_cache])
    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Rendered here, while the language is spoken."""
        with speaking(request.GET.get("ui_locales", "")):
            response: HttpResponseBase = csrf_protected(self.outdated)(super().dispatch)(request, *args, **kwargs)
        keep_opener(response)
        return response

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The form, unless who is signed in already can go on."""
        url = way_on(request)
        return super().get(request, *args, **kwargs) if url is None else redirect_to(url)

    def outdated(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """For a form that fails the CSRF check: on, where somebody is signed in by now, or the form anew."""
        url = way_on(request)
        if url is not None:
            return redirect_to(url)
        form_class: Any = self.get_form_class()

        class OutdatedForm(form_class):  # type: ignore[misc]
            """A login form that was shown before somebody else signed in: it signs nobody in."""

            def clean(self) -> dict[str, Any]:
                raise ValidationError(_("This page was open for too long. Please sign in once more."), code="outdated")

        context = self.get_context_data(form=OutdatedForm(**self.get_form_kwargs()))
        return self.render_to_response(context, status=403)

    def render_to_response(self, context: dict[str, Any], **kwargs: Any) -> HttpResponse:
        """Choose the template, unless a project names another to ``as_view`` or in a class of its own."""
        response = super().render_to_response(context, **kwargs)
        if self.get_template_names() == [OWN]:
            own = own_template(OWN)
            response.template_name = OURS if own is None else own  # type: ignore[attr-defined]  # not rendered yet
            if own is None:
                add_page_headers(response)
        return response

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Say for which application somebody logs in, if that is known, and who is signed in already."""
        client, user = client_on_the_way(self.request), session_user(self.request)
        shown = {
            "client_name": str(client.application) if client is not None else "",
            "account": username_of(user) if user is not None else "",
        }
        return {**shown, **super().get_context_data(**kwargs)}

    def get_initial(self) -> dict[str, Any]:
        """The form's first values."""
        return {**super().get_initial(), "username": self.request.GET.get("login_hint", "")}
