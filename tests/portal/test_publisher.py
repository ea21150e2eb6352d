"""Publishers who prove their host by a file (RFC 8615): found by our own fetch, looked at again, lost with the host."""

from dataclasses import replace
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.utils import timezone

from oauth_provider.authorization.asker import asker_of
from oauth_provider.clients import publisher
from oauth_provider.clients.registration.metadata import Metadata
from oauth_provider.clients.registration.policy import Door
from oauth_provider.clients.registration.proposal import By
from oauth_provider.clients.registration.publisher_host import provable_host
from oauth_provider.clients.registration.register import change
from oauth_provider.fetch import Fetched, FetchError
from oauth_provider.models import ClientPolicy, PublisherProof
from oauth_provider.models.client import Client, as_client
from tests.each import each
from tests.factories import CALLBACK, UserFactory
from tests.portal.team import browser_of, open_portal, problem, register, send, url

pytestmark = [pytest.mark.django_db, pytest.mark.spec("RFC 9700", "4.7")]
FILE = "https://app.example.com/.well-known/oauth-publisher"


class Web:
    """Hosts on the web, as our fetch finds them."""

    def __init__(self) -> None:
        self.begin_anew()

    def begin_anew(self) -> None:
        """Take all away."""
        self.files: dict[str, bytes] = {}
        self.status = 200
        self.asked: list[str] = []

    def fetch(self, address: str, *args: Any, **kwargs: Any) -> Fetched:
        """Stand in for ``oauth_provider.fetch.fetch``."""
        self.asked.append(address)
        if address not in self.files:
            raise FetchError("10.0.0.1 answered")
        return Fetched(self.status, {}, self.files[address])


@pytest.fixture
def web(monkeypatch: pytest.MonkeyPatch) -> Web:
    """The web, on which nothing is."""
    web = Web()
    monkeypatch.setattr(publisher, "fetch", web.fetch)
    return web


@pytest.fixture
def owner(settings: Any) -> Any:
    """Somebody who develops, where the portal is open."""
    open_portal(settings)
    return UserFactory()


def publish(web: Web, client: Client, address: str = FILE) -> PublisherProof:
    """Put the line of ``client`` there, among others."""
    proof, _is_new = PublisherProof.objects.get_or_create(application=client.application)
    web.files[address] = f"# ours\noauth-publisher=x\n {publisher.line_of(proof)} \n".encode()
    return proof


def again(client: Client) -> Client:
    """Return it as it is now."""
    return as_client(type(client.application)._base_manager.get(pk=client.application.pk))


def test_a_line_at_the_very_host_is_said_on_the_consent_page_once_the_app_is_approved(owner: Any, web: Web) -> None:
    client, browser = register(owner), browser_of(owner)
    html = browser.get(url(client)).content.decode()
    proof = PublisherProof.objects.get()
    assert FILE in html
    assert publisher.line_of(proof) in html
    publish(web, client)
    sent = send(browser, url(client), action="prove")
    assert sent["Location"].endswith("?done=proven"), problem(sent)
    assert web.asked == [FILE]
    policy = ClientPolicy.objects.get()
    # People are told the host: any other name would be the team's own choice.
    assert (policy.publisher, policy.verified_host, policy.status) == ("app.example.com", "app.example.com", "draft")
    assert not asker_of(again(client)).is_verified
    ClientPolicy.objects.update(status="approved")
    assert asker_of(again(client)).is_verified


@each("content", [None, b"", b"oauth-publisher=", b"\xff\xfe", b"oauth-publisher=another team's", 404])
def test_anything_else_there_proves_nothing_and_is_not_told(owner: Any, web: Web, content: Any) -> None:
    web.begin_anew()
    client, browser = register(owner), browser_of(owner)
    if content == 404:
        publish(web, client)
        web.status = 404
    elif content is not None:
        web.files[FILE] = content
    told = problem(send(browser, url(client), action="prove"))
    assert told == f"The line was not found at {FILE}. It must be there without a redirect."
    assert "10.0.0.1" not in told
    assert ClientPolicy.objects.get().verified_host == ""
    # Nobody has this server knock at a door all the time.
    assert "just now" in problem(send(browser, url(client), action="prove"))
    assert len(web.asked) == 1


@each(
    ("redirect_uris", "client_uri", "host"),
    [
        ((CALLBACK,), "", "app.example.com"),
        ((CALLBACK, "http://127.0.0.1/cb"), "https://evil.example", "app.example.com"),
        ((CALLBACK, "https://evil.example/cb"), "https://app.example.com", ""),
        (("http://app.example.com/cb",), "", ""),
        (("http://127.0.0.1/cb",), "https://app.example.com/about", "app.example.com"),
        (("com.example.app:/cb",), "", ""),
        (("https://10.0.0.1/cb",), "", ""),
        (("https://localhost/cb",), "", ""),
        (("https://app.example.com:8443/cb",), "", "app.example.com"),
    ],
    ids=str,
)
def test_the_host_that_can_be_proven_is_where_all_answers_go(
    redirect_uris: tuple[str, ...], client_uri: str, host: str
) -> None:
    assert provable_host(Metadata(redirect_uris=redirect_uris, client_uri=client_uri)) == host


def test_the_host_is_lost_with_a_move_by_any_door_but_not_with_another_change(owner: Any, web: Web) -> None:
    client, browser = register(owner), browser_of(owner)
    publish(web, client)
    send(browser, url(client), action="prove")
    send(browser, url(client, "settings"), name="Another name", redirect_uris=CALLBACK)
    assert ClientPolicy.objects.get().verified_host == "app.example.com"
    moved = f"{CALLBACK}\nhttps://evil.example/cb"
    saved = send(browser, url(client, "settings"), name="Another name", redirect_uris=moved)
    assert saved.status_code == 303, problem(saved)
    policy = ClientPolicy.objects.get()
    assert (policy.publisher, policy.verified_host) == ("", "")
    # What an operator vouched for is lost no less.
    ClientPolicy.objects.update(publisher="Photo Book Ltd", verified_host="photobook.example")
    before = Metadata.of(again(client))
    change(again(client), replace(before, redirect_uris=(CALLBACK,)), By(Door.PORTAL, owner))
    assert ClientPolicy.objects.get().verified_host == ""


def test_nobody_writes_a_host_that_was_not_proven(owner: Any) -> None:
    client = register(owner)
    browser = browser_of(owner)
    fields = {"publisher": "GitHub", "verified_host": "github.com", "status": "approved"}
    send(browser, url(client, "settings"), name="Photo Book", redirect_uris=CALLBACK, **fields)
    policy = ClientPolicy.objects.get()
    assert (policy.publisher, policy.verified_host, policy.status) == ("", "", "draft")


@pytest.fixture
def proven(owner: Any, web: Web) -> Client:
    """An app whose file is due to be looked at again."""
    client = register(owner)
    publish(web, client)
    publisher.prove(client.application, By(Door.PORTAL, owner))
    make_due()
    return again(client)


def make_due() -> None:
    PublisherProof.objects.update(next_check_at=timezone.now() - timedelta(seconds=1))


def look(*arguments: str) -> str:
    out = StringIO()
    call_command("oauth_portal", *arguments, stdout=out)
    return out.getvalue()


def test_the_file_is_looked_at_again_and_may_be_away_for_two_days(proven: Client, web: Web) -> None:
    assert look("--dry-run") == "1 publishers would be looked at again\n"
    assert look() == "1 publishers are still at their host, 0 are not\n"
    assert look() == "0 publishers are still at their host, 0 are not\n"
    web.files.clear()
    for _ in range(2):
        make_due()
        look()
        assert ClientPolicy.objects.get().verified_host == "app.example.com"
    make_due()
    assert look() == "0 publishers are still at their host, 1 are not\n"
    assert ClientPolicy.objects.get().verified_host == ""
    assert PublisherProof.objects.get().host == ""


def test_a_host_that_an_operator_moved_the_app_from_is_lost_and_another_voucher_stays(
    proven: Client, web: Web, owner: Any
) -> None:
    ClientPolicy.objects.update(publisher="Photo Book Ltd", verified_host="photobook.example")
    look()
    assert ClientPolicy.objects.get().verified_host == "photobook.example"
    assert PublisherProof.objects.get().host == ""


def test_the_mark_goes_whatever_else_is_wrong_with_the_client_by_now(proven: Client, web: Web) -> None:
    web.files.clear()
    type(proven.application)._base_manager.update(redirect_uris="ftp://old.example/", algorithm="RS256")
    PublisherProof.objects.update(failures=2)
    make_due()
    assert look() == "0 publishers are still at their host, 1 are not\n"
    assert ClientPolicy.objects.get().verified_host == ""
