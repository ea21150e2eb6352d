"""OAuthAuthentication (RFC 6750 §2.1 and §3): who may call, and what a bad or missing token is told."""

import logging
from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import ImproperlyConfigured
from rest_framework.authentication import BasicAuthentication, SessionAuthentication
from rest_framework.permissions import AllowAny, IsAuthenticated
from rest_framework.response import Response
from rest_framework.test import APIRequestFactory
from rest_framework.views import APIView

from oauth_provider.resource_server.users.client_user import ClientUser
from oauth_provider.rest_framework.authentication import OAuthAuthentication
from tests.each import each

pytestmark = pytest.mark.spec("RFC 6750", "2.1")

factory = APIRequestFactory()
ORDERS = [[SessionAuthentication, OAuthAuthentication], [OAuthAuthentication, SessionAuthentication]]


class Whoami(APIView):
    authentication_classes = [OAuthAuthentication]
    permission_classes = [AllowAny]

    def get(self, request, **kwargs):
        return Response({"user": str(request.user), "auth": repr(request.auth)})

    post = get


def call(authorization=None, path="/whoami", *, view=Whoami, authenticators=None, permissions=None, user=None):
    headers = {} if authorization is None else {"Authorization": authorization}
    request = factory.get(path, headers=headers)
    if user is not None:
        request.user = user
    policy = {}
    if authenticators is not None:
        policy["authentication_classes"] = authenticators
    if permissions is not None:
        policy["permission_classes"] = permissions
    return view.as_view(**policy)(request)


def refusal(response):
    return response.status_code, response.data["error"], response["WWW-Authenticate"]


def test_a_good_token_names_its_user(issue):
    issue(user=User(username="ada", pk=1), sub="1")
    assert call("Bearer good").data["user"] == "ada"


@pytest.mark.spec("RFC 6749", "4.4")
def test_a_token_without_a_user_gives_a_client_user(issue):
    token = issue()
    request = factory.get("/", headers={"Authorization": "Bearer good"})
    assert OAuthAuthentication().authenticate(APIView().initialize_request(request)) == (
        ClientUser("service"),
        token,
    )


@pytest.mark.spec("RFC 9110", "11.1")
@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER", "bEARER"])
def test_the_name_of_the_scheme_is_matched_in_any_case(issue, scheme):
    issue()
    assert call(f"{scheme} good").status_code == 200


@pytest.mark.parametrize("header", [None, "", "Basic Z29vZDo=", "Token good", "good", "Bearergood"])
def test_a_call_without_a_bearer_token_is_left_to_the_next_class(issue, header):
    issue()
    response = call(header)
    assert response.status_code == 200
    assert response.data == {"user": "AnonymousUser", "auth": "None"}


@each("authenticators", [[OAuthAuthentication], *ORDERS])
@pytest.mark.spec("RFC 6750", "3.1")
def test_an_unknown_token_is_401_invalid_token_whatever_class_comes_first(authenticators):
    status, error, challenge = refusal(call("Bearer unknown", authenticators=authenticators))
    assert (status, error) == (401, "invalid_token")
    assert challenge == ('Bearer realm="api", error="invalid_token", error_description="The access token is unknown."')


@pytest.mark.spec("RFC 6750", "3.1")
def test_a_bad_token_is_refused_even_where_anybody_may_call():
    assert call("Bearer unknown", permissions=[AllowAny]).status_code == 401


@pytest.mark.spec("RFC 6750", "3.1")
@pytest.mark.parametrize("header", ["Bearer", "Bearer ", "Bearer a b", "Bearer a, Bearer b", "Bearer good,good"])
def test_a_malformed_header_is_400_invalid_request(issue, header):
    issue()
    status, error, challenge = refusal(call(header))
    assert (status, error) == (400, "invalid_request")
    assert challenge.startswith('Bearer realm="api", error="invalid_request"')


@pytest.mark.spec("RFC 6750", "3.1")
@pytest.mark.parametrize("token", ["go\x00od", "go\r\nod", "é", "good\ud800", '"good"', "x" * 8193, "a=b"])
def test_a_string_that_can_be_no_token_is_401_invalid_token(issue, token):
    issue()
    status, error, challenge = refusal(call(f"Bearer {token}"))
    assert (status, error) == (401, "invalid_token")
    assert "\r" not in challenge
    assert "\n" not in challenge


@pytest.mark.spec("RFC 9700", "4.3.2")
@pytest.mark.parametrize("path", ["/whoami?access_token=good", "/whoami?access_token=", "/whoami?a=1&access_token=x"])
@pytest.mark.parametrize("header", [None, "Basic Z29vZDo=", "Bearer good", "Bearer unknown"])
def test_a_token_in_the_query_string_is_refused(issue, path, header):
    issue()
    status, error, challenge = refusal(call(header, path))
    assert (status, error) == (400, "invalid_request")
    assert 'error="invalid_request"' in challenge


@pytest.mark.spec("RFC 9700", "4.3.2")
def test_a_token_in_the_query_string_never_counts_beside_a_session(issue):
    issue(user=User(username="mallory", pk=2))
    ada = User(username="ada", pk=1)
    session_first, token_first = (
        call(path="/whoami?access_token=good", authenticators=order, user=ada) for order in ORDERS
    )
    assert session_first.data == {"user": "ada", "auth": "None"}
    assert token_first.status_code == 400


@pytest.mark.spec("RFC 6750", "2.2")
def test_a_token_in_a_form_body_is_not_read(issue):
    issue()
    request = factory.post("/whoami", "access_token=good", content_type="application/x-www-form-urlencoded")
    assert Whoami.as_view()(request).data["auth"] == "None"


@pytest.mark.spec("RFC 6750", "3.1")
def test_an_expired_token_is_refused_though_the_verifier_let_it_pass(issue):
    issue(expires=datetime.now(UTC) - timedelta(seconds=1))
    assert refusal(call("Bearer good"))[:2] == (401, "invalid_token")


@pytest.mark.spec("RFC 9449", "7.1")
@pytest.mark.parametrize("cnf", [{"jkt": "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I"}, {"x5t#S256": "x"}, {}])
def test_a_key_bound_token_is_refused_as_a_bearer_token(issue, cnf):
    issue(cnf=cnf)
    assert refusal(call("Bearer good"))[:2] == (401, "invalid_token")


@pytest.mark.spec("RFC 8707", "2")
@pytest.mark.parametrize(
    ("resource", "path"),
    [
        ("http://testserver", "/notes/1"),
        ("http://testserver/", "/notes"),
        ("http://testserver:80/notes", "/notes?all=1"),
        ("http://testserver/notes", "/notes/1"),
        ("http://testserver/caf%C3%A9", "/caf%C3%A9/1"),
    ],
)
def test_a_token_is_good_at_and_below_its_resource(issue, resource, path):
    issue(resources=("https://elsewhere.example", resource))
    assert call("Bearer good", path).status_code == 200


@pytest.mark.spec("RFC 8707", "2")
@pytest.mark.parametrize(
    ("resource", "path"),
    [
        ("https://api.example/notes", "/notes"),
        ("https://testserver/notes", "/notes"),
        ("http://testserver:8000/notes", "/notes"),
        ("http://testserver/notes", "/notes-of-others"),
        ("http://testserver/notes", "/"),
        ("http://testserver/notes", "/notes/../people"),
        ("http://testserver/notes", "/people/../notes"),
        ("http://testserver/notes", "/people/%2e%2e/notes"),
        ("http://testserver/notes", "/people?/notes"),
        ("http://testserver/notes", "/%23/notes"),
        ("urn:notes", "/notes"),
        ("", "/notes"),
    ],
)
def test_a_token_for_another_resource_is_refused(issue, resource, path):
    issue(resources=(resource,))
    assert refusal(call("Bearer good", path))[:2] == (401, "invalid_token")


@pytest.mark.spec("RFC 8707", "2")
def test_a_path_cannot_pretend_to_be_another_host(issue):
    issue(resources=("http://api.example/notes",))
    request = factory.get("/", headers={"Authorization": "Bearer good"})
    # What a server hands on for "GET //api.example/notes".
    request.path = request.path_info = "//api.example/notes"
    assert Whoami.as_view()(request).status_code == 401


@pytest.mark.spec("RFC 8707", "2")
def test_the_operator_is_told_which_resource_a_refused_token_was_for(issue, caplog):
    issue(resources=("https://api.example/notes",))
    with caplog.at_level(logging.INFO, "oauth_provider.resource_server"):
        call("Bearer good", "/people")
    assert "token is for 'https://api.example/notes', this server is 'http://testserver/people'" in caplog.text
    assert [record.levelname for record in caplog.records if record.name.startswith("oauth_provider")] == ["WARNING"]


@pytest.mark.parametrize(("header", "path", "level"), [
    ("Bearer expired", "/", "INFO"), ("Bearer unknown", "/", "INFO"), ("", "/?access_token=x", "WARNING"),
])  # fmt: skip
def test_what_only_an_operator_can_mend_is_a_warning_and_the_rest_is_none(caplog, header, path, level):
    with caplog.at_level(logging.INFO, "oauth_provider.resource_server"):
        call(header, path)
    assert [record.levelname for record in caplog.records if record.name.startswith("oauth_provider")] == [level]


@pytest.mark.spec("RFC 6750", "5.2")
@pytest.mark.parametrize("path", ["/", "/?access_token=oat_secret"])
@pytest.mark.parametrize(
    "header", ["Bearer oat_secret", "Bearer oat_secret,", "Bearer oat_secret x", "Bearer oat_secret\n"]
)
def test_a_refused_token_is_neither_logged_nor_repeated_to_the_caller(caplog, header, path):
    with caplog.at_level(logging.DEBUG):
        response = call(header, path)
    assert caplog.records
    assert "oat_secret" not in caplog.text
    assert "oat_secret" not in response["WWW-Authenticate"] + str(response.data)


@pytest.mark.spec("RFC 6750", "3")
def test_the_reason_for_the_operator_does_not_reach_the_caller(caplog):
    with caplog.at_level(logging.INFO, "oauth_provider.resource_server"):
        response = call("Bearer unknown")
    assert "no such row" in caplog.text
    assert "no such row" not in response["WWW-Authenticate"] + str(response.data)


@pytest.mark.spec("RFC 6750", "3.1")
@each("authenticators", [[OAuthAuthentication], *ORDERS])
def test_a_call_without_credentials_is_challenged_without_an_error(authenticators):
    response = call(authenticators=authenticators, permissions=[IsAuthenticated])
    assert (response.status_code, response["WWW-Authenticate"]) == (401, 'Bearer realm="api"')
    assert response.data["detail"].code == "not_authenticated"


@pytest.mark.spec("RFC 6750", "3")
def test_the_challenge_of_a_class_that_comes_first_and_has_one_is_left_alone():
    response = call(authenticators=[BasicAuthentication, OAuthAuthentication], permissions=[IsAuthenticated])
    assert (response.status_code, response["WWW-Authenticate"]) == (401, 'Basic realm="api"')


@pytest.mark.parametrize("order", ORDERS)
def test_a_session_without_a_token_is_still_a_session(order):
    response = call(authenticators=order, permissions=[IsAuthenticated], user=User(username="ada", pk=1))
    assert response.data == {"user": "ada", "auth": "None"}


@pytest.mark.spec("RFC 9700", "4.15")
@pytest.mark.parametrize("order", ORDERS)
def test_a_client_alone_is_not_an_authenticated_user(issue, order):
    issue()
    response = call("Bearer good", authenticators=order, permissions=[IsAuthenticated])
    assert response.status_code == 403
    assert response.data["detail"].code == "permission_denied"


def test_the_class_answers_outside_a_view_too(issue):
    token = issue()
    from rest_framework.request import Request

    request = Request(factory.get("/", headers={"Authorization": "Bearer good"}))
    assert OAuthAuthentication().authenticate(request) == (ClientUser("service"), token)


def test_a_project_without_a_verifier_is_told_so(settings, monkeypatch):
    from oauth_provider.resource_server.conf import conf

    monkeypatch.setattr(conf, "_default_verifier", None)
    settings.OAUTH_RESOURCE_SERVER = {}
    with pytest.raises(ImproperlyConfigured, match="VERIFIER"):
        call("Bearer good")
