"""Pictures for tests, good ones and those that lie."""

from __future__ import annotations

import struct
import zlib
from io import BytesIO
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

SVG = b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


def picture(
    kind: str = "PNG", size: tuple[int, int] = (64, 64), colour: str = "red", **options: Any
) -> bytes:
    return written(Image.new("RGB", size, colour), kind, **options)


def written(image: Image.Image, kind: str, **options: Any) -> bytes:
    target = BytesIO()
    image.save(target, format=kind, **options)
    return target.getvalue()


def noise(size: tuple[int, int]) -> Image.Image:
    """Like a photo to an encoder: nothing in it repeats."""
    return Image.effect_noise(size, 80).convert("RGB")


def bomb(width: int, height: int) -> bytes:
    """A PNG of some hundred bytes that says it has this many pixels."""
    header = struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0)
    chunks = [(b"IHDR", header), (b"IDAT", zlib.compress(bytes(1000))), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, data) for kind, data in chunks)


def gif_bomb(width: int, height: int) -> bytes:
    """The same as a GIF: a screen and a frame of this size, and no pixels."""
    size = struct.pack("<HH", width, height)
    return b"GIF89a" + size + b"\x80\0\0" + bytes(6) + b"," + bytes(4) + size + b"\0\x02\x02\x4c\x01\0;"


def webp_bomb(width: int, height: int) -> bytes:
    """The same as a WebP without loss, whose header has 14 bits for each side."""
    sides = (width - 1) | (height - 1) << 14
    data = b"\x2f" + struct.pack("<I", sides) + bytes(40)
    chunk = b"VP8L" + struct.pack("<I", len(data)) + data + bytes(len(data) % 2)
    return b"RIFF" + struct.pack("<I", 4 + len(chunk)) + b"WEBP" + chunk


def layered(scans: int) -> bytes:
    """A progressive JPEG whose last layer stands there this many times more: each has to be unpacked."""
    plain = written(Image.new("L", (64, 64)), "JPEG", progressive=True)
    last = plain[plain.rindex(b"\xff\xda") : -2]
    return plain[:-2] + last * scans + plain[-2:]


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def upload(content: bytes, name: str = "logo.png", content_type: str = "image/png") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, content_type)
