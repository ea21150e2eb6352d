"""What an operator does with a whole client: asked first, for whoever may change clients, audited, and at once."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.utils import timezone

from oauth_provider.dot.names import access_token_model, application_model, refresh_token_model
from oauth_provider.models import AuditEvent, Authorization, ClientMember, ClientPolicy
from oauth_provider.protocol.digest import digest
from oauth_provider.tokens import client_revocation
from tests import ledger
from tests.admin import rows
from tests.admin.operators import SECRET, form_of, operator, url
from tests.each import each
from tests.factories import ApplicationFactory, UserFactory

pytestmark = pytest.mark.django_db

VERBS = ("approve", "return", "suspend", "resume", "revoke", "transfer")
LISTING = url(application_model(), "changelist")


def own_token(application: Any) -> Any:
    """A token that the client has of itself."""
    token = access_token_model()(application=application, token="", scope="notes:read")
    token.token_checksum, token.expires = digest("its own"), timezone.now() + timedelta(hours=1)
    token.save()
    return token


def kinds() -> list[str]:
    return list(happened().order_by("pk").values_list("kind", flat=True))


def happened() -> Any:
    """Rows of the audit, but for the secrets that the factory makes."""
    return AuditEvent.objects.exclude(kind="secret_made")


@each(
    ("status", "verb", "after", "kind"),
    [
        ("pending", "approve", "approved", "client_approved"),
        ("unapproved", "approve", "approved", "client_approved"),
        ("pending", "return", "draft", "client_returned"),
        ("approved", "suspend", "suspended", "client_suspended"),
    ],
)
def test_a_step_is_asked_for_then_taken_told_and_can_be_read_again(
    status: str, verb: str, after: str, kind: str
) -> None:
    browser, application = operator(), ApplicationFactory(policy={"status": status})
    assert f'href="../{verb}/"' in browser.get(url(application)).content.decode()
    with ledger.unchanged():
        assert browser.get(url(application, verb)).status_code == 200
    assert (
        browser.post(url(application, verb), {"note": "as agreed", **seen(browser, application, verb)}).status_code
        == 302
    )
    policy = ClientPolicy.objects.get()
    assert (policy.status, policy.status_note) == (after, "as agreed")
    event = happened().get()
    assert (event.kind, event.actor) == (kind, str(browser.operator.pk))  # type: ignore[attr-defined]  # the tests' own
    assert LogEntry.objects.count() == 1


def seen(browser: Any, application: Any, verb: str) -> dict[str, str]:
    """What the page of an approval knows that it showed."""
    found = re.search(r'name="seen" value="(\w+)"', browser.get(url(application, verb)).content.decode())
    return {"seen": found[1]} if found else {}


def test_an_approval_is_of_what_its_page_showed() -> None:
    waiting = {"status": "pending", "requested_scope": "notes:write"}
    browser, application = operator(), ApplicationFactory(policy=waiting)
    page = browser.get(url(application, "approve")).content.decode()
    assert application.redirect_uris in page
    assert "<strong>notes:write</strong>" in page
    assert "Its developers ask for notes:write" in browser.get(url(application)).content.decode()
    form = seen(browser, application, "approve")
    application_model().objects.update(redirect_uris="https://evil.example/cb")
    with ledger.unchanged():
        assert browser.post(url(application, "approve"), form).status_code == 302
        assert browser.post(url(application, "approve"), {}).status_code == 200
    browser.post(url(application, "approve"), seen(browser, application, "approve"))
    assert ClientPolicy.objects.get().status == "approved"


def test_suspending_says_how_many_people_it_concerns_and_resuming_gives_the_status_back() -> None:
    browser, application = operator(), ApplicationFactory(policy={"status": "unapproved"})
    person = UserFactory()
    for user in (person, person, UserFactory()):
        rows.authorization(user, application)
    rows.authorization(application=application, revoked_at=timezone.now())
    assert "2 people are signed in." in browser.get(url(application, "suspend")).content.decode()
    browser.post(url(application, "suspend"), {})
    page = browser.get(url(application)).content.decode()
    assert 'href="../resume/"' in page
    assert 'href="../suspend/"' not in page
    browser.post(url(application, "resume"), {})
    assert ClientPolicy.objects.get().status == "unapproved"
    assert kinds() == ["client_suspended", "client_resumed"]


def test_a_step_that_is_over_is_no_error_and_changes_nothing() -> None:
    browser, application = operator(), ApplicationFactory(policy={"status": "approved"})
    with ledger.unchanged():
        for verb in ("resume", "approve", "return"):
            assert browser.post(url(application, verb), {}).status_code == 302


def test_revoking_everything_ends_every_sign_in_and_token_of_this_client_and_of_no_other(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(client_revocation, "AT_ONCE", 2)
    browser, application, other = operator(), ApplicationFactory(), ApplicationFactory()
    for _number in range(3):
        rows.authorization(application=application)
    rows.refresh_token(application=application)
    own_token(application)
    kept = rows.authorization(application=other)
    assert "3 people are signed in." in browser.get(url(application, "revoke")).content.decode()
    assert browser.post(url(application, "revoke"), {}).status_code == 302
    assert not client_revocation.live_sign_ins(application).exists()
    tokens = access_token_model().objects.filter(expires__gt=timezone.now())
    assert set(tokens.values_list("application", flat=True)) == {other.pk}
    assert not refresh_token_model().objects.filter(revoked=None).exists()
    kept.refresh_from_db()
    assert kept.revoked_at is None
    assert kinds() == ["authorization_revoked"] * 3 + ["client_revoked"]
    facts = AuditEvent.objects.get(kind="client_revoked").facts
    assert facts == {"sign_ins": 3, "own": 1}
    assert {one.revoked_reason for one in Authorization.objects.filter(application=application)} == {"operator"}


def test_what_takes_too_long_is_left_and_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client_revocation, "MAX_SECONDS", -1.0)
    browser, sign_in = operator(), rows.authorization()
    page = browser.post(url(sign_in.application, "revoke"), {}, follow=True).content.decode()
    assert "There are more" in page
    sign_in.refresh_from_db()
    assert sign_in.revoked_at is None


@each(("keeps", "left"), [("on", {"developer"}), ("", set())])
def test_a_client_is_given_to_another_owner(keeps: str, left: set[str]) -> None:
    browser, application, before, after = operator(), ApplicationFactory(), UserFactory(), UserFactory()
    ClientMember.objects.create(application=application, user=before)
    page = browser.get(url(application, "transfer")).content.decode()
    assert str(before) in page
    form = {"owner": after.pk, "keeps_others": keeps}
    assert browser.post(url(application, "transfer"), form).status_code == 302
    members = dict(ClientMember.objects.values_list("user", "role"))
    assert members.pop(after.pk) == "owner"
    assert set(members.values()) == left
    event = happened().last()
    assert (event.kind, event.user, event.facts["role"]) == ("team_changed", str(after.pk), "owner")
    assert event.actor == str(browser.operator.pk)  # type: ignore[attr-defined]  # the tests' own
    with ledger.unchanged():
        browser.post(url(application, "transfer"), form)


@each("key", ["", "x", "\x00", "9" * 40, "0"])
def test_nobody_is_no_owner(key: str) -> None:
    browser, application = operator(raise_request_exception=False), ApplicationFactory()
    with ledger.unchanged():
        response = browser.post(url(application, "transfer"), {"owner": key})
    assert response.status_code == 200
    assert response.context["form"].errors


@each("verb", VERBS)
def test_whoever_may_only_look_finds_no_button_and_does_nothing(verb: str) -> None:
    application = ApplicationFactory(policy={"status": "pending"})
    browser = operator("oauth2_provider.view_application")
    page = browser.get(url(application)).content.decode()
    assert f'href="../{verb}/"' not in page
    assert not SECRET.search(page)
    assert application.secret not in page
    with ledger.unchanged():
        assert browser.get(url(application, verb)).status_code == 403
        assert browser.post(url(application, verb), {"owner": UserFactory().pk}).status_code == 403
        browser.post(LISTING, {"action": verb, "_selected_action": [application.pk], "post": "yes"})
    strict = operator(enforce_csrf_checks=True)
    with ledger.unchanged():
        assert strict.post(url(application, verb), {}).status_code == 403


def test_there_is_nothing_to_do_with_a_client_that_is_not_there() -> None:
    browser, application = operator(raise_request_exception=False), ApplicationFactory()
    for key in (application.pk + 1, "x", "\x00"):
        address = url(application, "suspend").replace(f"/{application.pk}/", f"/{key}/")
        assert browser.post(address, {}).status_code == 404


def test_a_selection_is_suspended_and_resumed_after_it_was_asked_for() -> None:
    browser = operator()
    chosen = [ApplicationFactory(policy={"status": "approved"}) for _number in range(2)]
    other = ApplicationFactory(policy={"status": "approved"})
    rows.authorization(application=chosen[0])
    form = {"action": "suspend", "_selected_action": [one.pk for one in chosen]}
    with ledger.unchanged():
        page = browser.post(LISTING, form)
    assert "1 person is signed in." in page.content.decode()
    browser.post(LISTING, form | {"post": "yes"})
    assert set(ClientPolicy.objects.filter(status="suspended").values_list("pk", flat=True)) == {
        one.pk for one in chosen
    }
    again = browser.post(LISTING, form | {"action": "resume", "post": "yes"}, follow=True)
    assert "2 clients were changed." in again.content.decode()
    assert ClientPolicy.objects.get(pk=other.pk).status == "approved"
    assert kinds() == ["client_suspended"] * 2 + ["client_resumed"] * 2


def test_a_service_is_not_asked_for_what_only_people_need_and_all_of_it_can_be_shown() -> None:
    service = ApplicationFactory(service=True, policy={"grant_types": ["client_credentials"]})
    browser = operator()
    shown = set(browser.get(url(service)).context["adminform"].form.fields)
    assert shown.isdisjoint({"redirect_uris", "logo", "pkce_excused_until", "authorization_lifetime", "optional_scope"})
    assert {"name", "scopes", "token_endpoint_auth_method", "access_token_lifetime"} <= shown
    everything = set(browser.get(url(service) + "?every_field").context["adminform"].form.fields)
    assert {"redirect_uris", "logo", "pkce_excused_until", *shown} <= everything
    public = set(browser.get(url(ApplicationFactory(public=True))).context["adminform"].form.fields)
    assert "redirect_uris" in public
    assert public.isdisjoint({"may_introspect", "takes_older_assertions"})


def test_a_field_in_which_something_stands_is_shown_whatever_the_kind() -> None:
    service = ApplicationFactory(
        authorization_grant_type="client-credentials",
        policy={"grant_types": ["client_credentials"], "client_uri": "https://app.example.com/"},
    )
    shown = set(operator().get(url(service)).context["adminform"].form.fields)
    assert {"redirect_uris", "client_uri"} <= shown


def test_every_subject_has_an_anchor_and_scopes_stand_below_their_apis() -> None:
    from oauth_provider.models import Resource

    Resource.objects.create(identifier="https://notes.example.com", name="The notes", scopes=["notes:read"])
    response = operator().get(url(ApplicationFactory()))
    page = response.content.decode()
    anchors = [anchor for anchor, _part in response.context["parts"]]
    assert {"what", "redirection", "access", "proof", "lifetimes", "looks", "answers"} <= set(anchors)
    for anchor in (*anchors, "secrets", "refusals"):
        assert page.count(f'id="{anchor}"') == 1
        assert f'href="#{anchor}"' in page
    groups = [one for one in response.context["adminform"].form.fields["scopes"].choices if isinstance(one[1], list)]
    assert [(name, [scope for scope, _words in scopes]) for name, scopes in groups] == [("The notes", ["notes:read"])]


def test_a_form_that_was_opened_before_a_suspension_does_not_end_it() -> None:
    browser, application = operator(), ApplicationFactory(policy={"status": "approved"})
    page = browser.get(url(application)).content.decode()
    assert '<input type="hidden" name="initial-status" value="approved"' in page
    form = form_of(browser, application, name="Album") | {"initial-status": "approved"}
    ClientPolicy.objects.update(status="suspended")
    assert browser.post(url(application), form).status_code == 302
    assert ClientPolicy.objects.get().status == "suspended"
    assert browser.post(url(application), form | {"initial-status": "suspended"}).status_code == 302
    assert ClientPolicy.objects.get().status == "approved"
