"""The demo in the clothes of ``docs/examples/branding``, whose templates have to come before the demo's own."""

from demo_project.settings import *  # noqa: F403
from demo_project.settings import BASE_DIR, TEMPLATES

BRANDING = BASE_DIR / "docs" / "examples" / "branding"
TEMPLATES = [{**TEMPLATES[0], "DIRS": [BRANDING / "templates", *TEMPLATES[0]["DIRS"]]}]
STATICFILES_DIRS = [BRANDING / "static"]
