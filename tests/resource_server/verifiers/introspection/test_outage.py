"""An introspection endpoint that is silent (RFC 7662 §2.2, RFC 9110 §15.6.4): nobody is to blame, no token is taken."""

import json
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from rest_framework.response import Response
from rest_framework.test import APIRequestFactory

from oauth_provider.protocol.errors import InvalidToken, ServiceUnavailable
from oauth_provider.resource_server.conf import conf
from oauth_provider.resource_server.verifiers import IntrospectionVerifier, introspection
from oauth_provider.resource_server.views import requires_scopes
from tests.resource_server.verifiers.introspection.endpoint import ACTIVE, NO_ANSWERS, Notes, says
from tests.web import answer

pytestmark = pytest.mark.spec("RFC 7662", "2.2")


@pytest.mark.parametrize("say", NO_ANSWERS.values(), ids=NO_ANSWERS)
def test_no_answer_is_nobodys_fault_and_no_token_is_taken(server, say):
    server.say = say
    with pytest.raises(ServiceUnavailable):
        conf.verifier("x")


@pytest.mark.parametrize("view", [Notes.as_view(), requires_scopes("read")(lambda request: Response())])
def test_the_caller_is_told_to_come_back_and_not_to_get_another_token(server, view):
    server.say = NO_ANSWERS["an error"]
    response = view(APIRequestFactory().get("/", headers={"Authorization": "Bearer x"}))
    assert (response.status_code, response["Retry-After"]) == (503, "10")
    assert "WWW-Authenticate" not in response
    assert str(server.port) not in str(response.items())


def test_a_whole_call_is_answered_by_what_it_says(server):
    view = Notes.as_view()
    request = APIRequestFactory().get("/", headers={"Authorization": "Bearer x"})
    assert view(request).data == "7"
    says(server, ACTIVE | {"scope": "write"})
    assert view(request).status_code == 403
    says(server, {"active": False})
    assert view(request).status_code == 401


def test_a_server_that_fails_is_left_alone_for_a_while_and_then_tried_by_one(server, clock):
    server.say = NO_ANSWERS["an error"]
    verifier = IntrospectionVerifier()

    def refused():
        with pytest.raises(ServiceUnavailable):
            verifier("x")
        return len(server.requests)

    assert [refused() for _ in range(7)] == [1, 2, 3, 4, 5, 5, 5]
    clock.now += 9.9
    assert refused() == 5
    clock.now += 0.2
    assert [refused(), refused()] == [6, 6]
    clock.now += 10.1
    says(server, ACTIVE)
    assert verifier("x").sub == "7"
    server.say = NO_ANSWERS["an error"]
    assert [refused() for _ in range(5)] == [8, 9, 10, 11, 12]


@pytest.mark.parametrize("trickle", [b"", b"HTTP/1.1 200 OK\r\n"])
def test_a_server_that_takes_its_time_is_given_up_after_the_timeout(server, options, trickle):
    options(TIMEOUT=0.3)
    over = threading.Event()

    def say(connection, request):
        while not over.is_set():
            connection.sendall(trickle)
            over.wait(0.05)

    server.say = say
    began = time.monotonic()
    with pytest.raises(ServiceUnavailable):
        conf.verifier("x")
    assert time.monotonic() - began < 1.5
    over.set()


def test_of_many_calls_after_the_rest_one_tries(server, clock):
    """The others are refused at once, though the one has no answer yet."""
    server.say = NO_ANSWERS["an error"]
    verifier, tried, others = IntrospectionVerifier(), threading.Event(), threading.Event()
    for _ in range(introspection.FAILURES):
        with pytest.raises(ServiceUnavailable):
            verifier("x")
    clock.now += introspection.REST + 0.1

    def say(connection, request):
        tried.set()
        others.wait(10)
        answer(json.dumps(ACTIVE))(connection, request)

    server.say = say
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(verifier, "x")
        assert tried.wait(10)
        for _ in range(20):
            with pytest.raises(ServiceUnavailable):
                verifier("x")
        others.set()
        assert first.result().sub == "7"
    assert len(server.requests) == introspection.FAILURES + 1
    assert verifier("x").sub == "7"


def test_an_inactive_token_is_no_failure(server):
    says(server, {"active": False})
    verifier = IntrospectionVerifier()
    for _ in range(7):
        with pytest.raises(InvalidToken):
            verifier("x")
    assert len(server.requests) == 7
