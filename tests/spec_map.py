"""``python -m tests.spec_map``: which test holds us to which section of which specification, and what we leave out."""

import argparse
import json
import sys
from collections.abc import Iterator
from typing import Any

from tests import marks, specs
from tests.specs import Section, Spec

Tests = dict[tuple[str, str], list[str]]
MARK = "–"  # noqa: RUF001 it stands where a number would


def main(arguments: list[str] | None = None) -> int:
    """1 where the table and the marks disagree."""
    options = _options(arguments)
    table, collected = specs.listed(), marks.collected()
    wrong = list(specs.faults(table, collected))
    chosen = [spec for spec in table if not options.spec or spec.name in options.spec]
    unknown = set(options.spec) - {spec.name for spec in table}
    wrong += [f"{name} is not in specs.toml" for name in sorted(unknown)]
    tests = specs.tests_of(collected)
    if options.json:
        sys.stdout.write(json.dumps([_facts(spec, tests) for spec in chosen], indent=2) + "\n")
    else:
        render = _markdown if options.markdown else _plain
        sys.stdout.writelines(f"{line}\n" for line in render(chosen, tests, options.verbose))
    sys.stderr.writelines(f"{fault}\n" for fault in wrong)
    return bool(wrong)


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="spec_map", description="Which test holds us to which section.")
    parser.add_argument("spec", nargs="*", help='only these, as "RFC 7636"')
    parser.add_argument("-v", "--verbose", action="store_true", help="name the tests")
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--markdown", action="store_true", help="as Markdown")
    form.add_argument("--json", action="store_true", help="as JSON")
    return parser.parse_args(arguments)


def _plain(table: list[Spec], tests: Tests, verbose: bool) -> Iterator[str]:
    for spec in table:
        yield f"{spec.name}  {spec.title}"
        if spec.unsupported:
            yield f"    {MARK}  {spec.unsupported}"
        width = max((len(section.number) for section in spec.sections), default=0)
        for subject, section in _under_subjects(spec):
            if subject:
                yield f"\n  {subject}"
            found = tests.get((spec.name, section.number), [])
            count = MARK if section.unsupported else str(len(found))
            yield f"  {count:>3}  {section.number:{width}}  {_said(section)}".rstrip()
            if verbose:
                yield from (f"       {'':{width}}    {test}" for test in found)
        yield ""
    yield _total(table, tests)


def _under_subjects(spec: Spec) -> Iterator[tuple[str, Section]]:
    """Each section, after its subject where that is another than before."""
    before = ""
    for section in spec.sections:
        yield section.subject if section.subject != before else "", section
        before = section.subject


def _said(section: Section) -> str:
    return f"{section.title} ({section.unsupported})".lstrip() if section.unsupported else section.title


def _markdown(table: list[Spec], tests: Tests, verbose: bool) -> Iterator[str]:
    yield "# Specifications, and the tests that hold us to them"
    for spec in table:
        yield f"\n## {spec.name}: {spec.title}\n"
        if spec.unsupported:
            yield f"Not supported: {spec.unsupported}."
            continue
        yield "| § | | tests |"
        yield "|---|---|---|"
        for subject, section in _under_subjects(spec):
            if subject:
                yield f"| **{subject}** | | |"
            found = tests.get((spec.name, section.number), [])
            names = "<br>".join(f"`{test}`" for test in found) if verbose else str(len(found))
            last = f"not supported: {section.unsupported}" if section.unsupported else names
            yield f"| {section.number} | {section.title} | {last} |"
    yield f"\n{_total(table, tests)}"


def _facts(spec: Spec, tests: Tests) -> dict[str, Any]:
    """What a program wants to know."""
    sections = [
        {
            "section": section.number,
            "title": section.title or section.subject,
            "unsupported": section.unsupported or None,
            "tests": tests.get((spec.name, section.number), []),
        }
        for section in spec.sections
    ]
    return {"name": spec.name, "title": spec.title, "unsupported": spec.unsupported or None, "sections": sections}


def _total(table: list[Spec], tests: Tests) -> str:
    sections = [(spec.name, section) for spec in table for section in spec.sections]
    held = [(name, section.number) for name, section in sections if not section.unsupported]
    names = {test for place in held for test in tests.get(place, [])}
    out = len(sections) - len(held) + sum(bool(spec.unsupported) for spec in table)
    return (
        f"{len(held)} sections and modules of {len(table)} documents, held by {len(names)} tests; {out} not supported."
    )


if __name__ == "__main__":
    sys.exit(main())
