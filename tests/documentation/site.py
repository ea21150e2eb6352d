"""The site that ``make docs`` has built, served on a port of this machine: its pages, links and anchors."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from html.parser import HTMLParser
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import unquote, urldefrag, urljoin, urlsplit

import requests

ROOT = Path(__file__).resolve().parents[2]
BUILT = ROOT / "docs" / "_build" / "html"
# Where an element names something that a browser loads by itself, and where a person may follow.
LOADED = {
    "img": "src",
    "script": "src",
    "link": "href",
    "iframe": "src",
    "source": "src",
    "video": "src",
    "object": "data",
}


@dataclass(slots=True)
class Page:
    """A page as a browser sees it: its anchors, where its links lead, and what it loads."""

    anchors: set[str] = field(default_factory=set)
    links: list[str] = field(default_factory=list)
    loaded: list[str] = field(default_factory=list)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.page = Page()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = {name: value or "" for name, value in attrs}
        self.page.anchors |= {named[name] for name in ("id", "name") if name in named and tag != "meta"}
        if tag == "a" and "href" in named:
            self.page.links.append(named["href"])
        if named.get(LOADED.get(tag, "")):
            self.page.loaded.append(named[LOADED[tag]])


def read(html: str) -> Page:
    """Return what a browser would find in ``html``."""
    reader = _Reader()
    reader.feed(html)
    return reader.page


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:
        pass


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """Serve ``folder`` and yield the URL of its root."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(folder)))
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@dataclass(slots=True)
class Crawl:
    """Every page that can be reached from the root, each dead end, and the links that lead elsewhere."""

    pages: dict[str, Page] = field(default_factory=dict)
    dead: set[str] = field(default_factory=set)
    external: set[str] = field(default_factory=set)
    loaded_elsewhere: set[str] = field(default_factory=set)


def crawl(root: str) -> Crawl:
    """Follow every link from ``root``, and look for the anchor that each one names."""
    found, waiting, files = Crawl(), [(root, root)], {}
    anchors: list[tuple[str, str, str]] = []
    with requests.Session() as session:
        while waiting:
            source, url = waiting.pop()
            if url in files:
                continue
            answer = session.get(url, timeout=10)
            files[url] = answer.status_code
            if answer.status_code != 200:
                found.dead.add(f"{_path(source)} → {_path(url)}: {answer.status_code}")
            elif "html" in answer.headers.get("Content-Type", ""):
                page = found.pages[url] = read(answer.content.decode())
                waiting += _follow(page, url, root, found, anchors)
    for source, url, anchor in anchors:
        if url in found.pages and anchor not in found.pages[url].anchors:
            found.dead.add(f"{_path(source)} → {_path(url)}#{anchor}")
    return found


def _follow(
    page: Page, url: str, root: str, found: Crawl, anchors: list[tuple[str, str, str]]
) -> list[tuple[str, str]]:
    """Return where the links of ``page`` lead within the site; note the others, and the anchors to look for."""
    within = []
    for link in [*page.links, *page.loaded]:
        target, anchor = urldefrag(urljoin(url, link))
        if urlsplit(target).scheme not in ("http", "https"):
            continue
        if not target.startswith(root):
            found.external.add(target)
            if link in page.loaded:
                found.loaded_elsewhere.add(f"{_path(url)} loads {target}")
            continue
        within.append((url, target))
        if anchor:
            anchors.append((url, target, unquote(anchor)))
    return within


def _path(url: str) -> str:
    return urlsplit(url).path
