"""The settings are documented: each by its docstring, and each in ``docs/settings.md``."""

from pathlib import Path

import pytest

from oauth_provider.conf import NAMES, ProviderSettings
from oauth_provider.resource_server.conf import ResourceServerSettings

DOCUMENT = (Path(__file__).parent.parent / "docs" / "settings.md").read_text()


@pytest.mark.parametrize("name", [*NAMES, *ResourceServerSettings.KEYS])
def test_every_setting_has_a_section(name: str) -> None:
    assert f"\n## `{name}`\n" in DOCUMENT


@pytest.mark.parametrize("name", NAMES)
def test_every_setting_says_its_default(name: str) -> None:
    section = DOCUMENT.split(f"\n## `{name}`\n")[1].split("\n## ")[0]
    docstring = getattr(ProviderSettings, name).__doc__ or ""
    assert section.strip().startswith("Default:")
    assert "Default" in docstring or "Default:" in docstring.replace("\n", " ")


def test_no_section_describes_a_setting_that_is_not_there() -> None:
    described = {line[4:-1] for line in DOCUMENT.splitlines() if line.startswith("## `")}
    assert described == {*NAMES, *ResourceServerSettings.KEYS}
