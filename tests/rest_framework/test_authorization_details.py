"""HasAuthorizationDetails (RFC 9396 §9): a call that wants a token for that very thing."""

from typing import Any

import pytest
from rest_framework.permissions import IsAdminUser

from oauth_provider.rest_framework.authorization_details import HasAuthorizationDetails
from oauth_provider.rest_framework.inspection import inspect
from oauth_provider.rest_framework.permissions import HasScopes, RequiresAuthentication
from oauth_provider.rest_framework.testing import OAuthAPIClient
from tests.rest_framework.views import ADA, Notes, call, wanted

pytestmark = pytest.mark.spec("RFC 9396", "9")

ORDER = {"type": "photo_print", "actions": ["order"], "identifier": "7"}
PRINT = HasAuthorizationDetails("photo_print", actions="order")


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


@pytest.mark.parametrize(("type", "members"), [("", {}), (None, {}), ("a", {"locations": ["x"]})])
def test_a_declaration_that_means_nothing_is_refused(type, members):
    with pytest.raises(TypeError):
        HasAuthorizationDetails(type, **members)
