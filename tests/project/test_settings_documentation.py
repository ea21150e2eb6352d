"""The settings are documented: each by its docstring, and by words of its own in ``docs/reference/settings.md``."""

from pathlib import Path

from oauth_provider.conf import NAMES, ProviderSettings
from oauth_provider.resource_server.conf import ResourceServerSettings

DOCUMENT = (Path(__file__).parents[2] / "docs" / "reference" / "settings.md").read_text()


def test_every_setting_has_a_section() -> None:
    assert [name for name in (*NAMES, *ResourceServerSettings.KEYS) if f"\n## `{name}`\n" not in DOCUMENT] == []


def test_every_setting_says_its_default_in_its_docstring_alone() -> None:
    """The site puts it below the heading: a second place would say another one some day."""
    for name in NAMES:
        section = DOCUMENT.split(f"\n## `{name}`\n")[1].split("\n## ")[0]
        assert not section.strip().startswith("Default"), name
        assert "Default: " in " ".join((getattr(ProviderSettings, name).__doc__ or "").split()), name


def test_no_section_describes_a_setting_that_is_not_there() -> None:
    described = {line[4:-1] for line in DOCUMENT.splitlines() if line.startswith("## `")}
    assert described == {*NAMES, *ResourceServerSettings.KEYS}
