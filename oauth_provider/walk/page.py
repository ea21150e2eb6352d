"""A page of HTML as a browser without pictures sees it: its title, its text, its forms."""

import contextlib
import re
from dataclasses import dataclass, field
from html.parser import HTMLParser

# Python's parser takes quadratic time over some text.
MAX_LENGTH = 131_072
TEXT_TYPES = ("text", "email", "tel", "")
UNSEEN = {"script", "style", "template", "head", "svg"}
VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
# What stands in one of these stands on a line of its own.
BLOCKS = {"address", "article", "div", "dd", "dt", "footer", "form", "h1", "h2", "h3", "h4", "header", "label"} | {
    "li", "main", "nav", "ol", "p", "pre", "section", "table", "td", "th", "title", "tr", "ul", "br", "hr", "button",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Field:
    """An ``<input>`` with a name."""

    name: str
    type: str
    value: str


@dataclass(frozen=True, slots=True)
class Button:
    """What submits a form; its name and value go along."""

    name: str
    value: str
    label: str


@dataclass(slots=True)
class Form:
    """A ``<form>``. ``action`` is empty where it is posted to its own page."""

    action: str
    method: str
    fields: list[Field] = field(default_factory=list)
    buttons: list[Button] = field(default_factory=list)

    def hidden(self) -> dict[str, str]:
        """What the page sends along unseen."""
        return {one.name: one.value for one in self.fields if one.type == "hidden"}

    def login_fields(self) -> tuple[str, str] | None:
        """The names of the fields for a username and a password, if it is a login form."""
        passwords = [one.name for one in self.fields if one.type == "password"]
        names = [one.name for one in self.fields if one.type in TEXT_TYPES]
        return (names[0], passwords[0]) if len(passwords) == 1 and names else None

    def button(self, value: str) -> Button | None:
        """The button that sends ``value``."""
        return next((one for one in self.buttons if one.value == value), None)


@dataclass(slots=True)
class Page:
    """What a page says and asks."""

    title: str = ""
    lines: list[str] = field(default_factory=list)
    forms: list[Form] = field(default_factory=list)

    def login_form(self) -> Form | None:
        """The form that asks who one is."""
        return next((form for form in self.forms if form.method == "post" and form.login_fields()), None)

    def decision_form(self) -> Form | None:
        """The form of a consent page: one may allow."""
        return next((form for form in self.forms if form.method == "post" and form.button("allow")), None)


def read_page(html: str) -> Page:
    """The page that ``html`` makes; whatever is wrong with it, what can be read is read."""
    reader = _Reader()
    with contextlib.suppress(AssertionError):  # Python's parser gives up on some declarations
        reader.feed(html[:MAX_LENGTH])
        reader.close()
    reader.break_line()
    return reader.page


class _Reader(HTMLParser):
    """Builds a ``Page``. Text inside of a ``<title>`` or a ``<button>`` is theirs."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.page = Page()
        self._line = ""
        self._unseen: list[str] = []
        self._form: Form | None = None
        self._button: dict[str, str] | None = None
        self._in_title = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """A form, its fields and buttons are kept; a block begins a line."""
        attributes = {name: value or "" for name, value in attrs}
        if tag in BLOCKS:
            self.break_line()
        if tag == "body":
            self._unseen = []
        elif tag not in VOID and (self._unseen or tag in UNSEEN or attributes.get("aria-hidden") == "true"):
            self._unseen.append(tag)
        elif tag == "form":
            self._form = Form(attributes.get("action", ""), attributes.get("method", "get").lower())
            self.page.forms.append(self._form)
        elif tag == "button":
            self._button = attributes
        elif tag == "input":
            self._input(attributes)
        self._in_title = tag == "title" and "svg" not in self._unseen

    def handle_endtag(self, tag: str) -> None:
        """What ends is closed; a block ends a line."""
        if tag == "button" and self._button is not None:
            self._close_button()
        if tag in BLOCKS:
            self.break_line()
        if tag in self._unseen:
            while self._unseen.pop() != tag:
                continue
        if tag == "form":
            self._form = None
        self._in_title = False

    def handle_data(self, data: str) -> None:
        """Text that is seen."""
        if self._in_title:
            self.page.title += data.strip()
        elif not self._unseen:
            self._line += data

    def break_line(self) -> None:
        """What was read so far stands on a line of its own."""
        line = re.sub(r"\s+", " ", self._line).strip()
        if line and self._button is None:
            self.page.lines.append(line)
            self._line = ""
        elif not line:
            self._line = ""

    def _input(self, attributes: dict[str, str]) -> None:
        kind, name = attributes.get("type", "text").lower(), attributes.get("name", "")
        if self._form is None:
            return
        if kind == "submit":
            value = attributes.get("value", "")
            self._form.buttons.append(Button(name, value, value))
        elif name:
            self._form.fields.append(Field(name, kind, attributes.get("value", "")))

    def _close_button(self) -> None:
        attributes, self._button = self._button or {}, None
        label = re.sub(r"\s+", " ", self._line).strip()
        self._line = ""
        if self._form is not None:
            self._form.buttons.append(Button(attributes.get("name", ""), attributes.get("value", ""), label))
