"""What ``manage.py oauth_sweep`` says, in the order in which it works."""

import pytest

from tests.sweeping.test_sweep import sweep

pytestmark = pytest.mark.django_db


def test_it_says_what_it_did():
    assert list(sweep()) == [
        "pending requests deleted",
        "sealed answers blanked",
        "access tokens deleted",
        "last uses of consents forgotten",
        "last uses of consents noted",
        "unused consents announced to end",
        "unused consents ended",
        "authorizations deleted",
        "revoked tokens deleted",
        "messages deleted",
        "consent receipts closed",
        "consent receipts deleted",
        "audit events deleted",
        "client secrets deleted",
        "invitations deleted",
        "initial access tokens deleted",
        "registered clients noted as idle",
        "registered clients noted as in use",
        "registered clients deleted",
        "private halves of signing keys blanked",
    ]
