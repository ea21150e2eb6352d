"""What an error report shows (RFC 6819 §5.1.6): a page that fails while it shows a secret must not mail it."""

from typing import Any
from unittest.mock import patch

import pytest

from oauth_provider.models import ClientSecret
from tests.admin.operators import add_url, new_client, operator, url
from tests.each import each
from tests.factories import ApplicationFactory
from tests.flows.test_error_reports import reports_of

pytestmark = [pytest.mark.django_db, pytest.mark.spec("RFC 6819", "5.1.6")]


@each("page", ["add", "create", "rotate"])
@each("place", ["provider_settings.issuer_of", "render"])
def test_a_report_of_a_page_that_failed_holds_no_secret(page: str, place: str) -> None:
    browser, application = operator(raise_request_exception=False), ApplicationFactory(service=True)
    address = add_url() if page == "add" else url(application, f"secret_{page}")
    newest = ClientSecret.objects.get().pk
    form = new_client(browser) if page == "add" else {"label": "", "seconds": "0", "newest": newest}
    made: list[str] = []
    make = type(ClientSecret.objects).create_secret

    def create(self: Any, *args: Any, **kwargs: Any) -> Any:
        row, secret = make(self, *args, **kwargs)
        made.append(secret)
        return row, secret

    with (
        patch.object(type(ClientSecret.objects), "create_secret", create),
        patch(f"oauth_provider.admin.clients.secret.{place}", side_effect=RuntimeError("out of order")),
    ):
        report = reports_of(lambda: browser.post(address, form))
    assert "out of order" in report
    assert made
    assert made[0] not in report
    assert "ocs_" not in report
