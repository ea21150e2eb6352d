"""A project that has no page of its own: what the browser sees of it is ours. ``LANGUAGE`` is that of its pages."""

import os

from tests.settings import *  # noqa: F403
from tests.settings import OAUTH_PROVIDER

DEBUG = True  # or nobody serves the stylesheet
LANGUAGE_CODE = os.environ.get("LANGUAGE", "en")
ROOT_URLCONF = "tests.browser.plain_urls"
OAUTH_PROVIDER = {**OAUTH_PROVIDER, "ISSUER": f"http://127.0.0.1:{os.environ.get('PORT', '8000')}"}

PEOPLE = """
from django.contrib.auth import get_user_model
from oauth_provider.testing import create_client
get_user_model().objects.create_user("ann", password="correct horse", is_staff=True)
client = create_client("browser", "Photo Book", redirect_uris=["https://photos.example.com/callback"])
print(client.client_id)
"""
