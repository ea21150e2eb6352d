"""The example of docs/how-to/branding.md, as a browser shows it under our policy."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, Page

from tests.browser.branded_colours import WITHOUT_COLOURS
from tests.browser.screenshots import see_consent
from tests.demo.server import migrated, served

ACCENT = {"light": "rgb(122, 62, 0)", "dark": "rgb(255, 196, 107)"}


@pytest.fixture(scope="module")
def branded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    demo = migrated(Path(tmp_path_factory.mktemp("branded")), DJANGO_SETTINGS_MODULE="tests.browser.branded")
    seeded = demo.seed()
    demo.manage("shell", "--no-imports", "-c", WITHOUT_COLOURS)
    with served(demo):
        yield seeded


def consent(context: BrowserContext, seeded: dict[str, Any]) -> Page:
    page = context.new_page()
    see_consent(page, seeded, lambda name: None)
    return page


@pytest.mark.parametrize("look", ["light", "dark"])
def test_a_brand_changes_the_page_and_leaves_it_readable(
    new_context: Callable[..., BrowserContext], branded: dict[str, Any], look: str
) -> None:
    page = consent(new_context(color_scheme=look, reduced_motion="reduce"), branded)
    button = page.get_by_role("button", name="Allow")
    assert button.evaluate("element => getComputedStyle(element).backgroundColor") == ACCENT[look]
    assert page.locator("h1").evaluate("element => getComputedStyle(element).fontFamily").startswith('"Noto Serif"')
    assert page.get_by_alt_text("Lumen").evaluate("image => image.naturalWidth") > 0
    assert page.get_by_text("You can take it back at any time in").is_visible()
    assert page.get_by_role("link", name="What apps can see").is_visible()
    results = Axe().run(page)
    assert results.violations_count == 0, results.generate_report()


def test_fonts_come_from_the_static_files_and_from_nowhere_else(
    new_context: Callable[..., BrowserContext], branded: dict[str, Any]
) -> None:
    page = consent(new_context(reduced_motion="reduce"), branded)
    refused: list[str] = []
    page.on("console", lambda message: refused.append(message.text))
    load = "url => new FontFace('x', `url(${url})`).load().then(() => 'loaded', error => error.name)"
    page.evaluate(load, f"{branded['issuer']}/static/branding/no-such-font.woff2")
    assert not [text for text in refused if "Content Security Policy" in text]
    page.evaluate(load, "https://fonts.example/font.woff2")
    assert [text for text in refused if "Content Security Policy" in text]
