"""Logos (RFC 7591 §5): what anybody made becomes a small PNG of our own, or is refused before it is decoded."""

import gzip
import io
import struct
import zlib
from typing import Any

import pytest
from PIL import Image

from oauth_provider.clients import logo
from oauth_provider.clients.logo import MAX_BYTES, MAX_KEPT_BYTES, LogoRefused, make_logo
from oauth_provider.protocol import image_header
from oauth_provider.protocol.digest import digest_of_bytes
from tests.logos import drawn

pytestmark = pytest.mark.spec("RFC 7591", "5")


def png_that_says(width: int, height: int) -> bytes:
    """A PNG of some bytes whose header promises more."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(b"\0" * 1000))
        + chunk(b"IEND", b"")
    )


def webp_that_says(width: int, height: int) -> bytes:
    body = b"WEBPVP8X" + struct.pack("<I", 10) + b"\0" * 4 + (width - 1).to_bytes(3, "little")
    body += (height - 1).to_bytes(3, "little")
    return b"RIFF" + struct.pack("<I", len(body)) + body


@pytest.mark.parametrize(("kind", "options"), [("PNG", {}), ("JPEG", {}), ("WEBP", {}), ("WEBP", {"lossless": True})])
def test_an_image_is_made_anew_and_small(kind: str, options: dict[str, Any]) -> None:
    made = make_logo(drawn((700, 300), kind, **options))
    with Image.open(io.BytesIO(made.image)) as image:
        assert (image.format, image.size) == ("PNG", (192, 82))
    assert made.digest == digest_of_bytes(made.image)


def test_nothing_but_the_pixels_is_kept() -> None:
    comment = Image.Exif()
    comment[0x010E] = "<script>alert(1)</script>"
    made = make_logo(drawn((40, 40), "JPEG", exif=comment.tobytes()))
    assert b"script" not in made.image
    assert make_logo(drawn((40, 40), "PNG") + b"<script>").image == make_logo(drawn((40, 40), "PNG")).image


def test_noise_is_made_smaller_still() -> None:
    noise = Image.effect_noise((300, 300), 255).convert("RGB")
    sent = io.BytesIO()
    Image.merge("RGB", [noise.getchannel(0), noise.rotate(90).getchannel(0), noise.rotate(180).getchannel(0)]).save(
        sent, "PNG"
    )
    assert len(make_logo(sent.getvalue()).image) <= MAX_KEPT_BYTES


@pytest.mark.parametrize(
    ("sent", "told"),
    [
        (b"", "no PNG"),
        (b"GIF89a" + b"\0" * 100, "no PNG"),
        (b"BM" + b"\0" * 100, "no PNG"),
        (b"\x89PNG\r\n\x1a\n", "no PNG"),
        (b"\xff\xd8\xff" + b"\xff" * 5_000, "no PNG"),
        (b"\xff\xd8\xff\xe0\x00\x02" * 3_000, "no PNG"),
        (b"RIFF\0\0\0\0WEBPVP8X", "no PNG"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>", "SVG"),
        (b"\xef\xbb\xbf  <?xml version='1.0'?><!-- x --><s:SVG xmlns:s='x'/>", "SVG"),
        (gzip.compress(b"<svg/>", mtime=0), "SVG"),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * MAX_BYTES, "larger than 512 kB"),
        (png_that_says(40_000, 40_000), "40000 by 40000"),
        (png_that_says(0, 9), "too large"),
        (png_that_says(2**31, 2**31), "too large"),
        (webp_that_says(16_000, 16_000), "16000 by 16000"),
        (png_that_says(500, 500), "broken"),
        (webp_that_says(500, 500), "broken"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\1\0\0\0\1" + b"\xff" * 200, "broken"),
    ],
)
def test_what_is_no_logo_is_refused_with_the_reason(sent: bytes, told: str) -> None:
    with pytest.raises(LogoRefused, match=told):
        make_logo(sent)


def test_a_size_that_its_header_hid_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two readers may understand a file differently."""
    monkeypatch.setattr(image_header, "read", lambda data: image_header.Header("PNG", 1, 1))
    with pytest.raises(LogoRefused, match="broken"):
        make_logo(drawn((2_500, 2_500), "PNG"))


@pytest.mark.parametrize("release", [None, (9, 0)])
def test_without_the_library_it_is_said_what_to_install(monkeypatch: pytest.MonkeyPatch, release: Any) -> None:
    monkeypatch.setattr(logo, "pillow", lambda: release)
    with pytest.raises(LogoRefused, match=r"django-oauth-authority\[logos\]"):
        make_logo(drawn((10, 10), "PNG"))
