"""The built documentation: no link is dead, nothing is loaded from elsewhere, and programs find every page."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.documentation.site import BUILT, ROOT, Crawl, crawl, served

pytestmark = pytest.mark.site
DOORS = ("how-to", "reference", "explanation")


@pytest.fixture(scope="module")
def found() -> Iterator[Crawl]:
    assert (BUILT / "index.html").is_file(), "make docs builds it"
    with served(BUILT) as root:
        yield crawl(root)


def test_every_link_and_anchor_within_the_site_leads_somewhere(found: Crawl) -> None:
    assert len(found.pages) > 20
    assert found.dead == set()


def test_links_to_other_sites_are_https_and_are_listed(found: Crawl) -> None:
    """In a file, for who wants to look at them: none is fetched."""
    (BUILT.parent / "external-links.txt").write_text("".join(f"{link}\n" for link in sorted(found.external)))
    assert len(found.external) > 5
    local = re.compile(r"http://(127\.0\.0\.1|localhost)[:/]")
    assert {link for link in found.external if not link.startswith("https://") and not local.match(link)} == set()


def test_a_page_loads_nothing_from_another_host(found: Crawl) -> None:
    assert found.loaded_elsewhere == set()


def test_a_style_sheet_loads_nothing_from_another_host() -> None:
    sheets = list(BUILT.rglob("*.css"))
    assert len(sheets) > 3
    for path in sheets:
        loaded = re.findall(r"(?:@import\s+|url\()[\"']?([^\"')\s;]+)", path.read_text())
        assert [one for one in loaded if one.startswith(("http:", "https:", "//"))] == [], path.name


def test_every_page_can_be_reached_from_the_first(found: Crawl) -> None:
    sources = {path.relative_to(BUILT).as_posix() for path in BUILT.rglob("*.html")} - {"genindex.html", "search.html"}
    reached = {url.split("/", 3)[3] for url in found.pages}
    assert sources - {"py-modindex.html"} <= reached | {""}


@pytest.mark.parametrize("door", DOORS)
def test_each_door_opens_onto_pages(door: str) -> None:
    (contents,) = re.findall(r"\{toctree\}\n(.*?)```", (BUILT / door / "index.md").read_text(), re.DOTALL)
    pages = [line for line in contents.splitlines() if line and not line.startswith(":")]
    assert len(pages) > 1
    assert [page for page in pages if not (BUILT / door / f"{page}.html").is_file()] == []


# -- for programs --------------------------------------------------------------------------------------------

LISTED = re.compile(r"\]\(([^)]+)\)")


def test_llms_txt_names_every_page_and_nothing_that_is_not_there() -> None:
    text = (BUILT / "llms.txt").read_text()
    listed = {one for one in LISTED.findall(text) if "://" not in one}
    assert text.startswith("# oauth_provider\n\n> ")
    assert {one for one in listed if not (BUILT / one).is_file()} == set()
    written = {path.relative_to(BUILT).as_posix() for path in BUILT.rglob("*.md")}
    assert written - {"index.md"} == listed - {"llms-full.txt"}


def test_llms_full_holds_the_text_of_every_page() -> None:
    full = (BUILT / "llms-full.txt").read_text()
    for path in BUILT.rglob("*.md"):
        assert path.read_text().strip() in full, path.name


def test_no_comment_is_left_in_what_programs_read() -> None:
    assert re.findall(r"^<!--.*", (BUILT / "llms-full.txt").read_text(), re.MULTILINE) == []


def test_every_markdown_page_of_the_repository_is_in_the_site() -> None:
    folder = ROOT / "docs"
    sources = [path for path in folder.rglob("*.md") if not {"_build", "_ext"} & set(path.relative_to(folder).parts)]
    built = [BUILT / path.relative_to(folder).with_suffix(".html") for path in sources]
    assert [path.name for path in built if not path.is_file()] == []


# -- the tests of this file can fail -------------------------------------------------------------------------


def test_a_dead_link_a_dead_anchor_and_a_script_from_elsewhere_are_found(tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text(
        '<a href="gone.html">a</a><a href="there.html#gone">b</a><a href="there.html#here">c</a>'
        '<script src="https://cdn.example/x.js"></script><a href="https://example.com/">d</a>'
    )
    (tmp_path / "there.html").write_text('<p id="here">')
    with served(tmp_path) as root:
        found = crawl(root)
    assert found.dead == {"/ → /gone.html: 404", "/ → /there.html#gone"}
    assert found.loaded_elsewhere == {"/ loads https://cdn.example/x.js"}
    assert found.external == {"https://cdn.example/x.js", "https://example.com/"}
