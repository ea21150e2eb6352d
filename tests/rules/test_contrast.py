"""Contrast of colours (WCAG 2.2 §1.4.3)."""

import re
from pathlib import Path

import pytest

import oauth_provider
from oauth_provider.models.client_presentation import DARK_BACKGROUNDS, LIGHT_BACKGROUNDS
from oauth_provider.protocol.contrast import contrast, is_color, is_readable, nearest_readable

STYLESHEET = Path(oauth_provider.__file__).parent / "static" / "oauth_provider" / "oauth.css"


@pytest.mark.parametrize(
    ("one", "other", "ratio"), [("#000000", "#ffffff", 21), ("#ffffff", "#ffffff", 1), ("#767676", "#ffffff", 4.54)]
)
def test_it_is_what_the_guidelines_compute(one: str, other: str, ratio: float) -> None:
    assert contrast(one, other) == contrast(other, one) == pytest.approx(ratio, abs=0.01)


@pytest.mark.parametrize("color", ["#ffcc00", "#7a3e00", "#ffffff", "#000000", "#777777", "#00ff00", "#1a56db"])
@pytest.mark.parametrize("backgrounds", [LIGHT_BACKGROUNDS, DARK_BACKGROUNDS])
def test_the_nearest_can_be_read_and_stays_what_it_is_where_it_can(color: str, backgrounds: tuple[str, ...]) -> None:
    nearest = nearest_readable(color, backgrounds)
    assert is_readable(nearest, backgrounds)
    assert not is_readable(color, backgrounds) or nearest == color


def test_nothing_is_readable_on_black_and_on_white() -> None:
    assert nearest_readable("#777777", ("#000000", "#ffffff", "#777777")) == ""


@pytest.mark.parametrize("text", ["", "red", "#fff", "#GGGGGG", "#FFCC00", "#ffcc00;", "#ffcc00\n", "url(x)"])
def test_what_is_no_colour(text: str) -> None:
    assert not is_color(text)


def test_backgrounds_are_those_of_the_stylesheet() -> None:
    looks = re.findall(r":root \{(.*?)\}", STYLESHEET.read_text(), re.DOTALL)[:2]
    for look, backgrounds in zip(looks, (LIGHT_BACKGROUNDS, DARK_BACKGROUNDS), strict=True):
        assert tuple(re.findall(r"--oa-(?:surface|background): (#\w+);", look)) == backgrounds
