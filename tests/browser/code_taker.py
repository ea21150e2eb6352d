"""Somebody at Photo Book whose codes are redeemed by the test itself, which then holds the tokens."""

from typing import Any

from playwright.sync_api import Request, expect

from tests.browser.places import authorize
from tests.browser.playground import Playground
from tests.driver import query_of

VERIFIER = "x" * 43


class CodeTaker(Playground):
    """Photo Book ignores codes without a ``state`` of its own: ``code`` is the last one."""

    code: str = ""

    def take_code(self, request: Request) -> None:
        """Notice an answer on its way to Photo Book."""
        self.code = query_of(request.url).get("code", self.code)

    def tokens(self, **request: str) -> dict[str, Any]:
        """The tokens for the next code, which comes of ``request`` or, without one, of *Allow*."""
        self.code = ""
        if request:
            authorize(self, **request)
        else:
            self.page.get_by_role("button", name="Allow").press("Enter")
        expect(self.page.get_by_role("alert")).to_contain_text("its state is unknown")
        client = self.demo["clients"]["web"]
        form = {
            "grant_type": "authorization_code",
            "code": self.code,
            "redirect_uri": client["redirect_uris"][0],
            "code_verifier": VERIFIER,
            "client_id": client["client_id"],
            "client_secret": client["client_secret"],
        }
        tokens: dict[str, Any] = self.page.request.post(f"{self.demo['issuer']}/oauth/token", form=form).json()
        return tokens

    def granted(self, **request: str) -> set[str]:
        """The scope of ``tokens``."""
        return set(self.tokens(**request)["scope"].split())
