"""One form of the admin, sent many times at the same moment, makes one client and one secret."""

from functools import partial
from http.cookies import SimpleCookie
from typing import Any

import pytest
from django.test import Client as Browser

from oauth_provider.dot.names import application_model
from oauth_provider.models import ClientSecret
from tests.admin.operators import SECRET, add_url, new_client, operator, url
from tests.factories import ApplicationFactory
from tests.threads import together

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.django_db(transaction=True),
    pytest.mark.xdist_group("connections"),
]

MANY = 8


def send(browser: Browser, address: str, form: dict[str, Any]) -> list[str]:
    """The secrets in each of the answers that show one, all of them sent together."""

    def act(own: Browser) -> Any:
        return own.post(address, form)

    others = [Browser() for _number in range(MANY)]
    for other in others:
        other.cookies = SimpleCookie({name: morsel.value for name, morsel in browser.cookies.items()})
    answers = together(*(partial(act, other) for other in others))
    assert {answer.status_code for answer in answers} == {200, 302}
    return [found[0] for answer in answers if (found := SECRET.search(answer.content.decode()))]


@pytest.mark.parametrize("verb", ["create", "rotate"])
def test_a_form_for_a_secret(verb: str) -> None:
    browser, application = operator(), ApplicationFactory(service=True)
    form = {"label": "", "seconds": "0", "newest": ClientSecret.objects.get().pk}
    assert len(send(browser, url(application, f"secret_{verb}"), form)) == 1
    assert ClientSecret.objects.count() == 2


def test_a_form_for_a_client() -> None:
    browser = operator()
    assert len(send(browser, add_url(), new_client(browser))) == 1
    assert application_model().objects.count() == ClientSecret.objects.count() == 1
