"""Catalogues of the pages for people: ``python -m tests.catalogues``, or ``make messages``, brings them up to date.

What belongs to a catalogue is what ``PROVIDER`` and ``DEMO`` list. Texts are found as Django's ``makemessages`` finds
them, without the tools of GNU gettext: a template is turned into calls by Django itself, and calls are read by ``ast``.
"""

import ast
import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import polib
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parent.parent
TWO = "nplurals=2; plural=(n != 1);"
NONE_IS_ONE = "nplurals=2; plural=(n > 1);"
# Each locale as its folder is called, with the rule of its plurals. The texts themselves are English.
LOCALES = {
    "ar": "nplurals=6; plural=n==0 ? 0 : n==1 ? 1 : n==2 ? 2 : n%100>=3 && n%100<=10 ? 3 : n%100>=11 ? 4 : 5;",
    "de": TWO,
    "es": TWO,
    "fr": NONE_IS_ONE,
    "ja": "nplurals=1; plural=0;",
    "pt_BR": NONE_IS_ONE,
    "zh_Hans": "nplurals=1; plural=0;",
}
# Calls that mark a text, by their names without ``_lazy``: the places of context, text and plural among the arguments.
CALLS = {
    "_": (None, 0, None),
    "gettext": (None, 0, None),
    "ngettext": (None, 0, 1),
    "pgettext": (0, 1, None),
    "npgettext": (0, 1, 2),
}
STRING = r"""u?(?:"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')"""
CALL = re.compile(rf"(?<!\w)(?:_|n?p?gettext)\((?:{STRING}|[,\s]|count)*\)")
PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|%[a-z]|\{\w*\}")


@dataclass(frozen=True, slots=True)
class Message:
    """A text as ``gettext`` looks it up."""

    text: str
    plural: str = ""
    context: str | None = None


@dataclass(frozen=True, slots=True)
class Catalogues:
    """The catalogues of one app, a folder.

    ``people`` are the files and folders whose texts people read, ``developers`` those of the portal, which speak the
    words of the specifications, and ``others`` those whose texts operators read, which are not translated. A class of a
    file stands behind a colon, and comes before its file, as a file does before its folder.
    """

    folder: Path
    people: tuple[str, ...]
    others: tuple[str, ...]
    developers: tuple[str, ...] = ()

    def path(self, locale: str) -> Path:
        """Return the file of one locale."""
        return self.folder / "locale" / locale / "LC_MESSAGES" / "django.po"

    def messages(self) -> dict[Message, list[str]]:
        """Return what people and developers read, each text with the files it stands in."""
        return self._in((*self.people, *self.developers))

    def messages_of_people(self) -> dict[Message, list[str]]:
        """Return what people read, but for the pages of developers."""
        return self._in(self.people)

    def messages_of_others(self) -> dict[Message, list[str]]:
        """Return what is not for the catalogues."""
        return self._in(self.others)

    def strays(self) -> list[str]:
        """Return the places that mark texts, and are neither in ``people`` nor in ``others``."""
        return [name for name, _ in found_in(self.folder) if self._place_of(name) is None]

    def _in(self, places: Iterable[str]) -> dict[Message, list[str]]:
        found: dict[Message, list[str]] = {}
        for name, message in found_in(self.folder):
            if self._place_of(name) in places:
                files = found.setdefault(message, [])
                files.extend({name.partition(":")[0]} - set(files))
        return found

    def _place_of(self, name: str) -> str | None:
        """Return the nearest of all places that holds ``name``: ``models/scope.py:Scope.Risk``."""
        within = [
            one
            for one in (*self.people, *self.developers, *self.others)
            if re.match(rf"{re.escape(one)}(?![\w-])", name)
        ]
        return max(within, key=len, default=None)


PROVIDER = Catalogues(
    ROOT / "oauth_provider",
    people=(
        "authorization",
        "pages",
        "registry",
        "models/scope.py:Scope.Risk",
        "templates/oauth_provider",
        "templates/registration",
    ),
    others=("admin", "apps.py", "clients", "models", "resource_server", "templates/admin"),
    developers=(
        "clients/publisher.py",
        "clients/registration/kinds.py",
        "clients/team.py",
        "models/client.py:ClientPolicy.Status",
        "models/client_member.py:ClientMember.Role",
        "pages/applications",
        "templates/oauth_provider/applications",
    ),
)
DEMO = Catalogues(
    ROOT / "demo_project",
    people=("templates", "settings.py", "gallery"),
    others=(),
)


@cache
def found_in(folder: Path) -> tuple[tuple[str, Message], ...]:
    """Return every text below ``folder``, each with its place: a file, or a class of it behind a colon."""
    found: list[tuple[str, Message]] = []
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.suffix == ".py" and "gettext" in (text := path.read_text()):
            found += [(f"{name}:{inner}" if inner else name, message) for inner, message in in_python(text)]
        elif path.is_file() and "templates" in path.parts:
            found += [(name, message) for message in in_template(path.read_text())]
    return tuple(found)


def in_template(text: str) -> Iterator[Message]:
    """Yield the texts that a template marks."""
    for call in CALL.findall(templatize(text)):
        yield message_of(ast.parse(call, mode="eval").body)


def in_python(text: str) -> Iterator[tuple[str, Message]]:
    """Yield the texts that a module marks, each with the class it stands in, such as ``Scope.Risk``."""

    def walk(node: ast.AST, inside: tuple[str, ...]) -> Iterator[tuple[str, Message]]:
        if isinstance(node, ast.ClassDef):
            inside = (*inside, node.name)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and _marks(node.func.id):
            yield ".".join(inside), message_of(node)
        for child in ast.iter_child_nodes(node):
            yield from walk(child, inside)

    return walk(ast.parse(text), ())


def _marks(name: str) -> bool:
    return name.removesuffix("_lazy") in CALLS


def message_of(call: ast.expr) -> Message:
    """Return the text that ``call`` marks. Raises ``ValueError`` where it is not a literal, which nobody can find."""
    assert isinstance(call, ast.Call)
    assert isinstance(call.func, ast.Name)
    context, text, plural = CALLS[call.func.id.removesuffix("_lazy")]
    said = [None if place is None else _literal(call, place) for place in (context, text, plural)]
    return Message(str(said[1]), said[2] or "", said[0])


def _literal(call: ast.Call, place: int) -> str:
    node = call.args[place] if place < len(call.args) else None
    if not (isinstance(node, ast.Constant) and isinstance(node.value, str)):
        raise ValueError(f"no literal: {ast.unparse(call)}")
    return node.value


def key_of(entry: polib.POEntry) -> Message:
    """Return what ``entry`` translates."""
    return Message(entry.msgid, entry.msgid_plural, entry.msgctxt)


def forms_of(entry: polib.POEntry) -> list[str]:
    """Return its translations: one, or one for each form of the plural."""
    return [entry.msgstr_plural[form] for form in sorted(entry.msgstr_plural)] if entry.msgid_plural else [entry.msgstr]


def number_of_forms(locale: str) -> int:
    """Return how many forms of the plural there are."""
    return int(LOCALES[locale].removeprefix("nplurals=").partition(";")[0])


def updated(catalogues: Catalogues, locale: str) -> polib.POFile:
    """Return the catalogue with every text of today: those it had keep their translations, new ones have none."""
    path = catalogues.path(locale)
    old = {key_of(entry): entry for entry in polib.pofile(str(path))} if path.exists() else {}
    new = polib.POFile(wrapwidth=110)
    new.metadata = {
        "Language": locale,
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=UTF-8",
        "Content-Transfer-Encoding": "8bit",
        "Plural-Forms": LOCALES[locale],
    }
    for message, files in catalogues.messages().items():
        entry = polib.POEntry(msgid=message.text, msgid_plural=message.plural, msgctxt=message.context)
        entry.occurrences = [(name, "") for name in files]
        if "%(" in message.text + message.plural:
            entry.flags = ["python-format"]
        known = old.get(message)
        if message.plural:
            forms = known.msgstr_plural if known else {}
            entry.msgstr_plural = {form: forms.get(form, "") for form in range(number_of_forms(locale))}
        else:
            entry.msgstr = known.msgstr if known else ""
        new.append(entry)
    return new


def main() -> int:
    """Write every catalogue and compile it. 1 where translations are missing."""
    missing = 0
    for catalogues in (PROVIDER, DEMO):
        for locale in LOCALES:
            path = catalogues.path(locale)
            path.parent.mkdir(parents=True, exist_ok=True)
            catalogue = updated(catalogues, locale)
            catalogue.save(str(path))
            path.with_suffix(".mo").write_bytes(catalogue.to_binary())
            untranslated = [entry for entry in catalogue if not all(forms_of(entry))]
            missing += len(untranslated)
            name = path.relative_to(ROOT)
            sys.stdout.write(f"{name}: {len(catalogue)} texts\n")
            sys.stdout.writelines(f"{name}: to be translated: {entry.msgid!r}\n" for entry in untranslated)
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
