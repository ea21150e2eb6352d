"""``make screenshots``: a picture of every page and state, on a projector, in the dark, on phones; crowded, too."""

import sys
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import urlencode

from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser.account import PAGES, plain_project, visit
from tests.browser.conftest import launch
from tests.browser.crowded import CROWD
from tests.browser.operator import log_in
from tests.browser.places import ALL, PLACES
from tests.browser.playground import Playground
from tests.demo.server import migrated, served

Picture = Callable[[str], None]

LOOKS: dict[str, dict[str, Any]] = {
    "light": {"viewport": {"width": 1280, "height": 720}},
    "dark": {"viewport": {"width": 1280, "height": 720}, "color_scheme": "dark"},
    "phone": {"viewport": {"width": 360, "height": 740}, "color_scheme": "dark"},
    "narrow": {"viewport": {"width": 320, "height": 640}},
}


def main(directory: Path) -> None:
    """For each look, start a demo of its own and go through it."""
    directory.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = launch(playwright)
        for look, options in LOOKS.items():
            with TemporaryDirectory() as scratch:
                demo = migrated(Path(scratch))
                seeded = demo.seed()
                with served(demo):
                    take(browser, seeded, directory, look, options, walk=see_all)
        crowd(browser, directory)
        accounts(browser, directory)
        readme(browser, directory)
        branded(browser, directory)
        browser.close()


def readme(browser: Browser, directory: Path) -> None:
    """The picture that README shows; docs/pictures/playground.png is a copy of it."""
    with TemporaryDirectory() as scratch:
        demo = migrated(Path(scratch))
        seeded = demo.seed()
        with served(demo):
            context = browser.new_context(reduced_motion="reduce", **LOOKS["light"])
            playground = Playground(context.new_page(), seeded)
            playground.let_in("notes:read", "notes:write")
            playground.press("Call the API")
            playground.messages.filter(has_text="Access token").click()
            playground.page.mouse.move(0, 0)
            playground.page.screenshot(path=directory / "readme.png")
            context.close()


def branded(browser: Browser, directory: Path) -> None:
    """The consent page of docs/examples/branding; docs/pictures/branded.png is a copy of it, in light and dark."""
    with TemporaryDirectory() as scratch:
        demo = migrated(Path(scratch), DJANGO_SETTINGS_MODULE="tests.browser.branded")
        seeded = demo.seed()
        with served(demo):
            for look in ("light", "dark"):
                options = LOOKS[look] | {"viewport": {"width": 640, "height": 760}}
                take(browser, seeded, directory, f"branded-{look}", options, walk=see_consent)


def see_consent(page: Page, demo: dict[str, Any], picture: Picture) -> None:
    """The consent page of the playground."""
    playground = Playground(page, demo)
    playground.open()
    playground.connect("notes:read", "notes:write")
    page.get_by_role("link", name="Go to the authorization server").first.click()
    playground.log_in()
    picture("consent")


def crowd(browser: Browser, directory: Path) -> None:
    """The consent page with too much on it."""
    with TemporaryDirectory() as scratch:
        demo = migrated(Path(scratch), DJANGO_SETTINGS_MODULE="tests.browser.crowded")
        seeded = demo.seed()
        demo.manage("shell", "--no-imports", "-c", CROWD)
        with served(demo):
            for look, options in LOOKS.items():
                take(browser, seeded, directory, f"crowded-{look}", options, walk=see_too_much)
            take(browser, seeded, directory, "right-to-left", LOOKS["light"] | {"locale": "ar"}, walk=see_places)


def accounts(browser: Browser, directory: Path) -> None:
    """The pages of a project that has none of its own."""
    for language, looks in (("en", LOOKS), ("ar", {"right-to-left": LOOKS["light"]})):
        with TemporaryDirectory() as scratch, plain_project(Path(scratch), LANGUAGE=language) as (address, client_id):
            plain = {"issuer": address, "client_id": client_id}
            for look, options in looks.items():
                take(browser, plain, directory, f"plain-{look}", options, walk=see_account)


def take(
    browser: Browser,
    demo: dict[str, Any],
    directory: Path,
    look: str,
    options: dict[str, Any],
    *,
    walk: Callable[[Page, dict[str, Any], Picture], None],
) -> None:
    """All pages of ``walk`` in one look."""
    context = browser.new_context(reduced_motion="reduce", **options)
    page = context.new_page()
    pictures = iter(range(1, 100))

    def picture(name: str) -> None:
        path = directory / f"{next(pictures):02}-{name}-{look}.png"
        screen = page.viewport_size or {}
        if page.locator(".oa-buttons--in-sight").count():
            # What stays in sight would stand in the middle of the page: the screen becomes as high as that.
            height = page.evaluate("document.documentElement.scrollHeight")
            page.set_viewport_size({"width": screen["width"], "height": height})
        page.screenshot(path=path, full_page=not page.locator(".pg-desk").count())
        page.set_viewport_size({"width": screen["width"], "height": screen["height"]})
        sys.stdout.write(f"{path}\n")

    walk(page, demo, picture)
    context.close()


def see_too_much(page: Page, demo: dict[str, Any], picture: Picture) -> None:
    """The consent page alone."""
    playground = Playground(page, demo)
    scope = " ".join(f"area{number}:read" for number in range(1, 39))
    query = {
        "response_type": "code",
        "client_id": demo["clients"]["web"]["client_id"],
        "redirect_uri": demo["clients"]["web"]["redirect_uris"][0],
        "scope": f"notes:read notes:write {scope}",
        "code_challenge": "x" * 43,
        "code_challenge_method": "S256",
    }
    page.goto(f"{demo['issuer']}/oauth/authorize?{urlencode(query)}")
    playground.log_in()
    picture("consent")


def see_places(page: Page, demo: dict[str, Any], picture: Picture) -> None:
    """Every page that a person can come to, each from the beginning."""
    person = Playground(page, demo)
    for name, go in PLACES.items():
        go(person)
        picture(name.replace(" ", "-"))
        page.unroute_all()
        page.context.clear_cookies()
    page.goto(f"{demo['issuer']}/api/docs/", wait_until="networkidle")
    picture("api-reference")


def see_steps(page: Page, demo: dict[str, Any], picture: Picture) -> None:
    """The playground, step by step."""
    playground = Playground(page, demo)
    playground.let_in(*ALL)
    for act in ("Call the API", "Write a note", "Look into the token", "Refresh", "Replay an old refresh token"):
        playground.press(act)
        picture(f"playground-{act.lower().replace(' ', '-')}")
    playground.press("Forget my consent")
    picture("playground-consent-forgotten")
    playground.let_in("notes:read")  # so that an operator has something to see
    page.context.clear_cookies()


def see_account(page: Page, demo: dict[str, Any], picture: Picture) -> None:
    """Login, account and logout."""
    for name in PAGES:
        visit(page, (demo["issuer"], demo["client_id"]), name)
        picture(name.replace(" ", "-").rstrip("?"))
        page.context.clear_cookies()


def see_all(page: Page, demo: dict[str, Any], picture: Picture) -> None:
    """What visitors see, and what operators see."""
    see_places(page, demo, picture)
    see_steps(page, demo, picture)
    see_admin(page, demo, picture)


def see_admin(page: Page, demo: dict[str, Any], picture: Picture) -> None:
    """What an operator sees."""
    admin = f"{demo['issuer']}/admin"
    page.context.clear_cookies()
    log_in(page, demo)
    picture("admin")
    page.goto(f"{admin}/oauth2_provider/application/")
    picture("admin-clients")
    page.goto(f"{admin}/oauth2_provider/application/add/")
    picture("admin-add-client")
    page.get_by_label("Name:", exact=True).fill("Travel Diary")
    page.get_by_label("Redirect URIs").fill("http://diary.example.com/callback\nhttps://diary.example.com/cb#top")
    page.get_by_label("notes:read").check()
    page.get_by_role("button", name="Save").click()
    picture("admin-wrong-redirect-uri")
    page.get_by_label("Redirect URIs").fill("https://diary.example.com/callback")
    page.get_by_role("button", name="Save").click()
    picture("admin-secret-shown-once")
    page.get_by_role("link", name="Go on to the client").click()
    picture("admin-client")
    page.get_by_role("link", name="Rotate").click()
    picture("admin-rotate-secret")
    for name, verb in (("authorization", "Revoke"), ("consent", "Withdraw")):
        page.goto(f"{admin}/oauth_provider/{name}/")
        picture(f"admin-{name}s")
        page.locator("#result_list tbody a").first.click()
        picture(f"admin-{name}")
        page.get_by_role("link", name=verb).click()
        picture(f"admin-{name}-{verb.lower()}")
    page.goto(f"{admin}/oauth2_provider/accesstoken/")
    picture("admin-tokens")
    page.goto(f"{admin}/oauth_provider/resource/add/")
    picture("admin-add-resource")
    for name in ("logoutdelivery", "signingkey", "signingkey/rotate", "scope", "scope/add", "auditevent"):
        page.goto(f"{admin}/oauth_provider/{name}/")
        picture(f"admin-{name.replace('/', '-')}")


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "screenshots"))
