"""Who asks (RFC 9700 §4.7, RFC 7591 §5): what is certain comes first, and what an app says of itself never looks so."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from oauth_provider.authorization.asker import Standing, asker_of
from oauth_provider.models import Authorization, ClientLogo, ClientPolicy, Consent
from oauth_provider.models.client import as_client
from tests.driver import Driver, signed_in
from tests.factories import ApplicationFactory, UserFactory
from tests.flows.consent.asking import is_asked
from tests.statements import cost

pytestmark = [pytest.mark.django_db, pytest.mark.spec("RFC 9700", "4.7")]

VOUCHED = {"publisher": "Photo Book Ltd", "verified_host": "photobook.example"}


def page_of(driver: Driver) -> str:
    return str(driver.browser.get(driver.authorize()["Location"]).content.decode())


def heading(html: str) -> str:
    """What the heading says, without its elements."""
    return " ".join(re.sub(r"<[^>]+>", " ", re.search(r"<h1>(.*?)</h1>", html, re.DOTALL)[1]).split())  # type: ignore[index]


def test_the_verified_host_comes_first_and_the_name_after_it() -> None:
    html = page_of(signed_in(name="Photo Book", policy=VOUCHED))
    assert heading(html) == "photobook.example Photo Book asks for access to your account"
    assert "Verified: published by <bdi>Photo Book Ltd</bdi>" in html


def test_the_host_of_the_answer_stands_in_where_nobody_vouched() -> None:
    html = page_of(signed_in(name="Photo Book", policy={}))
    assert heading(html).startswith("app.example.com Photo Book asks")
    assert "Verified" not in html
    assert "Nobody has verified that." in html


@pytest.mark.parametrize(
    ("redirect_uri", "shown"),
    [
        ("http://127.0.0.1/callback", "127.0.0.1"),
        ("http://localhost:3000/callback", "localhost"),
        ("com.example.app:/callback", "com.example.app:"),
    ],
)
def test_a_destination_on_the_device_is_said_in_words(redirect_uri: str, shown: str) -> None:
    driver = signed_in(name="Photo Book", redirect_uri=redirect_uri, client_type="public", policy={})
    html = page_of(driver)
    assert heading(html).startswith("An app on this device Photo Book")
    assert f'<strong>an app on this device</strong> (<bdi dir="ltr">{shown}</bdi>)' in html


def test_whom_nobody_looked_at_has_no_colours_and_is_quoted() -> None:
    branded = {"accent_color": "#7a3e00", **VOUCHED, "status": ClientPolicy.Status.UNAPPROVED}
    html = page_of(signed_in(name="Photo Book", policy=branded))
    assert heading(html) == "app.example.com calls itself “ Photo Book ” and asks for access to your account"
    assert "Unverified" in html
    assert "Photo Book Ltd" not in html
    assert "/oauth/accent/" not in html


@pytest.mark.parametrize("missing", VOUCHED)
def test_half_a_voucher_is_none(missing: str) -> None:
    policy = ClientPolicy(application=ApplicationFactory(), **{**VOUCHED, missing: ""})
    assert asker_of(as_client(policy.application)).standing is Standing.APPROVED


def test_the_name_of_an_app_cannot_make_a_mark() -> None:
    name = "photobook.example\nVerified: published by <bdi>GitHub</bdi>"
    html = page_of(signed_in(name=name, policy={}))
    assert 'class="oa-standing oa-standing--good"' not in html
    assert heading(html).startswith("app.example.com ")


def test_who_never_used_it_is_told_so() -> None:
    driver = signed_in(policy={})
    assert "New to you" in page_of(driver)
    driver.tokens()
    again = driver.browser.get(driver.authorize(prompt="consent")["Location"]).content.decode()
    assert "New to you" not in again
    Consent.objects.all().delete()
    Authorization.objects.all().delete()
    assert "New to you" in driver.browser.get(driver.authorize()["Location"]).content.decode()


@pytest.mark.spec("RFC 7591", "2")
def test_links_name_the_host_that_they_lead_to() -> None:
    pages = {
        "client_uri": "https://photobook.example/",
        "policy_uri": "https://law.example/p?a=1&b=2",
        "tos_uri": "javascript:alert(1)",  # as no form would have let it in
    }
    html = page_of(signed_in(policy=pages))
    assert (
        'href="https://photobook.example/" target="_blank" rel="noopener noreferrer" dir="ltr">photobook.example'
        in html
    )
    assert 'href="https://law.example/p?a=1&amp;b=2"' in html
    assert '<bdi dir="ltr">law.example</bdi>' in html
    assert "javascript:" not in html


def test_colours_and_logo_come_from_here_and_the_policy_lets_them() -> None:
    driver = signed_in(policy={"accent_color": "#7a3e00", "logo": "a" * 64})
    ClientLogo.objects.keep(driver.application, "a" * 64, b"png")
    response = driver.browser.get(driver.authorize()["Location"])
    html = response.content.decode()
    assert '<link rel="stylesheet" href="/oauth/accent/7a3e00-d46c00">' in html
    assert f'<img class="oa-logo" src="/oauth/logo/{"a" * 64}" alt=""' in html
    assert "img-src 'self'" in response["Content-Security-Policy"]
    assert "style=" not in html


def test_the_page_costs_less_than_ten_statements() -> None:
    driver = signed_in(policy={**VOUCHED, "logo": "a" * 64})
    location = driver.authorize()["Location"]
    assert len(cost(lambda: driver.browser.get(location))) < 10


@pytest.mark.parametrize(
    ("before", "now", "told"),
    [
        ({}, VOUCHED, ""),
        (VOUCHED, {**VOUCHED, "verified_host": "other.example"}, "photobook.example</strong> when you let it in"),
        ({"logo": "a" * 64}, {"logo": "b" * 64}, "It had another logo"),
    ],
)
def test_another_host_or_logo_asks_again_and_says_what_was_there(
    before: dict[str, str], now: dict[str, str], told: str
) -> None:
    driver = signed_in(policy=before)
    driver.code()
    assert not is_asked(driver)
    ClientPolicy.objects.update(**now)
    assert told in page_of(driver)
    assert is_asked(driver)


def test_links_and_colours_do_not_ask_again() -> None:
    driver = signed_in(policy={})
    driver.code()
    ClientPolicy.objects.update(accent_color="#7a3e00", client_uri="https://photobook.example/")
    assert not is_asked(driver)


def test_connected_apps_say_who_it_is() -> None:
    ana = UserFactory()
    driver = signed_in(ana, name="Photo Book", policy={**VOUCHED, "logo": "a" * 64})
    now = timezone.now()
    times = {"redeemed_at": now, "expires_at": now + timedelta(days=1)}
    Authorization.objects.create(
        application=driver.application, user=ana, **times, scope="notes:read", grant_type="authorization_code"
    )
    html = driver.browser.get("/oauth/account/apps").content.decode()
    assert 'Verified: <bdi>Photo Book Ltd</bdi>, <bdi dir="ltr">photobook.example</bdi>' in html
    assert f"/oauth/logo/{'a' * 64}" in html
    twin = driver.browser.get("/oauth/account/apps", headers={"Accept": "application/json"}).json()
    said = {name: twin["apps"][0][name] for name in ("name", "host", "standing", "publisher", "logo")}
    assert said == {
        "name": "Photo Book",
        "host": "photobook.example",
        "standing": "verified",
        "publisher": "Photo Book Ltd",
        "logo": f"/oauth/logo/{'a' * 64}",
    }
