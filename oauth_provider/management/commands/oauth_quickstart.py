"""``manage.py oauth_quickstart``: makes a client (RFC 7591 §2), and prints what to paste into the app that is built."""

import json
import os
import sys
from argparse import ArgumentParser
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NoReturn
from urllib.parse import urlsplit

from django.core.management.base import BaseCommand, CommandError
from django.db import router, transaction
from django.views.decorators.debug import sensitive_variables

from oauth_provider.clients.registration.kinds import KINDS, Kind
from oauth_provider.clients.registration.register import MetadataRefused
from oauth_provider.conf import provider_settings
from oauth_provider.dot.names import application_model
from oauth_provider.protocol.issuer import is_issuer
from oauth_provider.quickstart.draft import Draft, describe_faults, find_resource_fault, printable
from oauth_provider.quickstart.examples import file_of
from oauth_provider.quickstart.made import make_client
from oauth_provider.quickstart.problems import Problem, Situation, find_problems, find_problems_of_draft
from oauth_provider.quickstart.questions import Given, Questions, draft_of
from oauth_provider.quickstart.report import as_json, problem_lines, report_on
from oauth_provider.quickstart.server import DEFAULT_URL, Server, server_at
from oauth_provider.registry.scope import all_scopes

STOPPED = "Stopped. Nothing was made."


class Command(BaseCommand):
    """Command for a first client. It looks at the project first, and makes nothing where that would not serve it."""

    help = "Makes a client for what you build, and prints its configuration and code to paste that works."
    requires_system_checks = ()  # they are run with the rest, and told in one list

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add an option for each question, and those of a program."""
        kinds = "; ".join(f"{kind.name}: {kind.words}" for kind in KINDS.values())
        parser.add_argument("--kind", choices=[*KINDS], help=kinds.replace("%", "%%"))
        parser.add_argument("--name", help="people read it when they are asked for consent")
        parser.add_argument("--redirect-uri", action="append", help="where people are sent back to; may be repeated")
        parser.add_argument("--scope", action="append", help="what it may ask for; may be repeated, or several at once")
        parser.add_argument("--resource", help="the API or MCP server that its tokens are for (RFC 8707)")
        parser.add_argument("--api", help="a URL that the printed command calls with the token")
        parser.add_argument("--url", help=f"where the server answers if it has no ISSUER; by default {DEFAULT_URL}")
        parser.add_argument("--write", metavar="FILE", type=Path, help="save the example program there, and its secret")
        parser.add_argument("--json", action="store_true", help="print one JSON object and nothing else; ask nothing")
        parser.add_argument("--no-input", action="store_false", dest="interactive", help="ask nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        """Look, ask, make, print. Raise ``CommandError`` where nothing was made."""
        asks = options["interactive"] and not options["json"] and is_at_terminal()
        kind = KINDS.get(options["kind"] or "")
        if kind is None and not asks:
            raise CommandError(f"Say what you build, by --kind: {', '.join(KINDS)}. See --help.")
        server = server_at(self.url(options["url"]))
        questions = Questions(input, self.stdout.write)
        try:
            if kind is None:
                self.refuse_if_broken(find_problems(Situation(server)), as_json=False)
                kind = questions.kind()
            problems = find_problems(Situation(server, kind))
            self.refuse_if_broken(problems, as_json=options["json"])
            check_writable(options["write"], kind)
            given = given_by(options)
            draft = questions.draft(kind, given) if asks else draft_of(kind, given)
            if asks:
                self.stdout.write("")
        except (KeyboardInterrupt, EOFError):
            raise CommandError(STOPPED) from None
        self.make(draft, server, problems, options)

    def url(self, given: str | None) -> str:
        """Return where the server answers. Raise ``CommandError`` for a ``--url`` that is not the issuer's."""
        issuer = provider_settings.ISSUER
        if given and issuer and given.rstrip("/") != issuer:
            raise CommandError(f'--url: OAUTH_PROVIDER["ISSUER"] is {issuer}, and clients know the server by that.')
        if given and not is_issuer(given, allow_http=True):
            raise CommandError(f"--url: {printable(given)} is no http or https URL without query and fragment.")
        return given or issuer or DEFAULT_URL

    def refuse_if_broken(self, problems: Iterable[Problem], *, as_json: bool) -> None:
        """Print all problems and raise ``CommandError`` if one of them is an error."""
        problems = tuple(problems)
        if not any(one.is_error for one in problems):
            return
        if as_json:
            self.print_json(problems=problems)
        else:
            for line in problem_lines(problems):
                self.stderr.write(line)
        raise CommandError("No first flow would work like this. Nothing was made.")

    @sensitive_variables("made", "report")
    def make(self, draft: Draft, server: Server, problems: tuple[Problem, ...], options: dict[str, Any]) -> None:
        """Make the client, save the example if asked, and print. Nothing is left of it where one of them fails."""
        problems = (*problems, *find_problems_of_draft(draft))
        try:
            with transaction.atomic(using=router.db_for_write(application_model())), saving(options["write"]) as save:
                made = make_client(draft)
                report = report_on(made, server, options["api"] or "")
                save(report.program)
        except MetadataRefused as error:
            self.refuse(error, problems, as_json=options["json"])
        if options["json"]:
            self.print_json(problems=problems, report=report)
            return
        for line in report.lines(problems, self.style.MIGRATE_HEADING):
            self.print_line(line)
        if options["write"]:
            self.print_line(f"\nThe program is saved in {printable(options['write'])}; nobody else can read it.")

    def refuse(self, error: MetadataRefused, problems: Iterable[Problem], *, as_json: bool) -> NoReturn:
        """Raise ``CommandError`` with each member that is wrong, in the words of the admin's form."""
        refused = describe_faults(error.faults)
        if as_json:
            self.print_json(problems=problems, refused=refused)
        lines = [printable(f"{one['option'] or one['member']}: {one['message']}") for one in refused]
        if any(one["member"] == "scope" for one in refused):
            lines.append(f"The scopes are: {' '.join(all_scopes())}")
        raise CommandError("\n".join(["Nothing was made.", *lines]))

    def print_json(self, **members: Any) -> None:
        """Print one object: what happened, and nothing else."""
        self.print_line(json.dumps(as_json(**members), indent=2))

    def print_line(self, line: str) -> None:
        """Print a line that a terminal without Unicode shows, too."""
        encoding = getattr(self.stdout, "encoding", None) or "utf-8"
        self.stdout.write(line.encode(encoding, "backslashreplace").decode(encoding))


def is_at_terminal() -> bool:
    """Is a person there to ask, who sees the question?"""
    return sys.stdin.isatty() and sys.stdout.isatty()


def given_by(options: dict[str, Any]) -> Given:
    """Return what the options say of the client. Raise ``CommandError`` for what no rule of a client looks at."""
    uris, scopes, resource, api = (options[name] for name in ("redirect_uri", "scope", "resource", "api"))
    fault = find_resource_fault(resource or "")
    if fault:
        raise CommandError(f"--resource: {printable(fault)}")
    if api and (urlsplit(api).scheme not in ("http", "https") or not api.isascii() or not api.isprintable()):
        raise CommandError(f"--api: {printable(api)} is no http or https URL.")
    return Given(
        name=None if options["name"] is None else options["name"].strip(),
        redirect_uris=None if uris is None else tuple(dict.fromkeys(uris)),
        scopes=None if scopes is None else tuple(dict.fromkeys(" ".join(scopes).split())),
        resource=resource,
    )


def check_writable(path: Path | None, kind: Kind) -> None:
    """Raise ``CommandError`` where ``--write`` has nothing to save."""
    if path is not None and not file_of(kind.name):
        kinds = ", ".join(name for name in KINDS if file_of(name))
        raise CommandError(f"--write: there is no program for {kind.name}, but for {kinds}.")


@contextmanager
def saving(path: Path | None) -> Iterator[Callable[[str], object]]:
    """Give a function that saves a text at ``path``, for its owner alone; nothing is overwritten, or left half done."""
    if path is None:
        yield lambda text: None
        return
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        raise CommandError(f"--write: {path}: {error.strerror}. Nothing was made.") from None
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        try:
            yield file.write
        except BaseException:
            path.unlink()
            raise
