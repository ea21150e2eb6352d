"""Guards of plain Django views (RFC 6750 §3.1): decorator and mixin, sync and async, by the same declaration."""

from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth.models import User
from django.middleware.csrf import CsrfViewMiddleware
from django.test import RequestFactory

from oauth_provider.resource_server.users.client_user import ClientUser
from oauth_provider.resource_server.views import any_of
from tests.each import each
from tests.resource_server.views.kinds import ADA, NOW, by_method_decorator, call, decorated, every_kind, mixed, refusal

pytestmark = pytest.mark.spec("RFC 6750", "3.1")


@every_kind
def test_a_token_with_the_scopes_passes_and_its_user_is_the_requests(issue, guarded):
    issue("good", scope="b a", user=ADA)
    issue("service", scope="a b")
    assert call(guarded("a", "b"), "good").content == b"ada"
    assert call(guarded("a", "b"), "service").content == str(ClientUser("service")).encode()


@every_kind
def test_a_token_with_too_few_scopes_is_told_all_that_are_needed(issue, guarded):
    issue("poor", scope="a")
    assert refusal(call(guarded("a", "b"), "poor")) == (403, "insufficient_scope", "a b")
    assert refusal(call(guarded(any_of("c", ["b", "a"])), "poor")) == (403, "insufficient_scope", "b a")


@every_kind
def test_nobody_without_a_token_is_told_of_an_error(guarded):
    assert refusal(call(guarded("a"))) == (401, None, "a")
    assert refusal(call(guarded("a"), Authorization="Basic Z29vZDo=")) == (401, None, "a")


@every_kind
@pytest.mark.parametrize(
    ("header", "path", "answer"),
    [
        ("Bearer unknown", "/notes", (401, "invalid_token", "a")),
        ("bEARER   unknown", "/notes", (401, "invalid_token", "a")),
        ("Bearer expired", "/notes", (401, "invalid_token", "a")),
        ("Bearer foreign", "/notes", (401, "invalid_token", "a")),
        ("Bearer bound", "/notes", (401, "invalid_token", "a")),
        ("Bearer " + "x" * 9000, "/notes", (401, "invalid_token", "a")),
        ("Bearer go\x00od", "/notes", (401, "invalid_token", "a")),
        ("Bearer", "/notes", (400, "invalid_request", "a")),
        ("Bearer good, Bearer good", "/notes", (400, "invalid_request", "a")),
        ("Bearer good", "/notes?access_token=good", (400, "invalid_request", "a")),
        ("", "/notes?access_token=good", (400, "invalid_request", "a")),
    ],
)
def test_bad_tokens_get_the_answer_that_is_specified(issue, guarded, header, path, answer):
    issue("good", scope="a")
    issue("expired", scope="a", expires=NOW)
    issue("foreign", scope="a", resources=("https://another.example/",))
    issue("bound", scope="a", cnf={"jkt": "thumbprint"})
    for options in ({}, {"user": ADA}):
        assert refusal(call(guarded("a", session=True), path=path, Authorization=header, **options)) == answer


@every_kind
def test_methods_may_need_different_scopes(issue, guarded):
    view = guarded({"GET": "read", "POST": ["read", "write"]})
    issue("reader", scope="read")
    issue("other", scope="other")
    for method in ("GET", "HEAD", "OPTIONS"):
        assert call(view, "reader", method=method).status_code == 200
        assert refusal(call(view, "other", method=method)) == (403, "insufficient_scope", "read")
    assert refusal(call(view, "reader", method="POST")) == (403, "insufficient_scope", "read write")
    assert refusal(call(view, method="POST")) == (401, None, "read write")


@every_kind
@pytest.mark.parametrize("method", ["HEAD", "OPTIONS"])
def test_head_and_options_go_by_their_own_declaration_where_they_have_one(issue, guarded, method):
    view = guarded({"GET": "read", method: "look"})
    issue("reader", scope="read")
    issue("looker", scope="look")
    assert call(view, "looker", method=method).status_code == 200
    assert refusal(call(view, "reader", method=method)) == (403, "insufficient_scope", "look")


@every_kind
@pytest.mark.parametrize("method", ["PUT", "DELETE", "NONSENSE"])
def test_a_method_without_a_declaration_is_not_allowed_to_anybody(issue, guarded, method):
    view = guarded({"GET": "read"}, session=True)
    issue("reader", scope="read")
    assert call(view, "reader", method=method).status_code == 405
    assert call(view, user=ADA, method=method).status_code == 405
    assert call(view, method=method).status_code == 401


@every_kind
@pytest.mark.spec("RFC 9110", "15.5.6")
def test_a_method_that_is_not_allowed_is_told_which_ones_are(issue, guarded):
    issue("reader", scope="read")
    response = call(guarded({"GET": "read", "POST": "write"}), "reader", method="PUT")
    assert (response.status_code, response["Allow"]) == (405, "GET, POST")


ASKS = {"Origin": "https://app.example", "Access-Control-Request-Method": "GET"}


@every_kind
@pytest.mark.spec("Fetch", "4.8")
def test_a_preflight_passes_the_guard_and_reaches_no_view(guarded, monkeypatch):
    """A browser sends no Authorization header with it, and gives up where it is refused."""
    for declared in ("a", {"GET": "read", "PUT": "write"}):
        response = call(guarded(declared), method="OPTIONS", **ASKS)
        assert (response.status_code, response.content) == (204, b"")
        assert "WWW-Authenticate" not in response
    assert response["Allow"] == "GET, PUT, OPTIONS"


@every_kind
@pytest.mark.parametrize(
    ("method", "headers"),
    [
        ("OPTIONS", {}),
        ("OPTIONS", {"Origin": "https://app.example"}),
        ("OPTIONS", {"Access-Control-Request-Method": "GET"}),
        ("GET", ASKS),
        ("POST", ASKS),
        ("OPTIONS", ASKS | {"Authorization": "Bearer unknown"}),
        ("OPTIONS", ASKS | {"Authorization": "Basic Z29vZDo="}),
    ],
)
def test_what_is_no_preflight_is_judged_as_ever(guarded, method, headers):
    assert refusal(call(guarded("a"), method=method, **headers))[0] == 401
    assert call(guarded("a", session=True), method="GET", user=ADA, **ASKS).content == b"ada"


@every_kind
def test_a_session_passes_where_the_view_says_so(guarded):
    assert call(guarded("a", session=True), user=ADA).content == b"ada"
    assert refusal(call(guarded("a"), user=ADA)) == (401, None, "a")
    assert refusal(call(guarded("a", session=True))) == (401, None, "a")


@every_kind
def test_a_session_that_posts_must_show_that_it_meant_to_and_a_token_need_not(issue, guarded):
    view = guarded("a", session=True)
    issue("good", scope="a")
    assert call(view, user=ADA, method="POST").status_code == 403
    meant = {"Cookie": f"csrftoken={'a' * 32}", "X-CSRFToken": "a" * 32}
    assert call(view, user=ADA, method="POST", **meant).status_code == 200
    assert call(view, "good", method="POST").status_code == 200


@each("guarded", [decorated, mixed, by_method_decorator])
def test_django_leaves_csrf_and_the_login_page_to_the_guard(guarded):
    view = guarded("a")
    request = RequestFactory().post("/notes")
    assert CsrfViewMiddleware(lambda request: None).process_view(request, view, (), {}) is None
    assert view.login_required is False


@every_kind
def test_a_token_beside_a_session_decides(issue, guarded):
    issue("poor", scope="")
    issue("good", scope="a", user=User(username="bob", pk=2))
    view = guarded("a", session=True)
    assert refusal(call(view, "poor", user=ADA)) == (403, "insufficient_scope", "a")
    assert refusal(call(view, "unknown", user=ADA)) == (401, "invalid_token", "a")
    assert call(view, "good", user=ADA).content == b"bob"


@pytest.mark.spec("RFC 9470", "3")
@every_kind
def test_a_sign_in_may_be_wanted(issue, guarded):
    view, now = guarded("a", acr=["mfa", "hwk"], max_age=300), datetime.now(UTC)
    issue("fresh", scope="a", acr="hwk", auth_time=now)
    issue("stale", scope="a", acr="hwk", auth_time=now - timedelta(seconds=301))
    issue("weak", scope="a", acr="pwd", auth_time=now)
    issue("service", scope="a")
    assert call(view, "fresh").status_code == 200
    for token in ("stale", "weak", "service"):
        response = call(view, token)
        assert refusal(response) == (401, "insufficient_user_authentication", "a")
        assert response["WWW-Authenticate"].endswith('scope="a", acr_values="mfa hwk", max_age="300"')
    assert call(view)["WWW-Authenticate"] == 'Bearer realm="api", scope="a", acr_values="mfa hwk", max_age="300"'
