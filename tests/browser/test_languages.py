"""Pages in Arabic, on a phone: from right to left, no wider than it, and no English left but names."""

import re
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from demo_project.photos.prints import PHOTOS
from tests.browser.places import PLACES
from tests.browser.playground import Playground

PLACES_IN_ARABIC = (
    "wrong password",
    "consent",
    "consent to an order",
    "connected apps",
    "unknown application",
    "answered",
    "log out",
    "nothing here",
)
NAMES = {
    *("Photo", "Book", "Ltd", "oauth_provider", "API", "demo", "Chrome", "HeadlessChrome", "Linux"),
    *re.findall(r"\w+", " ".join(PHOTOS.values())),
    *["Notes", "reference", "in", "the", "browser"],  # an app that other tests let in
}
# What is left to right by its nature, or for developers, says so.
TEXTS = """() => {
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
    const texts = [document.title]
    while (walker.nextNode()) {
        const within = walker.currentNode.parentElement
        if (!within.closest("[lang=en], [dir=ltr], code, script, style")) texts.push(walker.currentNode.data)
    }
    for (const element of document.querySelectorAll("[aria-label]")) texts.push(element.getAttribute("aria-label"))
    return texts
}"""


def english(page: Page) -> set[str]:
    """The words in Latin letters that are no names."""
    return set(re.findall(r"[A-Za-z_]{2,}", "\n".join(page.evaluate(TEXTS)))) - NAMES


def test_no_english_is_left_on_pages_in_arabic(new_context: Any, unasked: dict[str, Any]) -> None:
    """The playground, from where some of them are reached, is for developers and stays English, from left to right."""
    found = {}
    for name in PLACES_IN_ARABIC:
        context = new_context(viewport={"width": 360, "height": 740}, locale="ar", reduced_motion="reduce")
        page = context.new_page()
        PLACES[name](Playground(page, unasked))
        frame = page.locator("html")
        assert (frame.get_attribute("lang"), frame.get_attribute("dir")) == ("ar", "rtl"), name
        assert page.evaluate("document.documentElement.scrollWidth") <= 360, name
        assert page.locator("main").evaluate("node => getComputedStyle(node).direction") == "rtl"
        results = Axe().run(page)
        assert results.violations_count == 0, results.generate_report()
        found[name] = english(page)
        context.close()
    assert {name: words for name, words in found.items() if words} == {}


def test_longer_words_fit_a_small_phone(new_context: Any, unasked: dict[str, Any]) -> None:
    for language in ("de", "es"):
        page = new_context(viewport={"width": 320, "height": 640}, locale=language).new_page()
        PLACES["consent"](Playground(page, unasked))
        assert page.evaluate("document.documentElement.scrollWidth") <= 320, language
        assert page.locator("select").evaluate("node => node.getBoundingClientRect().right") <= 320, language


def test_the_playground_stays_english_from_left_to_right(new_context: Any, unasked: dict[str, Any]) -> None:
    page = new_context(locale="ar").new_page()
    Playground(page, unasked).open()
    frame = page.locator("html")
    assert (frame.get_attribute("lang"), frame.get_attribute("dir")) == ("en", "ltr")
