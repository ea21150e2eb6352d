"""``demo_seed``: the demo's user and clients. The same on every run; ``--json`` for programs."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from demo_project import seed


class Command(BaseCommand):
    """Seeds, then prints what there is. The secrets are shown on purpose: this is a demo."""

    help = "Create the demo's user and clients, and print them. A second run changes nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        """``--json``."""
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        """Seed and print."""
        seed.seed()
        self.stdout.write(json.dumps(seed.describe(), indent=2) if options["json"] else as_text())


def as_text() -> str:
    """The same for people."""
    demo = seed.describe()
    lines = [
        f"Open        {demo['issuer']}/",
        f"Log in as   {demo['user']['username']}",
        f"Password    {demo['user']['password']}",
        "",
        f"The admin   {demo['issuer']}/admin/",
        f"Log in as   {demo['operator']['username']}",
        f"Password    {demo['operator']['password']}",
    ]
    for client in seed.clients():
        lines += ["", f"{client.name}: {client.about}", f"  client_id      {client.client_id}"]
        if client.client_secret is not None:
            lines.append(f"  client_secret  {client.client_secret}")
        lines += [f"  redirect_uri   {uri}" for uri in client.redirect_uris]
        if client.scopes:
            lines.append(f"  scope          {' '.join(client.scopes)}")
    lines += ["", "The API"]
    lines += [f"  {call['method']:<7}{call['url']}  needs {' '.join(call['scopes'])}" for call in demo["api"]]
    return "\n".join(lines)
