"""Problems of a project that keep a first flow from working (RFC 6749 §4): each with what to do, and what to paste."""

import io
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core import checks
from django.core.exceptions import DisallowedHost
from django.core.management import CommandError, call_command
from django.db import Error as AnyDatabaseError
from django.db import router
from django.http import HttpRequest

from oauth_provider.clients.registration.kinds import Kind, Redirects
from oauth_provider.conf import provider_settings
from oauth_provider.dot.names import application_model
from oauth_provider.quickstart.draft import Draft, is_registered
from oauth_provider.quickstart.literal import python_literal
from oauth_provider.quickstart.server import DEFAULT_URL, Server

ERROR, WARNING = "error", "warning"
PASTE_URLS = """from django.urls import include, path

urlpatterns += [path("", include("oauth_provider.urls"))]"""
PASTE_WELL_KNOWN = """from oauth_provider.urls import well_known

urlpatterns += well_known"""
PASTE_LOGIN = """from django.urls import include, path
from oauth_provider import urls as oauth

urlpatterns += [path("accounts/", include(oauth.accounts))]"""
# The apps whose tables a first flow writes; oauth_provider's migrations depend on those of users and of DOT.
MIGRATED = ("oauth_provider", "sessions")


@dataclass(frozen=True, slots=True)
class Problem:
    """Problem with a permanent ``id``: that of a system check, or a word. ``paste`` is code, or a command."""

    level: str
    id: str
    message: str
    hint: str
    paste: str = ""

    @property
    def is_error(self) -> bool:
        """Would no flow work?"""
        return self.level == ERROR


@dataclass(frozen=True, slots=True)
class Situation:
    """The project as it would serve a client of ``kind``; None where nobody has said which yet."""

    server: Server
    kind: Kind | None = None

    @property
    def signs_people_in(self) -> bool:
        """Does a client of this kind send people here?"""
        return self.kind is not None and self.kind.redirects is not Redirects.NOWHERE


Finder = Callable[[Situation], Iterable[Problem]]


def find_problems(situation: Situation) -> tuple[Problem, ...]:
    """Return all problems, errors first. Where the tables are not there, nothing that looks into them is asked."""
    found = [*find_missing_tables(situation)]
    finders = FINDERS if found else (*FINDERS, *FINDERS_IN_TABLES)
    found += [problem for finder in finders for problem in finder(situation)]
    return tuple(sorted(dict.fromkeys(found), key=lambda problem: not problem.is_error))


def find_problems_of_draft(draft: Draft) -> Iterator[Problem]:
    """Find what a client that names an API lacks of the settings, until they are added in this order."""
    lacks_resource = bool(draft.resource) and not is_registered(draft.resource)
    if lacks_resource:
        yield Problem(
            WARNING,
            "resource",
            f"Tokens for {draft.resource} are refused: no such API is registered.",
            "Add it, with the name that people read.",
            _resource_setting(python_literal(draft.resource), python_literal(draft.name)),
        )
    if draft.kind.usual_resource and not provider_settings.ISSUER:
        yield Problem(
            WARNING,
            "issuer",
            "No issuer is set, and MCP clients look for the server by its name.",
            "Set it; under DEBUG http will do.",
            _setting("ISSUER", python_literal(DEFAULT_URL), is_there=lacks_resource),
        )


def find_missing_tables(situation: Situation) -> Iterator[Problem]:
    """Find a database that does not answer, or whose migrations were not applied."""
    for label in MIGRATED:
        try:
            is_applied = _is_applied(label)
        except AnyDatabaseError as error:
            message = f"The database does not answer: {str(error).strip().partition(chr(10))[0]}"
            yield Problem(ERROR, "database", message, "Correct DATABASES in the settings, or start it.")
            return
        if not is_applied:
            message = "Tables are missing: migrations are not applied."
            yield Problem(ERROR, "migrations", message, "Apply them.", "python manage.py migrate")
            return


def find_failed_checks(situation: Situation) -> Iterator[Problem]:
    """Find what the system checks say, Django's and ours, but for what is only for a deployment."""
    for message in checks.run_checks():
        if message.level < checks.WARNING or message.is_silenced():
            continue
        id = message.id or ""
        if id in OF_PEOPLE and not situation.signs_people_in:
            continue
        level = ERROR if message.level >= checks.ERROR or id in FATAL else WARNING
        place = f"{message.obj}: " if isinstance(message.obj, str) else ""
        paste = PASTES.get(id, _nothing)(situation)
        yield Problem(level, id, f"{place}{message.msg}", message.hint or "", paste)


def find_missing_urls(situation: Situation) -> Iterator[Problem]:
    """Find URLs that are not included, or whose metadata no program finds."""
    if "token_endpoint" not in situation.server.endpoints:
        yield Problem(
            ERROR,
            "urls",
            "The URLs of oauth_provider are not included.",
            f"Add them to {settings.ROOT_URLCONF}.",
            PASTE_URLS,
        )
    elif not situation.server.discovery:
        yield Problem(
            ERROR,
            "discovery",
            f"No metadata of {situation.server.issuer} is served, and programs look for it.",
            f"Add it to {settings.ROOT_URLCONF}.",
            PASTE_WELL_KNOWN,
        )


def find_refused_host(situation: Situation) -> Iterator[Problem]:
    """Find an address of ``--url`` that Django would refuse. Of an issuer in the settings a check speaks."""
    if provider_settings.ISSUER or not settings.DEBUG:
        return
    parts = urlsplit(situation.server.issuer)
    request = HttpRequest()
    request.META = {"HTTP_HOST": parts.netloc, "SERVER_NAME": parts.hostname or "", "SERVER_PORT": "80"}
    try:
        request.get_host()
    except DisallowedHost:
        yield Problem(
            ERROR,
            "host",
            f"Requests to {parts.netloc} are answered 400: it is not in ALLOWED_HOSTS.",
            "Add it.",
            _allowed_hosts(situation),
        )


def find_missing_users(situation: Situation) -> Iterator[Problem]:
    """Find a project in which nobody could log in yet."""
    if situation.signs_people_in and not get_user_model()._default_manager.exists():
        message = "There is no user yet who could log in."
        yield Problem(WARNING, "users", message, "Make one.", "python manage.py createsuperuser")


FINDERS: tuple[Finder, ...] = (
    find_failed_checks,
    find_missing_urls,
    find_refused_host,
)
FINDERS_IN_TABLES: tuple[Finder, ...] = (find_missing_users,)


def _allowed_hosts(situation: Situation) -> str:
    host = urlsplit(situation.server.issuer).hostname or ""
    return f"ALLOWED_HOSTS = [*ALLOWED_HOSTS, {python_literal(f'[{host}]' if ':' in host else host)}]"


def _nothing(situation: Situation) -> str:
    return ""


def _setting(name: str, literal: str, *, is_there: bool = False) -> str:
    """Return a line that sets it: in the dictionary of the project, or in a new one."""
    if is_there or hasattr(settings, "OAUTH_PROVIDER"):
        return f'OAUTH_PROVIDER["{name}"] = {literal}'
    return f'OAUTH_PROVIDER = {{"{name}": {literal}}}'


def _resource_setting(identifier: str, name: str) -> str:
    if provider_settings.RESOURCES:
        return f'OAUTH_PROVIDER["RESOURCES"][{identifier}] = {name}'
    return _setting("RESOURCES", f"{{{identifier}: {name}}}")


def _is_applied(label: str) -> bool:
    """Are all migrations of an app applied? One without any has nothing to apply."""
    alias = router.db_for_write(application_model())
    try:
        call_command("migrate", label, check_unapplied=True, database=alias, verbosity=0, stdout=io.StringIO())
    except CommandError:
        return True
    except SystemExit:
        return False
    return True


# Checks that only warn, since not everybody who runs them serves people; a first flow fails by each.
FATAL = frozenset({"oauth_provider.W111", "oauth_provider.W115", "oauth_provider.W116"})
# Those that a client which sends nobody here does not mind.
OF_PEOPLE = frozenset({"oauth_provider.W111"})
PASTES: Mapping[str, Callable[[Situation], str]] = {
    "oauth_provider.E111": lambda situation: PASTE_LOGIN,
    "oauth_provider.W111": lambda situation: PASTE_LOGIN,
    "oauth_provider.W115": lambda situation: _setting("ISSUER", '"https://auth.example.com"'),
    "oauth_provider.W116": _allowed_hosts,
}
