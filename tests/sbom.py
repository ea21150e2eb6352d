"""Does the bill of materials (CycloneDX 1.6) name all that comes with the package, and nothing else?

``python -m tests.sbom dist/*.cdx.json``, or ``make sbom``. The generator has validated it against its schema.
"""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from oauth_provider import __version__
from tests.pins import pins
from tests.wheel import PROJECT

# Of the machine that it is made on, or of our tests.
STRANGERS = {"pip", "setuptools", "wheel", "pytest", "ruff", "mypy", "playwright", "cyclonedx-bom"}

# It says "BSD 3-Clause OR Apache-2.0", which the generator takes for no licence, since it is spelt like none.
UNREADABLE_LICENCES = {"uritemplate"}


def faults(bill: dict[str, Any]) -> Iterator[str]:
    """Everything that is wrong with it, in words."""
    root = bill["metadata"]["component"]
    if (root["name"], root.get("version"), licence(root)) != (PROJECT["name"], __version__, PROJECT["license"]):
        yield f"it is about {root['name']} {root.get('version')} ({licence(root)})"
    found = {canonicalize_name(one["name"]): one for one in bill["components"]}
    yield from (f"{name} is no part of the package" for name in sorted(STRANGERS & found.keys()))
    pinned = pins("requirements.txt")
    for name, one in sorted(found.items()):
        if one.get("version") != pinned.get(name):
            yield f"{name} {one.get('version')} is not what is tested, {pinned.get(name)}"
        if not one.get("purl", "").startswith(f"pkg:pypi/{name}@{one.get('version')}"):
            yield f"{name} has no package URL that scanners know it by: {one.get('purl')}"
        if not licence(one) and name not in UNREADABLE_LICENCES:
            yield f"{name} has no licence"
    yield from (f"missing: {name}" for name in sorted(dependencies() - found.keys()))
    wanted = {name for name, one in found.items() if one["bom-ref"] in depends_on(bill, root["bom-ref"])}
    yield from (f"it does not say that we depend on {name}" for name in sorted(dependencies() - wanted))


def dependencies() -> set[str]:
    """What the package asks for, for itself and its extras."""
    extras = (one for ones in PROJECT["optional-dependencies"].values() for one in ones)
    return {canonicalize_name(Requirement(one).name) for one in (*PROJECT["dependencies"], *extras)}


def depends_on(bill: dict[str, Any], ref: str) -> set[str]:
    """The references of what ``ref`` depends on."""
    return {other for one in bill["dependencies"] if one["ref"] == ref for other in one.get("dependsOn", ())}


def licence(component: dict[str, Any]) -> str:
    """The licences of a component, as an expression or by name."""
    ones = component.get("licenses", ())
    return ", ".join(one.get("expression") or one["license"].get("id") or one["license"]["name"] for one in ones)


def main(path: str) -> int:
    """0 if nothing is wrong."""
    bill = json.loads(Path(path).read_text())
    found = list(faults(bill))
    sys.stdout.writelines(f"{one}\n" for one in found)
    sys.stdout.write(f"{path}: {len(bill['components'])} packages come with {bill['metadata']['component']['name']}\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
