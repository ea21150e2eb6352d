"""What a plain view declares (RFC 6750 §3.1): a meaningless declaration is an error where it is written."""

import logging

import pytest
from django.http import HttpResponse
from django.test import RequestFactory
from django.views import View

from oauth_provider.resource_server.views import RequiresScopesMixin, requires_scopes
from tests.each import each
from tests.resource_server.views.kinds import ADA, call, decorated, mixed, mixed_async, refusal

pytestmark = pytest.mark.spec("RFC 6750", "3.1")


@each(
    "scopes",
    [
        (),
        ("",),
        ("a b",),
        (None,),
        (1,),
        ([],),
        ({},),
        ({"get": "a"},),
        ({"GET": ""},),
        ({"GET": "a b"},),
        ({"FETCH": "a"},),
    ],
)
def test_a_declaration_that_means_nothing_is_an_error_where_it_is_written(scopes):
    with pytest.raises((TypeError, ValueError)):
        requires_scopes(*scopes)


@pytest.mark.parametrize("guarded", [mixed, mixed_async])
@pytest.mark.parametrize("scopes", [None, "", "a b", {}, {"get": "a"}, {"GET": ""}, 7])
def test_a_mixin_that_declares_nothing_refuses_everybody(issue, caplog, guarded, scopes):
    issue("good", scope="a b")
    with caplog.at_level(logging.ERROR, "oauth_provider.resource_server"):
        for options in ({"token": "good"}, {"user": ADA}, {}):
            assert call(guarded(scopes, session=True), **options).status_code == 403
    assert "Notes declares scopes that cannot be used" in caplog.text


def test_a_mixin_may_compute_its_scopes(issue):
    class Notes(RequiresScopesMixin, View):
        def get_required_scopes(self):
            return f"notes:{self.kwargs['owner']}"

        def get(self, request, owner):
            return HttpResponse(owner)

    issue("good", scope="notes:ada")
    view = Notes.as_view()
    assert call(lambda request: view(request, owner="ada"), "good").content == b"ada"
    assert refusal(call(lambda request: view(request, owner="bob"), "good"))[2] == "notes:bob"


def test_a_drf_view_cannot_wear_it():
    from rest_framework.request import Request

    with pytest.raises(TypeError, match="rest_framework"):
        decorated("a")(Request(RequestFactory().get("/")))
