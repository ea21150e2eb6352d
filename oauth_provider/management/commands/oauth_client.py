"""``manage.py oauth_client``: registers, lists, changes and ends clients, and keeps them in files (RFC 7591 §2)."""

import json
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import router, transaction
from django.views.decorators.debug import sensitive_variables

from oauth_provider.clients.lookup import find_client
from oauth_provider.clients.registration.kinds import KINDS
from oauth_provider.clients.registration.metadata import Metadata
from oauth_provider.clients.registration.policy import Door
from oauth_provider.clients.registration.portable import CLIENT_ID, from_json, to_json
from oauth_provider.clients.registration.proposal import By, MetadataRefused
from oauth_provider.clients.registration.register import change, find_warnings, propose, register
from oauth_provider.clients.registration.status import Step, move
from oauth_provider.clients.registration.words import as_plain_text
from oauth_provider.dot.names import application_model
from oauth_provider.models import ClientPolicy, ClientSecret
from oauth_provider.models.client import Client, as_client
from oauth_provider.protocol.strict_json import parse_array
from oauth_provider.tokens.client_revocation import revoke_client
from oauth_provider.tokens.revoke import live_people

BY = By(Door.COMMAND)
STEPS = {"approve": Step.APPROVE, "suspend": Step.SUSPEND, "resume": Step.RESUME}
# Of a file: an operator wrote it, and may have many clients.
MAX_ELEMENTS = 1_000_000
MAX_OVERLAP = 90 * 86_400


class Command(BaseCommand):
    """Command for clients. Secrets are printed once, when they are made, and are in no export."""

    help = "Registers, lists, changes and ends clients; writes them to files, and reads them from there."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add one subcommand for each task."""
        commands = parser.add_subparsers(dest="action", required=True)
        creating = commands.add_parser("create", help="Register a client; its secret is shown this once.")
        creating.add_argument("--kind", choices=[*KINDS], required=True, help="What somebody builds.")
        creating.add_argument("--name", required=True, help="People read it when they are asked for consent.")
        creating.add_argument("--redirect-uri", action="append", default=[], help="May be repeated.")
        creating.add_argument("--scope", action="append", default=[], help="May be repeated; none: every scope.")
        listing = commands.add_parser("list", help="List the clients, the newest first.")
        listing.add_argument("--status", choices=ClientPolicy.Status.values)
        showing = commands.add_parser("show", help="Show all that is registered of a client.")
        rotating = commands.add_parser("rotate-secret", help="Make a secret, and end the others.")
        rotating.add_argument("--overlap", type=int, default=0, metavar="SECONDS", help="The others go on for so long.")
        steps = [commands.add_parser(name, help=f"{name.capitalize()} a client.") for name in STEPS]
        revoking = commands.add_parser("revoke", help="End every sign-in and token of a client.")
        revoking.add_argument("--yes", action="store_true", help="Do it, and do not only say whom it would hit.")
        for one in steps:
            one.add_argument("--note", default="", help="What its team is told with it.")
        for one in (showing, rotating, revoking, *steps):
            one.add_argument("client_id")
        importing = commands.add_parser("import", help="Have the clients of a file be as it says; others stay.")
        importing.add_argument("file", help="A list of JSON as export writes it; - is the standard input.")
        importing.add_argument("--dry-run", action="store_true", help="Only say what would be done.")
        exporting = commands.add_parser("export", help="Print clients as JSON, without secrets.")
        exporting.add_argument("client_id", nargs="*", help="Which; all where none is named.")
        for one in (creating, listing, rotating, importing):
            one.add_argument("--json", action="store_true", help="For programs.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Run the subcommand. Raises ``CommandError`` where nothing was done."""
        action = options["action"]
        try:
            if action in STEPS:
                self._move(options["client_id"], STEPS[action], options["note"])
            else:
                getattr(self, f"_{action.replace('-', '_')}")(options)
        except MetadataRefused as refused:
            raise CommandError(_in_lines(refused)) from None

    @sensitive_variables("secret", "told")
    def _create(self, options: dict[str, Any]) -> None:
        kind = KINDS[options["kind"]]
        scopes = tuple(" ".join(options["scope"]).split())
        scope = scopes if scopes or not kind.asks_for_scopes else None
        uris = tuple(options["redirect_uri"])
        metadata = Metadata.of_kind(kind, client_name=options["name"], redirect_uris=uris, scope=scope)
        for fault in find_warnings(propose(metadata, application_model()(), BY, kind=kind)):
            self.stderr.write(f"{fault.member}: {as_plain_text(fault.text)}")
        told, secret = _registered(metadata, "")
        if options["json"]:
            self.stdout.write(json.dumps(to_json(told) | ({"client_secret": secret} if secret else {}), indent=2))
            return
        self.stdout.write(f"client_id: {told.client_id}")
        if secret:
            self.stdout.write(f"client_secret: {secret}\nNobody sees it again.")

    def _list(self, options: dict[str, Any]) -> None:
        rows = application_model()._base_manager.select_related("oauth_policy").order_by("-pk")
        clients = (as_client(row) for row in rows.iterator(chunk_size=500))
        wanted = (one for one in clients if options["status"] in (None, one.policy.status))
        if options["json"]:
            listed = [_in_short(one) for one in wanted]
            self.stdout.write(json.dumps(listed, indent=2))
            return
        for client in wanted:
            short = _in_short(client)
            self.stdout.write(_printable(f"{short[CLIENT_ID]}  {short['status']:10} {short['kind']:8} {short['name']}"))

    def _show(self, options: dict[str, Any]) -> None:
        self.stdout.write(json.dumps(to_json(_client(options["client_id"])), indent=2))

    @sensitive_variables("secret")
    def _rotate_secret(self, options: dict[str, Any]) -> None:
        client, overlap = _client(options["client_id"]), options["overlap"]
        if client.is_public:
            raise CommandError("It is a public client, and has no secret.")
        if not 0 <= overlap <= MAX_OVERLAP:
            raise CommandError(f"--overlap is a number of seconds from 0 to {MAX_OVERLAP}.")
        _row, secret = ClientSecret.objects.rotate(client.application, overlap=overlap, label="oauth_client")
        if options["json"]:
            self.stdout.write(json.dumps({CLIENT_ID: client.client_id, "client_secret": secret}, indent=2))
        else:
            self.stdout.write(f"client_secret: {secret}\nNobody sees it again.")

    def _move(self, client_id: str, step: Step, note: str) -> None:
        client = move(_client(client_id), step, BY, note=note)
        self.stdout.write(f"{client.client_id} is {client.policy.status}.")

    def _revoke(self, options: dict[str, Any]) -> None:
        client = _client(options["client_id"])
        people = live_people(client.application)
        if not options["yes"]:
            self.stdout.write(f"{people} people are signed in to it. Nothing was changed. Add --yes to do it.")
            return
        while not revoke_client(client.application).is_all:
            continue
        self.stdout.write(f"The sign-ins of {people} people were ended, and every token of the client.")

    @sensitive_variables("done", "secret")
    def _import(self, options: dict[str, Any]) -> None:
        done: list[dict[str, Any]] = []
        using = router.db_for_write(application_model())
        with transaction.atomic(using=using):
            for number, given in enumerate(_read(options["file"]), 1):
                try:
                    done.append(_applied(given))
                except MetadataRefused as refused:
                    named = given.get(CLIENT_ID) if isinstance(given, dict) else None
                    heading = f"Nothing was changed. Client {number} of the file ({named or 'without client_id'}):"
                    raise CommandError(_printable(f"{heading}\n{_in_lines(refused)}")) from None
            if options["dry_run"]:
                transaction.set_rollback(True, using=using)
        if options["json"]:
            self.stdout.write(
                json.dumps([_without_secret(one) for one in done] if options["dry_run"] else done, indent=2)
            )
            return
        for one in done:
            secret = one.get("client_secret", "") if not options["dry_run"] else ""
            self.stdout.write(f"{one[CLIENT_ID]}: {one['done']}" + (f"; client_secret: {secret}" if secret else ""))

    def _export(self, options: dict[str, Any]) -> None:
        named = options["client_id"]
        if named:
            clients = [_client(one) for one in named]
        else:
            rows = application_model()._base_manager.select_related("oauth_policy").order_by("client_id")
            clients = [as_client(row) for row in rows]
        self.stdout.write(json.dumps([to_json(one) for one in clients], indent=2, ensure_ascii=False))


@sensitive_variables()
def _registered(metadata: Metadata, client_id: str) -> tuple[Client, str]:
    with transaction.atomic(using=router.db_for_write(application_model())):
        client = register(metadata, BY, kind=KINDS.get(metadata.kind), client_id=client_id)
        if client.is_public:
            return client, ""
        _row, secret = ClientSecret.objects.create_secret(client.application, label="oauth_client")
        return client, secret


@sensitive_variables()
def _applied(given: Any) -> dict[str, Any]:
    """Have one client be as it is ``given``; return what was done."""
    client_id, metadata = from_json(given)
    found = find_client(client_id) if client_id else None
    if found is None:
        client, secret = _registered(metadata, client_id)
        return {CLIENT_ID: client.client_id, "done": "created"} | ({"client_secret": secret} if secret else {})
    changed = sorted(metadata.differs_in(Metadata.of(found)))
    if not changed:
        return {CLIENT_ID: client_id, "done": "unchanged"}
    change(found, metadata, BY)
    return {CLIENT_ID: client_id, "done": f"changed: {', '.join(changed)}"}


def _without_secret(done: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in done.items() if name != "client_secret"}


def _read(file: str) -> list[Any]:
    try:
        text = sys.stdin.read() if file == "-" else Path(file).read_text()
        return parse_array(text, max_elements=MAX_ELEMENTS)
    except (OSError, ValueError) as error:
        raise CommandError(f"{file} cannot be read as a list of JSON: {error}") from None


def _client(client_id: str) -> Client:
    client = find_client(client_id)
    if client is None:
        raise CommandError(_printable(f"There is no client {client_id}."))
    return client


def _in_short(client: Client) -> dict[str, Any]:
    kind = Metadata.of(client).guess_kind()
    return {
        CLIENT_ID: client.client_id,
        "name": client.application.name,
        "status": client.policy.status,
        "kind": kind.name if kind is not None else "",
        "door": client.policy.door,
    }


def _in_lines(refused: MetadataRefused) -> str:
    return _printable("\n".join(f"{one.member or 'client'}: {as_plain_text(one.text)}" for one in refused.faults))


def _printable(text: str) -> str:
    """Return ``text`` without characters that a terminal would obey."""
    return "".join(character if character.isprintable() or character == "\n" else "�" for character in text)
