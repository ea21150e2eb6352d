"""Denials as a test has them heard, and whether a token is refused for one."""

import time

from rest_framework.test import APIRequestFactory

from oauth_provider.protocol.denylist import Denial
from oauth_provider.protocol.errors import InvalidToken
from oauth_provider.resource_server.authentication import authenticate

FAKE = "tests.resource_server.denylist.transports.FakeTransport"
AS = "https://as.example"
SOON = int(time.time()) + 3600
FACTS = {"jti": "j", "authorization_id": "a", "client_id": "c", "sub": "s"}


def denial(kind="authorization", name="a", *, iss=AS, exp=SOON, before=None):
    return Denial(iss, kind, name, exp, before)


def until(condition):
    """Wait for another thread, and fail if nothing comes of it."""
    for _ in range(1000):
        if condition():
            return
        time.sleep(0.005)
    raise AssertionError("It never happened.")


def call(token="good"):
    return authenticate(APIRequestFactory().get("/", headers={"Authorization": f"Bearer {token}"}))


def is_refused(token="good"):
    try:
        return call(token) is None
    except InvalidToken:
        return True
