"""Client authentication (RFC 6749 §2.3): exactly one method in a request, one answer to every failure."""

import base64
from typing import Any
from unittest.mock import patch
from urllib.parse import quote_plus

import pytest
from django.contrib.auth.hashers import make_password
from django.core.cache import caches
from django.test import Client as Browser
from django.test import override_settings
from django.utils import timezone

from oauth_provider.dot.names import application_model
from oauth_provider.dot.secret import is_secret
from oauth_provider.models import ClientPolicy, ClientSecret
from oauth_provider.protocol.digest import digest
from tests import ledger
from tests.driver import INTROSPECT, REVOKE, TOKEN, Driver, post
from tests.factories import ApplicationFactory
from tests.settings import OAUTH_PROVIDER

pytestmark = [pytest.mark.django_db, pytest.mark.spec("RFC 6749", "2.3.1")]

GRANT = {"grant_type": "client_credentials", "scope": "notes:read"}
# The shape of what DOT makes: 128 letters and digits.
DOTS_SECRET = "aB3dE6gH" * 16


@pytest.fixture
def service() -> Driver:
    return Driver(ApplicationFactory(service=True, policy={}))


def basic(client_id: str, secret: str, *, encode: bool = True) -> str:
    """An Authorization header."""
    parts = [quote_plus(part) for part in (client_id, secret)] if encode else [client_id, secret]
    return "Basic " + base64.b64encode(":".join(parts).encode()).decode()


def of_dot(secret: str, *, hashed: bool = True) -> Any:
    """A service that has no secret but the one in DOT's column."""
    application = ApplicationFactory(service=True)
    ClientSecret.objects.filter(application=application).delete()
    stored = make_password(secret, hasher="md5") if hashed else secret
    application_model().objects.filter(pk=application.pk).update(client_secret=stored)
    application.secret = secret
    application.refresh_from_db()
    return application


def setting(**values: Any) -> Any:
    """These settings of ours, and the tests' own beside them."""
    return override_settings(OAUTH_PROVIDER={**OAUTH_PROVIDER, **values})


def refused(response: Any) -> None:
    """401 ``invalid_client``, with a challenge."""
    ledger.refused(response, "invalid_client", 401)
    assert response["WWW-Authenticate"] == 'Basic realm="oauth"'


# The methods


def test_a_secret_in_the_body(service: Driver) -> None:
    assert service.token(**GRANT).status_code == 200


@pytest.mark.parametrize("scheme", ["Basic", "basic", "BASIC"])
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


@pytest.mark.parametrize("path", [TOKEN, REVOKE, INTROSPECT])
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


@pytest.mark.parametrize(
    ("method", "basic_status", "post_status"),
    [("", 200, 200), ("client_secret_basic", 200, 401), ("client_secret_post", 401, 200), ("none", 401, 401)],
)
def test_a_policy_says_which_method_a_client_uses(method: str, basic_status: int, post_status: int) -> None:
    service = Driver(ApplicationFactory(service=True, policy={"token_endpoint_auth_method": method}))
    header = basic(service.application.client_id, service.application.secret)
    assert post(service.browser, TOKEN, GRANT, Authorization=header).status_code == basic_status
    assert service.token(**GRANT).status_code == post_status


# Failures


@pytest.mark.parametrize("path", [TOKEN, REVOKE, INTROSPECT])
@pytest.mark.parametrize(
    "credentials",
    [
        {"client_id": None, "client_secret": None},
        {"client_id": None},
        {"client_id": ""},
        {"client_id": "nobody"},
        {"client_id": "a" * 5000},
        {"client_id": "é"},
        {"client_id": "\u202e"},
        {"client_secret": None},
        {"client_secret": ""},
        {"client_secret": "wrong"},
        {"client_secret": "é"},
        {"client_secret": "a" * 50_000},
        {"client_secret": "ocs_" + "a" * 49},
        {"client_assertion": "e30.e30.x", "client_assertion_type": "urn:x"},
    ],
    ids=lambda value: str(value)[:40],
)
def test_a_failure_is_invalid_client(service: Driver, path: str, credentials: dict[str, Any]) -> None:
    given = {**service.credentials, **GRANT, "token": "x", **credentials}
    with ledger.unchanged():
        response = post(service.browser, path, {name: value for name, value in given.items() if value is not None})
    refused(response)


@pytest.mark.parametrize(
    "header",
    [
        "Basic",
        "Basic ",
        "Basic !!!",
        "Basic YQ",
        "Basic " + base64.b64encode(b"nocolon").decode(),
        "Basic " + base64.b64encode(b":secret").decode(),
        "Basic " + base64.b64encode(b"client:").decode(),
        "Basic " + base64.b64encode(b":").decode(),
        "Basic " + base64.b64encode(b"\xff:\xff").decode(),
        "Basic " + base64.b64encode(b"%ff:%ff").decode(),
        "Basic " + base64.b64encode(b"%00:%00").decode(),
        "Basic " + base64.b64encode(b"a%0d%0aX: y:b").decode(),
        "Basic " + base64.b64encode(b"a\x00:b").decode(),
        "Basic " + base64.b64encode("\u202e:\u202e".encode()).decode(),
        "Basic " + "A" * 9000,
        "Digest username=x",
        "Negotiate YQ==",
    ],
    ids=lambda header: header[:30],
)
def test_a_broken_header_is_invalid_client(service: Driver, header: str) -> None:
    with ledger.unchanged():
        refused(post(service.browser, TOKEN, GRANT, Authorization=header))


@pytest.mark.parametrize("scheme", ["Digest x", "Basic"])
def test_a_public_client_is_not_read_beside_another_scheme(scheme: str) -> None:
    public = ApplicationFactory(public=True)
    form = {"grant_type": "refresh_token", "refresh_token": "x", "client_id": public.client_id}
    refused(post(Browser(), TOKEN, form, Authorization=scheme))


def test_an_unknown_client_a_wrong_secret_and_a_suspended_client_are_told_the_same(service: Driver) -> None:
    suspended = Driver(ApplicationFactory(service=True, policy={"status": "suspended"}))
    answers = [
        service.token(**GRANT, client_id="nobody"),
        service.token(**GRANT, client_secret="wrong"),
        service.token(**GRANT, client_secret=None),
        suspended.token(**GRANT),
        suspended.token(**GRANT, client_secret="wrong"),
    ]
    for response in answers:
        refused(response)
    assert len({response.content for response in answers}) == 1
    assert len({tuple(sorted(response.headers.items())) for response in answers}) == 1


def test_a_confidential_client_cannot_leave_its_secret_out(service: Driver) -> None:
    refused(service.token(**GRANT, client_secret=None))


def test_a_public_client_is_not_known_by_a_secret() -> None:
    public = Driver(ApplicationFactory(public=True))
    refused(public.redeem("x", client_secret="anything"))


def test_a_secret_is_its_own_clients(service: Driver) -> None:
    other = ApplicationFactory(service=True)
    refused(service.token(**GRANT, client_secret=other.secret))


def test_the_digest_of_a_secret_is_none(service: Driver) -> None:
    refused(service.token(**GRANT, client_secret=digest(service.application.secret)))
    refused(service.token(**GRANT, client_secret=ClientSecret.objects.get().digest))


def test_a_failure_is_told_without_the_secret(service: Driver, caplog: pytest.LogCaptureFixture) -> None:
    from oauth_provider.signals import client_authentication_failed

    heard: list[dict[str, Any]] = []

    def hear(sender: Any, signal: Any, **facts: Any) -> None:
        heard.append(facts)

    client_authentication_failed.connect(hear)
    try:
        with caplog.at_level("DEBUG", logger="oauth_provider"):
            service.token(**GRANT, client_secret="a typo in it")
    finally:
        client_authentication_failed.disconnect(hear)
    assert heard == [
        {"client_id": service.application.client_id, "address": "127.0.0.1", "method": "client_secret_post"}
    ]
    assert "a typo in it" not in caplog.text


# Several secrets


def test_an_expired_secret_is_wrong(service: Driver) -> None:
    ClientSecret.objects.update(expires_at=timezone.now())
    with ledger.unchanged():
        refused(service.token(**GRANT))


@pytest.mark.parametrize(("after", "status"), [(50, 200), (61, 401)])
def test_a_secret_with_a_lifetime_ends(service: Driver, after: int, status: int) -> None:
    _row, secret = ClientSecret.objects.create_secret(service.application, lifetime=60)
    with ledger.later(after):
        assert service.token(**GRANT, client_secret=secret).status_code == status


@pytest.mark.parametrize(("after", "status"), [(0, 200), (590, 200), (601, 401)])
def test_rotation_lets_the_old_secret_overlap(service: Driver, after: int, status: int) -> None:
    _row, new = ClientSecret.objects.rotate(service.application, overlap=600)
    with ledger.later(after):
        assert service.token(**GRANT).status_code == status
        assert service.token(**GRANT, client_secret=new).status_code == 200


def test_rotation_without_an_overlap_ends_the_old_secret_at_once(service: Driver) -> None:
    _row, new = ClientSecret.objects.rotate(service.application, overlap=0)
    refused(service.token(**GRANT))
    assert service.token(**GRANT, client_secret=new).status_code == 200


def test_rotation_prolongs_no_secret(service: Driver) -> None:
    _row, short = ClientSecret.objects.create_secret(service.application, lifetime=10)
    ClientSecret.objects.rotate(service.application, overlap=600)
    with ledger.later(11):
        refused(service.token(**GRANT, client_secret=short))


def test_a_revoked_secret_is_wrong_and_the_others_are_not(service: Driver) -> None:
    row, other = ClientSecret.objects.create_secret(service.application)
    ClientSecret.objects.revoke(row)
    refused(service.token(**GRANT, client_secret=other))
    assert service.token(**GRANT).status_code == 200


def test_secrets_are_kept_as_digests(service: Driver) -> None:
    assert service.application.secret not in ledger.text()
    assert ClientSecret.objects.get().digest == digest(service.application.secret)
    assert ClientSecret.objects.get().hint == service.application.secret[-4:]


def test_the_use_of_a_secret_is_noted_once_an_hour(service: Driver) -> None:
    service.token(**GRANT)
    first = ClientSecret.objects.get().last_used_at
    assert first is not None
    with ledger.later(3000):
        service.token(**GRANT)
    assert ClientSecret.objects.get().last_used_at == first
    with ledger.later(3700):
        service.token(**GRANT)
    assert ClientSecret.objects.get().last_used_at != first


def test_a_failure_is_no_use_of_a_secret(service: Driver) -> None:
    service.token(**GRANT, client_secret="wrong")
    assert ClientSecret.objects.get().last_used_at is None


# Secrets that DOT made


def hashes(driver: Driver, **form: Any) -> int:
    """How many slow hashes one request costs."""
    with patch("oauth_provider.clients.authentication.secret.check_password", return_value=False) as check:
        driver.token(**GRANT, **form)
    return check.call_count


def test_a_secret_that_dot_made_and_hashed_is_copied_the_first_time_it_is_used() -> None:
    driver = Driver(of_dot(DOTS_SECRET))
    assert driver.token(**GRANT).status_code == 200
    row = ClientSecret.objects.get()
    assert (row.digest, row.from_dot) == (digest(DOTS_SECRET), True)
    assert hashes(driver) == 0
    assert driver.token(**GRANT).status_code == 200


def test_copying_leaves_dots_column_as_it_was() -> None:
    application = of_dot(DOTS_SECRET)
    Driver(application).token(**GRANT)
    assert application_model().objects.get(pk=application.pk).client_secret == application.client_secret


@pytest.mark.parametrize(
    "secret", ["correct horse battery staple", "a" * 127, "a" * 129, DOTS_SECRET[:-1] + "-", DOTS_SECRET[:64], "x"]
)
def test_a_secret_that_a_person_may_have_chosen_stays_slow(secret: str) -> None:
    driver = Driver(of_dot(secret))
    for _ in range(2):
        assert driver.token(**GRANT).status_code == 200
    assert ClientSecret.objects.count() == 0
    assert digest(secret) not in ledger.text()
    assert hashes(driver) == 1


def test_a_secret_that_dot_keeps_as_it_is_works() -> None:
    assert Driver(of_dot("plain as day", hashed=False)).token(**GRANT).status_code == 200
    refused(Driver(of_dot("plain as day", hashed=False)).token(**GRANT, client_secret="plain as dax"))


@pytest.mark.parametrize("secret", [DOTS_SECRET, "chosen by hand"])
@pytest.mark.parametrize("hashed", [True, False])
def test_an_empty_or_wrong_secret_is_wrong_for_those_too(secret: str, hashed: bool) -> None:
    driver = Driver(of_dot(secret, hashed=hashed))
    with ledger.unchanged():
        for wrong in ("wrong", secret[:-1], secret.swapcase(), driver.application.client_secret + "x"):
            refused(driver.token(**GRANT, client_secret=wrong))


def test_the_hash_in_dots_column_is_no_secret() -> None:
    driver = Driver(of_dot(DOTS_SECRET))
    refused(driver.token(**GRANT, client_secret=driver.application.client_secret))


def test_revoking_the_copy_empties_dots_column_too() -> None:
    application = of_dot(DOTS_SECRET)
    driver = Driver(application)
    driver.token(**GRANT)
    ClientSecret.objects.revoke(ClientSecret.objects.get())
    assert not is_secret(application_model().objects.get(pk=application.pk).client_secret)
    refused(driver.token(**GRANT))
    refused(driver.token(**GRANT, client_secret=application_model().objects.get(pk=application.pk).client_secret))


@pytest.mark.parametrize("secret", [DOTS_SECRET, "chosen by hand"])
@pytest.mark.parametrize("hashed", [True, False])
@pytest.mark.parametrize("used_before", [True, False])
def test_rotation_takes_over_what_stands_in_dots_column(secret: str, hashed: bool, used_before: bool) -> None:
    application = of_dot(secret, hashed=hashed)
    driver = Driver(application)
    if used_before:
        assert driver.token(**GRANT).status_code == 200
    _row, new = ClientSecret.objects.rotate(application, overlap=600)
    assert not is_secret(application_model().objects.get(pk=application.pk).client_secret)
    assert driver.token(**GRANT).status_code == 200
    assert driver.token(**GRANT, client_secret=new).status_code == 200
    with ledger.later(601):
        refused(driver.token(**GRANT))
        assert driver.token(**GRANT, client_secret=new).status_code == 200


def test_a_secret_that_is_changed_in_dots_own_admin_ends_the_copy_of_the_old_one() -> None:
    application = of_dot(DOTS_SECRET)
    driver = Driver(application)
    assert driver.token(**GRANT).status_code == 200
    other = make_password(DOTS_SECRET[::-1], hasher="md5")
    application_model().objects.filter(pk=application.pk).update(client_secret=other)
    refused(driver.token(**GRANT))
    assert driver.token(**GRANT, client_secret=DOTS_SECRET[::-1]).status_code == 200
    refused(driver.token(**GRANT))


# Too often


def fail(driver: Driver, times: int, *, address: str = "127.0.0.1", **form: Any) -> list[int]:
    """The statuses of so many failures from ``address``."""
    form = {**driver.credentials, **GRANT, "client_secret": "wrong", **form}
    driver.browser.defaults["REMOTE_ADDR"] = address
    return [post(driver.browser, TOKEN, form).status_code for _ in range(times)]


@pytest.mark.spec("RFC 6585", "4")
@pytest.mark.parametrize("client_id", [None, "nobody"], ids=["known", "unknown"])
def test_who_fails_too_often_is_told_to_wait(service: Driver, client_id: str | None) -> None:
    form = {"client_id": client_id} if client_id else {}
    assert fail(service, 12, **form) == [401] * 10 + [429] * 2
    with ledger.unchanged():
        response = service.token(**GRANT, client_secret="wrong", **form)
    ledger.refused(response, "temporarily_unavailable", 429)
    assert 1 <= int(response["Retry-After"]) <= 60


@pytest.mark.spec("RFC 6585", "4")
def test_a_good_machine_made_secret_still_passes(service: Driver) -> None:
    fail(service, 12)
    assert service.token(**GRANT).status_code == 200


@pytest.mark.spec("RFC 6585", "4")
@pytest.mark.usefixtures("clock_cache")
def test_a_secret_that_a_person_chose_has_to_wait() -> None:
    driver = Driver(of_dot("chosen by hand"))
    fail(driver, 10)
    assert hashes(driver) == 0
    ledger.refused(driver.token(**GRANT), "temporarily_unavailable", 429)
    with ledger.later(61):
        assert driver.token(**GRANT).status_code == 200


@pytest.mark.spec("RFC 6585", "4")
def test_failures_count_for_one_client_and_one_address() -> None:
    one, other = Driver(of_dot("chosen by hand")), Driver(of_dot("chosen by hand"))
    fail(one, 11, address="192.0.2.1")
    assert fail(one, 1, address="192.0.2.2") == [401]
    assert fail(other, 1, address="192.0.2.1") == [401]
    assert fail(one, 1, address="192.0.2.1") == [429]


@pytest.mark.spec("RFC 6585", "4")
@pytest.mark.parametrize(
    ("one", "other", "status"),
    [
        ("2001:db8:0:1::1", "2001:db8:0:1:ffff:ffff:ffff:ffff", 429),
        ("2001:db8:0:1::1", "2001:0DB8:0000:0001::2", 429),
        ("2001:db8:0:1::1", "2001:db8:0:2::1", 401),
        ("192.0.2.1", "192.0.2.2", 401),
        ("not an address", "not an address", 429),
        ("", "", 429),
        ("unix:\r\n", "192.0.2.1", 401),
    ],
)
def test_an_ipv6_caller_owns_its_whole_64(service: Driver, one: str, other: str, status: int) -> None:
    fail(service, 10, address=one)
    assert fail(service, 1, address=other) == [status]


@pytest.mark.spec("RFC 6585", "4")
def test_how_often_is_a_setting(service: Driver) -> None:
    with setting(CLIENT_AUTHENTICATION_FAILURES="2/hour"):
        assert fail(service, 3) == [401, 401, 429]


@pytest.mark.spec("RFC 6585", "4")
def test_the_address_is_not_taken_from_a_header(service: Driver) -> None:
    fail(service, 10)
    response = service.browser.post(
        TOKEN,
        "grant_type=client_credentials&client_id=" + service.application.client_id + "&client_secret=wrong",
        content_type="application/x-www-form-urlencoded",
        headers={"X-Forwarded-For": "192.0.2.9", "X-Real-IP": "192.0.2.9", "Forwarded": "for=192.0.2.9"},
    )
    assert response.status_code == 429


@pytest.mark.spec("RFC 6585", "4")
def test_guesses_that_are_made_at_once_are_no_more_than_guesses_in_turn() -> None:
    """While the first is being hashed, the others come."""
    driver, statuses, hashed = Driver(of_dot("chosen by hand")), [], []

    def slow(secret: str, encoded: str) -> bool:
        hashed.append(secret)
        if len(hashed) == 1:
            statuses.extend(fail(driver, 20))
        return False

    with patch("oauth_provider.clients.authentication.secret.check_password", slow):
        statuses.extend(fail(driver, 1))
    assert len(hashed) == 10
    assert sorted(statuses) == [401] * 10 + [429] * 11


@pytest.mark.spec("RFC 6585", "4")
def test_who_knows_the_secret_is_never_told_to_wait() -> None:
    driver = Driver(of_dot("chosen by hand"))
    with setting(CLIENT_AUTHENTICATION_FAILURES="3/minute"):
        fail(driver, 2)
        assert [driver.token(**GRANT).status_code for _time in range(8)] == [200] * 8
        assert fail(driver, 2) == [401, 429]


@pytest.mark.spec("RFC 6585", "4")
def test_a_suspended_client_is_told_to_wait_like_any_other(service: Driver) -> None:
    ClientPolicy.objects.update(status=ClientPolicy.Status.SUSPENDED)
    statuses = [service.token(**GRANT).status_code for _time in range(12)]
    assert statuses == [401] * 10 + [429] * 2


@pytest.mark.spec("RFC 6585", "4")
@pytest.mark.usefixtures("clock_cache")
def test_identifiers_that_nobody_has_take_up_no_room_each(service: Driver) -> None:
    stored: Any = caches["default"]
    fail(service, 1, client_id="nobody")
    before = len(stored._cache)
    for number in range(20):
        fail(service, 1, client_id=f"nobody-{number}")
        fail(service, 1, client_id=f"n\u00f6body-{number}")
    assert len(stored._cache) == before


@pytest.mark.spec("RFC 6585", "4")
def test_a_counter_outlasts_what_strangers_have_the_server_keep(service: Driver, settings: Any) -> None:
    """Made-up clients and origins, in a cache that keeps ten entries and throws others out."""
    small = {"LOCATION": "small", "OPTIONS": {"MAX_ENTRIES": 10}}
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", **small}}
    caches["default"].clear()
    assert fail(service, 11)[-1] == 429
    for number in range(30):
        fail(service, 1, client_id=f"nobody-{number}")
        service.browser.options(TOKEN, headers={"origin": f"https://{number}.example"})
    assert fail(service, 1) == [429]


def address_of(request: Any) -> str:
    """What a project behind a proxy of its own might write."""
    return str(request.headers.get("X-Client", ""))


@pytest.mark.spec("RFC 6585", "4")
def test_the_address_may_be_the_projects_to_find(service: Driver) -> None:
    with setting(CLIENT_ADDRESS=f"{__name__}.address_of"):
        form = {**service.credentials, **GRANT, "client_secret": "wrong"}
        statuses = [post(service.browser, TOKEN, form, **{"X-Client": "192.0.2.1"}).status_code for _ in range(11)]
        assert statuses[-1] == 429
        assert post(service.browser, TOKEN, form, **{"X-Client": "192.0.2.2"}).status_code == 401


def test_a_success_costs_no_slow_hash(service: Driver) -> None:
    assert hashes(service) == 0


def test_a_suspended_client_is_refused_at_every_endpoint(service: Driver) -> None:
    ClientPolicy.objects.update(status=ClientPolicy.Status.SUSPENDED)
    for path in (TOKEN, REVOKE, INTROSPECT):
        with ledger.unchanged():
            refused(post(service.browser, path, {**service.credentials, **GRANT, "token": "x"}))
