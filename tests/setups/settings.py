"""A small project in one of the set-ups that must work, chosen by ``SETUP``; ``ALONE`` takes our app out again.

``ADMIN`` puts Django's admin in, ``first`` or ``last``; ``ADMIN_CLASS`` is the project's own for its clients.
"""

import os

OURS, DOT = "oauth_provider", "oauth2_provider"
SETUP = os.environ["SETUP"]
ALONE = "ALONE" in os.environ

SWAPPED = {
    f"OAUTH2_PROVIDER_{setting}_MODEL": f"swapped.{model}"
    for setting, model in {
        "APPLICATION": "Application",
        "GRANT": "Grant",
        "ID_TOKEN": "IDToken",
        "ACCESS_TOKEN": "AccessToken",
        "REFRESH_TOKEN": "RefreshToken",
    }.items()
}
# The apps of each set-up in their order, and what else it sets.
SETUPS = {
    "dot_first": ((DOT, OURS), {}),
    "dot_last": ((OURS, DOT), {}),
    "swapped": ((DOT, "tests.setups.swapped", OURS), SWAPPED),
    "swapped_dot_last": ((OURS, "tests.setups.swapped", DOT), SWAPPED),
    "swapped_late": ((DOT, OURS, "tests.setups.late"), {"OAUTH2_PROVIDER_APPLICATION_MODEL": "late.Application"}),
    "uuid_user": (("tests.setups.people", DOT, OURS), {"AUTH_USER_MODEL": "people.Person"}),
    "text_user": ((OURS, DOT, "tests.setups.people"), {"AUTH_USER_MODEL": "people.Member"}),
    "no_time_zones": ((DOT, OURS), {"USE_TZ": False, "TIME_ZONE": "America/New_York"}),
}
apps, options = SETUPS[SETUP]

SECRET_KEY = "a key for a project that lives for two seconds"
ALLOWED_HOSTS = ["testserver", "auth.example.com"]
INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "rest_framework",
    *(app for app in apps if app != OURS or not ALONE),
]
MIDDLEWARE = [
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
]
TEMPLATES = [{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True}]
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": os.environ["DATABASE"],
        "OPTIONS": {"init_command": "PRAGMA synchronous=OFF; PRAGMA journal_mode=MEMORY;"},
    }
}
# A secret costs microseconds here.
PASSWORD_HASHERS = [f"django.contrib.auth.hashers.{name}PasswordHasher" for name in ("MD5", "PBKDF2")]
ROOT_URLCONF = "tests.setups.alone_urls" if ALONE else "tests.setups.urls"
STATIC_URL = "static/"
# Nobody looks at its pages, and what their style comes from need not be collected.
SILENCED_SYSTEM_CHECKS = ["oauth_provider.W120"]
USE_TZ = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
OAUTH2_PROVIDER = {"SCOPES": {"read": "Read", "write": "Write"}}
if not ALONE:
    OAUTH_PROVIDER = {"ISSUER": "https://auth.example.com"}
if "ADMIN" in os.environ:
    place = 0 if os.environ["ADMIN"] == "first" else len(INSTALLED_APPS)
    INSTALLED_APPS[place:place] = ["django.contrib.admin", "django.contrib.messages"]
    MIDDLEWARE.append("django.contrib.messages.middleware.MessageMiddleware")
    names = ("template.context_processors.request", "contrib.auth.context_processors.auth")
    names += ("contrib.messages.context_processors.messages",)
    TEMPLATES[0]["OPTIONS"] = {"context_processors": [f"django.{name}" for name in names]}
    ROOT_URLCONF = "tests.setups.operator_urls"
if "ADMIN_CLASS" in os.environ:
    OAUTH2_PROVIDER["APPLICATION_ADMIN_CLASS"] = os.environ["ADMIN_CLASS"]
globals().update(options)
