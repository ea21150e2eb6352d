"""The module that docs/how-to/sign-in-mozilla-django-oidc.md prints, with this provider's address."""

from django.conf import settings

from tests.printed import printed

SOURCE = printed("how-to/sign-in-mozilla-django-oidc.md", "wiki/oidc.py")
exec(compile(SOURCE.replace("https://auth.example.com/oauth/logout", settings.END_SESSION_ENDPOINT), "oidc.py", "exec"))
