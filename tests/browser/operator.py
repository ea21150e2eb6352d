"""The admin as an operator uses it."""

from typing import Any

from playwright.sync_api import Page


def log_in(page: Page, demo: dict[str, Any]) -> None:
    """As the demo's operator."""
    page.goto(f"{demo['issuer']}/admin/login/")
    page.get_by_label("Username").fill(demo["operator"]["username"])
    page.get_by_label("Password").fill(demo["operator"]["password"])
    page.get_by_role("button", name="Log in").click()
