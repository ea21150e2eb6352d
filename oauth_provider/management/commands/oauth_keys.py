"""``manage.py oauth_keys``: lists the signing keys and lets an operator rotate, retire and re-encrypt them."""

import json
from argparse import ArgumentParser
from collections.abc import Iterator
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from oauth_provider.conf import provider_settings
from oauth_provider.models import SigningKey
from oauth_provider.models.signing_key import states
from oauth_provider.tokens.key_ring import configured_keys, forget, key_ring

GIVEN = "The keys are given in OAUTH_PROVIDER (SIGNING_KEYS or SIGNER): change them there."


class Command(BaseCommand):
    """Command for looking at keys and for stepping in. Keys are otherwise made and rotated automatically."""

    help = "Lists, rotates, retires and re-encrypts the keys that ID tokens are signed with."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add one subcommand for each task."""
        commands = parser.add_subparsers(dest="action", required=True)
        listing = commands.add_parser("list", help="Show the keys and what each is used for.")
        listing.add_argument("--json", action="store_true", help="For programs.")
        rotating = commands.add_parser("rotate", help="Publish the next key now; it signs after SIGNING_KEY_LEAD.")
        rotating.add_argument("--alg", help="This algorithm alone.")
        rotating.add_argument("--now", action="store_true", help="Let it sign in two minutes.")
        retiring = commands.add_parser("retire", help="Take a key out of use at once, because it leaked for example.")
        retiring.add_argument("kid")
        commands.add_parser("reencrypt", help="Seal private keys under the present SECRET_KEY.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Run the subcommand, and print what was done."""
        if options["action"] == "list":
            return self._list(as_json=options["json"])
        if configured_keys() is not None:
            raise CommandError(GIVEN)
        if options["action"] == "rotate":
            self._rotate(options["alg"], at_once=options["now"])
        elif options["action"] == "retire":
            self._retire(options["kid"])
        else:
            self._reencrypt()
        forget()
        return None

    def _list(self, *, as_json: bool) -> None:
        rows = list(_described())
        if as_json:
            self.stdout.write(json.dumps(rows, indent=2))
            return
        for row in rows:
            begins = f", signs from {row['signs_from']}" if row["state"] == "next" else ""
            sealed = ", cannot be opened: its SECRET_KEY is gone" if row["opens"] is False else ""
            self.stdout.write(f"{row['kid']}  {row['alg']:6} {row['words']}{begins}{sealed}")

    def _rotate(self, alg: str | None, *, at_once: bool) -> None:
        offered = provider_settings.SIGNING_ALGORITHMS
        if alg is not None and alg not in offered:
            raise CommandError(f"{alg} is not among SIGNING_ALGORITHMS: {', '.join(offered)}.")
        key_ring()  # the very first keys, where there are none yet
        for name in [alg] if alg else offered:
            SigningKey.objects.rotate(name, at_once=at_once)
        self._list(as_json=False)

    def _retire(self, kid: str) -> None:
        if not SigningKey.objects.retire(kid):
            raise CommandError(f"No key {kid} is in use.")
        self.stdout.write(f"{kid} is taken out of use. Other processes stop using it within a minute.")

    def _reencrypt(self) -> None:
        count = SigningKey.objects.reencrypt()
        self.stdout.write(f"{count} private keys sealed under the present SECRET_KEY.")
        lost = SigningKey.objects.lost()
        if lost:
            raise CommandError(f"{len(lost)} cannot be opened. Rotate with --now, or bring their SECRET_KEY back.")


def _described() -> Iterator[dict[str, Any]]:
    """Yield the facts about each key, without secrets. ``opens`` is None where there is no private half any more."""
    given = configured_keys()
    if given is not None:
        signers = key_ring().signers.values()
        for key in given:
            words = "given, signs" if key in signers else "given, published"
            yield {"kid": key.kid, "alg": key.alg, "state": "given", "words": words, "signs_from": None, "opens": None}
        return
    rows = SigningKey.objects.in_order()
    found = states(rows, SigningKey.objects.now())
    for row in rows:
        yield {
            "kid": row.kid,
            "alg": row.alg,
            "state": str(found[row.kid]),
            "words": str(found[row.kid].label),
            "signs_from": row.signs_from.isoformat(timespec="seconds"),
            "opens": row.open()[0] is not None if row.sealed_private_jwk else None,
        }
