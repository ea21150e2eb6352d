"""Images, as somebody may send them."""

import io
from typing import Any

from PIL import Image, ImageDraw


def drawn(size: tuple[int, int] = (64, 64), kind: str = "PNG", **options: Any) -> bytes:
    """Return an image of this size."""
    image = Image.new("RGB", size, "#7a3e00")
    ImageDraw.Draw(image).ellipse((size[0] // 4, size[1] // 4, size[0] // 2, size[1] // 2), fill="white")
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()
