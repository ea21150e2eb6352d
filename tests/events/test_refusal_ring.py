"""The last refusals of each client: bounded, sampled, and nothing for clients that there are not."""

import pytest
from django.contrib.auth import get_user_model
from django.core.cache import cache
from django.test import Client as Browser
from django.urls import reverse

from oauth_provider.events import refusal_ring
from oauth_provider.events.emit import emit
from oauth_provider.events.event import RequestRefused
from oauth_provider.events.refusal_ring import SIZE, Sampler, key_of, last_refusals
from tests.cache_backends import BrokenCache
from tests.driver import Driver, signed_in
from tests.factories import ApplicationFactory

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _emptied(monkeypatch):
    cache.clear()
    monkeypatch.setattr(refusal_ring, "sampler", Sampler())


def refuse(client_id="notes", **changes):
    facts = {"reason": "code_expired", "error": "invalid_grant", "description": "The code has expired.", "detail": ""}
    emit(RequestRefused(**facts | {"client_id": client_id, "path": "/oauth/token", "address": "192.0.2.7"} | changes))


def test_a_refusal_is_kept_with_its_detail_and_the_network_that_it_came_from():
    driver = signed_in()
    driver.authorize(redirect_uri="https://elsewhere.example.com/")
    [kept] = last_refusals(driver.application.client_id)
    assert (kept["reason"], kept["path"], kept["stands_for"]) == ("redirect_uri_unregistered", "/oauth/authorize", 1)
    assert "elsewhere.example.com" in kept["detail"]
    assert kept["network"] == "127.0.0.1"


def test_a_wrong_secret_is_kept_and_a_client_that_nobody_has_stores_nothing():
    known, unknown = Driver(ApplicationFactory()), Driver(ApplicationFactory.build(client_id="nobody"))
    for driver in (known, unknown):
        driver.token(grant_type="client_credentials", client_secret="wrong")
    assert [kept["reason"] for kept in last_refusals(known.application.client_id)] == ["client_secret_wrong"]
    assert cache.get(key_of("nobody")) is None


def test_the_ring_keeps_the_newest_and_is_bounded(monkeypatch):
    monkeypatch.setattr(Sampler, "FIRST", 1_000)
    for number in range(SIZE + 5):
        refuse(detail=str(number))
    kept = last_refusals("notes")
    assert [entry["detail"] for entry in kept] == [str(number) for number in range(SIZE + 4, 4, -1)]


def test_long_texts_are_cut():
    refuse(detail="x" * 10_000, path="/" * 10_000)
    [kept] = last_refusals("notes")
    assert max(len(str(value)) for value in kept.values()) <= refusal_ring.MAX_TEXT


def test_a_flood_is_sampled_and_what_is_kept_says_for_how_many_it_stands():
    sampler = Sampler()
    weights = [sampler.weight("notes") for _ in range(1_010)]
    assert weights[:10] == [1] * 10
    assert sum(weights) == 1_010
    assert len([weight for weight in weights if weight]) == 20


def test_the_sampler_forgets_rather_than_grows():
    sampler = Sampler()
    for number in range(Sampler.MAX_CLIENTS * 2):
        sampler.weight(str(number))
    assert len(sampler._counts) <= Sampler.MAX_CLIENTS


def test_answers_about_a_person_are_no_mistakes():
    signed_in().authorize(prompt="none")
    refuse(error="login_required")
    assert last_refusals("notes") == []


def test_a_cache_that_is_away_costs_no_answer(settings):
    driver = signed_in()
    settings.CACHES = {"default": {"BACKEND": f"{BrokenCache.__module__}.{BrokenCache.__name__}"}}
    assert driver.redeem("no code").json()["error"] == "invalid_grant"
    assert last_refusals(driver.application.client_id) == []


def test_the_operator_reads_them_on_the_clients_page():
    driver = signed_in()
    browser = Browser()
    browser.force_login(get_user_model().objects.create_superuser("operator"))
    page = reverse("admin:oauth2_provider_application_change", args=[driver.application.pk])
    assert "redirect_uri_unregistered" not in browser.get(page).content.decode()
    driver.authorize(redirect_uri="https://elsewhere.example.com/<b>")
    shown = browser.get(page).content.decode()
    assert "redirect_uri_unregistered" in shown
    assert "<b>" not in shown.partition('id="refusals"')[2]
