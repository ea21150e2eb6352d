"""HasAuthorizationDetails (RFC 9396 §9): a call that wants a token for that very thing."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from oauth2_provider.models import get_access_token_model
from rest_framework.authentication import BaseAuthentication
from rest_framework.permissions import BasePermission, IsAdminUser
from rest_framework.views import APIView

from oauth_provider.rest_framework.authorization_details import HasAuthorizationDetails
from oauth_provider.rest_framework.inspection import inspect
from oauth_provider.rest_framework.permissions import HasScopes, RequiresAuthentication
from oauth_provider.rest_framework.testing import OAuthAPIClient
from tests.each import each
from tests.rest_framework.views import ADA, Notes, Owner, call, is_ordinary, wanted

pytestmark = pytest.mark.spec("RFC 9396", "9")

ORDER = {"type": "photo_print", "actions": ["order"], "identifier": "7"}
PRINT = HasAuthorizationDetails("photo_print", actions="order")


class SeesTheView(BasePermission):
    """Passes where it is asked with the view of the call."""

    def has_permission(self, request: Any, view: Any) -> bool:
        return isinstance(view, APIView)

    def has_object_permission(self, request: Any, view: Any, obj: Any) -> bool:
        return isinstance(view, APIView)


class Declaring(Notes):
    scopes = "b"


class OfThisPhoto(HasAuthorizationDetails):
    """Details name the photo that they are about."""

    def is_for(self, detail: Any, obj: Any) -> bool:
        return detail.get("identifier") == str(obj)


def refused(response: Any) -> str:
    assert response.status_code == 403
    assert response.data["error"] == "insufficient_scope"
    assert response.data["error_description"] == "The access token lacks authorization details for this call."
    return response["WWW-Authenticate"]


def test_a_token_for_it_passes(issue):
    issue(authorization_details=(ORDER,))
    assert call(PRINT, token="good").status_code == 200
    assert call(HasScopes("notes:read") & PRINT, token="good").status_code == 200


@pytest.mark.parametrize(
    "details",
    [
        (),
        ({**ORDER, "type": "photo"},),
        ({**ORDER, "actions": []},),
        ({**ORDER, "locations": ["https://elsewhere.example.com/"]},),
        ({**ORDER, "actions": ["cancel"]}, {"type": "photo", "actions": ["order"]}),
    ],
)
def test_any_other_does_not(issue, details):
    issue(authorization_details=details, scope="order photo_print")
    assert 'error="insufficient_scope"' in refused(call(PRINT, token="good"))


def test_without_a_token_one_is_asked_for():
    response = call(PRINT)
    assert response.status_code == 401
    assert "error" not in response["WWW-Authenticate"]


def test_what_else_the_call_needs_is_told_with_it(issue):
    issue(scope="")
    assert wanted(call(PRINT & HasScopes("notes:read"), token="good")) == "notes:read"
    assert wanted(call(HasScopes("notes:read"), PRINT, token="good")) == "notes:read"


def test_has_authorization_details_composes(issue):
    issue(authorization_details=(ORDER,), scope="")
    assert call(PRINT | HasScopes("notes:admin"), token="good").status_code == 200
    assert call(~PRINT, token="good").status_code == 403
    assert call(IsAdminUser & PRINT, token="good").status_code == 403
    assert call(PRINT & RequiresAuthentication(max_age=60), token="good").status_code == 401


def test_a_session_does_not_pass():
    assert call(PRINT, user=ADA).status_code in (401, 403)


@pytest.mark.parametrize(("photo", "status"), [("7", 200), (7, 200), ("8", 403)])
def test_a_subclass_says_which_object_an_element_is_about(issue, photo, status):
    issue(authorization_details=(ORDER,))
    assert call(OfThisPhoto("photo_print", actions="order"), token="good", obj=photo).status_code == status


def test_the_element_that_is_about_the_object_must_allow_the_call_itself(issue):
    issue(authorization_details=({**ORDER, "identifier": "8"}, {**ORDER, "actions": ["cancel"]}))
    refused(call(OfThisPhoto("photo_print", actions="order"), token="good", obj="7"))


def test_the_inspector_names_the_type_and_asks_for_no_scope():
    callback = Notes.as_view(permission_classes=[HasScopes("notes:read") & PRINT])
    found: Any = inspect(callback)
    assert (found.scopes, found.details_types) == (("notes:read",), ("photo_print",))
    found = inspect(Notes.as_view(permission_classes=[PRINT]))
    assert (found.problems, found.takes_any_token) == ((), False)


def test_the_test_kit_gives_such_tokens():
    client = OAuthAPIClient()
    assert client.force_oauth(ADA, authorization_details=[ORDER]).authorization_details == (ORDER,)


@each(("type", "members"), [("", {}), (None, {}), ("a", {"locations": ["x"]})])
def test_a_declaration_that_means_nothing_is_refused(type, members):
    with pytest.raises(TypeError):
        HasAuthorizationDetails(type, **members)


def test_details_are_about_any_object_unless_a_subclass_says_otherwise(issue: Any) -> None:
    issue(authorization_details=(ORDER,))
    assert call(PRINT, token="good", obj="8").status_code == 200
    assert call(OfThisPhoto("photo_print"), token="good", obj="7").status_code == 200
    refused(call(OfThisPhoto("photo_print"), token="good", obj="8"))


@pytest.mark.spec("RFC 6750", "3.1")
def test_the_object_decides_whose_fault_a_refusal_is(issue: Any) -> None:
    issue(authorization_details=({**ORDER, "identifier": "7"},))
    photo = OfThisPhoto("photo_print")
    for permissions in ([Owner, photo], [Owner & photo], [photo & Owner], [SeesTheView & Owner & photo]):
        refused(call(*permissions, token="good", obj="mine"))
    assert is_ordinary(call(Owner & photo, token="good", obj="7"))


def test_what_a_composition_is_made_of_is_asked_with_the_view(issue: Any) -> None:
    issue(scope="a")
    refused(call(SeesTheView & PRINT, token="good"))
    refused(call(SeesTheView, PRINT, token="good"))
    assert wanted(call(SeesTheView & HasScopes & PRINT, token="good", view=Declaring)) == "b"
    refused(call((HasScopes("a") | HasScopes) & PRINT, token="good", view=Declaring))


def test_a_token_from_dots_own_class_has_no_details_and_is_told_so() -> None:
    class ByDot(BaseAuthentication):
        def authenticate(self, request: Any) -> Any:
            return ADA, get_access_token_model()(scope="a", expires=datetime.now(UTC) + timedelta(minutes=5))

    refused(call(PRINT, authenticators=[ByDot]))
