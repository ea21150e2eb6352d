"""In a language that runs from right to left, what is sent on the wire still reads from left to right."""

import re

import pytest

from oauth_provider.models import ClientSecret, Resource
from tests.admin import rows
from tests.admin.operators import errors_of, form_of, operator, url
from tests.factories import ApplicationFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_arabic")]


@pytest.fixture
def _arabic(settings):
    settings.LANGUAGE_CODE = "ar"


def test_the_end_of_a_secret_does_not_turn_round():
    application = ApplicationFactory()
    page = operator().get(url(application)).content.decode()
    assert 'dir="rtl"' in page
    assert f'<code dir="ltr">…{ClientSecret.objects.get().hint}</code>' in page


def test_no_code_is_left_to_the_direction_of_the_page():
    browser, application, consent = operator(), ApplicationFactory(), rows.consent()
    pages = [browser.get(url(row)).content.decode() for row in (application, consent)]
    pages.append(
        errors_of(browser.post(url(application), form_of(browser, application, redirect_uris="/cb")))["redirect_uris"]
    )
    for page in pages:
        assert "<code" in page
        assert not re.findall(r"<code>[^<]*", page)


def test_a_secret_is_named_apart_from_the_sentence_around_it():
    application = ApplicationFactory()
    secret = ClientSecret.objects.get()
    page = operator().get(url(application, "secret_revoke", secret.pk)).content.decode()
    assert f"<bdi>{secret.label or secret.hint}</bdi>" in page


@pytest.mark.parametrize("field", ["redirect_uris", "allowed_origins"])
def test_uris_are_typed_from_left_to_right(field):
    form = operator().get(url(ApplicationFactory())).context["adminform"].form
    assert 'dir="ltr"' in str(form[field])


def test_the_identifier_of_a_resource_is_left_to_right():
    form = operator().get(url(Resource, "add")).context["adminform"].form
    assert 'dir="ltr"' in str(form["identifier"])
