"""HTML pages as a text browser shows them: title, text, forms."""

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
    is_checked: bool = False


@dataclass(frozen=True, slots=True)
class Button:
    """Button that submits a form, with its name and value."""

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
        """Return the hidden fields."""
        return {one.name: one.value for one in self.fields if one.type == "hidden"}

    def choices(self) -> dict[str, str]:
        """Return the first of each group of radio buttons, which is what is chosen where something has to be."""
        return {one.name: one.value for one in reversed(self.fields) if one.type == "radio"}

    def ticked(self) -> dict[str, str]:
        """Return the values of the boxes that are ticked, by name; several divided by spaces, as in a scope."""
        boxes = [one for one in self.fields if one.type == "checkbox" and one.is_checked]
        return {name: " ".join(one.value for one in boxes if one.name == name) for name in [one.name for one in boxes]}

    def login_fields(self) -> tuple[str, str] | None:
        """Return the names of the fields for username and password, or None if it is not a login form."""
        passwords = [one.name for one in self.fields if one.type == "password"]
        names = [one.name for one in self.fields if one.type in TEXT_TYPES]
        return (names[0], passwords[0]) if len(passwords) == 1 and names else None

    def button(self, value: str) -> Button | None:
        """Return the button that sends ``value``, or None."""
        return next((one for one in self.buttons if one.value == value), None)


@dataclass(slots=True)
class Page:
    """Title, text and forms of a page."""

    title: str = ""
    lines: list[str] = field(default_factory=list)
    forms: list[Form] = field(default_factory=list)

    def login_form(self) -> Form | None:
        """Return the login form, or None."""
        return next((form for form in self.forms if form.method == "post" and form.login_fields()), None)

    def decision_form(self) -> Form | None:
        """Return the form of a consent page, which has an "allow" button, or None."""
        return next((form for form in self.forms if form.method == "post" and form.button("allow")), None)


def read_page(html: str) -> Page:
    """Return the page in ``html``. Malformed HTML is read as far as possible."""
    reader = _Reader()
    with contextlib.suppress(AssertionError):  # Python's parser gives up on some declarations
        reader.feed(html[:MAX_LENGTH])
        reader.close()
    reader.break_line()
    return reader.page


class _Reader(HTMLParser):
    """Parser that builds a ``Page``. Text inside a ``<title>`` or a ``<button>`` belongs to that."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.page = Page()
        self._line = ""
        self._unseen: list[str] = []
        self._form: Form | None = None
        self._button: dict[str, str] | None = None
        self._in_title = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep a form, its fields and buttons; begin a line at a block element."""
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
        """Close an element; end the line at a block element."""
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
        """Add visible text."""
        if self._in_title:
            self.page.title += data.strip()
        elif not self._unseen:
            self._line += data

    def break_line(self) -> None:
        """End the present line, if it has text."""
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
            self._form.fields.append(Field(name, kind, attributes.get("value", ""), "checked" in attributes))

    def _close_button(self) -> None:
        attributes, self._button = self._button or {}, None
        label = re.sub(r"\s+", " ", self._line).strip()
        self._line = ""
        if self._form is not None:
            self._form.buttons.append(Button(attributes.get("name", ""), attributes.get("value", ""), label))
