"""Sphinx's configuration: the pages of ``docs/``, and reference pages made from the code (``docs/_ext``)."""

import os
import sys
from pathlib import Path

import django

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

# The reference is read off the models, the URLs and the commands of a project that has everything installed.
os.environ.pop("DATABASE_URL", None)
os.environ.pop("CACHE_URL", None)
os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
django.setup()

from oauth_provider import __version__  # noqa: E402

project = "oauth_provider"
author = "The oauth_provider authors"
project_copyright = author
version = release = __version__
language = "en"
# Quotes of messages and of code are to be found, and pasted, as they are.
smartquotes = False

extensions = [
    "myst_parser",
    "sphinx.ext.autodoc",
    "sphinx_copybutton",
    "docs._ext.console",
    "docs._ext.from_code",
    "docs._ext.repository",
    "docs._ext.llms",
]
source_suffix = {".md": "markdown"}
exclude_patterns = ["_build", "_ext", "examples"]

# A link that leads nowhere is a warning, and `make docs` takes no warning.
nitpicky = True
# Types in signatures belong to packages whose pages are elsewhere: nothing is fetched to find out where.
nitpick_ignore_regex = [(r"py:.*", r".*")]

myst_heading_anchors = 4
myst_enable_extensions = ["deflist"]

autodoc_member_order = "bysource"
autodoc_typehints_format = "short"
autodoc_preserve_defaults = True
add_module_names = False
toc_object_entries = False

copybutton_prompt_text = "$ "
copybutton_line_continuation_character = "\\"

html_theme = "furo"
html_title = "oauth_provider"
html_short_title = "oauth_provider"
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_copy_source = False
html_show_sphinx = False
html_show_copyright = False
# The accent of the pages that people see (oauth_provider/oauth.css).
html_theme_options = {
    "light_css_variables": {
        "color-brand-primary": "#1a56db",
        "color-brand-content": "#1a56db",
        "color-brand-visited": "#1a56db",
    },
    "dark_css_variables": {
        "color-brand-primary": "#8ab4ff",
        "color-brand-content": "#8ab4ff",
        "color-brand-visited": "#8ab4ff",
    },
    "navigation_with_keys": False,
    "footer_icons": [],
}
