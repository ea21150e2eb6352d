"""The demo's home page: what this is, and what there is to try."""

from typing import Any

from django.urls import reverse
from django.views.generic import TemplateView

from demo_project import seed

ENDPOINTS = (
    ("GET", "authorize", "where an app sends a person to ask for access"),
    ("POST", "token", "where an app turns a code into tokens, and refreshes them"),
    ("POST", "revoke", "where an app gives a token back"),
    ("POST", "introspect", "where an API asks what a token is worth"),
)
METADATA = ("GET", "/.well-known/oauth-authorization-server", "where a program finds all of these")


class HomeView(TemplateView):
    """The front door. It shows the demo's passwords and secrets, which is its purpose."""

    template_name = "demo/home.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The demo as ``demo_seed`` describes it."""
        endpoints = [(method, reverse(f"oauth_provider:{name}"), purpose) for method, name, purpose in ENDPOINTS]
        return super().get_context_data(
            demo=seed.describe(), clients=seed.clients(), endpoints=[*endpoints, METADATA], **kwargs
        )
