"""``manage.py oauth_scopes``: renames, splits and retires scopes that are in use, or lets them imply others."""

import json
import tomllib
from argparse import ArgumentParser
from collections import Counter
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from oauth_provider.models import ScopePlan
from oauth_provider.protocol.scope_plan import IMPLY, RETIRE, ScopeChange, parse_plan
from oauth_provider.registry.scope import known_scopes
from oauth_provider.scope_changes.forecast import Forecast, faults, forecast
from oauth_provider.scope_changes.rewriting import apply, begin, undo

BATCH = 500


class Command(BaseCommand):
    """Command for scopes that people have agreed to and tokens hold, which cannot just be written otherwise."""

    help = "Lists the scopes, and renames, splits, retires or extends those that are in use, by a plan in TOML or JSON."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add one subcommand for each task."""
        commands = parser.add_subparsers(dest="action", required=True)
        listing = commands.add_parser("list", help="Show the scopes, and the plans that were applied.")
        planning = commands.add_parser("plan", help="Say what a plan would do, and do nothing.")
        applying = commands.add_parser("apply", help="Do what a plan says; go on with one that was interrupted.")
        undoing = commands.add_parser("undo", help="Give every row back what it said before.")
        forgetting = commands.add_parser("forget", help="Delete what undoing a plan would need.")
        for one in (listing, planning):
            one.add_argument("--json", action="store_true", help="For programs.")
        for one in (planning, applying):
            one.add_argument("file", help="The plan: rename, split, retire, imply.")
        for one in (undoing, forgetting):
            one.add_argument("number", type=int, help="The number that apply gave the plan.")
        for one in (applying, undoing):
            one.add_argument("--batch", type=int, default=BATCH, help="Rows in a transaction. Default: 500.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Run the subcommand, and print what was done."""
        if options.get("batch", 1) < 1:
            raise CommandError("--batch is a number of rows.")
        match options["action"]:
            case "list":
                self._list(as_json=options["json"])
            case "plan":
                self._plan(options["file"], as_json=options["json"])
            case "apply":
                self._apply(options["file"], options["batch"])
            case "undo":
                self._undo(_found(options["number"]), options["batch"])
            case _:
                self._forget(_found(options["number"]))

    def _list(self, *, as_json: bool) -> None:
        scopes = [
            {
                "scope": name,
                "title": str(entry.title),
                "risk": entry.risk,
                "implies": list(entry.implies),
                "grantable_by": entry.grantable_by,
            }
            for name, entry in known_scopes().items()
        ]
        plans = [{"number": plan.pk, "state": _state(plan)} for plan in ScopePlan.objects.order_by("pk")]
        if as_json:
            self.stdout.write(json.dumps({"scopes": scopes, "plans": plans}, indent=2))
            return
        for one in scopes:
            notes = [str(one["risk"]), f"implies {' '.join(one['implies'])}" if one["implies"] else ""]
            notes.append(f"granted by {one['grantable_by']}" if one["grantable_by"] else "")
            said = ", ".join(filter(None, notes))
            self.stdout.write(f"{one['scope']}: {one['title']}" + (f" ({said})" if said else ""))
        for plan in plans:
            self.stdout.write(f"plan {plan['number']}: {plan['state']}")

    def _plan(self, file: str, *, as_json: bool) -> None:
        forecasts = [forecast(change) for change in _changes(_read(file))]
        if as_json:
            self.stdout.write(json.dumps([one.as_json() for one in forecasts], indent=2))
            return
        for one in forecasts:
            self.stdout.write("\n".join(_lines(one)))

    def _apply(self, file: str, size: int) -> None:
        document = _read(file)
        _changes(document)
        plan = begin(document)
        self.stdout.write(f"plan {plan.pk}")
        self._report(lambda progress: apply(plan, size=size, progress=progress))
        self.stdout.write(f"Done. It can be undone: manage.py oauth_scopes undo {plan.pk}")

    def _undo(self, plan: ScopePlan, size: int) -> None:
        if plan.undone_at is not None:
            raise CommandError(f"Plan {plan.pk} is undone.")
        left = self._report(lambda progress: undo(plan, size=size, progress=progress))
        self.stdout.write(f"Undone. {left} rows have changed since, and were left as they are.")

    def _forget(self, plan: ScopePlan) -> None:
        if plan.finished_at is None and plan.undone_at is None:
            raise CommandError(f"Plan {plan.pk} is not finished: apply it again, or undo it.")
        number = plan.pk
        plan.delete()
        self.stdout.write(f"Plan {number} is forgotten.")

    def _report(self, work: Any) -> Any:
        changed: Counter[str] = Counter()
        result = work(lambda table, number: changed.update({table: number}))
        for table, number in changed.items():
            if number:
                self.stdout.write(f"{table.replace('_', ' ')}: {number} rows")
        return result


def _read(file: str) -> Any:
    try:
        text = Path(file).read_text(encoding="utf-8")
        return json.loads(text) if file.endswith(".json") else tomllib.loads(text)
    except (OSError, ValueError, RecursionError) as error:
        raise CommandError(f"{file} cannot be read: {error}") from error


def _changes(document: Any) -> tuple[ScopeChange, ...]:
    try:
        changes = parse_plan(document)
    except ValueError as error:
        raise CommandError(f"This is no plan: {error}.") from error
    if found := faults(changes):
        raise CommandError("\n".join(found))
    return changes


def _found(number: int) -> ScopePlan:
    plan: ScopePlan | None = ScopePlan.objects.filter(pk=number).first()
    if plan is None:
        raise CommandError(f"There is no plan {number}.")
    return plan


def _state(plan: ScopePlan) -> str:
    if plan.undone_at is not None:
        return f"undone {plan.undone_at:%Y-%m-%d}"
    return f"applied {plan.finished_at:%Y-%m-%d}" if plan.finished_at is not None else "interrupted"


def _lines(one: Forecast) -> list[str]:
    change = one.change
    others = " ".join(change.new)
    heading = f"{change.kind} {change.scope}" + (f": {others}" if others else "")
    loses = change.kind == RETIRE
    lines = [
        heading,
        f"  {'lose it' if loses else 'keep access'}: {one.sign_ins} sign-ins, {one.access_tokens} access tokens",
    ]
    if loses:
        lines.append(f"  end at their next refresh, having nothing else: {one.emptied} sign-ins")
        lines.append(f"  forgotten: {one.consents} consents")
    else:
        lines.append(f"  asked again when the app next asks: {one.asked_again} of {one.consents} people who agreed")
    if one.clients:
        wanted = "stop asking for it" if loses else f"ask for {others}"
        lines.append(f"  break until they {wanted}: {len(one.clients)} clients")
        lines += [f"    {name}" for name in one.clients]
    elif change.kind != IMPLY:
        lines.append("  break: no client")
    return lines
