"""Presence of Django REST framework: where it is missing, whoever imports a guard for it is told how to get it."""

from importlib.util import find_spec

from django.core.exceptions import ImproperlyConfigured

if find_spec("rest_framework") is None:
    raise ImproperlyConfigured(
        "oauth_provider.rest_framework needs Django REST framework: pip install djangorestframework, and add "
        '"rest_framework" to INSTALLED_APPS. Plain Django views have oauth_provider.resource_server.views.'
    )
