"""Languages of pages (OpenID Connect Core §3.1.2.1): by the request or the browser, and ``lang`` as they are."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polib
import pytest
from django.conf import settings
from django.test import Client as Browser
from django.test import override_settings
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext, gettext_lazy

from oauth_provider.authorization.language import first_spoken
from tests.catalogues import LOCALES
from tests.driver import Driver, signed_in
from tests.factories import UserFactory

pytestmark = [pytest.mark.django_db, pytest.mark.spec("OIDC Core", "3.1.2.1")]

# As a browser calls them, and as Django does.
LANGUAGES = {
    "de": "de",
    "es-MX": "es",
    "fr-CA": "fr",
    "pt-BR": "pt-br",
    "ja": "ja",
    "zh-CN": "zh-hans",
    "ar": "ar",
}
each_language = pytest.mark.parametrize(("tag", "language"), list(LANGUAGES.items()))
BY_BROWSER = override_settings(MIDDLEWARE=[*settings.MIDDLEWARE, "django.middleware.locale.LocaleMiddleware"])
PAGE = "/oauth/account/apps"


@pytest.fixture(autouse=True)
def other_tests_speak_english() -> Iterator[None]:
    """Django's middleware leaves the language of the last request to its thread."""
    yield
    translation.deactivate()


@pytest.fixture
def driver() -> Driver:
    return signed_in(UserFactory(username="ana"))


def consent_page(driver: Driver, **changes: Any) -> str:
    page = driver.authorize(prompt="consent", **changes)
    return str(driver.browser.get(page["Location"]).content.decode())


def assert_speaks(html: str, language: str, *texts: str) -> None:
    """Its frame says so, and ``texts`` are there in translation."""
    direction = "rtl" if language == "ar" else "ltr"
    assert f'<html lang="{language}" dir="{direction}">' in html
    with translation.override(language):
        for text in texts:
            assert language == "en" or gettext(text) != text
            assert gettext(text) in html


def test_every_catalogue_is_asked_for_here() -> None:
    assert {language.replace("-", "_") for language in LANGUAGES.values()} == {locale.lower() for locale in LOCALES}


@each_language
def test_a_page_is_in_the_language_of_the_request(driver: Driver, tag: str, language: str) -> None:
    html = consent_page(driver, ui_locales=f"xx {tag} en")
    assert_speaks(html, language, "Allow", "Cancel", "Not you?")


@BY_BROWSER
@each_language
def test_a_page_is_in_the_language_of_the_browser(driver: Driver, tag: str, language: str) -> None:
    driver.tokens()
    html = driver.browser.get(PAGE, headers={"Accept-Language": f"{tag},en;q=0.5"}).content.decode()
    assert_speaks(html, language, "Connected apps", "Remove access")
    with translation.override(translation.get_supported_language_variant(tag.lower())):
        assert date_format(timezone.now()) in html


@BY_BROWSER
def test_the_request_comes_before_the_browser(driver: Driver) -> None:
    driver.browser.defaults["HTTP_ACCEPT_LANGUAGE"] = "de"
    assert_speaks(consent_page(driver, ui_locales="ja"), "ja", "Allow")
    assert_speaks(consent_page(driver, ui_locales="he xx"), "de", "Allow")


@BY_BROWSER
def test_an_error_page_about_a_request_is_in_its_language_and_says_so(driver: Driver) -> None:
    driver.browser.defaults["HTTP_ACCEPT_LANGUAGE"] = "de"
    url = driver.authorize(prompt="consent", ui_locales="ja")["Location"]
    driver.browser.post(url, {"decision": "deny"})
    response = driver.browser.get(url)
    assert_speaks(response.content.decode(), "ja", "This was answered already")
    assert response["Content-Language"] == "ja"


@BY_BROWSER
@pytest.mark.parametrize("language", ["he", "fa", "nl", "zh-TW"])
def test_a_page_is_not_laid_out_for_a_language_without_a_catalogue(language: str) -> None:
    html = Browser().get("/oauth/authorize", headers={"Accept-Language": language}).content.decode()
    assert_speaks(html, "en", "This link does not work")


@override_settings(LANGUAGE_CODE="de", LOCALE_PATHS=[])  # the second, so that catalogues are read anew
def test_sentences_that_fall_back_to_the_language_of_the_project_are_said_to_be_in_it(driver: Driver) -> None:
    with translation.override("he"):
        assert_speaks(consent_page(driver), "de", "Allow")


def test_the_next_language_is_tried_where_one_has_no_catalogue() -> None:
    assert [first_spoken(tags) for tags in ("he nl fr", "de-AT", "en-GB", "he", "zh-TW")] == [
        "fr",
        "de",
        "en-gb",
        None,
        None,
    ]


def test_words_of_scopes_are_in_the_language_of_the_page(driver: Driver) -> None:
    scopes = {"notes:read": gettext_lazy("Password"), "notes:write": "Write and delete your notes"}
    with override_settings(OAUTH_PROVIDER={**settings.OAUTH_PROVIDER, "SCOPES": scopes}):
        html = consent_page(driver, ui_locales="de")
        assert "Passwort" in html
        driver.tokens()
        # What was agreed to is the same in any language: nobody is asked again.
        assert "code=" in driver.authorize(ui_locales="ja")["Location"]


def test_a_project_adds_a_language_by_a_catalogue_that_names_itself(driver: Driver, tmp_path: Path) -> None:
    catalogue = polib.POFile()
    catalogue.metadata = {"Content-Type": "text/plain; charset=UTF-8", "Plural-Forms": LOCALES["de"]}
    catalogue.append(polib.POEntry(msgid="Allow", msgstr="לאשר"))
    assert_speaks(with_catalogue(catalogue, tmp_path / "some", driver), "en")
    catalogue.append(
        polib.POEntry(msgctxt="the language of this catalogue, as Django calls it", msgid="en", msgstr="he")
    )
    html = with_catalogue(catalogue, tmp_path / "all", driver)
    assert '<html lang="he" dir="rtl">' in html
    assert "לאשר" in html


def with_catalogue(catalogue: polib.POFile, folder: Path, driver: Driver) -> str:
    """The consent page for a request in Hebrew, of a project with ``catalogue``."""
    place = folder / "he" / "LC_MESSAGES"
    place.mkdir(parents=True)
    catalogue.save_as_mofile(str(place / "django.mo"))
    with override_settings(LOCALE_PATHS=[str(folder)]):
        return consent_page(driver, ui_locales="he")


@BY_BROWSER
@pytest.mark.parametrize("given", ['de"><script>', "ar\x00", "*", "x" * 5000, "de-" + "x" * 400])
def test_what_is_no_language_is_not_repeated(given: str) -> None:
    response = Browser().get("/oauth/authorize", headers={"Accept-Language": given})
    assert response.status_code == 400
    assert "<html lang=" in response.content.decode()
    assert given not in response.content.decode()
