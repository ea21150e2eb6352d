"""The demo in the clothes of ``docs/examples/branding``, which the demo's own templates would hide if it were an app."""

from demo_project.settings import *  # noqa: F403
from demo_project.settings import BASE_DIR, TEMPLATES

BRANDING = BASE_DIR / "docs" / "examples" / "branding"
TEMPLATES = [{**TEMPLATES[0], "DIRS": [BRANDING / "templates", *TEMPLATES[0]["DIRS"]]}]
STATICFILES_DIRS = [BRANDING / "static"]
