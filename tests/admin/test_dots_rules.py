"""What a form lets through, DOT lets through: its own words never stand where ours belong (RFC 6749 §3.1.2)."""

import pytest
from django.core.exceptions import ValidationError
from hypothesis import example, given
from hypothesis import strategies as st

from oauth_provider.clients.registration.uri_rules import is_ours_to_judge
from oauth_provider.dot.names import application_model
from oauth_provider.protocol.redirect_uri import find_fault
from tests import ledger
from tests.admin.operators import errors_of, form_of, new_client, operator, url
from tests.each import each
from tests.factories import ApplicationFactory

pytestmark = pytest.mark.spec("RFC 6749", "3.1.2")
HOST = r"[a-z0-9._%:\[\]@*-]{0,16}"


@given(
    st.from_regex(rf"(https|http|com\.example\.app):/{{0,3}}{HOST}(:[0-9]{{0,6}})?(/[!-~]{{0,10}})?", fullmatch=True)
)
@example("https://a.example/" + "x" * 2030)
@example("https://[0000:0000:0000:0000:0000:ffff:192.168.100.228]/")
@example("https://[v1.a]/")
@example("com.example.app://cb")
@example("com.example.app:/")
@example("https://a.example:/")
@example("https://a.example?")
@example("https://" + "a." * 123 + "example/")
def test_a_redirect_uri_without_a_fault_of_ours_has_none_of_dots(uri):
    if find_fault(uri, allow_http=True) is None:
        application = application_model()(redirect_uris=uri, authorization_grant_type="authorization-code")
        application.get_allowed_schemes = lambda: ["https", "http", "com.example.app"]
        try:
            application.clean()
        except ValidationError as error:
            # Apps have three slashes, too, which DOT does not take: there its words are not told.
            assert uri.startswith("com.example.app://")
            found = error.error_dict["redirect_uris"]
            assert all(is_ours_to_judge(one, "redirect_uris", application) for one in found)


@pytest.mark.django_db
@each(
    ("uri", "section"),
    [
        ("https://-a.example/", "RFC 3986 §3.2.2"),
        ("https://a.example:0/cb", "RFC 3986 §3.2.3"),
        ("https://a.example/" + "x" * 20000, "RFC 6749 §3.1.2.2"),
    ],
)
def test_the_words_beside_the_field_are_ours(uri, section):
    browser, application = operator(), ApplicationFactory()
    with ledger.unchanged():
        changed = browser.post(url(application), form_of(browser, application, redirect_uris=uri))
        made = browser.post(url(application_model(), "add"), new_client(browser, redirect_uris=uri))
    for response in (changed, made):
        said = errors_of(response)["redirect_uris"]
        assert section in said
        assert "validation error" not in said.lower()
        assert len(said) < 800
