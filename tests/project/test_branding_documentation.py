"""docs/how-to/branding.md lists every template, block, context variable and ``--oa-*`` variable that there is."""

import re
from pathlib import Path

import oauth_provider
from tests.each import each

ROOT = Path(__file__).parent.parent.parent
PACKAGE = Path(oauth_provider.__file__).parent
PAGES = PACKAGE / "templates" / "oauth_provider"
STYLESHEET = PACKAGE / "static" / "oauth_provider" / "oauth.css"
TEXT = (ROOT / "docs" / "how-to" / "branding.md").read_text()

EXPRESSION = re.compile(r"\{\{\s*([\w.]+)|\{%\s*(?:el)?if\s+(.+?)\s*%\}|\{%\s*for\s+([\w, ]+?)\s+in\s+([\w.]+)")
SET_BY_TAGS = re.compile(r"\{%\s*(?:get_current_\w+|url\b[^%]*)\s+as\s+(\w+)")
# ``{% with a=b %}``, ``{% blocktranslate with a=b %}`` and ``{% blocktranslate count a=b %}`` make names, too.
MADE_BY_TAGS = re.compile(r"(?<=[\s])(\w+)=(?=[\w.|:'\"]+)")
WITH = re.compile(r"\{%\s*(?:with|blocktranslate(?:\s+trimmed)?\s+(?:with|count))\s(.*?)%\}")
WORDS = {"and", "or", "not", "in", "is", "block", "forloop", "None", "True", "False"}


def blocks(source: str) -> set[str]:
    return set(re.findall(r"\{%\s*block\s+(\w+)", source))


def variables(source: str) -> set[str]:
    """Names that the template reads and does not make itself."""
    read, made = set(), set(SET_BY_TAGS.findall(source))
    for given in WITH.findall(source):
        made |= set(MADE_BY_TAGS.findall(f" {given}"))
        read |= set(re.findall(r"=([A-Za-z_]\w*)", given))
    for shown, asked, names, sequence in EXPRESSION.findall(source):
        made |= set(re.split(r"[,\s]+", names)) - {""}
        for text in (shown, asked, sequence):
            read |= set(re.findall(r"(?<![\w.'\"|:])[A-Za-z_]\w*", text))
    return read - made - WORDS


def sections() -> dict[str, tuple[set[str], set[str]]]:
    """Blocks and variables that the page names, by template."""
    found = {}
    for name, body in re.findall(r"^### `(\S+\.html)`\n(.*?)(?=^#)", TEXT, re.DOTALL | re.MULTILINE):
        rows = dict(re.findall(r"^- (Blocks|Variables): (.+?)(?=\n- |\n\n|\Z)", body, re.DOTALL | re.MULTILINE))
        found[name] = tuple(set(re.findall(r"`(\w+)`", rows.get(kind, ""))) for kind in ("Blocks", "Variables"))
    return found


def test_every_template_has_a_section() -> None:
    assert set(sections()) == {file.name for file in PAGES.glob("*.html")}


@each("file", sorted(PAGES.glob("*.html")), ids=lambda file: file.name)
def test_every_block_and_variable_of_a_template_is_listed(file: Path) -> None:
    source = file.read_text()
    listed = sections()[file.name]
    assert listed == (blocks(source), variables(source))


def test_every_variable_of_the_stylesheet_is_listed_with_its_values() -> None:
    css = STYLESHEET.read_text()
    looks = re.findall(r":root \{(.*?)\}", css, re.DOTALL)
    light, dark = (dict(re.findall(r"(--oa-[\w-]+):\s*(.+?);", look)) for look in looks)
    rows = re.findall(r"^\| `(--oa-[\w-]+)` \| `(.+?)` \| (?:`(.+?)`)? *\|", TEXT, re.MULTILINE)
    assert {name: value for name, value, _ in rows} == light
    assert {name: value for name, _, value in rows if value} == dark


def test_no_colour_of_the_stylesheet_is_written_outside_its_variables() -> None:
    rules = re.sub(r":root \{.*?\}", "", STYLESHEET.read_text(), flags=re.DOTALL)
    assert re.findall(r"#[0-9a-fA-F]{3,8}\b|rgba?\(|hsla?\(", rules) == []


def test_every_variable_that_the_stylesheet_uses_is_defined() -> None:
    css = STYLESHEET.read_text()
    assert set(re.findall(r"var\((--oa-[\w-]+)", css)) == set(re.findall(r"(--oa-[\w-]+):", css))


EXAMPLE = ROOT / "docs" / "examples" / "branding"
PRINTED = ["templates/oauth_provider/base.html", "templates/oauth_provider/consent.html", "static/branding/brand.css"]


@each("name", PRINTED)
def test_the_page_prints_the_files_of_the_example(name: str) -> None:
    assert (EXAMPLE / name).read_text() in TEXT
