"""``make screenshots``: a picture of every page in light, dark and narrow; consent crowded and right to left too."""

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
from tests.browser.playground import Playground
from tests.demo.server import migrated, served

Picture = Callable[[str], None]

LOOKS: dict[str, dict[str, Any]] = {
    "light": {"viewport": {"width": 1360, "height": 900}},
    "dark": {"viewport": {"width": 1360, "height": 900}, "color_scheme": "dark"},
    "narrow": {"viewport": {"width": 320, "height": 720}},
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
            context = browser.new_context(reduced_motion="reduce", viewport={"width": 1280, "height": 1000})
            playground = Playground(context.new_page(), seeded)
            playground.let_in("notes:read", "notes:write")
            playground.press("Call the API")
            playground.press("Look into the token")
            playground.press("Refresh")
            playground.messages.filter(has_text="Access token").click()
            playground.page.mouse.move(0, 0)
            playground.page.evaluate("document.querySelector('.pg-desk').scrollIntoView()")
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
            take(browser, seeded, directory, "right-to-left", LOOKS["light"], walk=see_visitor)


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
        page.screenshot(path=path, full_page=True)
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


def see_visitor(page: Page, demo: dict[str, Any], picture: Picture) -> None:
    """What a visitor sees."""
    playground = Playground(page, demo)
    playground.open()
    picture("playground")
    playground.connect("notes:read", "openid", "profile")
    picture("playground-request")
    page.get_by_role("link", name="Go to the authorization server").first.click()
    picture("login")
    page.locator("[name=username]").fill("demo")
    page.locator("[name=password]").fill("wrong")
    page.locator("main form button").click()
    picture("login-wrong-password")
    playground.log_in()
    picture("consent")
    playground.press("Allow")
    picture("playground-code")
    playground.press("Exchange the code for tokens")
    picture("playground-tokens")
    playground.press("Call the API")
    picture("playground-resource")
    playground.press("Look into the token")
    picture("playground-introspection")
    playground.press("Replay an old refresh token")
    picture("playground-replay")
    page.goto(f"{demo['issuer']}/demo/clients")
    picture("clients")
    page.goto(f"{demo['issuer']}/api/docs/", wait_until="networkidle")
    picture("api-reference")
    page.goto(f"{demo['issuer']}/oauth/authorize?client_id=nobody")
    picture("error")
    playground.open()
    playground.press("Start anew")
    playground.connect("notes:write")
    playground.go()
    playground.press("Cancel")
    picture("playground-denied")
    playground.press("Start anew")
    playground.connect("order")
    playground.go()
    picture("consent-order")
    playground.press("Allow")
    page.goto(f"{demo['issuer']}/oauth/logout?client_id={demo['clients']['web']['client_id']}")
    picture("logout")
    page.locator("main form button").first.click()  # its words are those of the page's language
    picture("logged-out")


def see_account(page: Page, demo: dict[str, Any], picture: Picture) -> None:
    """Login, account and logout."""
    for name in PAGES:
        visit(page, (demo["issuer"], demo["client_id"]), name)
        picture(name.replace(" ", "-").rstrip("?"))
        page.context.clear_cookies()


def see_all(page: Page, demo: dict[str, Any], picture: Picture) -> None:
    """What visitors see, and what operators see."""
    see_visitor(page, demo, picture)
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
