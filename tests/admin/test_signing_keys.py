"""Signing keys in the admin: what each signs and until when; rotated and retired by a POST that was asked about."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client as Browser
from django.urls import reverse

from oauth_provider.models import AuditEvent, SigningKey
from oauth_provider.models.key_schedule import schedule
from oauth_provider.models.signing_key import State, published_after
from oauth_provider.protocol import jws
from oauth_provider.tokens import key_ring
from tests import ledger
from tests.admin.operators import operator, url
from tests.factories import ApplicationFactory

pytestmark = [pytest.mark.django_db, pytest.mark.spec("OIDC Core", "10.1.1")]

LISTING = "/admin/oauth_provider/signingkey/"
ROTATE = f"{LISTING}rotate/"
MAY_LOOK, MAY_CHANGE = "oauth_provider.view_signingkey", "oauth_provider.change_signingkey"
DAY = 86400


@pytest.fixture
def _keys_of_our_own(settings: Any) -> None:
    """Two algorithms whose keys cost nothing to make, in the database."""
    ours = {**settings.OAUTH_PROVIDER, "SIGNING_ALGORITHMS": ["ES256", "EdDSA"]}
    del ours["SIGNING_KEYS"]
    settings.OAUTH_PROVIDER = ours


@pytest.fixture
def signing(_keys_of_our_own: None) -> SigningKey:
    """The ES256 key that signs."""
    key_ring.key_ring()
    return SigningKey.objects.get(alg="ES256")


def cells(browser: Browser, key: SigningKey) -> str:
    """The row of a key in the list."""
    page = browser.get(LISTING).content.decode()
    return next(row for row in page.split("<tr>") if key.kid in row)


def test_the_list_says_what_each_key_signs_and_until_when(signing):
    ApplicationFactory(policy={"id_token_signed_response_alg": "ES256"})
    ApplicationFactory(policy={"userinfo_signed_response_alg": "ES256"})
    ApplicationFactory()
    row = cells(operator(), signing)
    for text in (
        "ES256",
        "published, signs",
        "ID tokens and signed answers of 2 clients",
        "access tokens that are JWTs",
    ):
        assert text in row
    until = signing.signs_from + timedelta(days=90)
    assert f"{until:%Y}" in row
    other = cells(operator(), SigningKey.objects.get(alg="EdDSA"))
    assert "nothing: no client asks for it" in other


def test_the_states_of_a_life_are_told_in_words_and_dates(signing):
    browser = operator()
    assert "published, signs<" in cells(browser, signing)
    browser.post(ROTATE, {"alg": "ES256"})
    following = SigningKey.objects.get(alg="ES256", generation=2)
    assert "published, signs later" in cells(browser, following)
    with ledger.later(DAY + 60):
        key_ring.forget()
        assert "published, signs no more" in cells(browser, signing)
        assert "published, signs<" in cells(browser, following)
        page = browser.get(url(signing)).content.decode()
        gone = following.signs_from + published_after()
        assert f"{gone:%B}"[:3] in page.partition("In the key set until")[2]
    with ledger.later(5 * DAY):
        key_ring.forget()
        assert "not published any more" in cells(browser, signing)
    browser.post(url(following, "retire"), {"post": "yes"})
    assert "taken out of use" in cells(browser, following)


def test_the_schedule_knows_every_end(signing, settings):
    now = SigningKey.objects.now()
    SigningKey.objects.rotate("ES256")
    rows = SigningKey.objects.in_order()
    terms = schedule(rows, now)
    first, second = (row for row in rows if row.alg == "ES256")
    assert (terms[first.kid].state, terms[second.kid].state) == (State.SIGNING, State.NEXT)
    assert terms[first.kid].signs_until == second.signs_from
    assert terms[first.kid].published_until == second.signs_from + published_after()
    assert terms[second.kid].signs_until == second.signs_from + timedelta(days=90)
    settings.OAUTH_PROVIDER = {**settings.OAUTH_PROVIDER, "SIGNING_KEY_LIFETIME": None}
    assert schedule(rows, now)[second.kid].signs_until is None
    assert schedule(rows, now)[second.kid].published_until is None
    SigningKey.objects.retire(first.kid)
    retired = SigningKey.objects.get(pk=first.pk)
    term = schedule(SigningKey.objects.in_order(), now)[first.kid]
    assert (term.state, term.signs_until, term.published_until) == (
        State.RETIRED,
        retired.retired_at,
        retired.retired_at,
    )
    assert "until it is rotated" in cells(operator(), second)


# -- rotating ---------------------------------------------------------------------------------------------------


def test_rotating_is_asked_about_and_then_publishes_the_next_keys(signing):
    browser = operator()
    with ledger.unchanged():
        page = browser.get(ROTATE).content.decode()
    assert "in 1 day" in page
    assert "in 2 minutes" in page
    answer = browser.post(ROTATE, {"alg": "", "at_once": ""}, follow=True)
    assert answer.redirect_chain == [(LISTING, 302)]
    assert answer.content.decode().count("the next key is published, and signs from") == 2
    assert SigningKey.objects.count() == 4
    published = {jwk["kid"] for jwk in browser.get("/oauth/jwks").json()["keys"]}
    assert published == set(SigningKey.objects.values_list("kid", flat=True))
    assert jws.parse(jws.sign({}, key_ring.key_ring().signer("ES256"))).header["kid"] == signing.kid


def test_rotating_writes_who_it_was_to_the_audit_and_to_the_history_of_the_key(signing):
    browser = operator()
    AuditEvent.objects.all().delete()
    browser.post(ROTATE, {"alg": "ES256"})
    following = SigningKey.objects.get(alg="ES256", generation=2)
    event = AuditEvent.objects.get()
    assert (event.kind, event.actor) == ("key_rotated", str(browser.operator.pk))
    assert event.facts == {"kid": following.kid, "alg": "ES256", "step": "made"}
    entry = LogEntry.objects.get()
    assert (entry.user, entry.object_id) == (browser.operator, str(following.pk))
    browser.post(ROTATE, {"alg": "ES256", "at_once": "yes"})
    assert AuditEvent.objects.latest("pk").facts["step"] == "brought_forward"
    assert SigningKey.objects.get(pk=following.pk).signs_from < following.signs_from


def test_a_form_that_is_sent_twice_makes_one_key(signing):
    browser = operator()
    browser.post(ROTATE, {"alg": "ES256"})
    page = browser.post(ROTATE, {"alg": "ES256"}, follow=True).content.decode()
    assert "the next key was published already" in page
    assert SigningKey.objects.filter(alg="ES256").count() == 2
    assert LogEntry.objects.count() == 1


@pytest.mark.parametrize("form", [{"alg": "HS256"}, {"alg": "none"}, {"alg": "\x00"}, {"at_once": "maybe"}])
def test_what_is_no_choice_of_the_form_rotates_nothing(signing, form):
    with ledger.unchanged():
        assert operator().post(ROTATE, form).status_code == 200


@pytest.mark.usefixtures("_keys_of_our_own")
def test_where_there_is_no_key_yet_the_first_is_made_and_the_next_published():
    operator().post(ROTATE, {"alg": "EdDSA"})
    assert [row.generation for row in SigningKey.objects.filter(alg="EdDSA").order_by("pk")] == [1, 2]


# -- retiring ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("by", ["page", "action"])
def test_retiring_is_asked_about_and_then_takes_the_key_out_of_use(signing, by):
    browser = operator()
    AuditEvent.objects.all().delete()
    selected = {"action": "retire", "_selected_action": [signing.pk]}
    with ledger.unchanged():
        asked = browser.get(url(signing, "retire")) if by == "page" else browser.post(LISTING, selected)
    assert "This is for keys that have leaked" in asked.content.decode()
    if by == "page":
        browser.post(url(signing, "retire"), {"post": "yes"})
    else:
        browser.post(LISTING, selected | {"post": "yes"})
    signing.refresh_from_db()
    assert signing.retired_at is not None
    assert signing.sealed_private_jwk == ""
    published = [jwk["kid"] for jwk in browser.get("/oauth/jwks").json()["keys"]]
    assert signing.kid not in published
    assert len(published) == 2
    event = AuditEvent.objects.get(facts__step="retired")
    assert (event.actor, event.facts["kid"]) == (str(browser.operator.pk), signing.kid)
    assert LogEntry.objects.get().object_id == str(signing.pk)


def test_a_retired_key_has_no_button_any_more(signing):
    browser = operator()
    assert "../retire/" in browser.get(url(signing)).content.decode()
    browser.post(url(signing, "retire"), {"post": "yes"})
    assert "../retire/" not in browser.get(url(signing)).content.decode()
    with ledger.unchanged():
        browser.post(url(signing, "retire"), {})  # what was retired stays as it is
    assert SigningKey.objects.filter(alg="ES256").count() == 2


# -- who may, and what nobody may see ---------------------------------------------------------------------------


def test_whoever_may_only_look_cannot_rotate_or_retire(signing):
    browser = operator(MAY_LOOK)
    page, row = browser.get(LISTING).content.decode(), browser.get(url(signing)).content.decode()
    assert signing.kid in page
    assert 'href="rotate/"' not in page
    assert "../retire/" not in row
    with ledger.unchanged():
        for address in (ROTATE, url(signing, "retire")):
            assert browser.get(address).status_code == 403
            assert browser.post(address, {"post": "yes"}).status_code == 403
        browser.post(LISTING, {"action": "retire", "_selected_action": [signing.pk], "post": "yes"})


def test_whoever_may_change_keys_may_do_both_and_type_nothing(signing):
    browser = operator(MAY_CHANGE)
    with ledger.unchanged():
        assert browser.post(url(signing), {"kid": "x"}).status_code == 403
        assert browser.get(url(SigningKey, "add")).status_code == 403
        assert browser.post(url(signing, "delete"), {"post": "yes"}).status_code == 403
    assert browser.post(ROTATE, {"alg": "ES256"}).status_code == 302
    assert browser.post(url(signing, "retire"), {"post": "yes"}).status_code == 302


def test_staff_without_a_permission_and_visitors_see_no_key(signing, client):
    for address in (LISTING, ROTATE, url(signing), url(signing, "retire")):
        assert operator("auth.view_group").get(address).status_code == 403
        assert client.get(address).status_code == 302


def test_both_verbs_ask_for_the_csrf_token(signing):
    browser = operator(enforce_csrf_checks=True)
    with ledger.unchanged():
        assert browser.post(ROTATE, {"alg": ""}).status_code == 403
        assert browser.post(url(signing, "retire"), {"post": "yes"}).status_code == 403


def secrets_of(key: SigningKey) -> list[str]:
    """All that opens to the private half, and its member."""
    private, _is_current = key.open()
    return [key.sealed_private_jwk, json.loads(str(private))["d"]]


@pytest.mark.spec("RFC 6819", "5.1.4.1")
def test_no_page_and_no_entry_holds_a_private_key_sealed_or_open(signing):
    browser, hidden = operator(), secrets_of(signing)
    pages = [browser.get(address) for address in (LISTING, ROTATE, url(signing), url(signing, "retire"))]
    pages += [browser.get(LISTING, {"alg__exact": "ES256"}), browser.post(ROTATE, {"alg": ""}, follow=True)]
    pages += [browser.post(url(signing, "retire"), {"post": "yes"}, follow=True), browser.get(url(signing, "history"))]
    told = [page.content.decode() for page in pages]
    told += [str(row) for row in (*LogEntry.objects.values(), *AuditEvent.objects.values())]
    for text in told:
        for secret in hidden:
            assert secret not in text


@pytest.mark.parametrize("lookup", ["sealed_private_jwk__startswith", "sealed_private_jwk__contains", "public_jwk__d"])
def test_no_private_key_can_be_guessed_through_a_filter(signing, lookup):
    answer = operator(raise_request_exception=False).get(LISTING, {lookup: "a"})
    assert answer.status_code in (302, 400)


def test_a_key_that_nobody_can_open_is_called_lost(signing, settings):
    settings.SECRET_KEY = "another"
    row = cells(operator(), signing)
    assert "cannot be opened" in row


# -- keys of the settings ---------------------------------------------------------------------------------------


def test_keys_that_the_settings_give_are_shown_and_changed_there():
    browser = operator()
    page = browser.get(LISTING).content.decode()
    assert "are changed there" in page
    for key in key_ring.key_ring().published:
        assert key.kid in page
    assert 'href="rotate/"' not in page
    with ledger.unchanged():
        assert browser.get(ROTATE).status_code == 403
        assert browser.post(ROTATE, {"alg": ""}).status_code == 403
    assert "Signing keys" in browser.get(reverse("admin:index")).content.decode()


def test_whoever_might_change_keys_may_look_at_those_of_the_settings():
    assert operator(MAY_CHANGE).get(LISTING).status_code == 200


def test_keys_of_the_settings_that_cannot_be_used_break_no_page_and_show_nothing(settings):
    settings.OAUTH_PROVIDER = {**settings.OAUTH_PROVIDER, "SIGNING_KEYS": ["-----BEGIN PRIVATE KEY-----\nsecret"]}
    page = operator().get(LISTING).content.decode()
    assert "They cannot be used" in page
    assert "BEGIN" not in page
