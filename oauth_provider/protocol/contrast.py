"""Contrast of colours (WCAG 2.2 §1.4.3): can text of one colour be read on another?"""

import re
from collections.abc import Collection
from colorsys import hls_to_rgb, rgb_to_hls

# Text of the usual size.
MINIMUM = 4.5
COLOR = re.compile(r"#[0-9a-f]{6}")
STEPS = 200


def is_color(text: str) -> bool:
    """Is it a colour as stylesheets have it, six hexadecimal digits in lower case behind "#"?"""
    return COLOR.fullmatch(text) is not None


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of two colours, from 1 to 21. Raises ``ValueError`` for what is none."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def is_readable(color: str, backgrounds: Collection[str]) -> bool:
    """Can text of ``color`` be read on every one of ``backgrounds``? Raises ``ValueError`` for what is no colour."""
    return all(contrast(color, one) >= MINIMUM for one in backgrounds)


def nearest_readable(color: str, backgrounds: Collection[str]) -> str:
    """Return ``color``, or the nearest colour of the same hue that can be read on every one of ``backgrounds``.

    "" where there is none: no colour can be read on black and on white. Raises ``ValueError`` for what is no colour.
    """
    if is_readable(color, backgrounds):
        return color
    hue, lightness, saturation = rgb_to_hls(*_channels(color))
    for step in sorted(range(STEPS + 1), key=lambda step: abs(step / STEPS - lightness)):
        found = _color(hls_to_rgb(hue, step / STEPS, saturation))
        if is_readable(found, backgrounds):
            return found
    return ""


def _channels(color: str) -> tuple[float, float, float]:
    if not is_color(color):
        raise ValueError("This is no colour.")
    red, green, blue = (int(color[place : place + 2], 16) / 255 for place in (1, 3, 5))
    return red, green, blue


def _color(channels: tuple[float, float, float]) -> str:
    return "#" + "".join(f"{round(channel * 255):02x}" for channel in channels)


def _luminance(color: str) -> float:
    """Return the relative luminance of a colour in sRGB."""
    linear = [one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in _channels(color)]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
