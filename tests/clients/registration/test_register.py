"""Registering and changing a client by one verb (RFC 7591 §3.1, RFC 7592 §2.2): what is judged, and what is written."""

from dataclasses import fields, replace
from datetime import date
from typing import Any

import pytest

from oauth_provider.clients.authentication.table import methods
from oauth_provider.clients.registration import sector_identifier
from oauth_provider.clients.registration.kinds import KINDS
from oauth_provider.clients.registration.metadata import OF_APPLICATION, OF_POLICY, Metadata
from oauth_provider.clients.registration.policy import Door
from oauth_provider.clients.registration.proposal import By, MetadataRefused
from oauth_provider.clients.registration.register import change, register
from oauth_provider.dot.names import application_model
from oauth_provider.dot.secret import is_secret
from oauth_provider.events import emit
from oauth_provider.events.event import ClientChanged, ClientRegistered
from oauth_provider.events.status import ClientSuspended
from oauth_provider.models import ClientPolicy, ClientSecret
from oauth_provider.models.client import Client, as_client
from oauth_provider.registry.grant import grant_types
from tests import ledger
from tests.each import each
from tests.factories import CALLBACK, ApplicationFactory

pytestmark = [pytest.mark.django_db, pytest.mark.spec("RFC 7591", "2")]

BY = By(Door.COMMAND)
WEB = Metadata.of_kind(KINDS["web"], client_name="Photo Book", redirect_uris=(CALLBACK,), scope=("notes:read",))


def faults_of(metadata: Metadata, **options: Any) -> set[str]:
    with ledger.unchanged(), pytest.raises(MetadataRefused) as refused:
        register(metadata, BY, **options)
    return {fault.member for fault in refused.value.faults}


def changed(client: Client, **members: Any) -> Client:
    return change(client, replace(Metadata.of(client), **members), BY)


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any) -> list[Any]:
    events: list[Any] = []

    class Sink:
        wants = staticmethod(lambda event: True)
        tell = staticmethod(events.append)

    monkeypatch.setattr(emit, "SINKS", (Sink,))
    return events


@pytest.mark.spec("RFC 6454", "6.2")
@each("uri", ["http://localhost:5173/callback", "http://127.0.0.1:3000/", "http://[::1]:3000/"])
def test_an_origin_on_the_developers_machine_is_accepted_whatever_dot_was_told(uri: str) -> None:
    metadata = Metadata.of_kind(KINDS["browser"], client_name="Photo Book", redirect_uris=(uri,), scope=None)
    client = register(metadata, BY, kind=KINDS["browser"])
    assert uri.startswith(client.application.allowed_origins)
    assert client.application.allowed_origins
    assert faults_of(replace(metadata, allowed_origins=("http://app.example",))) == {"allowed_origins"}


APP = Metadata.of_kind(KINDS["native"], client_name="Desk", scope=None)


@pytest.mark.spec("RFC 8252", "7.1")
@each(
    "uri",
    [
        "cursor://anysphere.cursor-mcp/oauth/callback", "vscode://publisher.extension/cb", "raycast:///oauth",
        "com.example.app:/cb", "com.example.app://cb", "com.example.app:///cb", "http://localhost/cb",
        "chrome-extension://abcdefghijklmnopabcdefghijklmnop/cb.html",
    ],
)  # fmt: skip
def test_an_app_may_be_sent_back_to_as_apps_are(uri: str) -> None:
    register(replace(APP, redirect_uris=(uri,)), BY, kind=KINDS["native"])
    if not uri.startswith("http"):
        assert faults_of(replace(WEB, redirect_uris=(uri,)), kind=KINDS["web"]) == {"redirect_uris"}
        assert faults_of(replace(WEB, redirect_uris=(uri,))) == {"redirect_uris"}


@pytest.mark.spec("RFC 9700", "4.1.3")
@each(
    ("uri", "words"),
    [
        ("javascript:alert(1)", "a browser runs"),
        ("data:text/html,x", "a browser runs"),
        ("file:///etc/passwd", "a browser runs"),
        ("intent://x/", "a browser runs"),
        ("cursor://a/#b", "take out the “#”"),
        ("cursor://*/cb", "stands for nothing here"),
        ("https://u@a.example/", "before the “@”"),
        ("myapp://cb", "a domain name reversed"),
    ],
)
def test_what_is_no_redirect_uri_of_an_app_is_refused_by_name(settings: Any, uri: str, words: str) -> None:
    with ledger.unchanged(), pytest.raises(MetadataRefused) as refused:
        register(replace(APP, redirect_uris=(uri,)), BY, kind=KINDS["native"])
    (fault,) = refused.value.faults
    assert fault.member == "redirect_uris"
    assert words in str(fault.text)
    settings.OAUTH2_PROVIDER = {"ALLOWED_REDIRECT_URI_SCHEMES": ["https", "myapp", "javascript", "data", "file"]}
    if uri == "myapp://cb":
        register(replace(APP, redirect_uris=(uri,)), BY, kind=KINDS["native"])
    else:
        assert faults_of(replace(APP, redirect_uris=(uri,)), kind=KINDS["native"]) == {"redirect_uris"}


@pytest.mark.spec("RFC 6454", "6.2")
@each("line", ["capacitor://localhost", "ionic://localhost", "chrome-extension://abcdefghijklmnopabcdefghijklmnop"])
def test_pages_inside_apps_and_extensions_have_origins(line: str) -> None:
    register(replace(APP, redirect_uris=("http://127.0.0.1/",), allowed_origins=(line,)), BY)
    assert faults_of(replace(WEB, allowed_origins=(line,))) == {"allowed_origins"}
    assert faults_of(replace(APP, redirect_uris=("http://127.0.0.1/",), allowed_origins=(line + "/x",))) == {
        "allowed_origins"
    }


def test_a_client_is_registered_with_its_policy_and_nobodys_secret() -> None:
    client = register(WEB, BY)
    row = application_model().objects.get()
    assert (row.name, row.client_type, row.redirect_uris) == ("Photo Book", "confidential", CALLBACK)
    assert (row.authorization_grant_type, row.user) == ("authorization-code", None)
    assert not is_secret(row.client_secret)
    assert not ClientSecret.objects.exists()
    policy = ClientPolicy.objects.get()
    assert (policy.scopes, policy.status) == (["notes:read"], "approved")
    assert Metadata.of(as_client(row)) == Metadata.of(client) == WEB


@pytest.mark.parametrize("redirect_uris", [(), (CALLBACK,)])
def test_a_client_may_have_a_grant_of_the_projects_own_and_no_other(settings: Any, redirect_uris: Any) -> None:
    settings.OAUTH_PROVIDER = settings.OAUTH_PROVIDER | {"GRANTS": ["docs.examples.vouchers.grant"]}
    own = replace(WEB, grant_types=("urn:example:params:oauth:grant-type:voucher",), redirect_uris=redirect_uris)
    client = register(own, BY)
    assert Metadata.of(as_client(application_model().objects.get())) == own
    assert client.policy.grant_types == list(own.grant_types)


@each(
    ("members", "wrong"),
    [
        ({"redirect_uris": ()}, {"redirect_uris"}),
        ({"redirect_uris": ("http://a.example/", "https://a.example/#")}, {"redirect_uris"}),
        ({"redirect_uris": tuple(f"https://a.example/{number}" for number in range(101))}, {"redirect_uris"}),
        ({"post_logout_redirect_uris": ("javascript:alert(1)",)}, {"post_logout_redirect_uris"}),
        ({"allowed_origins": ("https://a.example/",)}, {"allowed_origins"}),
        ({"grant_types": ("password",)}, {"grant_types"}),
        ({"response_types": ("token",)}, {"response_types"}),
        ({"scope": ("no:such",)}, {"scope"}),
        ({"authorization_details_types": ("no such",)}, {"authorization_details_types"}),
        ({"token_endpoint_auth_method": "by_magic"}, {"token_endpoint_auth_method"}),
        ({"token_endpoint_auth_method": "none"}, {"token_endpoint_auth_method"}),
        ({"is_public": True, "may_introspect": True}, {"may_introspect"}),
        ({"access_token_lifetime": 10**6}, {"access_token_lifetime"}),
        ({"access_token_lifetime": 0}, {"access_token_lifetime"}),
        ({"jwks": {"keys": {}}}, {"jwks"}),
        ({"jwks_uri": "http://a.example/jwks"}, {"jwks_uri"}),
        ({"require_signed_request_object": True}, {"require_signed_request_object"}),
        ({"frontchannel_logout_uri": "https://other.example/x"}, {"frontchannel_logout_uri"}),
        ({"client_name": "Bank\u202eknaB"}, {"client_name"}),
        ({"client_name": "x" * 256}, {"client_name"}),
        ({"status": "gone", "subject_type": "secret"}, {"status", "subject_type"}),
    ],
)
def test_what_cannot_be_registered_is_named_by_its_member(members: dict[str, Any], wrong: set[str]) -> None:
    assert faults_of(replace(WEB, **members)) == wrong


def test_nothing_is_fetched_for_what_is_refused_anyway(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sector_identifier, "fetch", lambda *args: pytest.fail("fetched"))
    sector = {"subject_type": "pairwise", "sector_identifier_uri": "https://a.example/uris"}
    assert faults_of(replace(WEB, **sector, scope=("no:such",))) == {"scope"}


@each(
    ("kind", "members", "wrong"),
    [
        ("web", {"scope": ()}, {"scope"}),
        ("web", {"redirect_uris": ("com.example.app:/cb",)}, {"redirect_uris"}),
        ("browser", {"redirect_uris": ("com.example.app:/cb",)}, {"redirect_uris"}),
        ("service", {"redirect_uris": (CALLBACK,)}, {"redirect_uris"}),
        ("api", {"redirect_uris": (CALLBACK,)}, {"redirect_uris"}),
        ("service", {"pkce_excused_until": date(2100, 1, 1)}, {"pkce_excused_until"}),
        ("mcp", {"is_public": False}, {"token_endpoint_auth_method"}),
    ],
)
def test_a_kind_has_rules_of_its_own(settings: Any, kind: str, members: dict[str, Any], wrong: set[str]) -> None:
    settings.OAUTH2_PROVIDER = {"ALLOWED_REDIRECT_URI_SCHEMES": ["https", "com.example.app"]}
    given = {"client_name": "A", "scope": ("notes:read",), "redirect_uris": (CALLBACK,)} | members
    if kind in ("service", "api") and "redirect_uris" not in members:
        given["redirect_uris"] = ()
    assert faults_of(Metadata.of_kind(KINDS[kind], **given), kind=KINDS[kind]) == wrong


def test_every_kind_is_made_of_what_there_is() -> None:
    for kind in KINDS.values():
        assert set(kind.grant_types) <= set(grant_types())
        assert kind.token_endpoint_auth_method in ("", *methods())


def test_a_change_writes_what_differs_and_nothing_else() -> None:
    client = register(WEB, BY)
    application_model().objects.update(client_secret="rotated meanwhile")
    ClientPolicy.objects.update(rotate_refresh_tokens=False)
    changed(client, client_name="Album", access_token_lifetime=60)
    row, policy = application_model().objects.get(), ClientPolicy.objects.get()
    assert (row.name, row.client_secret) == ("Album", "rotated meanwhile")
    assert (policy.access_token_lifetime, policy.rotate_refresh_tokens) == (60, False)


def test_what_was_wrong_before_does_not_keep_anyone_from_suspending() -> None:
    application = ApplicationFactory(policy={"jwks_uri": "http://x", "scopes": ["gone"], "grant_types": ["gone"]})
    application_model().objects.update(redirect_uris="http://old.example/cb")
    client = as_client(application_model().objects.get(pk=application.pk))
    assert changed(client, status="suspended").policy.is_suspended
    with pytest.raises(MetadataRefused):
        changed(client, redirect_uris=("http://old.example/cb", "http://new.example/cb"))


@pytest.mark.spec("RFC 6749", "2.1")
def test_the_secrets_of_a_client_whose_type_changes_end() -> None:
    client = as_client(ApplicationFactory())
    changed(client, is_public=True, token_endpoint_auth_method="none")
    assert not ClientSecret.objects.live().exists()


def test_a_change_that_is_refused_changes_nothing() -> None:
    client = as_client(ApplicationFactory())
    with ledger.unchanged(), pytest.raises(MetadataRefused):
        changed(client, redirect_uris=("https://a.example/#",), is_public=True)


def test_dots_own_rules_hold_as_well() -> None:
    client = as_client(ApplicationFactory())
    application_model().objects.update(algorithm="RS256")
    client.application.refresh_from_db()
    with pytest.raises(MetadataRefused, match="OIDC_RSA_PRIVATE_KEY"):
        changed(client, redirect_uris=("https://other.example/cb",))


def test_it_is_told_once_it_is_committed(told: list[Any], django_capture_on_commit_callbacks: Any) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        client = register(WEB, BY)
        assert told == []
    with django_capture_on_commit_callbacks(execute=True):
        client = changed(client, client_name="Album", status="suspended")
    with django_capture_on_commit_callbacks(execute=True):
        changed(client)
    assert [type(event) for event in told] == [ClientRegistered, ClientChanged, ClientSuspended]
    assert told[1].changed == ("client_name", "status")


def test_metadata_has_every_column_of_a_policy_and_its_default() -> None:
    columns = {column.name for column in ClientPolicy._meta.concrete_fields}
    assert columns - set(OF_POLICY.values()) == {
        *("application", "created_at", "updated_at", "door", "status_note", "suspended_from")
    }
    policy, metadata = ClientPolicy(scopes=[]), Metadata()
    for member in fields(Metadata):
        if member.name in OF_APPLICATION:
            continue
        said, kept = getattr(metadata, member.name), getattr(policy, OF_POLICY[member.name])
        assert (list(said) if isinstance(said, tuple) else said) == kept, member.name
