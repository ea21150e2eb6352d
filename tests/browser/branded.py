"""The demo in the clothes of ``docs/examples/branding``."""

from demo_project.settings import *  # noqa: F403
from demo_project.settings import INSTALLED_APPS

INSTALLED_APPS = ["docs.examples.branding", *INSTALLED_APPS]
