"""The admin in a project of its own: ``python -m tests.setups.operator``. Prints who stands where."""

import io
import re

import django

django.setup()

from django.apps import apps  # noqa: E402
from django.conf import settings  # noqa: E402
from django.contrib import admin  # noqa: E402
from django.contrib.auth import get_user_model  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.test import Client as Browser  # noqa: E402
from django.urls import reverse  # noqa: E402

from oauth_provider.dot.names import application_model  # noqa: E402
from tests.driver import Driver  # noqa: E402

FORM = {"name": "A service", "kind": "service", "every_scope": "on"}


def url(model, view, *arguments):
    """A page of the admin."""
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{view}", args=arguments)


def use():
    """Make a client, use it, look at every list, and delete it."""
    model, browser = application_model(), Browser()
    browser.force_login(get_user_model()._default_manager.create_superuser("operator", "", "x"))
    draft = re.search(r'name="draft" value="([^"]+)"', browser.get(url(model, "add")).content.decode())[1]
    answer = browser.post(url(model, "add"), FORM | {"draft": draft}).content.decode()
    application = model.objects.get()
    application.secret = re.search(r"ocs_\w+", answer)[0]
    assert Driver(application).token(grant_type="client_credentials", scope="read").status_code == 200
    page = browser.get(url(model, "change", application.pk)).content.decode()
    for column in ("about", "team"):
        if hasattr(application, column):
            assert f'name="{column}"' in page
    for registered in admin.site._registry:
        assert browser.get(url(registered, "changelist")).status_code == 200, registered
    assert browser.post(url(model, "delete", application.pk), {"post": "yes"}).status_code == 302
    assert not model.objects.exists()


def main():
    # Tables are made of the models: test_setups.py migrates each of these projects, and it takes long.
    settings.MIGRATION_MODULES = dict.fromkeys((app.label for app in apps.get_app_configs()), None)
    call_command("check", fail_level="WARNING", stdout=io.StringIO())
    places = {model.__name__: type(model_admin) for model, model_admin in admin.site._registry.items()}
    is_ours = not places["Application"].__module__.startswith("tests.setups.own_admin")
    if is_ours and hasattr(get_user_model()._default_manager, "create_superuser"):
        call_command("migrate", verbosity=0, run_syncdb=True)
        use()
    for name in sorted(places):
        print(name, f"{places[name].__module__}.{places[name].__name__}")  # noqa: T201 - the test reads it


if __name__ == "__main__":
    main()
