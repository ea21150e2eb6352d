"""Check of templates: ours are found, or it is said what is missing for it."""

from typing import Any

from oauth_provider.checks import templates
from oauth_provider.checks.templates import BASE, DJANGO, LOADER
from tests.checks.messages import said
from tests.checks.urlconf import Root
from tests.each import each

LOCMEM = "django.template.loaders.locmem.Loader"


def engine(**changes: Any) -> dict[str, Any]:
    return {"BACKEND": DJANGO, "APP_DIRS": True, "OPTIONS": {}} | changes


@each(
    "engines",
    [
        [engine()],
        [engine(APP_DIRS=False, OPTIONS={"loaders": [LOADER]})],
        [engine(APP_DIRS=False, OPTIONS={"loaders": [(LOCMEM, {BASE: "A project's own"})]})],
        [engine(APP_DIRS=False, NAME="first"), engine(NAME="second")],
    ],
)
def test_templates_that_are_found_are_fine(settings: Any, engines: list[Any]) -> None:
    settings.TEMPLATES = engines
    assert said(templates.check_templates) == []


@each(
    ("engines", "hint"),
    [
        ([engine(APP_DIRS=False)], 'Set "APP_DIRS": True in TEMPLATES.'),
        ([{"BACKEND": DJANGO}], 'Set "APP_DIRS": True in TEMPLATES.'),
        (
            [engine(APP_DIRS=False, OPTIONS={"loaders": [(LOCMEM, {})]})],
            f'Add "{LOADER}" to the loaders in TEMPLATES.',
        ),
        ([], f'Add {{"BACKEND": "{DJANGO}", "APP_DIRS": True}} to TEMPLATES.'),
    ],
)
def test_templates_that_are_not_found_are_an_error(settings: Any, engines: list[Any], hint: str) -> None:
    settings.TEMPLATES = engines
    (message,) = templates.check_templates(None)
    assert (message.id, message.hint) == ("oauth_provider.E117", hint)


def test_a_template_of_the_projects_that_cannot_be_parsed_is_an_error(settings: Any) -> None:
    settings.TEMPLATES = [engine(APP_DIRS=False, OPTIONS={"loaders": [(LOCMEM, {BASE: "{% block %}"})]})]
    assert said(templates.check_templates) == ["E117"]


def test_a_process_without_our_pages_needs_no_templates(settings: Any) -> None:
    settings.TEMPLATES, settings.ROOT_URLCONF = [], Root()
    assert said(templates.check_templates) == []
