"""Headers of images (PNG §11.2.2, ITU-T T.81 §B.2.2, RFC 9649 §2): format and size, read before anything is decoded.

A decoder sets memory aside for what a header promises: 500 bytes may promise gigabytes.
"""

import struct
from dataclasses import dataclass

PNG, JPEG, WEBP = "PNG", "JPEG", "WEBP"
PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
# Start of frame, of any kind; and the markers that stand alone, without a length.
FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
ALONE = frozenset({0x01, *range(0xD0, 0xD9)})
MAX_SEGMENTS = 500
BYTE_ORDER_MARK = b"\xef\xbb\xbf"
GZIP = b"\x1f\x8b"
SVG_PROLOGUE = 4096


@dataclass(frozen=True, slots=True)
class Header:
    """Format of an image, and its size in pixels."""

    format: str
    width: int
    height: int


def is_svg(data: bytes) -> bool:
    """Is it SVG, which browsers run, plain or compressed?"""
    text = data[:SVG_PROLOGUE].removeprefix(BYTE_ORDER_MARK).lstrip().lower()
    return data.startswith(GZIP) or (text.startswith(b"<") and b"svg" in text)


def read(data: bytes) -> Header | None:
    """Return what the header of a PNG, JPEG or WebP says; None for anything else."""
    try:
        if data.startswith(PNG_SIGNATURE) and data[12:16] == b"IHDR":
            return Header(PNG, *struct.unpack(">II", data[16:24]))
        if data.startswith(b"\xff\xd8\xff"):
            return _jpeg(data)
        if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
            return _webp(data)
    except (struct.error, IndexError):
        pass
    return None


def _jpeg(data: bytes) -> Header | None:
    place = 2
    for _ in range(MAX_SEGMENTS):
        if data[place] != 0xFF:
            return None
        marker = data[place + 1]
        if marker in FRAMES:
            height, width = struct.unpack(">HH", data[place + 5 : place + 9])
            return Header(JPEG, width, height)
        if marker == 0xFF:  # a byte that fills
            place += 1
        elif marker in ALONE:
            place += 2
        else:
            place += 2 + struct.unpack(">H", data[place + 2 : place + 4])[0]
    return None


def _webp(data: bytes) -> Header | None:
    kind = data[12:16]
    if kind == b"VP8X":
        width, height = (1 + int.from_bytes(data[place : place + 3], "little") for place in (24, 27))
        return Header(WEBP, width, height) if len(data) >= 30 else None
    if kind == b"VP8L":
        (bits,) = struct.unpack("<I", data[21:25])
        return Header(WEBP, 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF))
    if kind == b"VP8 ":
        width, height = struct.unpack("<HH", data[26:30])
        return Header(WEBP, width & 0x3FFF, height & 0x3FFF)
    return None
