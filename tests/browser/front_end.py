"""The demo with the consent page of ``docs/examples/front_end``."""

from demo_project.settings import *  # noqa: F403
from demo_project.settings import INSTALLED_APPS, OAUTH_PROVIDER

INSTALLED_APPS = [*INSTALLED_APPS, "docs.examples.front_end"]
OAUTH_PROVIDER = {**OAUTH_PROVIDER, "CONSENT_URL": "/front/consent/"}
ROOT_URLCONF = "tests.browser.front_end_urls"
