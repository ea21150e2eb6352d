"""Places: every page of the demo that a person can come to, each by the way that leads there."""

from collections.abc import Callable
from urllib.parse import parse_qs, urlencode, urlsplit

from oauth_provider.protocol.pkce import s256
from tests.browser.playground import Playground

ALL = ("notes:read", "notes:write", "openid", "profile", "photos:read", "photos:print")


def authorize(person: Playground, **changes: str) -> None:
    """Follow a link of Photo Book's to the authorization endpoint; log in where asked."""
    client = person.demo["clients"]["web"]
    parameters = {
        "response_type": "code",
        "client_id": client["client_id"],
        "redirect_uri": client["redirect_uris"][0],
        "scope": "notes:read",
        "code_challenge": s256("x" * 43),
        "code_challenge_method": "S256",
    }
    open_path(person, f"/oauth/authorize?{urlencode(parameters | changes)}")


def open_path(person: Playground, path: str) -> None:
    """Open a page of the demo."""
    person.page.goto(f"{person.demo['issuer']}{path}")


def logged_in(person: Playground) -> None:
    """Log in, which leads to the front door."""
    open_path(person, "/accounts/login/")
    person.log_in()


def login(person: Playground) -> None:
    """Be sent to the login page by Photo Book."""
    person.open()
    person.connect("notes:read", "notes:write")
    person.page.get_by_role("link", name="Go to the authorization server").first.click()


def wrong_password(person: Playground) -> None:
    """Mistype it."""
    login(person)
    person.page.locator("[name=username]").fill("demo")
    person.page.locator("[name=password]").fill("wrong")
    person.page.locator("main form button").click()


def account(person: Playground) -> None:
    """See who is logged in."""
    logged_in(person)
    open_path(person, "/accounts/profile/")


def consent(person: Playground) -> None:
    """Be asked, by all of Photo Book's scopes."""
    logged_in(person)
    authorize(person, scope=" ".join(ALL), prompt="consent")


def consent_to_an_order(person: Playground) -> None:
    """Be asked for what no scope says."""
    logged_in(person)
    person.open()
    person.connect("order")
    person.go()


def no_connected_apps(person: Playground) -> None:
    """Look for connected apps where there are none."""
    logged_in(person)
    open_path(person, "/oauth/account/apps")


def connected_apps(person: Playground) -> None:
    """Look at what Photo Book may do."""
    person.let_in(*ALL)
    open_path(person, "/oauth/account/apps")


def which_account(person: Playground) -> None:
    """Be asked which account to use."""
    logged_in(person)
    authorize(person, prompt="select_account")


def sign_in_again(person: Playground) -> None:
    """Be asked for a new login by a page of ours."""
    logged_in(person)
    authorize(person, prompt="login")
    back = urlsplit(parse_qs(urlsplit(person.page.url).query)["next"][0])
    open_path(person, f"/oauth/sign-in-again?{back.query}")


def going_on(person: Playground) -> None:
    """Be sent on by a form that no script submits."""
    person.page.route("**/form_post.js", lambda route: route.abort())
    logged_in(person)
    authorize(person, response_mode="form_post", prompt="consent")
    person.decide("allow")


def unknown_application(person: Playground) -> None:
    """Follow a link of nobody's."""
    open_path(person, "/oauth/authorize?client_id=nobody")


def broken_link(person: Playground) -> None:
    """Follow a link of Photo Book's that leads the answer elsewhere."""
    authorize(person, redirect_uri="https://photos.example.com/callback")


def signed_out(person: Playground) -> None:
    """Answer after a logout in another tab."""
    consent(person)
    person.page.context.clear_cookies(name="demo_session")
    person.page.reload()


def belongs_to_another(person: Playground) -> None:
    """Open somebody else's question."""
    consent(person)
    asked = person.page.url
    person.page.context.clear_cookies()
    open_path(person, "/accounts/login/")
    person.log_in("operator")
    person.page.goto(asked)


def answered(person: Playground) -> None:
    """Open a question that was answered."""
    consent(person)
    asked = person.page.url
    person.decide("deny")
    person.page.goto(asked)


def outdated(person: Playground) -> None:
    """Answer on a page of an earlier login."""
    consent(person)
    person.page.context.clear_cookies(name="csrftoken")
    person.decide("allow")


def nothing_chosen(person: Playground) -> None:
    """Send the form without an answer."""
    consent(person)
    with person.page.expect_navigation():
        person.page.evaluate("setTimeout(() => document.querySelector('main form').submit())")


def log_out(person: Playground) -> None:
    """Be asked by Photo Book to log out."""
    logged_in(person)
    open_path(person, f"/oauth/logout?client_id={person.demo['clients']['web']['client_id']}")


def logged_out(person: Playground) -> None:
    """Log out."""
    log_out(person)
    person.page.locator("main form button").first.click()


def still_logged_in(person: Playground) -> None:
    """Stay logged in."""
    log_out(person)
    person.page.locator("main form button").last.click()


def connected(person: Playground) -> None:
    """Get tokens in the playground."""
    person.let_in(*ALL)


def refused(person: Playground) -> None:
    """See a replay end everything."""
    person.let_in("notes:read")
    person.press("Redeem the code again")


def menu(person: Playground) -> None:
    """Look for something else to try."""
    person.let_in(*ALL)
    person.page.locator("summary").first.click()


def form_out_of_date(person: Playground) -> None:
    """Press a button of the demo's own without the cookie that goes with it."""
    person.open()
    person.page.context.clear_cookies(name="csrftoken")
    person.press("Connect Photo Book")


def nothing_here(person: Playground) -> None:
    """Mistype an address."""
    open_path(person, "/nothing/here")


def clients(person: Playground) -> None:
    """See the clients and endpoints."""
    open_path(person, "/demo/clients")


def request(person: Playground) -> None:
    """Let Photo Book ask, and look at step 1."""
    person.open()
    person.connect("notes:read", "openid", "profile")


PLACES: dict[str, Callable[[Playground], None]] = {
    "front door": Playground.open,
    "request": request,
    "login": login,
    "wrong password": wrong_password,
    "account": account,
    "no connected apps": no_connected_apps,
    "connected apps": connected_apps,
    "consent": consent,
    "consent to an order": consent_to_an_order,
    "which account": which_account,
    "sign in again": sign_in_again,
    "going on": going_on,
    "tokens": connected,
    "menu": menu,
    "refused": refused,
    "unknown application": unknown_application,
    "broken link": broken_link,
    "signed out": signed_out,
    "belongs to another": belongs_to_another,
    "answered": answered,
    "outdated": outdated,
    "nothing chosen": nothing_chosen,
    "log out": log_out,
    "logged out": logged_out,
    "still logged in": still_logged_in,
    "form out of date": form_out_of_date,
    "nothing here": nothing_here,
    "clients": clients,
}
