"""No form of the admin lists everybody: with 20,000 users or clients it would be megabytes long."""

import re

import pytest

from oauth_provider.dot.names import application_model
from oauth_provider.models import ClientMember, Resource, Scope, SigningKey
from tests.admin import rows
from tests.admin.operators import add_url, operator, url
from tests.factories import ApplicationFactory, UserFactory

pytestmark = pytest.mark.django_db

MANY = 60
# The longest choice there may be: that of something the code lists, such as icons.
MAX_OPTIONS = 24


def longest_choice(page: str) -> int:
    return max((choice.count("<option") for choice in re.findall(r"<select.*?</select>", page, re.S)), default=0)


def test_no_page_offers_a_choice_of_all_users_or_clients():
    users = [UserFactory() for _number in range(MANY)]
    applications = [ApplicationFactory() for _number in range(MANY)]
    ClientMember.objects.create(application=applications[0], user=users[0])
    made = [make(users[0], applications[0]) for make in (rows.authorization, rows.consent, rows.access_token)]
    made += [rows.refresh_token(users[0], applications[0]), rows.logout_delivery(application=applications[0])]
    addresses = [add_url(), url(applications[0]), url(Resource, "add"), url(Scope, "add"), url(SigningKey, "rotate")]
    addresses += [url(type(row), "changelist") for row in made] + [url(row) for row in made]
    addresses += [url(application_model(), "changelist")]
    for browser in (operator(), operator("oauth2_provider.change_application", "oauth_provider.change_clientmember")):
        for address in addresses:
            answer = browser.get(address)
            if answer.status_code == 200:
                assert longest_choice(answer.content.decode()) <= MAX_OPTIONS, address
