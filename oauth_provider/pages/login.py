"""A login page that listens (OpenID Connect Core §3.1.2.1): `login_hint` fills it in, `ui_locales` picks its words."""

from typing import Any

from django.contrib.auth import views
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponseBase
from django.template.response import TemplateResponse
from django.utils.decorators import method_decorator

from oauth_provider.pages.language import speaking
from oauth_provider.pages.page import keep_opener


@method_decorator(login_not_required, name="dispatch")
class LoginView(views.LoginView):
    """Django's own login view. A hint is shown as it came: whether there is such an account is not looked up."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Rendered here, while the language is spoken."""
        with speaking(request.GET.get("ui_locales", "")):
            response = super().dispatch(request, *args, **kwargs)
            if isinstance(response, TemplateResponse):
                response.render()
        keep_opener(response)
        return response

    def get_initial(self) -> dict[str, Any]:
        """The form's first values."""
        return {**super().get_initial(), "username": self.request.GET.get("login_hint", "")}
