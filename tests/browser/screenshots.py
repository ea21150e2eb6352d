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
ALL_LOOKS = LOOKS | {"right-to-left": {**LOOKS["phone"], "dir": "rtl"}}


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
                    if look == "light":
                        turned = {**options, "dir": "rtl"}
                        take(browser, seeded, directory, "right-to-left", turned, walk=see_places)
        crowd(browser, directory)
        accounts(browser, directory)
        browser.close()


def see_consent(page: Page, demo: dict[str, Any], picture: Picture) -> None:
    """The consent page of the playground."""
    playground = Playground(page, demo)
    playground.open()
    playground.connect("notes:read", "notes:write")
    page.get_by_role("link", name="Go to the authorization server").first.click()
    playground.log_in()
    picture("consent")


def crowd(browser: Browser, directory: Path) -> None:
    """The pages with too much on them, and one of a stranger."""
    with TemporaryDirectory() as scratch:
        demo = migrated(Path(scratch), DJANGO_SETTINGS_MODULE="tests.browser.crowded")
        seeded = demo.seed()
        demo.manage("shell", "--no-imports", "-c", CROWD)
        with served(demo):
            for look, options in ALL_LOOKS.items():
                take(browser, seeded, directory, f"crowded-{look}", options, walk=see_too_much)
            take(browser, seeded, directory, "right-to-left", LOOKS["light"] | {"locale": "ar"}, walk=see_places)


def accounts(browser: Browser, directory: Path) -> None:
    """The pages of a project that has none of its own."""
    with TemporaryDirectory() as scratch, plain_project(Path(scratch)) as (address, client_id):
        plain = {"issuer": address, "client_id": client_id}
        for look, options in ALL_LOOKS.items():
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
    """All pages of ``walk`` in one look. ``dir`` among its options turns them round, whatever their language."""
    direction = options.get("dir", "")
    context = browser.new_context(
        reduced_motion="reduce", **{name: one for name, one in options.items() if name != "dir"}
    )
    page = context.new_page()
    pictures = iter(range(1, 100))

    def picture(name: str) -> None:
        path = directory / f"{next(pictures):02}-{name}-{look}.png"
        screen = page.viewport_size or {}
        if direction:
            turn(page, direction)
        if page.locator(".oa-buttons--in-sight").count():
            # What stays in sight would stand in the middle of the page: the screen becomes as high as that.
            height = page.evaluate("document.documentElement.scrollHeight")
            page.set_viewport_size({"width": screen["width"], "height": height})
        page.screenshot(path=path, full_page=not page.locator(".pg-desk").count())
        page.set_viewport_size({"width": screen["width"], "height": screen["height"]})
        sys.stdout.write(f"{path}\n")

    walk(page, demo, picture)
    context.close()


def turn(page: Page, direction: str) -> None:
    """Lay the page out in this direction. It is read in Arabic only where there are words in Arabic."""
    page.evaluate("direction => { document.documentElement.dir = direction; }", direction)


def see_too_much(page: Page, demo: dict[str, Any], picture: Picture) -> None:
    """The consent page, connected apps, and somebody whom nobody looked at."""
    playground = Playground(page, demo)
    scope = " ".join(f"area{number}:read" for number in range(1, 39))
    page.goto(authorize_url(demo, "web", f"notes:read notes:write {scope}"))
    playground.log_in()
    picture("consent")
    playground.press("Allow")
    page.goto(f"{demo['issuer']}/oauth/account/apps?done=kept")
    page.locator(".oa-receipt summary").first.click()
    page.locator(".oa-remove summary").last.click()
    picture("connected-apps")
    page.goto(authorize_url(demo, "native", "notes:read notes:write"))
    page.locator("summary").first.click()
    picture("stranger")
    page.context.clear_cookies()


def authorize_url(demo: dict[str, Any], key: str, scope: str) -> str:
    """Return the link by which a client of the demo asks for ``scope``."""
    query = {
        "response_type": "code",
        "client_id": demo["clients"][key]["client_id"],
        "redirect_uri": demo["clients"][key]["redirect_uris"][0],
        "scope": scope,
        "code_challenge": "x" * 43,
        "code_challenge_method": "S256",
        "prompt": "consent",
    }
    return f"{demo['issuer']}/oauth/authorize?{urlencode(query)}"


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
    see_portal(page, demo, picture)
    see_admin(page, demo, picture)


def see_portal(page: Page, demo: dict[str, Any], picture: Picture) -> None:
    """What a developer sees, from nothing to an app."""
    page.context.clear_cookies()
    page.goto(f"{demo['issuer']}/oauth/apps")
    Playground(page, demo).log_in()
    picture("portal-empty")
    page.get_by_role("link", name="New app").click()
    picture("portal-kinds")
    page.get_by_role("link", name="Web application").click()
    page.get_by_label("Name", exact=True).fill("Travel Diary")
    page.get_by_label("Redirect URIs").fill("http://127.0.0.1:8765/callback\nhttps://diary.example.com/cb")
    picture("portal-new")
    page.get_by_role("button", name="Make the app").click()
    picture("portal-secret")
    page.get_by_role("link", name="Go on to the app").click()
    app = page.url.rstrip("/")
    for name in ("", "code", "settings", "scopes", "team", "failures", "delete"):
        page.goto(f"{app}/{name}")
        picture(f"portal-{name or 'app'}")
    page.goto(f"{demo['issuer']}/oauth/apps")
    picture("portal")


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
