"""``manage.py oauth_walk``: plays client and browser against a running server (RFC 6749), and shows every step."""

import getpass
import json
import os
import sys
from argparse import ArgumentParser
from dataclasses import dataclass, field, replace
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.core.management.color import no_style

from oauth_provider.conf import provider_settings
from oauth_provider.walk.run import Result, run
from oauth_provider.walk.scene import Credentials, Grant, Target
from oauth_provider.walk.table import GRANTS
from oauth_provider.walk.transcript.masking import Mask
from oauth_provider.walk.transcript.screen import Screen
from oauth_provider.walk.transcript.transcript import Transcript
from oauth_provider.walk.transcript.words import not_revoked
from oauth_provider.walk.wire import Trouble, Unreachable, split

DEFAULT_URL = "http://127.0.0.1:8000"
REVOKED = "the tokens issued so far are revoked."
DEFAULT_GRANT, ALL = "authorization_code", "all"
SECRETS = {
    "client_secret": "OAUTH_WALK_CLIENT_SECRET",
    "password": "OAUTH_WALK_PASSWORD",
    "resource_server_secret": "OAUTH_WALK_RESOURCE_SERVER_SECRET",
}
OPTIONS = (
    ("--client-id", "the client to play"),
    ("--client-secret", f"its secret, if it has one; better in the environment: {SECRETS['client_secret']}"),
    ("--redirect-uri", "one of its redirect URIs; it is never fetched"),
    ("--username", "who logs in"),
    ("--password", f"their password; better in the environment: {SECRETS['password']}; asked for if left out"),
    ("--scope", "what the client asks for"),
    ("--public-client-id", "another client, without a secret, to which the person says no"),
    ("--public-redirect-uri", "its redirect URI"),
    ("--api", "a URL to GET with the token; it may be on another server, and gets the access token alone"),
    ("--resource-server-id", "a client that may introspect"),
    ("--resource-server-secret", f"its secret; better in the environment: {SECRETS['resource_server_secret']}"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Defaults:
    """Values of options that are left out; "" where there is no sensible one."""

    client_id: str = ""
    client_secret: str = field(default="", repr=False)
    redirect_uri: str = ""
    username: str = ""
    password: str = field(default="", repr=False)
    scope: str = ""
    public_client_id: str = ""
    public_redirect_uri: str = ""
    api: str = ""
    resource_server_id: str = ""
    resource_server_secret: str = field(default="", repr=False)


class Command(BaseCommand):
    """Command of the walk. A project can derive its own, which knows its ``defaults``; see ``docs/how-to/walk.md``."""

    help = "Plays an app and a person's browser against a running server, shows every step, and checks each answer."
    requires_system_checks = ()
    how_to_start = "Is it running? In another terminal: python manage.py runserver"

    def default_url(self) -> str:
        """Return the server to use without ``--url``."""
        return provider_settings.ISSUER or DEFAULT_URL

    def defaults(self, url: str, grant_type: str, client_id: str) -> Defaults:
        """Return the defaults for the server at ``url``. ``client_id`` is "" where none was given."""
        return Defaults()

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add the options for the server, the client and the person, and ``--json``."""
        parser.add_argument("--url", help=f"the issuer; by default this project's own, else {DEFAULT_URL}")
        parser.add_argument(
            "--grant", choices=[*GRANTS, ALL], default=DEFAULT_GRANT, help="which grant to walk through"
        )
        parser.add_argument("--json", action="store_true", help="print one JSON object and nothing else")
        for name, about in OPTIONS:
            parser.add_argument(name, help=about)

    def handle(self, *args: Any, **options: Any) -> None:
        """Walk, and raise ``CommandError`` unless every answer is as the specifications say."""
        url = options["url"] or self.default_url()
        try:
            split(url)
            walks = [(grant, self.target(url, grant, options)) for grant in chosen(options["grant"])]
        except Trouble as trouble:
            raise CommandError(str(trouble)) from None
        result = run(url, walks, self.transcript(walks, is_silent=options["json"]))
        try:
            self.tell(result, as_json=options["json"])
        except BrokenPipeError as error:
            result = replace(result, broken_off=error)
        self.conclude(result)

    def target(self, url: str, grant: Grant, options: dict[str, Any]) -> Target:
        """Return the target from options, then the environment, then the defaults.

        Raise ``Trouble`` where one is missing.
        """
        defaults = self.defaults(url, grant.grant_type, options["client_id"] or "")
        if options["username"] not in (None, defaults.username):
            defaults = replace(defaults, password="")

        def value(name: str) -> str:
            found: str = options[name] or os.environ.get(SECRETS.get(name, ""), "") or getattr(defaults, name)
            return found

        for name in grant.needs:
            if name != "password" and not value(name):
                raise Trouble(f"--{name.replace('_', '-')} is needed for {grant.grant_type}.")
        if value("api"):
            split(value("api"))
        resource_server = Credentials(value("resource_server_id"), value("resource_server_secret"))
        has_person = "username" in grant.needs
        return Target(
            url=url,
            client=Credentials(value("client_id"), value("client_secret")),
            redirect_uri=value("redirect_uri"),
            scope=value("scope"),
            public_client_id=value("public_client_id"),
            public_redirect_uri=value("public_redirect_uri"),
            username=value("username") if has_person else "",
            password=(value("password") or ask_password(value("username"))) if has_person else "",
            api=value("api"),
            resource_server=resource_server if resource_server.client_id else None,
        )

    def transcript(self, walks: list[tuple[Grant, Target]], *, is_silent: bool) -> Transcript:
        """Return a transcript that prints to the terminal, or nothing if ``is_silent``."""
        encoding = getattr(self.stdout, "encoding", None) or "utf-8"
        screen = Screen(self.stdout.write, self.style, encoding=encoding)
        mask = Mask(*(secret for _grant, target in walks for secret in target.secrets))
        return Transcript(Screen(lambda line: None, no_style()) if is_silent else screen, mask)

    def tell(self, result: Result, *, as_json: bool) -> None:
        """Print what remains: the JSON, the tidying, the summary. A walk that was broken off has no summary."""
        transcript = result.transcript
        if as_json and not isinstance(result.broken_off, BrokenPipeError):
            self.stdout.write(json.dumps(result.as_json(), indent=2))
        if result.broken_off is None:
            if result.issued:
                transcript.screen.tidied(result.living)
            failures = [(one.title, check) for one, check in transcript.failures]
            transcript.screen.summary(result.url, transcript.passed, failures)

    def conclude(self, result: Result) -> None:
        """Raise ``CommandError`` with the final error message, if there is one."""
        if isinstance(result.broken_off, BrokenPipeError):
            # Python flushes stdout once more at its end, and would complain again.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        left = not_revoked(result.living) if result.living else ""
        if isinstance(result.broken_off, Unreachable):
            hint = self.how_to_start if result.broken_off.is_not_started(result.url) else ""
            raise CommandError(" ".join(part for part in (result.error, hint, left) if part))
        if result.broken_off is not None:
            raise CommandError(f"{result.error}. {left}" if left else f"{result.error}; {REVOKED}")
        if not result.ok:
            wrong = "" if not result.transcript.failures and left else "Not everything is as the specifications say."
            raise CommandError(" ".join(part for part in (wrong, left) if part))


def chosen(name: str) -> list[Grant]:
    """Return the grant of this name, or all grants for "all"."""
    return list(GRANTS.values()) if name == ALL else [GRANTS[name]]


def ask_password(username: str) -> str:
    """Ask the person at the terminal for a password. Raise ``Trouble`` without a terminal."""
    if not sys.stdin.isatty():
        raise Trouble(f"The password of {username} is needed: put it into {SECRETS['password']}.")
    return getpass.getpass(f"Password of {username}: ")
