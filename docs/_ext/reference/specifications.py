"""The spec map: every specification that is followed, section by section, and what is not supported, and why."""

from collections.abc import Iterator

from docs._ext.reference import words
from tests.specs import Spec, listed


def unsupported() -> str:
    """Return a table of what is not supported: whole documents, then sections and modules."""
    rows = [[f"{one.name}, {one.title}", "", words.markdown(one.unsupported)] for one in listed() if one.unsupported]
    for spec in listed():
        for one in spec.sections:
            if one.unsupported:
                where = f"{spec.name} {one.title or one.subject}".strip()
                rows.append([where, f"§ {one.number}" if one.number[:1].isdigit() else one.number, one.unsupported])
    return words.table(["document", "section", "why not"], rows)


def supported() -> str:
    """Return a section for each specification, with the sections that tests hold us to."""
    return "\n\n".join(_spec(spec) for spec in listed() if not spec.unsupported)


def _spec(spec: Spec) -> str:
    rows = list(_rows(spec))
    return f"## {spec.name}: {spec.title}\n\n{words.table(['§', ''], rows)}"


def _rows(spec: Spec) -> Iterator[list[str]]:
    before = ""
    for one in spec.sections:
        if one.subject != before:
            yield [f"**{words.escape(one.subject)}**", ""]
            before = one.subject
        if not one.unsupported:
            yield [one.number, words.escape(one.title)]
