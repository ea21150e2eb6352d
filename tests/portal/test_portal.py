"""The developer portal (RFC 7591 §3, RFC 7592 §2): making, changing and deleting apps, and who may do so."""

import base64
import re
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client as Browser
from django.utils import timezone

from oauth_provider.dot.names import application_model
from oauth_provider.events import refusal_ring
from oauth_provider.models import (
    AuditEvent,
    Authorization,
    ClientLogo,
    ClientMember,
    ClientPolicy,
    ClientSecret,
    Consent,
)
from tests.driver import signed_in
from tests.each import each
from tests.factories import CALLBACK, UserFactory
from tests.logos import drawn
from tests.portal.team import APPS, browser_of, open_portal, problem, register, send, url
from tests.statements import cost

pytestmark = [pytest.mark.django_db, pytest.mark.spec("RFC 7591", "3")]

PAGES = ("", "code", "settings", "scopes", "team", "failures")


@pytest.fixture
def owner(settings: Any) -> Any:
    """Somebody who develops, where the portal is open."""
    open_portal(settings)
    return UserFactory(username="owner", email="owner@example.com")


def new(browser: Browser, kind: str = "web", **fields: Any) -> Any:
    given = {"name": "Photo Book", "redirect_uris": CALLBACK, "scopes": ["openid", "notes:read", "notes:write"]}
    return send(browser, f"{APPS}/new?kind={kind}", kind=kind, **given | fields)


def code_of(response: Any) -> str:
    """All that there is to be pasted."""
    texts = re.findall(r"<pre[^>]*><code>(.*?)</code>", response.content.decode(), re.DOTALL)
    return unescape("\n".join(texts))


def test_an_app_is_made_with_a_secret_that_is_shown_once_and_with_what_needs_no_review(owner: Any) -> None:
    browser = browser_of(owner)
    response = new(browser)
    assert response.status_code == 200, problem(response)
    html = response.content.decode()
    secret = re.search(r'id="client_secret" value="(ocs_\w+)"', html)
    assert secret is not None
    application = application_model().objects.get()
    policy = ClientPolicy.objects.get()
    assert (application.name, application.client_type) == ("Photo Book", "confidential")
    assert (policy.kind, policy.door, policy.status) == ("web", "portal", "draft")
    assert (policy.scopes, policy.requested_scope) == (["openid", "notes:read"], "notes:write")
    assert ClientMember.objects.get().role == "owner"
    env = base64.b64decode(re.search(r"base64,([\w+/=]+)", html)[1]).decode()  # type: ignore[index]  # it is there
    assert env == f"CLIENT_ID={application.client_id}\nCLIENT_SECRET={secret[1]}\nISSUER=https://auth.example.com\n"
    assert 'download="photo-book.env"' in html
    assert response["Cache-Control"] == "no-store"
    assert "script-src 'self'" in response["Content-Security-Policy"]
    assert "style=" not in html
    for page in PAGES:
        assert secret[1] not in browser.get(f"{APPS}/{application.client_id}/{page}").content.decode()
    assert {"client_registered", "secret_made"} <= set(AuditEvent.objects.values_list("kind", flat=True))
    assert set(AuditEvent.objects.values_list("actor", flat=True)) == {str(owner.pk)}


def test_a_form_that_is_sent_twice_makes_one_app_and_one_of_somebody_else_makes_none(owner: Any) -> None:
    browser = browser_of(owner)
    page = browser.get(f"{APPS}/new?kind=web").content.decode()
    draft = unescape(re.search(r'name="draft" value="([^"]*)"', page)[1])  # type: ignore[index]  # it is there
    assert new(browser, draft=draft).status_code == 200
    again = new(browser, draft=draft)
    assert again.status_code == 303
    assert again["Location"].endswith("?done=made")
    assert application_model().objects.count() == 1
    for other in (new(browser_of(UserFactory()), draft=draft), new(browser, draft="nonsense\x00")):
        assert other.status_code == 400
        assert "open for too long" in problem(other)
    assert (application_model().objects.count(), ClientSecret.objects.count()) == (1, 1)


@each(
    ("fields", "told"),
    [
        ({"name": ""}, "This field is required."),
        ({"name": "\u202egoogle"}, "reorder what people read"),
        ({"name": "a\x00b"}, "Null characters"),
        ({"redirect_uris": ""}, "at least one redirect URI"),
        ({"redirect_uris": "http://app.example.com/cb"}, "use https"),
        ({"redirect_uris": "javascript:alert(1)"}, "runs, shows or opens this scheme"),
        ({"redirect_uris": "com.example.app:/cb"}, "com.example.app:/cb"),
        ({"client_uri": "http://app.example.com"}, "begins with https://"),
        ({"scopes": []}, "Choose at least one scope"),
        ({"scopes": ["nobody:knows"]}, "Select a valid choice"),
    ],
    ids=str,
)
def test_what_the_rules_refuse_is_told_beside_its_field_and_nothing_is_made(
    owner: Any, fields: dict[str, Any], told: str
) -> None:
    response = new(browser_of(owner), **fields)
    assert response.status_code == 400
    assert told in problem(response)
    assert (application_model().objects.count(), ClientMember.objects.count()) == (0, 0)


def test_a_kind_that_is_not_for_the_portal_is_not_made(owner: Any) -> None:
    browser = browser_of(owner)
    browser.get(f"{APPS}/new?kind=web")
    token = browser.cookies["csrftoken"].value
    for kind in ("service", "api", "nothing", "\x00"):
        response = browser.post(f"{APPS}/new", {"kind": kind, "name": "Photo Book", "csrfmiddlewaretoken": token})
        assert "What do you build?" in response.content.decode()
    assert application_model().objects.count() == 0


def test_the_quota_of_a_person_holds_in_the_portal(settings: Any, owner: Any) -> None:
    open_portal(settings, PER_PERSON=1)
    browser = browser_of(owner)
    assert new(browser).status_code == 200
    refused = new(browser)
    assert refused.status_code == 400
    assert "as many as one person may have" in problem(refused)
    assert application_model().objects.count() == 1


def test_a_closed_portal_is_no_page_and_says_so(settings: Any, owner: Any) -> None:
    client = register(owner)
    settings.OAUTH_PROVIDER = {**settings.OAUTH_PROVIDER, "REGISTRATION": {}}
    browser = browser_of(owner)
    for path in (APPS, f"{APPS}/new", url(client), url(client, "team")):
        response = browser.get(path)
        assert response.status_code == 404
        assert "no portal for developers" in response.content.decode()


def test_settings_are_changed_by_the_one_verb_and_a_logo_becomes_ours(owner: Any) -> None:
    client, browser = register(owner), browser_of(owner)
    ClientPolicy.objects.update(status="approved")
    shown = {"accent_color": "#7a3e00", "policy_uri": "https://app.example.com/privacy"}
    logo = SimpleUploadedFile("logo.png", drawn((40, 40)))
    saved = send(browser, url(client, "settings"), name="Photo Book", redirect_uris=CALLBACK, logo=logo, **shown)
    policy = ClientPolicy.objects.get()
    assert saved["Location"].endswith("?done=review"), problem(saved)  # an operator looks at the logo
    assert (policy.accent_color, policy.policy_uri, policy.status) == (*shown.values(), "pending")
    ClientPolicy.objects.update(status="approved")
    assert policy.logo == ClientLogo.objects.get().digest
    uris = f"{CALLBACK}\nhttps://other.example.com/cb"
    moved = send(browser, url(client, "settings"), name="Photo Book", redirect_uris=uris, remove_logo="on")
    assert moved["Location"].endswith("?done=review"), problem(moved)
    policy.refresh_from_db()
    assert (policy.status, policy.logo, ClientLogo.objects.count()) == ("pending", "", 0)
    svg = SimpleUploadedFile("logo.png", b"<svg onload=alert(1)>")
    refused = send(browser, url(client, "settings"), name="Photo Book", redirect_uris=uris, logo=svg)
    assert "SVG is not taken" in problem(refused)


def test_scopes_that_need_a_review_are_asked_for_and_all_others_are_there_at_once(owner: Any) -> None:
    client = register(owner)
    browser = browser_of(owner)
    asked = send(browser, url(client, "scopes"), scopes=["openid", "photos:read", "notes:write", "made:up"])
    assert asked["Location"].endswith("?done=requested"), problem(asked)
    policy = ClientPolicy.objects.get()
    assert (policy.scopes, policy.requested_scope) == (["openid", "photos:read"], "notes:write")
    # Another answer keeps what waits; taking the tick away takes the request back.
    send(browser, url(client, "scopes"), scopes=["openid", "notes:write"])
    policy.refresh_from_db()
    assert (policy.scopes, policy.requested_scope) == (["openid"], "notes:write")
    send(browser, url(client, "scopes"), scopes=["openid"])
    policy.refresh_from_db()
    assert (policy.scopes, policy.requested_scope) == (["openid"], "")
    assert "at least one scope" in problem(send(browser, url(client, "scopes"), scopes=["notes:write"]))


def test_secrets_rotate_with_an_overlap_once_for_each_form_and_end(owner: Any) -> None:
    client = register(owner)
    browser = browser_of(owner)
    newest = ClientSecret.objects.get().pk
    rotated = send(browser, url(client), action="rotate_secret", overlap="3600", label="web\x001")
    assert rotated.status_code == 200
    assert re.search(r'id="client_secret" value="ocs_\w+"', rotated.content.decode())
    old = ClientSecret.objects.get(pk=newest)
    assert old.expires_at is not None
    assert timedelta(minutes=59) < old.expires_at - timezone.now() <= timedelta(hours=1)
    late = send(browser, url(client), action="rotate_secret", overlap="3600", newest=str(newest))
    assert late["Location"].endswith("?done=late")
    assert ClientSecret.objects.count() == 2
    assert "Choose when" in problem(send(browser, url(client), action="rotate_secret", overlap="999999999"))
    send(browser, url(client), action="revoke_secret", secret=str(newest))
    old.refresh_from_db()
    assert old.expires_at <= timezone.now()
    others = ClientSecret.objects.get(application=register(owner).application)
    send(browser, url(client), action="revoke_secret", secret=str(others.pk))
    others.refresh_from_db()
    assert others.expires_at is None
    for _ in range(12):
        last = send(browser, url(client), action="make_secret")
    assert "as many secrets as it may have" in problem(last)
    assert ClientSecret.objects.live().filter(application=client.application).count() == 10
    public = register(owner, "native", redirect_uris=("http://127.0.0.1/cb",))
    assert "keeps no secret" in problem(send(browser, url(public), action="make_secret"))


def test_an_app_waits_for_an_operator_and_is_taken_back(owner: Any) -> None:
    client = register(owner)
    browser = browser_of(owner)
    for action, status in (("submit", "pending"), ("submit", "pending"), ("withdraw", "draft")):
        send(browser, url(client), action=action)
        assert ClientPolicy.objects.get().status == status
    ClientPolicy.objects.update(status="approved")
    send(browser, url(client), action="withdraw")
    assert ClientPolicy.objects.get().status == "approved"


@pytest.mark.spec("RFC 6749", "5.2")
def test_failures_are_told_in_words_without_what_only_operators_should_read(owner: Any) -> None:
    driver = signed_in(policy={})
    ClientMember.objects.create(application=driver.application, user=owner)
    code = driver.code()
    late = timezone.now() - timedelta(seconds=12)
    Authorization.objects.update(code_expires_at=late, expires_at=late)
    assert driver.redeem(code).json()["error"] == "invalid_grant"
    driver.token(grant_type="refresh_token", refresh_token="ort_nonsense", client_secret="wrong")
    kept = refusal_ring.last_refusals(driver.application.client_id)
    html = browser_of(owner).get(f"{APPS}/{driver.application.client_id}/failures").content.decode()
    assert re.search(r"<strong>The code has expired.</strong> \(1[2-4] s before it was presented\)", html)
    assert "<code>code_expired</code>" in html
    assert "<code>client_secret_wrong</code>" in html
    assert "somebody else may have sent it" in html
    for one in kept:
        assert one["network"] not in html
        assert one["reason"] == "code_expired" or not one["detail"] or one["detail"] not in html


def test_the_team_is_told_whom_a_deletion_hits_and_it_ends_everything(owner: Any) -> None:
    driver = signed_in(policy={})
    ClientMember.objects.create(application=driver.application, user=owner)
    tokens = driver.tokens()
    path = f"{APPS}/{driver.application.client_id}/delete"
    browser = browser_of(owner)
    assert "1 person uses it" in browser.get(path).content.decode()
    assert Consent.objects.count() == 1
    assert "Type the name" in problem(send(browser, path, name="Another"))
    done = send(browser, path, name=driver.application.name)
    assert done["Location"].endswith("/oauth/apps?done=deleted")
    assert application_model().objects.count() == 0
    assert AuditEvent.objects.get(kind="client_deleted").actor == str(owner.pk)
    assert (
        driver.browser.get("/oauth/userinfo", HTTP_AUTHORIZATION=f"Bearer {tokens['access_token']}").status_code == 401
    )


@each("kind", ["web", "browser", "native", "service", "mcp", "api"])
def test_code_is_written_for_this_client_and_names_can_break_none_of_it(settings: Any, owner: Any, kind: str) -> None:
    open_portal(settings, KINDS=["web", "browser", "native", "service", "mcp", "api"])
    settings.OAUTH_PROVIDER = {**settings.OAUTH_PROVIDER, "RESOURCES": {"https://api.example.com/mcp": "Notes"}}
    uris = ("http://127.0.0.1:8765/callback",) if kind in ("native", "mcp") else (CALLBACK,)
    scopes = ("notes:read",) if kind != "api" else ()
    hostile = 'x"; import os; os.system("id") #\' `id` $(id) ${id} </code><script>'
    client = register(owner, kind, client_name=hostile, redirect_uris=uris, scope=scopes)
    response = browser_of(owner).get(url(client, "code"))
    assert response.status_code == 200
    html, code = response.content.decode(), code_of(response)
    assert client.client_id in code
    assert "<script>" not in html.replace("<script src=", "")
    assert ('os.environ["CLIENT_SECRET"]' in code or '"$CLIENT_SECRET"' in code) is (kind in ("web", "service", "api"))
    for text in re.findall(r"<pre[^>]*><code>(.*?)</code>", html, re.DOTALL):
        if text.startswith(("&quot;&quot;&quot;", "import ")) and "import * as" not in text:
            compile(unescape(text), "example.py", "exec")


def test_a_list_of_200_apps_and_each_page_cost_a_few_statements(owner: Any) -> None:
    clients = [register(owner, client_name=f"App {number}") for number in range(20)]
    models = application_model()
    rows = models.objects.bulk_create(
        models(name=f"App {number}", client_id=f"many-{number}", redirect_uris=CALLBACK) for number in range(180)
    )
    ClientPolicy.objects.bulk_create(ClientPolicy(application=row, scopes=[]) for row in rows)
    ClientMember.objects.bulk_create(ClientMember(application=row, user=owner) for row in rows)
    browser = browser_of(owner)
    browser.get(APPS)
    shown: list[Any] = []
    assert len(cost(lambda: shown.append(browser.get(APPS)))) < 8
    assert shown[0].content.decode().count('class="oa-app-link"') == 200
    browser.get(url(clients[0]))
    for page in (*PAGES, "delete"):
        assert len(cost(lambda page=page: browser.get(url(clients[0], page)))) < 12, page
