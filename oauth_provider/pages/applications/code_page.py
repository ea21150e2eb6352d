"""Code for an app: written for this very client, and run by our tests (RFC 6749 §4, RFC 8707 §2)."""

from django.http import HttpRequest, HttpResponse

from oauth_provider.pages.applications.door import Seat, for_members, show_with_script
from oauth_provider.pages.applications.shown import frame
from oauth_provider.quickstart.draft import Draft, audience_of, registered_resources, usual_scopes
from oauth_provider.quickstart.examples import Example, examples_for_developers
from oauth_provider.quickstart.made import MadeClient, first_request
from oauth_provider.quickstart.server import server_at
from oauth_provider.registry.scope import all_scopes

SECRET_VARIABLE = "CLIENT_SECRET"


@for_members
def app_code(request: HttpRequest, seat: Seat) -> HttpResponse:
    """Show the code; ``resource`` is the API that its tokens are for."""
    resources = registered_resources()
    asked = request.GET.get("resource")
    usual = resources[0] if resources and seat.kind is not None and seat.kind.usual_resource else ""
    resource = usual if asked is None else asked if asked in resources else ""
    context = frame(request, seat, "app_code") | {
        "examples": code_for(seat, request, resource),
        "resources": resources if seat.client.policy.grant_types else (),
        "resource": resource,
        "is_confidential": not seat.client.is_public,
    }
    return show_with_script(request, "code.html", context)


def code_for(seat: Seat, request: HttpRequest, resource: str) -> tuple[Example, ...]:
    """Return the examples; none for a client that fits no kind."""
    kind, metadata = seat.kind, seat.metadata
    if kind is None:
        return ()
    held = metadata.scope if metadata.scope is not None else usual_scopes(kind, resource)
    known = all_scopes()
    scopes = audience_of(resource).served(tuple(one for one in held if one in known))
    draft = Draft(
        kind=kind,
        name=metadata.client_name,
        redirect_uris=metadata.redirect_uris,
        scopes=tuple(scopes),
        resource=resource,
    )
    made = MadeClient(draft, seat.client, secret_variable="" if metadata.is_public else SECRET_VARIABLE)
    server = server_at(request.build_absolute_uri("/"))
    return examples_for_developers(made, server, first_request(made, server) if metadata.redirect_uris else None)
