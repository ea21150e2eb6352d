"""Screen: prints the transcript for a person, within the width of the terminal."""

import json
import shutil
import textwrap
from collections.abc import Callable, Iterable, Mapping, Sequence
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from django.core.management.color import Style

from oauth_provider.walk.page import read_page
from oauth_provider.walk.transcript.check import Check
from oauth_provider.walk.transcript.words import MEANINGS, not_revoked, short
from oauth_provider.walk.wire import Exchange, Response

NARROW, WIDE = 60, 100
MAX_NAME_LENGTH = 26
UNBROKEN = "\N{NO-BREAK SPACE}"
MARGIN, INDENT = "   ", "      "
REQUEST_HEADERS = ("Authorization",)
RESPONSE_HEADERS = ("WWW-Authenticate", "Retry-After")
# What the server's pages need among themselves; long, and of no interest here.
BOOKKEEPING, BOOKKEEPING_SHOWN = ("ticket", "next", "csrfmiddlewaretoken"), 24
MAX_PAGE_LINES, MAX_TEXT_LINES, MAX_MEMBERS = 14, 6, 14
# For a terminal that cannot show them.
PLAIN = str.maketrans(
    {"✓": "+", "✗": "x", "─": "-", "│": "|", "→": "->", "←": "<-", "…": "...", "“": '"', "”": '"', "§": "section "}
)


class Screen:
    """Prints lines with ``write``. The meaning of a parameter is printed the first time that it appears."""

    def __init__(self, write: Callable[[str], object], style: Style, *, encoding: str = "utf-8") -> None:
        self._write = write
        self._style = style
        self._encoding = encoding
        self._width = max(NARROW, min(shutil.get_terminal_size((WIDE, 24)).columns, WIDE))
        self._explained: set[str] = set()
        # What introduces the first exchange waits for it: a server that is not there is told in one line.
        self._held: list[str] | None = []
        self._was_skipped = False

    def silent(self) -> "Screen":
        """Return a screen that prints nothing."""
        return Screen(lambda line: None, self._style)

    def cast(self, url: str, client_id: str, username: str) -> None:
        """Print who takes part."""
        person = f" and the person {username}" if username else ""
        self._line()
        self._paragraph(
            f"This command plays the app {client_id}{person}. It talks plain HTTP to the server {url}. What you see is "
            "what was sent and answered; passwords and client secrets alone are masked.",
            "",
        )

    def walk(self, grant: str, summary: str) -> None:
        """Print the beginning of a grant."""
        self._line()
        self._line(f"{grant}", self._style.MIGRATE_HEADING)
        self._paragraph(summary, "")

    def step(self, number: int, title: str, spec: str, why: str) -> None:
        """Print the beginning of a step."""
        heading, place = f"{number:>2} {title} ", f" [{spec}]"
        rule = "─" * (self._width - len(heading) - len(place))
        self._line()
        if rule:
            self._line(f"{heading}{rule}{place}", self._style.MIGRATE_HEADING)
        else:
            self._line(self._cut(heading), self._style.MIGRATE_HEADING)
            self._line(f"{MARGIN}{place.strip()}", self._style.MIGRATE_HEADING)
        self._paragraph(why)

    def skipped(self, number: int, title: str, reason: str) -> None:
        """Print that a step is skipped, and why."""
        if not self._was_skipped:
            self._line()
        self._line(self._cut(f"{number:>2} {title}: skipped, {reason}"), self._style.WARNING)
        self._was_skipped = True

    def note(self, text: str) -> None:
        """Print a remark."""
        self._paragraph(text)

    def exchange(self, exchange: Exchange) -> None:
        """Print a request and its response: the parameters and headers that matter, and the body."""
        self._release()
        request, response = exchange.request, exchange.response
        self._line()
        self._request_line(exchange)
        headers = {name: value for name, value in request.headers.items() if name in REQUEST_HEADERS}
        query = dict(parse_qsl(urlsplit(request.url).query, keep_blank_values=True))
        self._rows({**headers, **(query if request.form is None else request.form)})
        self._line(f"{MARGIN}← {status_line(response.status)}", self._status_style(response.status))
        self._location(response)
        self._rows({name: response.headers[name] for name in headers_of(response)})
        self._body(response)

    def line_of(self, exchange: Exchange) -> None:
        """Print an exchange in one line."""
        request, status = exchange.request, exchange.response.status
        path = urlsplit(request.url).path
        self._line(self._cut(f"{MARGIN}{request.actor} → {request.method} {path}  ← {status_line(status)}"))

    def arrival(self, url: str) -> None:
        """Print the redirect by which the browser comes back to the app."""
        parts = urlsplit(url)
        self._line()
        self._line(
            self._cut(f"{MARGIN}Browser → GET {parts.scheme}://{parts.netloc}{parts.path}"), self._style.HTTP_INFO
        )
        self._rows(dict(parse_qsl(f"{parts.query}&{parts.fragment}", keep_blank_values=True)))

    def check(self, check: Check) -> None:
        """Print a check, and if it failed what was expected and what came."""
        mark, style = ("✓", self._style.SUCCESS) if check.ok else ("✗", self._style.ERROR)
        text = f"{check.text} [{check.spec}]".replace("RFC ", f"RFC{UNBROKEN}").replace(" §", f"{UNBROKEN}§")
        for number, line in enumerate(textwrap.wrap(text, self._width - 5)):
            self._line(f"{MARGIN}{mark if not number else ' '} {line}", style)
        for label, value in (("expected", check.expected), ("came", check.actual)):
            if not check.ok and value:
                self._paragraph(f"{label}: {short(value)}", f"{MARGIN}    ", f"{MARGIN}      ")

    def tidied(self, living: Sequence[str]) -> None:
        """Print that the tokens are revoked, or that ``living`` are not."""
        self._line()
        self._paragraph(not_revoked(living) if living else "Tidied up: every token that is shown above is revoked.", "")

    def summary(self, url: str, passed: int, failures: Iterable[tuple[str, Check]]) -> None:
        """Print the result."""
        wrong = list(failures)
        self._line()
        self._line("─" * self._width)
        for title, check in wrong:
            self._paragraph(f"✗ {title}: {in_words(check)} [{check.spec}]", "")
        if wrong:
            self._line(f"Checks that hold: {passed}. That do not: {len(wrong)}.", self._style.ERROR)
        else:
            self._paragraph(f"✓ All {passed} checks hold: {url} answers as the specifications say.", "")

    def _request_line(self, exchange: Exchange) -> None:
        request = exchange.request
        path = urlsplit(request.url).path or "/"
        self._line(self._cut(f"{MARGIN}{request.actor} → {request.method} {path}"), self._style.HTTP_INFO)

    def _location(self, response: Response) -> None:
        if response.location:
            line = f"{INDENT}Location  {response.location}"
            self._line(line if len(line) <= self._width else self._cut(f"{line.partition('?')[0]}?…"))

    def _body(self, response: Response) -> None:
        members = response.members()
        if response.location:
            return
        if members:
            self.members(members)
        elif response.is_html:
            self._page(response.body)
        elif response.body.strip():
            for line in response.body.splitlines()[:MAX_TEXT_LINES]:
                self._line(self._cut(f"{INDENT}{line}"))

    def members(self, members: Mapping[str, Any]) -> None:
        """Print a JSON object; of a long one only the members that are explained."""
        self._line(f"{INDENT}{{")
        shown = [name for name in members if len(members) <= MAX_MEMBERS or name in MEANINGS]
        self._rows({f'"{name}":': json.dumps(members[name], ensure_ascii=False) for name in shown}, INDENT + "  ")
        if len(shown) < len(members):
            self._line(f"{INDENT}  … and {len(members) - len(shown)} more")
        self._line(f"{INDENT}}}")

    def _page(self, html: str) -> None:
        page = read_page(html)
        edge = f"{INDENT}│ "
        if page.title:
            self._line(self._cut(f"{edge}{page.title}"), self._style.WARNING)
        for line in [line for line in page.lines if line != page.title][:MAX_PAGE_LINES]:
            self._line(self._cut(f"{edge}{line}"))
        for form in page.forms:
            seen = [f"{one.name}: ____" for one in form.fields if one.type not in ("hidden", "checkbox")]
            self._line(self._cut(edge + "  ".join([*seen, *(f"[ {one.label} ]" for one in form.buttons)])))

    def _rows(self, values: Mapping[str, str], indent: str = INDENT) -> None:
        """Print names, values, and the meaning of each name."""
        longest = min(max((len(name) for name in values), default=0), MAX_NAME_LENGTH)
        for name, value in values.items():
            meaning = self._meaning(name.strip('":'))
            start = f"{indent}{name:<{longest}}  "
            flat = " ".join(value.split())
            line = self._cut(start + (flat[:BOOKKEEPING_SHOWN] + "…" if name in BOOKKEEPING else flat))
            if len(line) + 2 + len(meaning) <= self._width:
                self._line(line, after=f"  {meaning}" if meaning else "")
                continue
            self._line(line)
            place = len(start) if len(start) + len(meaning) <= self._width else len(indent) + 2
            for part in textwrap.wrap(meaning, self._width - place):
                self._line(after=f"{' ' * place}{part}")

    def _meaning(self, name: str) -> str:
        if name in self._explained or name not in MEANINGS:
            return ""
        self._explained.add(name)
        return f"({MEANINGS[name]})"

    def _status_style(self, status: int) -> Callable[[str], str]:
        styles: tuple[Callable[[str], str], ...] = (
            self._style.HTTP_SUCCESS,
            self._style.HTTP_REDIRECT,
            self._style.HTTP_BAD_REQUEST,
            self._style.HTTP_SERVER_ERROR,
        )
        return styles[min(max(status // 100, 2), 5) - 2]

    def _cut(self, line: str) -> str:
        return line if len(line) <= self._width else line[: self._width - 1] + "…"

    def _paragraph(self, text: str, first: str = MARGIN, rest: str | None = None) -> None:
        indent = first if rest is None else rest
        for line in textwrap.wrap(text, self._width, initial_indent=first, subsequent_indent=indent):
            self._line(line)

    def _line(self, text: str = "", style: Callable[[str], str] = str, *, after: str = "") -> None:
        """Print one line, without control characters of the server, and in ASCII for a terminal without Unicode."""
        line, tail = (self._safe(part) for part in (text, after))
        self._was_skipped = False
        styled = (style(line) if line else "") + (self._style.HTTP_NOT_MODIFIED(tail) if tail else "")
        if self._held is None:
            self._write(styled)
        else:
            self._held.append(styled)

    def _release(self) -> None:
        held, self._held = self._held or [], None
        for line in held:
            self._write(line)

    def _safe(self, text: str) -> str:
        text = text.replace(UNBROKEN, " ")
        seen = "".join(letter if letter.isprintable() else "�" for letter in text)
        try:
            seen.encode(self._encoding)
        except UnicodeEncodeError:
            return seen.translate(PLAIN).encode(self._encoding, "replace").decode(self._encoding)
        return seen


def in_words(check: Check) -> str:
    """Return what is wrong. A check without an expected value is reported by its text only."""
    if not check.expected:
        return check.text
    return f"not so: {check.text}. Expected {short(check.expected)}; came {short(check.actual) or 'nothing'}"


def headers_of(response: Response) -> list[str]:
    """Return the names of the headers to show. ``Cache-Control: no-store`` is shown where tokens may be in the body."""
    shown = [name for name in RESPONSE_HEADERS if name in response.headers]
    caching = response.headers.get("Cache-Control", "")
    return [*shown, "Cache-Control"] if "no-store" in caching and response.members() else shown


def status_line(status: int) -> str:
    """Return a status with its phrase: ``303 See Other``."""
    try:
        return f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        return str(status)
