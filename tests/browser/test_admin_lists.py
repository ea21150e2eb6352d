"""Lists of the admin in a real browser: they fit, identifiers are copied whole, keys are rotated by a button."""

from collections.abc import Callable
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.operator import log_in
from tests.demo.server import Demo

LISTS = {
    "clients": "oauth2_provider/application/",
    "sign-ins": "oauth_provider/authorization/",
    "consents": "oauth_provider/consent/",
    "access tokens": "oauth2_provider/accesstoken/",
    "signing keys": "oauth_provider/signingkey/",
    "APIs": "oauth_provider/resource/",
    "scopes": "oauth_provider/scope/",
    "undelivered messages": "oauth_provider/logoutdelivery/",
    "audit events": "oauth_provider/auditevent/",
}
each = pytest.mark.parametrize("name", LISTS)
# Names, scopes and errors as long as they come.
CROWD = """
from django.contrib.auth import get_user_model
from oauth_provider.dot.names import application_model
from oauth_provider.events.actor import Actor
from oauth_provider.models import Authorization, Resource, Scope
from oauth_provider.tokens.ending import revoke_authorizations
from oauth_provider.tokens.key_ring import key_ring
from tests.admin import rows

application = application_model().objects.create(
    name="The Very Long Name Of An App That Somebody Registered Without Much Thought", redirect_uris="https://a.example",
    client_type="confidential", authorization_grant_type="authorization-code", hash_client_secret=False,
)
for number in range(60):
    user = get_user_model().objects.create(username=f"a.long.name.of.somebody.at.a.university.{number}@example.ac.uk")
    scope = " ".join(f"an-area-with-a-long-name-{area}:read" for area in range(9))
    rows.authorization(user, application, scope=scope)
    rows.consent(user, application)
    rows.logout_delivery(application=application, last_error="ConnectionError: HTTPSConnectionPool(host='rp.example')")
some = Authorization.objects.filter(user__username__contains=".5")
revoke_authorizations(some, "operator", Actor("1", "2001:db8::7"))
Resource.objects.create(identifier="https://api.example.com/a/long/path/of/an/api", name="An API with a long name")
Scope.objects.create(name="an-area-with-a-long-name:write", words="Write what is written there", risk="deletes")
key_ring()
"""


@pytest.fixture(scope="module")
def admin(demo: Demo, seeded: dict[str, Any]) -> str:
    """The address of the demo's admin, whose lists are long."""
    demo.manage("shell", "--no-imports", "-c", CROWD)
    return f"{seeded['issuer']}/admin"


@pytest.fixture
def operator(page: Page, seeded: dict[str, Any]) -> Page:
    """A page in which nothing may complain, and the operator is logged in."""
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.set_viewport_size({"width": 1280, "height": 720})
    log_in(page, seeded)
    return page


@each
def test_no_column_of_a_list_is_cut_at_1280_pixels(operator: Page, admin: str, name: str) -> None:
    operator.goto(f"{admin}/{LISTS[name]}")
    expect(operator.get_by_role("heading", level=1)).to_have_text(name[0].upper() + name[1:])
    assert operator.locator("#result_list tbody tr").count() >= 1
    for results in operator.locator(".results").all():
        assert results.evaluate("one => one.scrollWidth - one.clientWidth") <= 1
    assert operator.evaluate("document.documentElement.scrollWidth") <= 1280


@each
@pytest.mark.parametrize("look", ["light", "dark"])
def test_a_list_on_a_phone_is_no_wider_than_the_phone(
    new_context: Callable[..., BrowserContext], admin: str, seeded: dict[str, Any], name: str, look: str
) -> None:
    page = new_context(viewport={"width": 360, "height": 720}, color_scheme=look).new_page()
    log_in(page, seeded)
    page.goto(f"{admin}/{LISTS[name]}")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_a_shortened_identifier_is_copied_whole(operator: Page, admin: str) -> None:
    operator.goto(f"{admin}/{LISTS['clients']}?q=Very+Long")
    cell = operator.locator("td.field-identifier").first
    shown = cell.locator("code").inner_text()
    cell.get_by_role("button").click()
    expect(cell.get_by_role("button")).to_have_text("Copied")
    copied = operator.evaluate("navigator.clipboard.readText()")
    assert len(copied) > len(shown)
    assert copied.startswith(shown.partition("…")[0])
    operator.get_by_role("link", name="The Very Long").first.click()
    expect(operator.get_by_text(copied)).to_be_visible()


def test_an_identifier_is_copied_where_the_browser_has_no_clipboard_for_us(operator: Page, admin: str) -> None:
    operator.add_init_script("Object.defineProperty(navigator, 'clipboard', {value: undefined})")
    operator.goto(f"{admin}/{LISTS['clients']}?q=Very+Long")
    button = operator.locator("td.field-identifier").first.get_by_role("button")
    button.click()
    expect(button).to_have_text("Copied")
    expect(button).to_be_focused()
    assert operator.locator("td.field-identifier textarea").count() == 0


def test_a_list_is_walked_by_its_links(operator: Page, admin: str) -> None:
    operator.goto(f"{admin}/{LISTS['consents']}")
    pages = operator.get_by_role("navigation", name="Pages")
    first = operator.locator("#result_list tbody input").first
    key = first.input_value()
    pages.get_by_role("link", name="Next").click()
    assert first.input_value() != key
    pages.get_by_role("link", name="Previous").click()
    assert first.input_value() == key


def test_the_next_key_is_published_by_a_button(operator: Page, admin: str) -> None:
    operator.goto(f"{admin}/{LISTS['signing keys']}")
    operator.get_by_role("link", name="Rotate").click()
    operator.get_by_label("Algorithm").select_option("ES256")
    operator.get_by_role("button", name="Rotate").click()
    expect(operator.get_by_text("ES256: the next key is published")).to_be_visible()
    expect(operator.get_by_role("cell", name="published, signs later")).to_be_visible()


@pytest.mark.parametrize("look", ["light", "dark"])
@pytest.mark.parametrize("place", ["oauth_provider/signingkey/rotate/", "oauth_provider/signingkey/1/retire/"])
def test_axe_finds_nothing_on_the_pages_that_ask(
    new_context: Callable[..., BrowserContext], admin: str, seeded: dict[str, Any], place: str, look: str
) -> None:
    """What is around them is Django's."""
    page = new_context(color_scheme=look, reduced_motion="reduce").new_page()
    log_in(page, seeded)
    page.goto(f"{admin}/{place}")
    results = Axe().run(page, context="#content")
    assert results.violations_count == 0, results.generate_report()
