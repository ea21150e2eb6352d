"""Mistakes of newcomers: what is written, what is told, and what it is told to do about it."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Mistake:
    """One mistake: what is added to a fresh project, and pieces of what it is told.

    ``fatal`` ones stop ``check`` and ``migrate``; the others go on.
    """

    told: str
    remedy: str
    settings: str = ""
    urls: str = ""
    files: Mapping[str, str] = field(default_factory=dict)
    fatal: bool = False
    command: tuple[str, ...] = ("check",)


OFF = 'DEBUG = False\nALLOWED_HOSTS = ["auth.example.com"]\nSTATIC_ROOT = BASE_DIR / "static"\n'
ISSUER = 'OAUTH_PROVIDER = {"ISSUER": "https://auth.example.com"}\n'
VIEW = """
from rest_framework.response import Response
from rest_framework.views import APIView
from oauth_provider.rest_framework.authentication import OAuthAuthentication
from oauth_provider.rest_framework.permissions import HasScopes

class Notes(APIView):
    def get(self, request):
        return Response({})
"""
SERVED = '\nurlpatterns += [path("notes", Notes.as_view())]\n'
SESSION = '"django.contrib.sessions.middleware.SessionMiddleware"'

MISTAKES: dict[str, Mistake] = {
    "no django-oauth-toolkit": Mistake(
        settings='INSTALLED_APPS.remove("oauth2_provider")',
        told="ImproperlyConfigured: oauth_provider needs more in INSTALLED_APPS",
        remedy="add 'oauth2_provider'",
        fatal=True,
    ),
    "no users": Mistake(
        settings='INSTALLED_APPS = ["django.contrib.contenttypes", "oauth2_provider", "oauth_provider"]',
        told="ImproperlyConfigured: oauth_provider needs more in INSTALLED_APPS",
        remedy="add 'django.contrib.auth'",
        fatal=True,
    ),
    "a login page by a name that is none": Mistake(
        settings='LOGIN_URL = "signin"',
        told="(oauth_provider.E111) LOGIN_URL is 'signin', which is no URL and no name of one",
        remedy='add path("accounts/", include(oauth.accounts))',
        fatal=True,
    ),
    "no login page": Mistake(
        urls='urlpatterns = [one for one in urlpatterns if "accounts" not in str(one.pattern)]',
        told="(oauth_provider.W111) LOGIN_URL is '/accounts/login/', and this site serves nothing at /accounts/login/",
        remedy='add path("accounts/", include(oauth.accounts))',
    ),
    "a login page without its first slash": Mistake(
        settings='LOGIN_URL = "accounts/login/"',
        told="(oauth_provider.W111) LOGIN_URL is 'accounts/login/', and this site serves nothing at /oauth/accounts/",
        remedy='Begin it with a slash: LOGIN_URL = "/accounts/login/".',
    ),
    "a login page without a template": Mistake(
        urls="from django.contrib.auth.views import LoginView\n"
        'urlpatterns.insert(0, path("accounts/login/", LoginView.as_view(template_name="sign_in.html")))',
        told="(oauth_provider.E112) The login page at /accounts/login/ cannot be shown: the template sign_in.html does",
        remedy="Make the template in one of the directories of TEMPLATES.",
        fatal=True,
    ),
    "no URLs": Mistake(
        urls='urlpatterns = [path("admin/", admin.site.urls)]',
        told="(oauth_provider.I113) No URL of the provider is served.",
        remedy='Add path("", include("oauth_provider.urls"))',
    ),
    "URLs below a prefix": Mistake(
        urls='urlpatterns[-1:] = [path("auth/", include("oauth_provider.urls"))]',
        told="(oauth_provider.W003) /.well-known/oauth-authorization-server is not served.",
        remedy="Add *oauth_provider.urls.well_known to the project's root urlpatterns.",
    ),
    "URLs twice": Mistake(
        urls='urlpatterns += [path("auth/", include("oauth_provider.urls"))]',
        told="(oauth_provider.W127) The URLs of the provider are included at / and at /auth/.",
        remedy="Take all but one of them out",
    ),
    "scopes as a list": Mistake(
        settings='OAUTH_PROVIDER = {"SCOPES": ["notes:read"]}',
        told="(oauth_provider.E013) OAUTH_PROVIDER['SCOPES'] cannot be used.",
        remedy='each with words for people: {"notes:read": "Read your notes"}.',
        fatal=True,
    ),
    "scopes as a list of django-oauth-toolkit's": Mistake(
        settings='OAUTH2_PROVIDER = {"SCOPES": ["notes:read"]}',
        told="(oauth_provider.E013) OAUTH2_PROVIDER['SCOPES'] cannot be used.",
        remedy='each with words for people: {"notes:read": "Read your notes"}.',
        fatal=True,
    ),
    "a scope without words": Mistake(
        settings='OAUTH_PROVIDER = {"SCOPES": {"notes:read": None}}',
        told="(oauth_provider.E114) The scope 'notes:read' has None for words.",
        remedy="Write what a person reads",
        fatal=True,
    ),
    "a scope that is none": Mistake(
        settings='OAUTH_PROVIDER = {"SCOPES": {"read notes": "Read", 7: "Seven"}}',
        told="(oauth_provider.E011) 'read notes' in SCOPES is no scope token.",
        remedy='such as "notes:read"',
        fatal=True,
    ),
    "a default scope that is misspelt": Mistake(
        settings='OAUTH_PROVIDER = {"SCOPES": {"notes:read": "Read"}, "DEFAULT_SCOPES": ["notes:raed"]}',
        told="(oauth_provider.E012) 'notes:raed' in DEFAULT_SCOPES is not among the scopes.",
        remedy="Did you mean 'notes:read'?",
        fatal=True,
    ),
    "a misspelt setting": Mistake(
        settings='OAUTH_PROVIDER = {"ISUER": "https://auth.example.com"}',
        told="(oauth_provider.E010) OAUTH_PROVIDER has no setting 'ISUER'.",
        remedy="Did you mean 'ISSUER'?",
        fatal=True,
    ),
    "a setting of django-oauth-toolkit's": Mistake(
        settings='OAUTH_PROVIDER = {"REFRESH_TOKEN_EXPIRE_SECONDS": 60}',
        told="(oauth_provider.E010) OAUTH_PROVIDER has no setting 'REFRESH_TOKEN_EXPIRE_SECONDS'.",
        remedy="replaced here: by `AUTHORIZATION_IDLE_LIFETIME`",
        fatal=True,
    ),
    "our setting in django-oauth-toolkit's dictionary": Mistake(
        settings='OAUTH2_PROVIDER = {"ISSUER": "http://127.0.0.1:8000"}',
        told='(oauth_provider.W122) OAUTH2_PROVIDER["ISSUER"] has no effect',
        remedy="Move it to OAUTH_PROVIDER.",
    ),
    "a misspelt dictionary": Mistake(
        settings='OAUTH_PROVIDERS = {"ISSUER": "http://127.0.0.1:8000"}',
        told="(oauth_provider.W123) Nobody reads the setting OAUTH_PROVIDERS.",
        remedy="Did you mean OAUTH_PROVIDER?",
    ),
    "a misspelt setting of the resource server": Mistake(
        settings='OAUTH_RESOURCE_SERVER = {"AUDIENCE": ["https://api.example.com"]}',
        told="(oauth_resource_server.E004) OAUTH_RESOURCE_SERVER has no key 'AUDIENCE'.",
        remedy="Did you mean 'AUDIENCES'?",
        fatal=True,
    ),
    "no issuer, and DEBUG off": Mistake(
        settings=OFF,
        told='(oauth_provider.W115) DEBUG is off, and OAUTH_PROVIDER["ISSUER"] is not set',
        remedy='"https://auth.example.com"',
    ),
    "no issuer where it is deployed": Mistake(
        settings=OFF,
        told='(oauth_provider.E001) OAUTH_PROVIDER["ISSUER"] is not set.',
        remedy="Set it to this server's https URL without a slash at its end",
        command=("check", "--deploy"),
        fatal=True,
    ),
    "an issuer in clear": Mistake(
        settings=OFF + ISSUER.replace("https", "http"),
        told="(oauth_provider.E002) OAUTH_PROVIDER[\"ISSUER\"] is 'http://auth.example.com'",
        remedy="It must be an https URL",
        fatal=True,
    ),
    "an issuer with a slash": Mistake(
        settings='OAUTH_PROVIDER = {"ISSUER": "http://127.0.0.1:8000/"}',
        told="(oauth_provider.E002) OAUTH_PROVIDER[\"ISSUER\"] is 'http://127.0.0.1:8000/'",
        remedy='Write "http://127.0.0.1:8000".',
        fatal=True,
    ),
    "an issuer that is not served": Mistake(
        settings=ISSUER,
        told="(oauth_provider.W116) OAUTH_PROVIDER[\"ISSUER\"] is at 'auth.example.com', which ALLOWED_HOSTS does not",
        remedy="Or leave ISSUER out while DEBUG is on",
    ),
    "no templates of apps": Mistake(
        settings='TEMPLATES[0]["APP_DIRS"] = False',
        told="(oauth_provider.E117) The templates of oauth_provider are not found",
        remedy='Set "APP_DIRS": True in TEMPLATES.',
        fatal=True,
    ),
    "no sessions": Mistake(
        settings=f"MIDDLEWARE.remove({SESSION})",
        told="(oauth_provider.E118) MIDDLEWARE has no SessionMiddleware",
        remedy="Add 'django.contrib.sessions.middleware.SessionMiddleware' to MIDDLEWARE.",
        fatal=True,
    ),
    "sessions behind authentication": Mistake(
        settings=f"MIDDLEWARE.remove({SESSION})\nMIDDLEWARE.append({SESSION})",
        told="(oauth_provider.E118) MIDDLEWARE has SessionMiddleware behind AuthenticationMiddleware",
        remedy="Put 'django.contrib.sessions.middleware.SessionMiddleware' before",
        fatal=True,
    ),
    "no authentication middleware": Mistake(
        settings='MIDDLEWARE.remove("django.contrib.auth.middleware.AuthenticationMiddleware")',
        told="(oauth_provider.W117) MIDDLEWARE has no AuthenticationMiddleware",
        remedy="Add 'django.contrib.auth.middleware.AuthenticationMiddleware' to MIDDLEWARE",
        fatal=True,  # says the admin
    ),
    "a session cookie that stays at home": Mistake(
        settings='SESSION_COOKIE_SAMESITE = "Strict"',
        told="(oauth_provider.W118) SESSION_COOKIE_SAMESITE is 'Strict'",
        remedy="Set it to 'Lax'",
    ),
    "no static files": Mistake(
        settings='INSTALLED_APPS.remove("django.contrib.staticfiles")',
        told="(oauth_provider.W119) The static files of oauth_provider are not found",
        remedy="Add 'django.contrib.staticfiles' to INSTALLED_APPS.",
    ),
    "static files that nobody collected": Mistake(
        settings=OFF + ISSUER,
        told="(oauth_provider.W120) DEBUG is off, so Django serves no static files, and oauth_provider/oauth.css is",
        remedy="run manage.py collectstatic at each deployment",
    ),
    "an open view": Mistake(
        urls=VIEW + "    authentication_classes = [OAuthAuthentication]" + SERVED,
        told="(oauth_resource_server.W124) shop.urls.Notes takes access tokens and asks for none: anybody may call GET",
        remedy='Add permission_classes = [HasScopes("...")], or [AllowAny] where that is meant.',
    ),
    "a view that takes no tokens": Mistake(
        urls=VIEW + '    permission_classes = [HasScopes("read")]' + SERVED,
        told="(oauth_resource_server.W125) shop.urls.Notes asks for scopes, and none of its authentication classes",
        remedy="Add authentication_classes = [OAuthAuthentication]",
    ),
    "a scope of a view that is misspelt": Mistake(
        urls=VIEW
        + '    authentication_classes = [OAuthAuthentication]\n    permission_classes = [HasScopes("raed")]'
        + SERVED,
        told="(oauth_provider.E041) shop.urls.Notes needs the scope 'raed', which there is not.",
        remedy="Did you mean 'read'?",
        fatal=True,
    ),
    "no rest_framework": Mistake(
        settings='INSTALLED_APPS.remove("rest_framework")',
        urls=VIEW
        + '    authentication_classes = [OAuthAuthentication]\n    permission_classes = [HasScopes("read")]'
        + SERVED,
        told="(oauth_resource_server.W126) shop.urls.Notes needs the templates of 'rest_framework'",
        remedy="Add 'rest_framework' to INSTALLED_APPS",
    ),
    "django-cors-headers before our endpoints": Mistake(
        settings='MIDDLEWARE.insert(0, "corsheaders.middleware.CorsMiddleware")',
        files={
            "corsheaders/middleware.py": "def CorsMiddleware(get_response):\n    return get_response",
            "corsheaders/signals.py": "from django.dispatch import Signal\n\ncheck_request_enabled = Signal()",
        },
        told="(oauth_provider.W062) django-cors-headers answers the preflights of the OAuth endpoints",
        remedy="CORS_URLS_REGEX",
    ),
}
