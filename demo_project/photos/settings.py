"""The photos service: no database, no users, no sessions. Whom it may trust comes from the environment."""

import os
from urllib.parse import urlsplit

from django.core.management.utils import get_random_secret_key

from demo_project import addresses

SECRET_KEY = get_random_secret_key()  # nothing is signed here
DEBUG = os.environ.get("DEBUG", "1") == "1"
ALLOWED_HOSTS = ["127.0.0.1", "localhost", "[::1]", urlsplit(addresses.PHOTOS).hostname or ""]

DATABASES: dict[str, object] = {}
INSTALLED_APPS = ["rest_framework", "oauth_provider.resource_server"]
MIDDLEWARE = ["django.middleware.security.SecurityMiddleware", "django.middleware.common.CommonMiddleware"]
ROOT_URLCONF = "demo_project.photos.urls"

OAUTH_RESOURCE_SERVER = {
    # A token for this service alone is a JWT, and is verified here; about any other the issuer is asked.
    "VERIFIER": "oauth_provider.resource_server.verifiers.JWTOrIntrospectionVerifier",
    "RESOURCE": addresses.PHOTOS_RESOURCE,
    "RESOURCE_NAME": "Photos",
    "AUTHORIZATION_SERVERS": [addresses.ISSUER],
    "INTROSPECTION": {
        "URL": f"{addresses.ISSUER}/oauth/introspect",
        "CLIENT_ID": os.environ.get("PHOTOS_CLIENT_ID", "demo-photos"),
        "CLIENT_SECRET": os.environ.get("PHOTOS_CLIENT_SECRET", "unknown"),
    },
}

REST_FRAMEWORK = {
    "UNAUTHENTICATED_USER": None,
    "DEFAULT_AUTHENTICATION_CLASSES": ["oauth_provider.rest_framework.authentication.OAuthAuthentication"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
}

TIME_ZONE = "UTC"
USE_TZ = True
