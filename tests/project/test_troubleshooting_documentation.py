"""docs/how-to/troubleshooting.md: every error has its place, and what it quotes is what the product says."""

import re
from collections.abc import Iterator
from pathlib import Path

import oauth_provider
from oauth_provider.protocol import errors
from oauth_provider.protocol.reason import Reason

ROOT = Path(__file__).parent.parent.parent
PACKAGE = Path(oauth_provider.__file__).parent
TEXT = (ROOT / "docs" / "how-to" / "troubleshooting.md").read_text()
BY_ERROR, BY_CHECK, BY_PAGE = re.split(r"^## By .+$", TEXT, flags=re.MULTILINE)[1:]


def wire_codes(kind: type[errors.OAuthError] = errors.OAuthError) -> Iterator[str]:
    yield kind.error
    for derived in kind.__subclasses__():
        if derived.__module__ == errors.__name__:
            yield from wire_codes(derived)


def first_cells(text: str) -> list[str]:
    """The first cell of each row of each table, but for the heads."""
    return [cell for cell in re.findall(r"^\| (.+?) \|", text, re.MULTILINE) if "`" in cell or "*" in cell]


def test_every_error_on_the_wire_has_a_section() -> None:
    assert re.findall(r"^### `(\w+)`$", BY_ERROR, re.MULTILINE) == list(
        dict.fromkeys(re.findall(r"^### `(\w+)`$", BY_ERROR, re.MULTILINE))
    )
    assert set(re.findall(r"^### `(\w+)`$", BY_ERROR, re.MULTILINE)) == set(wire_codes())


def test_every_description_and_reason_that_is_quoted_is_one() -> None:
    quoted = [text for cell in first_cells(BY_ERROR) for text in re.findall(r"`([^`]+)`", cell)]
    codes = {reason.code for reason in Reason}
    described = [text for text in quoted if text not in codes]
    assert len(described) > 30

    def is_said(text: str) -> bool:
        pattern = re.escape(text).replace("…", ".+")
        said = [re.sub(r"\{\w+\}", "…", reason.text) for reason in Reason]
        return any(re.fullmatch(pattern, one) for one in [*said, *(reason.text for reason in Reason)])

    filled = {"The body must be application/x-www-form-urlencoded.", "This endpoint takes POST."}
    assert [text for text in described if text not in filled and not is_said(text)] == []


def test_every_check_that_is_named_is_one() -> None:
    code = "".join(file.read_text() for file in PACKAGE.rglob("*.py"))
    named = re.findall(r"`(oauth_(?:provider|resource_server)\.[EIW]\d+)`", TEXT)
    assert len(named) > 30
    assert [one for one in named if f'"{one}"' not in code] == []


def test_every_page_that_is_named_is_called_so() -> None:
    shown = "".join(file.read_text() for kind in ("py", "html") for file in PACKAGE.rglob(f"*.{kind}"))
    titles = [title for cell in first_cells(BY_PAGE) for title in re.findall(r"^\*([^*]+)\*", cell)]
    ours = [title for title in titles if title != "CSRF verification failed"]
    assert len(ours) > 5
    assert [title for title in ours if f'"{title}"' not in shown] == []
