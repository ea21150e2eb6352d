"""How a client is shown, in its form (RFC 7591 §2): logo, colours, links, and what operators vouch for."""

import io
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from oauth_provider.admin.clients import client_presentation
from oauth_provider.clients.logo import MAX_BYTES
from oauth_provider.models import AuditEvent, ClientLogo, ClientPolicy
from oauth_provider.protocol.digest import digest_of_bytes
from tests.admin.operators import errors_of, form_of, operator, url
from tests.factories import ApplicationFactory
from tests.logos import drawn

pytestmark = [pytest.mark.django_db, pytest.mark.spec("RFC 7591", "2")]

SHOWN = {
    "accent_color": "#7a3e00",
    "accent_color_dark": "#ffc46b",
    "client_uri": "https://photobook.example/",
    "policy_uri": "https://photobook.example/privacy#people",
    "tos_uri": "https://photobook.example/terms",
    "publisher": "Photo Book Ltd",
    "verified_host": "photobook.example",
}


def change(application: Any, *, image: bytes | None = None, filename: str = "logo.png", **changes: Any) -> Any:
    browser = operator()
    form = form_of(browser, application, **changes)
    if image is not None:
        form["logo"] = SimpleUploadedFile(filename, image)
    return browser.post(url(application), form)


def test_all_of_it_is_saved_and_found_again_in_the_audit() -> None:
    application = ApplicationFactory()
    response = change(application, **SHOWN)
    assert response.status_code == 302, errors_of(response)
    policy = ClientPolicy.objects.get()
    assert {name: getattr(policy, name) for name in SHOWN} == SHOWN
    assert AuditEvent.objects.get(kind="client_changed").facts["changed"] == sorted(SHOWN)


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("accent_color", "#ffcc00", "nearest that can: #876c00"),
        ("accent_color", "yellow", "colour as in #1a56db"),
        ("accent_color_dark", "#7a3e00", "nearest that can: #d46c00"),
        ("client_uri", "http://photobook.example/", "begins with https://"),
        ("policy_uri", "javascript:alert(1)", "begins with https://"),
        ("tos_uri", "https://bank.example@evil.example/", "begins with https://"),
        ("verified_host", "https://photobook.example", "host name in lower case"),
        ("verified_host", "PhotoBook.example", "host name in lower case"),
        ("verified_host", "xn--\u0430pple.example", "host name in lower case"),
        ("verified_host", "127.0.0.1:80", "host name in lower case"),
        ("publisher", "Photo\u202eBook", "reorder"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field(name: str, value: str, told: str) -> None:
    application = ApplicationFactory()
    given = {"publisher": "P", "verified_host": "p.example"} if name in ("publisher", "verified_host") else {}
    response = change(application, **given | {name: value})
    assert told in errors_of(response)[name]
    assert not ClientPolicy.objects.exists()


@pytest.mark.parametrize(
    ("given", "missing"), [({"publisher": "P"}, "verified_host"), ({"verified_host": "p.example"}, "publisher")]
)
def test_publisher_and_host_are_vouched_for_together(given: dict[str, str], missing: str) -> None:
    assert missing in errors_of(change(ApplicationFactory(), **given))


@pytest.mark.parametrize("name", ["Photo Book \u2713", "\U0001f512 Photo Book", "\uf8ff Pay", "Photo Book\u00ae"])
def test_a_name_that_vouches_for_itself_is_refused(name: str) -> None:
    assert "tick, lock or seal" in errors_of(change(ApplicationFactory(), name=name))["name"]


def test_a_logo_is_kept_as_our_own_copy_replaced_and_taken_away() -> None:
    application = ApplicationFactory()
    assert change(application, image=drawn((400, 200))).status_code == 302
    first = ClientPolicy.objects.get().logo
    kept = ClientLogo.objects.get()
    assert kept.digest == first == digest_of_bytes(bytes(kept.image))
    with Image.open(io.BytesIO(bytes(kept.image))) as image:
        assert (image.format, image.size) == ("PNG", (192, 96))
    page = operator().get(url(application)).content.decode()
    assert f"/oauth/logo/{first}" in page
    assert 'enctype="multipart/form-data"' in page

    assert change(application, image=drawn((50, 50), "WEBP")).status_code == 302
    assert ClientLogo.objects.get().digest == ClientPolicy.objects.get().logo != first
    assert change(application, name="Album").status_code == 302  # nothing sent: it stays
    assert ClientPolicy.objects.get().logo
    assert change(application, **{"logo-clear": "on"}).status_code == 302
    assert (ClientPolicy.objects.get().logo, ClientLogo.objects.count()) == ("", 0)


@pytest.mark.parametrize(
    ("image", "filename", "told"),
    [
        (b"<svg onload='alert(1)'/>", "logo.png", "SVG"),
        (drawn(), "logo.SVG", "SVG"),
        (b"GIF89a" + b"x" * 50, "logo.gif", "no PNG, JPEG or WebP"),
        (drawn() + b"x" * MAX_BYTES, "logo.png", "larger than 512 kB"),
        (drawn()[:60], "logo.png", "broken"),
    ],
)
def test_what_is_no_logo_is_refused_beside_the_field_and_nothing_is_kept(
    image: bytes, filename: str, told: str
) -> None:
    response = change(ApplicationFactory(), image=image, filename=filename)
    assert told in errors_of(response)["logo"]
    assert not ClientLogo.objects.exists()
    assert not ClientPolicy.objects.exists()


def test_a_server_without_pillow_says_what_it_needs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client_presentation, "pillow", lambda: None)
    assert "django-oauth-authority[logos]" in operator().get(url(ApplicationFactory())).content.decode()


def test_who_may_only_view_sees_it() -> None:
    application = ApplicationFactory(policy={**SHOWN, "logo": "a" * 64})
    html = operator("oauth2_provider.view_application").get(url(application)).content.decode()
    assert "Photo Book Ltd" in html
    assert f"/oauth/logo/{'a' * 64}" in html
