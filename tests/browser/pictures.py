"""``make pictures``: what README and docs show, small, into docs/pictures/. Look at them before they land."""

import io
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser.branded_colours import WITHOUT_COLOURS
from tests.browser.conftest import launch
from tests.browser.places import PLACES
from tests.browser.playground import Playground
from tests.browser.screenshots import LOOKS, see_consent
from tests.demo.server import migrated, served

# Of each picture, in bytes.
LIMIT = 120_000
COLORS = 96
TALL = {"width": 720, "height": 1000}
# What README shows, in this order, but for the playground: places, and the screen that each fits.
SHOWN = {
    "consent": ("consent", TALL),
    "connected-apps": ("connected apps", TALL),
    "error": ("broken link", {"width": 720, "height": 640}),
}


def main(directory: Path) -> None:
    """Take all of them."""
    with sync_playwright() as playwright:
        browser = launch(playwright)
        with TemporaryDirectory() as scratch:
            demo = migrated(Path(scratch))
            seeded = demo.seed()
            with served(demo):
                for name, (place, viewport) in SHOWN.items():
                    page = opened(browser, viewport=viewport)
                    PLACES[place](Playground(page, seeded))
                    keep(page, directory / f"{name}.png")
                playground(opened(browser, **LOOKS["light"]), seeded, directory)
        with TemporaryDirectory() as scratch:
            demo = migrated(Path(scratch), DJANGO_SETTINGS_MODULE="tests.browser.branded")
            seeded = demo.seed()
            demo.manage("shell", "--no-imports", "-c", WITHOUT_COLOURS)
            with served(demo):
                for look, name in (("light", "branded"), ("dark", "branded-dark")):
                    page = opened(browser, **LOOKS[look] | {"viewport": {"width": 640, "height": 900}})
                    see_consent(page, seeded, lambda _: None)
                    keep(page, directory / f"{name}.png")
        browser.close()


def opened(browser: Browser, **options: Any) -> Page:
    """Return a page of a browser that nobody has used."""
    return browser.new_context(reduced_motion="reduce", **options).new_page()


def playground(page: Page, demo: dict[str, Any], directory: Path) -> None:
    """The front door, when the API has been called."""
    person = Playground(page, demo)
    person.let_in("notes:read", "notes:write")
    person.press("Call the API")
    person.messages.filter(has_text="Access token").click()
    page.mouse.move(0, 0)
    keep(page, directory / "playground.png")


def keep(page: Page, path: Path) -> None:
    """Write what is on the screen with few colours: text and boxes need no more."""
    with Image.open(io.BytesIO(page.screenshot())) as taken:
        few = taken.convert("RGB").quantize(COLORS, dither=Image.Dither.NONE)
    few.save(path, optimize=True)
    size = path.stat().st_size
    if size > LIMIT:
        raise ValueError(f"{path} has {size} bytes")
    sys.stdout.write(f"{path}: {size} bytes\n")
    page.context.close()


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "docs/pictures"))
