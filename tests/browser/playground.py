"""The playground as a person uses it."""

import re
from typing import Any

from playwright.sync_api import Locator, Page


class Playground:
    """``demo`` is what ``demo_seed --json`` printed."""

    def __init__(self, page: Page, demo: dict[str, Any]) -> None:
        self.page = page
        self.demo = demo

    def open(self) -> None:
        """The front door."""
        self.page.goto(f"{self.demo['issuer']}/")

    def connect(self, *scopes: str) -> None:
        """Begin, with these scopes and no others."""
        for box in self.page.get_by_role("checkbox").all():
            box.set_checked(box.get_attribute("value") in (scopes or ("notes:read",)))
        self.press("Connect Photo Book")

    def go(self) -> None:
        """Let the browser carry the request over; log in where asked."""
        self.page.get_by_role("link", name="Go to the authorization server").first.click()
        if self.page.locator("[name=password]").count():
            self.log_in()

    def log_in(self, who: str = "user") -> None:
        """As the demo's user, or its operator, in whatever language the page is."""
        self.page.locator("[name=username]").fill(self.demo[who]["username"])
        self.page.locator("[name=password]").fill(self.demo[who]["password"])
        self.page.locator("main form button").click()

    def press(self, name: str) -> None:
        """A button; ``name`` is how it begins. One in a menu is got out of there first."""
        button = self.page.locator("button", has_text=re.compile(rf"^\s*{name}\b")).first
        menu = self.page.locator("details:not([open])").filter(has=button).locator("summary")
        if menu.count():
            menu.click()
        button.click()

    def decide(self, decision: str) -> None:
        """Answer the consent page, in whatever language it is: ``allow`` or ``deny``."""
        self.page.locator(f"[name=decision][value={decision}]").click()

    def back(self, to: str) -> None:
        """The browser's own button; ``to`` is the address (a glob) that it leads to.

        Playwright's ``go_back`` asks the browser for its history, which fails now and then right after a redirect.
        """
        with self.page.expect_navigation(url=to):
            self.page.evaluate("history.back()")

    def forward(self, to: str) -> None:
        """As ``back``, the other way."""
        with self.page.expect_navigation(url=to):
            self.page.evaluate("history.forward()")

    def let_in(self, *scopes: str) -> None:
        """From the front door to tokens."""
        self.open()
        self.connect(*scopes)
        self.go()
        if self.page.locator("[name=decision]").count():
            self.decide("allow")
        self.press("Exchange the code for tokens")

    @property
    def messages(self) -> Locator:
        """The arrows that have been drawn."""
        return self.page.locator("a.pg-message")

    def titles(self) -> list[str]:
        """What the arrows say, without who speaks to whom."""
        return [text.split(",")[0].strip() for text in self.messages.all_inner_texts()]

    @property
    def chosen(self) -> Locator:
        """The message that lies open."""
        return self.page.locator(".pg-detail:visible")
