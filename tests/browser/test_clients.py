"""*Clients and endpoints*: everything can be copied, by a button or by a click that selects it."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

SELECTION = "getSelection().toString()"


def secret_of(seeded: dict[str, Any]) -> str:
    secret: str = seeded["clients"]["web"]["client_secret"]
    return secret


def test_a_button_copies_what_stands_beside_it_and_says_so(new_context: Any, seeded: dict[str, Any]) -> None:
    context = new_context(permissions=["clipboard-read", "clipboard-write"])
    page = context.new_page()
    page.goto(f"{seeded['issuer']}/demo/clients")
    button = page.get_by_role("button", name="Copy client_secret of Photo Book")
    button.focus()
    page.keyboard.press("Enter")

    expect(page.get_by_role("status")).to_have_text("Copied client_secret of Photo Book.")
    expect(button).to_have_text("Copied")
    assert page.evaluate("navigator.clipboard.readText()") == secret_of(seeded)


def test_where_the_browser_lets_no_page_copy_it_is_selected(page: Page, seeded: dict[str, Any]) -> None:
    page.add_init_script(
        "Object.defineProperty(navigator, 'clipboard', { value: { writeText: () => Promise.reject(new Error()) } })"
    )
    page.goto(f"{seeded['issuer']}/demo/clients")
    page.get_by_role("button", name="Copy client_secret of Photo Book").click()
    expect(page.get_by_role("status")).to_contain_text("Selected client_secret of Photo Book")
    assert page.evaluate(SELECTION) == secret_of(seeded)


@pytest.mark.parametrize("has_scripts", [True, False])
def test_a_click_selects_all_of_it_with_and_without_scripts(
    new_context: Any, seeded: dict[str, Any], has_scripts: bool
) -> None:
    page = new_context(java_script_enabled=has_scripts).new_page()
    page.goto(f"{seeded['issuer']}/demo/clients")
    code = page.get_by_text(secret_of(seeded))
    expect(code).to_have_css("user-select", "all")
    expect(page.get_by_role("button", name="Copy client_secret of Photo Book")).to_have_count(int(has_scripts))
    code.click()
    if has_scripts:
        assert page.evaluate(SELECTION) == secret_of(seeded)


def test_every_address_is_whole_so_that_it_can_be_pasted(page: Page, seeded: dict[str, Any]) -> None:
    page.goto(f"{seeded['issuer']}/demo/clients")
    addresses = [text for text in page.locator("[data-copy^='the address']").all_text_contents()]
    assert f"{seeded['issuer']}/oauth/token" in addresses
    assert all(address.startswith("http://") for address in addresses)
