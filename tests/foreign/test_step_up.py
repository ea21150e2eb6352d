"""Step-up with django-allauth's MFA (OpenID Connect Core §3.1.2.1, §5.5.1.1), as authentication.md has it."""

import base64
import hashlib
import hmac
import json
import re
import secrets
import time
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest

from tests.conformance.front_channel.relying_party import (
    PASSWORD,
    Arrived,
    RelyingParty,
    is_consent_page,
    is_login_page,
    is_refused,
    said_in,
)
from tests.demo.server import ROOT
from tests.foreign.project import Project, project

pytestmark = [pytest.mark.spec("OIDC Core", "3.1.2.1"), pytest.mark.xdist_group("step_up")]

# What the example calls its levels.
PWD, MFA = "urn:example:password", "urn:example:mfa"
ESSENTIAL = json.dumps({"id_token": {"acr": {"essential": True, "value": MFA}}})


@pytest.fixture(scope="module")
def provider(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    theirs = project("tests.foreign.step_up.settings", tmp_path_factory.mktemp("step_up"))
    with theirs.served():
        yield theirs


class Somebody:
    """A person with an authenticator app, or without one, and the client they use."""

    def __init__(self, provider: Project, *, second_factor: bool = True) -> None:
        self.name = f"user-{secrets.token_hex(4)}"
        self.secret = secrets.token_bytes(20)
        self.codes = 0
        shared = [base64.b32encode(self.secret).decode()] if second_factor else []
        client = json.loads(provider.run("-m", "tests.foreign.step_up.seed", self.name, *shared))
        self.party = RelyingParty(provider.address, SimpleNamespace(**client), scope="openid")

    def code(self) -> str:
        """A code of RFC 6238 that was not shown before."""
        counter = int(time.time()) // 30 + self.codes
        self.codes += 1
        mac = hmac.digest(self.secret, counter.to_bytes(8, "big"), hashlib.sha1)
        offset = mac[-1] & 15
        number = int.from_bytes(mac[offset : offset + 4], "big") & 0x7FFFFFFF
        return f"{number % 1_000_000:06}"

    def log_in(self, page: Any) -> Any:
        """The password, on allauth's page."""
        assert is_login_page(page), page
        return self.party.submit(page, login=self.name, password=PASSWORD)

    def show_code(self, page: Any, path: str) -> Any:
        """The second factor, on allauth's page at ``path``."""
        assert page.url.partition("?")[0].endswith(path), page.url
        return self.party.submit(page, code=self.code())

    def agree(self, page: Any) -> Any:
        """Agree, where that is asked; what arrives at the client."""
        if is_consent_page(page):
            page = self.party.submit(page, decision="allow")
        assert isinstance(page, Arrived), page.text
        return page

    def said(self, page: Any) -> dict[str, Any]:
        """What the ID token tells the client at the end."""
        return said_in(self.party.id_token(self.agree(page)))

    def sign_in(self, *, trust: bool = True, **request: str) -> Any:
        """By password and code; the browser is trusted from now on."""
        page = self.show_code(self.log_in(self.party.authorize(**request)), "/accounts/2fa/authenticate/")
        return self.party.submit(page, action="trust" if trust else "none")

    def forget_session(self) -> None:
        """The session is over; what the browser is trusted by stays."""
        self.party.browser.cookies.clear(domain="127.0.0.1", path="/", name="sessionid")


@pytest.fixture
def ann(provider: Project) -> Somebody:
    return Somebody(provider)


@pytest.fixture
def by_password(ann: Somebody) -> Somebody:
    """Ann, whose browser is trusted, signed in by her password alone."""
    ann.agree(ann.sign_in())
    ann.forget_session()
    ann.agree(ann.log_in(ann.party.authorize()))
    return ann


def test_who_signs_in_with_a_second_factor_has_the_level_at_once(ann: Somebody) -> None:
    said = ann.said(ann.sign_in(acr_values=MFA))
    assert (said["acr"], said["amr"]) == (MFA, ["otp", "pwd"])
    assert 0 <= said["iat"] - said["auth_time"] < 30


def test_a_password_alone_is_the_lower_level(by_password: Somebody) -> None:
    said = by_password.said(by_password.party.authorize())
    assert (said["acr"], said["amr"]) == (PWD, ["pwd"])
    asked = by_password.said(by_password.party.authorize(acr_values=PWD))
    assert (asked["acr"], asked["auth_time"]) == (PWD, said["auth_time"])


@pytest.mark.spec("OIDC Core", "5.5.1.1")
@pytest.mark.parametrize("asked", [{"acr_values": f"urn:other {MFA}"}, {"claims": ESSENTIAL}], ids=str)
def test_a_client_that_wants_more_sends_the_person_for_the_second_factor(
    by_password: Somebody, asked: dict[str, str]
) -> None:
    before = by_password.said(by_password.party.authorize())
    page = by_password.show_code(by_password.party.authorize(**asked), "/accounts/2fa/reauthenticate/")
    after = by_password.said(page)
    assert (after["acr"], after["amr"]) == (MFA, ["otp", "pwd"])
    assert after["auth_time"] >= before["auth_time"]
    assert after["sub"] == before["sub"]
    # And the next request is answered at once.
    again = by_password.said(by_password.party.authorize(prompt="none", **asked))
    assert (again["acr"], again["auth_time"]) == (MFA, after["auth_time"])


def test_max_age_and_a_level_are_a_login_and_the_second_factor(by_password: Somebody) -> None:
    asked = by_password.party.authorize(max_age="0", acr_values=MFA)
    # allauth's login page sends on who is signed in, so a page of ours asks before it ends that.
    assert "/oauth/sign-in-again" in asked.url
    login = by_password.party.submit(asked, choice="again")
    page = by_password.show_code(by_password.log_in(login), "/accounts/2fa/reauthenticate/")
    said = by_password.said(page)
    assert (said["acr"], said["amr"]) == (MFA, ["otp", "pwd"])
    assert 0 <= said["iat"] - said["auth_time"] < 30


def test_a_wrong_code_raises_nothing(by_password: Somebody) -> None:
    page = by_password.party.authorize(claims=ESSENTIAL)
    refused = by_password.party.submit(page, code="000000")
    assert refused.url.partition("?")[0].endswith("/accounts/2fa/reauthenticate/")
    said = by_password.said(by_password.party.authorize())
    assert said["acr"] == PWD


@pytest.mark.spec("OIDC Core", "3.1.2.6")
def test_nobody_is_sent_for_it_silently(by_password: Somebody) -> None:
    is_refused(
        by_password.party.authorize(prompt="none", claims=ESSENTIAL), "interaction_required", by_password.party.issuer
    )
    said = by_password.said(by_password.party.authorize(prompt="none", acr_values=MFA))
    assert said["acr"] == PWD


@pytest.mark.spec("OIDC Core", "5.5.1.1")
def test_who_has_no_second_factor_goes_on_without_unless_it_is_essential(provider: Project) -> None:
    bob = Somebody(provider, second_factor=False)
    said = bob.said(bob.log_in(bob.party.authorize(acr_values=MFA)))
    assert (said["acr"], said["amr"]) == (PWD, ["pwd"])
    is_refused(bob.party.authorize(claims=ESSENTIAL), "access_denied", bob.party.issuer)


def test_the_documentation_shows_this_very_class() -> None:
    code = (ROOT / "tests/foreign/step_up/context.py").read_text().split('"""', 2)[2].strip()
    page = (ROOT / "docs/how-to/authentication.md").read_text()
    examples = re.findall(r"```python\n# accounts/context.py\n(.*?)```", page, re.DOTALL)
    assert [example.strip() for example in examples] == [code]
