"""Our own tools go through the choice: the test kit's code flow, and the walk's browser."""

from typing import Any

import pytest

from oauth_provider.models import Authorization
from oauth_provider.rest_framework.testing import run_code_flow
from oauth_provider.walk.page import read_page
from tests.driver import Driver
from tests.flows.contexts.test_choice import page_of

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_test_kit_takes_the_first_or_the_one_that_is_named(driver: Driver, ana: Any) -> None:
    application = driver.application
    for context, taken in (({}, "acme"), ({"context": "globex"}, "globex")):
        run_code_flow(application, ana, scope="notes:read", client_secret=application.secret, **context)
        assert Authorization.objects.latest("pk").context == taken


def test_the_walks_browser_finds_the_choice(driver: Driver) -> None:
    page = read_page(driver.browser.get(page_of(driver)).content.decode())
    form = page.decision_form()
    assert form is not None
    assert form.choices() == {"context": "acme"}
