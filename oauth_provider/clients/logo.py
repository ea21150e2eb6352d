"""Logos (RFC 7591 §2): an image of anybody's becomes a small PNG of our own, or is refused with the reason.

The library, Pillow, is an extra (``logos``); it is imported only here and only when it is needed. Nothing is decoded
before the header has said how large it is.
"""

import io
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from oauth_provider.protocol import image_header
from oauth_provider.protocol.digest import digest_of_bytes

# Of what is sent.
MAX_BYTES = 512 * 1024
MAX_PIXELS = 4_000_000
# Of what is kept: sharp at 56 pixels on every screen. The smaller ones are for what is large all the same.
SIDES = (192, 128, 96)
MAX_KEPT_BYTES = 64 * 1024
# The first release without a published vulnerability of its decoders that we know of.
OLDEST_PILLOW = (11, 3)
INSTALL = 'pip install "django-oauth-authority[logos]"'


class LogoRefused(ValueError):
    """The image is not taken. ``text`` says why, for whoever sent it."""

    def __init__(self, text: str | Promise) -> None:
        super().__init__(str(text))
        self.text = str(text)


@dataclass(frozen=True, slots=True)
class Logo:
    """A PNG of our own making, with its digest."""

    digest: str
    image: bytes


def pillow() -> tuple[int, ...] | None:
    """Return the release of Pillow that is installed, as far as it is numbers; None where it is not."""
    try:
        parts = version("pillow").split(".")
    except PackageNotFoundError:
        return None
    return tuple(int(part) for part in parts[:2] if part.isdigit())


def make_logo(sent: bytes) -> Logo:
    """Return ``sent``, an image of up to ``MAX_BYTES`` and ``MAX_PIXELS``, as our own PNG. Raises ``LogoRefused``."""
    release = pillow()
    if release is None or release < OLDEST_PILLOW:
        raise LogoRefused(_("This server cannot read images: %(install)s.") % {"install": INSTALL})
    if len(sent) > MAX_BYTES:
        raise LogoRefused(_("This is larger than %(size)d kB.") % {"size": MAX_BYTES // 1024})
    if image_header.is_svg(sent):
        raise LogoRefused(_("SVG is not taken, since it may hold scripts. Save the logo as a PNG."))
    header = image_header.read(sent)
    if header is None:
        raise LogoRefused(_("This is no PNG, JPEG or WebP image."))
    if not 0 < header.width * header.height <= MAX_PIXELS:
        told = _("This is too large: %(width)d by %(height)d pixels. 512 by 512 is plenty.")
        raise LogoRefused(told % {"width": header.width, "height": header.height})
    image = _made_anew(sent, header.format)
    return Logo(digest_of_bytes(image), image)


def _made_anew(sent: bytes, kind: str) -> bytes:
    """Decode, turn upright, make small, and encode with nothing beside the pixels."""
    from PIL import Image, ImageOps

    try:
        with Image.open(io.BytesIO(sent), formats=[kind]) as opened:
            if opened.width * opened.height > MAX_PIXELS:
                raise ValueError("another size than its header says")
            upright = ImageOps.exif_transpose(opened)
            pixels = Image.new("RGBA", upright.size)
            pixels.paste(upright.convert("RGBA"))
    # Decoders of broken images raise what they come upon.
    except Exception:
        raise LogoRefused(_("This image is broken.")) from None
    encoded = b""
    for side in SIDES:
        pixels.thumbnail((side, side))
        out = io.BytesIO()
        pixels.save(out, format="PNG", optimize=True)
        encoded = out.getvalue()
        if len(encoded) <= MAX_KEPT_BYTES:
            break
    return encoded
