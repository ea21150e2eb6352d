"""OpenAPI (RFC 6749 §3.3): each operation names the scopes that its view really asks for."""

from types import ModuleType

import pytest
from django.urls import include, path
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.settings import spectacular_settings
from drf_spectacular.validation import validate_schema
from rest_framework import routers, serializers, viewsets
from rest_framework.authentication import SessionAuthentication
from rest_framework.decorators import action
from rest_framework.permissions import AllowAny, IsAuthenticated
from rest_framework.response import Response
from rest_framework.views import APIView

from oauth_provider.resource_server.conf import conf
from oauth_provider.rest_framework import schema
from oauth_provider.rest_framework.authentication import OAuthAuthentication
from oauth_provider.rest_framework.decorators import requires_scopes
from oauth_provider.rest_framework.permissions import HasScopes, RequiresAuthentication, ScopesOrSession
from oauth_provider.rest_framework.testing import assert_requires_scopes
from tests.each import each

pytestmark = pytest.mark.spec("RFC 6749", "3.3")


class Text(serializers.Serializer):
    text = serializers.CharField()


class Notes(viewsets.ViewSet):
    schema = AutoSchema()
    authentication_classes = [OAuthAuthentication]
    permission_classes = [HasScopes]
    serializer_class = Text
    scopes = {"list": "read", "create": HasScopes.any_of("admin", ["read", "write"])}

    def list(self, request):
        return Response([])

    create = list

    @action(detail=False)
    @requires_scopes("share")
    def shared(self, request):
        return Response([])


def view(*permissions, **attributes):
    names = {"schema": AutoSchema(), "authentication_classes": [OAuthAuthentication], "serializer_class": Text}
    names |= {"permission_classes": permissions, "get": lambda self, request: Response([])}
    return type("View", (APIView,), names | attributes)


router = routers.SimpleRouter()
router.register("notes", Notes, basename="notes")
urlpatterns = [path("", include(router.urls))]


def document(*patterns):
    generated = SchemaGenerator(patterns=list(patterns) or urlpatterns).get_schema(public=True)
    validate_schema(generated)
    return generated


def security(cls):
    operation = document(path("x", cls.as_view()))["paths"]["/x"]["get"]
    return [requirement.get("oauth2") for requirement in operation["security"]]


def test_every_operation_names_its_scopes():
    paths = document()["paths"]
    assert paths["/notes/"]["get"]["security"] == [{"oauth2": ["read"]}]
    assert paths["/notes/"]["post"]["security"] == [{"oauth2": ["admin"]}, {"oauth2": ["read", "write"]}]
    assert paths["/notes/shared/"]["get"]["security"] == [{"oauth2": ["share"]}]


@pytest.mark.django_db
def test_the_schema_names_the_scopes_that_the_view_asks_for(settings):
    settings.ROOT_URLCONF = ModuleType("root")
    settings.ROOT_URLCONF.urlpatterns = [*urlpatterns, path("", include("oauth_provider.urls"))]
    for place, method in (("/notes/", "get"), ("/notes/shared/", "get")):
        (requirement,) = document()["paths"][place][method]["security"]
        assert_requires_scopes(place, method, requirement["oauth2"])


@each(
    ("cls", "alternatives"),
    [
        (view(HasScopes("a", "b")), [["a", "b"]]),
        (view(HasScopes("a"), HasScopes("b")), [["a", "b"]]),
        (view(HasScopes("a") & IsAuthenticated), [["a"]]),
        (view(HasScopes("a") | HasScopes("b")), [["a"], ["b"]]),
        (view(HasScopes("a") & (HasScopes("b") | HasScopes("c"))), [["a", "b"], ["a", "c"]]),
        (view(HasScopes("a") | IsAuthenticated), [["a"], []]),
        (view(RequiresAuthentication(max_age=1) & HasScopes("a")), [["a"]]),
        (view(ScopesOrSession("a")), [["a"]]),
        (view(~HasScopes("a")), [[]]),
        (view(IsAuthenticated), [[]]),
        (view(HasScopes), [[]]),
        (view(HasScopes, get_required_scopes=lambda self: "a"), [["a"]]),
        (view(HasScopes, get_required_scopes=lambda self: self.request.user.scope, scopes="b"), [["b"]]),
        (view(*[HasScopes.any_of("a", "b", "c")] * 9), None),
    ],
)
def test_an_expression_is_written_out(cls, alternatives):
    found = security(cls)
    assert found == alternatives if alternatives is not None else 0 < len(found) <= schema.MAX_ALTERNATIVES


def test_other_authentication_is_none_of_ours():
    cls = view(AllowAny, authentication_classes=[SessionAuthentication])
    assert security(cls) == [None, None]


def test_the_scheme_is_the_code_flow_of_the_provider_with_the_words_of_its_scopes():
    scheme = document()["components"]["securitySchemes"]["oauth2"]
    assert scheme == {
        "type": "oauth2",
        "flows": {
            "authorizationCode": {
                "authorizationUrl": "https://auth.example.com/oauth/authorize",
                "tokenUrl": "https://auth.example.com/oauth/token",
                "refreshUrl": "https://auth.example.com/oauth/token",
                "scopes": {
                    "notes:read": "Read your notes",
                    "notes:write": "Write and delete your notes",
                    "photos:read": "See your photos",
                },
            }
        },
    }


def test_a_project_may_name_another_server(monkeypatch):
    monkeypatch.setattr(spectacular_settings, "OAUTH2_AUTHORIZATION_URL", "https://as.example/authorize", raising=False)
    monkeypatch.setattr(spectacular_settings, "OAUTH2_TOKEN_URL", "https://as.example/token", raising=False)
    monkeypatch.setattr(spectacular_settings, "OAUTH2_SCOPES", {"read": "Read"}, raising=False)
    flow = document()["components"]["securitySchemes"]["oauth2"]["flows"]["authorizationCode"]
    assert (flow["authorizationUrl"], flow["scopes"]) == ("https://as.example/authorize", {"read": "Read"})


@pytest.mark.urls(__name__)
def test_where_nobody_knows_whence_tokens_come_they_are_bearer_tokens():
    generated = document()
    assert generated["components"]["securitySchemes"]["oauth2"] == {"type": "http", "scheme": "bearer"}
    assert generated["paths"]["/notes/"]["get"]["security"] == [{"oauth2": []}]


def test_the_provider_tells_the_words_of_its_scopes():
    assert conf.scope_words["notes:read"] == "Read your notes"


@pytest.mark.spec("RFC 6750", "3.1")
def test_a_hook_documents_how_operations_with_tokens_refuse():
    other = view(AllowAny, authentication_classes=[SessionAuthentication])
    generated = document(*urlpatterns, path("x", other.as_view()))
    generated["paths"]["/notes/"]["get"]["responses"]["403"] = {"description": "mine"}
    schema.document_refusals(generated, None, None, True)
    validate_schema(generated)
    listing = generated["paths"]["/notes/"]["get"]["responses"]
    assert listing.keys() == {"200", "400", "401", "403"}
    assert listing["401"]["headers"].keys() == {"WWW-Authenticate"}
    assert listing["403"] == {"description": "mine"}
    assert generated["paths"]["/x"]["get"]["responses"].keys() == {"200"}


def test_a_document_without_operations_is_left_as_it_is():
    assert schema.document_refusals({"openapi": "3.0.3"}, None, None, True) == {"openapi": "3.0.3"}
