"""Throttles (RFC 9700 §4.15): each client has a count of its own, and so has each person, but not both in one."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth.models import User
from django.core.cache import caches
from django.core.cache.backends.locmem import LocMemCache
from oauth2_provider.models import get_access_token_model, get_application_model
from rest_framework.authentication import BaseAuthentication, SessionAuthentication
from rest_framework.permissions import AllowAny
from rest_framework.response import Response
from rest_framework.test import APIRequestFactory
from rest_framework.views import APIView

from oauth_provider.rest_framework.authentication import OAuthAuthentication
from oauth_provider.rest_framework.throttling import ClientRateThrottle, UserOrClientRateThrottle
from tests.ledger import later

pytestmark = pytest.mark.spec("RFC 9700", "4.15")

ADA, BOB = User(username="ada", pk=1), User(username="bob", pk=2)


class ByClient(ClientRateThrottle):
    rate = "1/hour"


class ByUserOrClient(UserOrClientRateThrottle):
    rate = "1/hour"


@pytest.fixture(autouse=True)
def _cache(clock_cache):
    """A cache of this test's own."""


def call(throttle, token=None, *, user=None, address="192.0.2.1", authenticators=None):
    class Notes(APIView):
        authentication_classes = authenticators or [OAuthAuthentication, SessionAuthentication]
        permission_classes = [AllowAny]
        throttle_classes = [throttle]

        def get(self, request):
            return Response("notes")

    headers = {} if token is None else {"Authorization": f"Bearer {token}"}
    request = APIRequestFactory().get("/", headers=headers, REMOTE_ADDR=address)
    if user is not None:
        request.user = user
    return Notes.as_view()(request)


@pytest.fixture
def tokens(issue):
    """Ada's and Bob's tokens for two clients, and the clients' own."""
    for client in ("web", "app"):
        issue(client, client_id=client)
        issue(f"ada-{client}", client_id=client, user=ADA)
        issue(f"bob-{client}", client_id=client, user=BOB)


@pytest.mark.parametrize(
    ("throttle", "first", "second", "status"),
    [
        (ByClient, "web", "web", 429),
        (ByClient, "ada-web", "ada-web", 429),
        (ByClient, "ada-web", "bob-web", 429),
        (ByClient, "ada-web", "web", 429),
        (ByClient, "ada-web", "ada-app", 200),
        (ByClient, "web", "app", 200),
        (ByUserOrClient, "web", "web", 429),
        (ByUserOrClient, "ada-web", "ada-web", 429),
        (ByUserOrClient, "ada-web", "ada-app", 429),
        (ByUserOrClient, "ada-web", "bob-web", 200),
        (ByUserOrClient, "ada-web", "web", 200),
        (ByUserOrClient, "web", "app", 200),
    ],
)
def test_a_count_is_shared_by_one_person_or_one_client(tokens, throttle, first, second, status):
    assert call(throttle, first).status_code == 200
    response = call(throttle, second, address="192.0.2.2")
    assert response.status_code == status
    assert ("Retry-After" in response) == (status == 429)


def test_a_person_is_one_with_a_session_and_with_a_token(tokens):
    assert call(ByUserOrClient, user=ADA).status_code == 200
    assert call(ByUserOrClient, "ada-web").status_code == 429


def test_without_a_token_calls_are_counted_by_address_or_not_at_all(tokens):
    assert [call(ByClient).status_code for _ in range(3)] == [200, 200, 200]
    assert [call(ByUserOrClient).status_code for _ in range(2)] == [200, 429]
    assert call(ByUserOrClient, address="192.0.2.2").status_code == 200


@pytest.mark.parametrize("forwarded", ["x" * 5000, "a b", "\u00e9", "192.0.2.1, \x7f"])
def test_what_a_header_says_of_an_address_makes_a_short_key(settings, forwarded):
    keys = []

    class Noting(ByUserOrClient):
        def get_cache_key(self, request, view):
            keys.append(super().get_cache_key(request, view))
            return keys[-1]

    view = type("Notes", (APIView,), {"authentication_classes": [], "throttle_classes": [Noting], "get": answered})
    request = APIRequestFactory().get("/", headers={"X-Forwarded-For": forwarded})
    assert view.as_view(permission_classes=[AllowAny])(request).status_code == 200
    assert keys
    assert all(len(key) < 120 and key.isascii() and key.isprintable() and " " not in key for key in keys)


def answered(self, request):
    return Response("notes")


def test_a_client_named_like_a_person_is_another(issue):
    issue("good", client_id="1")
    assert call(ByUserOrClient, user=ADA).status_code == 200
    assert call(ByUserOrClient, "good").status_code == 200


@pytest.mark.parametrize("client_id", ["x" * 1000, "a client", "ü\n"])
def test_any_client_id_makes_a_key(issue, client_id):
    issue("good", client_id=client_id)
    for throttle in (ByClient, ByUserOrClient):
        assert [call(throttle, "good").status_code for _ in range(2)] == [200, 429]


def test_tokens_of_dots_own_class_count_for_their_client():
    class Authentication(BaseAuthentication):
        def authenticate(self, request):
            application = get_application_model()(client_id="web")
            expires = datetime.now(UTC) + timedelta(minutes=5)
            return ADA, get_access_token_model()(scope="", expires=expires, application=application)

    calls = [call(ByClient, "x", authenticators=[Authentication]).status_code for _ in range(2)]
    assert calls == [200, 429]


# -- how calls are counted ---------------------------------------------------------------------------------------


class TwoByClient(ClientRateThrottle):
    rate = "2/hour"


class MeetingCache(LocMemCache):
    """Whoever reads what was counted waits until three have."""

    gate = threading.Barrier(3)

    def get(self, key, *args, **kwargs):
        value = super().get(key, *args, **kwargs)
        if not key.endswith(".end"):
            self.gate.wait(20)
        return value


@pytest.mark.spec("RFC 6585", "4")
def test_of_many_calls_at_once_no_more_pass_than_in_turn(tokens, settings):
    settings.CACHES = {"default": {"BACKEND": f"{__name__}.MeetingCache", "LOCATION": "meeting"}}
    caches["default"].clear()
    statuses = []
    threads = [threading.Thread(target=lambda: statuses.append(call(TwoByClient, "web").status_code)) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(statuses) == [200, 200, 429]


@pytest.mark.spec("RFC 9110", "15.6.4")
def test_a_cache_that_does_not_answer_limits_nobody(tokens, settings):
    settings.CACHES = {"default": {"BACKEND": "tests.cache_backends.BrokenCache"}}
    assert [call(TwoByClient, "web").status_code for _ in range(4)] == [200] * 4


@pytest.mark.spec("RFC 9110", "10.2.3")
def test_calls_are_counted_anew_once_the_time_that_was_told_is_over(tokens):
    statuses = [call(TwoByClient, "web") for _ in range(3)]
    assert [response.status_code for response in statuses] == [200, 200, 429]
    wait = int(statuses[-1]["Retry-After"])
    assert 0 < wait <= 3600
    with later(wait + 1):
        assert call(TwoByClient, "web").status_code == 200


def test_a_throttle_may_have_a_cache_of_its_own(tokens, settings):
    settings.CACHES = {
        **settings.CACHES,
        "counters": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "throttle"},
    }

    class Own(TwoByClient):
        cache = caches["counters"]

    caches["counters"].clear()
    settings.CACHES["default"]["BACKEND"] = "tests.cache_backends.BrokenCache"
    assert [call(Own, "web").status_code for _ in range(3)] == [200, 200, 429]


def test_where_nobody_is_none_a_call_is_counted_by_its_address(settings):
    settings.REST_FRAMEWORK = {"UNAUTHENTICATED_USER": None}
    assert call(ByUserOrClient).status_code == 200
    assert call(ByUserOrClient).status_code == 429
    assert call(ByUserOrClient, address="192.0.2.2").status_code == 200
