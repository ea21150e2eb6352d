"""Methods of client authentication (RFC 6749 §2.3): exactly one in a request."""

import base64
from urllib.parse import quote_plus

import pytest
from django.test import Client as Browser

from tests import ledger
from tests.driver import INTROSPECT, REVOKE, TOKEN, Driver, post
from tests.each import each
from tests.factories import ApplicationFactory
from tests.flows.client_authentication.service_clients import GRANT, refused

pytestmark = [pytest.mark.django_db, pytest.mark.spec("RFC 6749", "2.3.1")]


def basic(client_id: str, secret: str, *, encode: bool = True) -> str:
    """An Authorization header."""
    parts = [quote_plus(part) for part in (client_id, secret)] if encode else [client_id, secret]
    return "Basic " + base64.b64encode(":".join(parts).encode()).decode()


def test_a_secret_in_the_body(service: Driver) -> None:
    assert service.token(**GRANT).status_code == 200


@each("scheme", ["Basic", "basic", "BASIC"])
def test_a_secret_in_the_header(service: Driver, scheme: str) -> None:
    header = basic(service.application.client_id, service.application.secret).replace("Basic", scheme)
    assert post(service.browser, TOKEN, GRANT, Authorization=header).status_code == 200


def test_what_stands_in_the_header_is_form_encoded() -> None:
    application = ApplicationFactory(service=True, client_id="a client:with+signs%41")
    header = basic(application.client_id, application.secret)
    assert post(Browser(), TOKEN, GRANT, Authorization=header).status_code == 200


def test_the_client_id_may_be_repeated_in_the_body(service: Driver) -> None:
    header = basic(service.application.client_id, service.application.secret)
    form = {**GRANT, "client_id": service.application.client_id}
    assert post(service.browser, TOKEN, form, Authorization=header).status_code == 200


@pytest.mark.spec("RFC 6749", "3.2.1")
def test_a_public_client_names_itself_and_proves_nothing() -> None:
    public = Driver(ApplicationFactory(public=True))
    ledger.refused(public.redeem("x"), "invalid_grant")


@each("path", [TOKEN, REVOKE, INTROSPECT])
def test_two_methods_at_once_are_invalid_request(service: Driver, path: str) -> None:
    header = basic(service.application.client_id, service.application.secret)
    with ledger.unchanged():
        response = post(service.browser, path, {**GRANT, "token": "x", **service.credentials}, Authorization=header)
    ledger.refused(response, "invalid_request")


def test_two_methods_at_once_are_refused_even_where_one_of_them_is_wrong(service: Driver) -> None:
    header = basic(service.application.client_id, "wrong")
    ledger.refused(
        post(service.browser, TOKEN, {**GRANT, **service.credentials}, Authorization=header), "invalid_request"
    )


def test_the_body_may_not_name_another_client_than_the_header(service: Driver) -> None:
    header = basic(service.application.client_id, service.application.secret)
    with ledger.unchanged():
        response = post(service.browser, TOKEN, {**GRANT, "client_id": "another"}, Authorization=header)
    refused(response)


@each(
    ("method", "basic_status", "post_status"),
    [("", 200, 200), ("client_secret_basic", 200, 401), ("client_secret_post", 401, 200), ("none", 401, 401)],
)
def test_a_policy_says_which_method_a_client_uses(method: str, basic_status: int, post_status: int) -> None:
    service = Driver(ApplicationFactory(service=True, policy={"token_endpoint_auth_method": method}))
    header = basic(service.application.client_id, service.application.secret)
    assert post(service.browser, TOKEN, GRANT, Authorization=header).status_code == basic_status
    assert service.token(**GRANT).status_code == post_status
