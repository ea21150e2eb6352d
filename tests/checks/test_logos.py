"""Pillow, which decodes what others made, is there in a release that nobody knows how to break, or not at all."""

import pytest

from oauth_provider.checks import logos
from tests.checks.messages import said


@pytest.mark.parametrize(("release", "found"), [(None, []), ((10, 2), ["W139"]), ((11, 3), []), ((13, 0), [])])
def test_an_old_pillow_is_told(
    monkeypatch: pytest.MonkeyPatch, release: tuple[int, ...] | None, found: list[str]
) -> None:
    monkeypatch.setattr(logos, "pillow", lambda: release)
    assert said(logos.check_pillow) == found
