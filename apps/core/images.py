"""Pictures that people upload: looked at, and written anew, before anybody else's browser sees them."""

from __future__ import annotations

import logging
import secrets
from io import BytesIO
from typing import IO, TYPE_CHECKING, Any

from django.core.files.base import ContentFile
from django.utils.translation import gettext as _

from apps.core.errors import Refused

if TYPE_CHECKING:
    from PIL import Image

logger = logging.getLogger(__name__)

MAX_BYTES = 2 * 1024 * 1024
MAX_PIXELS = 16_000_000  # asked before decoding: a few kilobytes can unpack to gigabytes
MIN_SIDE = 32
MAX_SIDE = 512  # what is kept
MAX_RATIO = 4
FORMATS = ("PNG", "JPEG", "WEBP", "GIF")  # Pillow tries no other decoder
SMALL = 100 * 1024
# A progressive JPEG is unpacked once for each of its scans, and a scan can be 30 bytes: a small file could
# keep a processor busy for minutes. Encoders write about ten.
MAX_SCANS = 50
JPEG, START_OF_SCAN = b"\xff\xd8", b"\xff\xda"


class BadImage(Refused):
    """Not a picture we can show. `text` says what is wrong with it."""


def clean_image(upload: IO[bytes]) -> ContentFile:
    """The picture of an untrusted `upload` as a new PNG or WebP file, at most 512 pixels wide and high.

    The content decides, never the name or the type the browser told. Only pixels survive: no metadata (where
    a photo was taken), no second frame, nothing hidden behind the picture. Its name is random, so that nobody
    guesses it and browsers may keep it for ever. Raises BadImage. Takes up to a second: hold no lock
    meanwhile.
    """
    try:
        return _encoded(_decoded(_bytes_of(upload)))
    except BadImage as refusal:
        logger.info("Upload refused: %s", refusal.text)
        raise


def _bytes_of(upload: IO[bytes]) -> bytes:
    content = upload.read(MAX_BYTES + 1)
    if len(content) > MAX_BYTES:
        raise BadImage(_("The file is larger than %(max)d MB.") % {"max": MAX_BYTES // 1024**2})
    if not content:
        raise BadImage(_("The file is empty."))
    if b"<svg" in content[:1024].lower():
        raise BadImage(_("SVG files can carry programs. Use PNG, JPEG, WebP or GIF."))
    return content


def _decoded(content: bytes) -> Image.Image:
    """The first frame, upright, within MAX_SIDE, as pixels alone."""
    from PIL import Image  # noqa: PLC0415 - 3 MiB, and hardly a request brings a picture

    try:
        picture = Image.open(BytesIO(content), formats=FORMATS)
        _require_good_size(*picture.size)
        _require_few_scans(content)
        picture.draft("RGB", (2 * MAX_SIDE, 2 * MAX_SIDE))  # a JPEG is unpacked no larger than needed
        return _shrunk(picture)
    except BadImage:
        raise
    except Image.DecompressionBombError as error:  # Pillow's own limit is higher, but comes first
        raise _too_many_pixels() from error
    except Exception as error:  # decoders fed with rubbish raise whatever they like
        raise BadImage(_("The file is not a picture, or is damaged. Use PNG, JPEG, WebP or GIF.")) from error


def _require_good_size(width: int, height: int) -> None:
    if width * height > MAX_PIXELS:
        raise _too_many_pixels()
    if min(width, height) < MIN_SIDE:
        raise BadImage(_("The picture is too small: %(min)d by %(min)d pixels at least.") % {"min": MIN_SIDE})
    if max(width, height) > MAX_RATIO * min(width, height):
        raise BadImage(_("The picture is too long for its width. Use one that is closer to a square."))


def _require_few_scans(content: bytes) -> None:
    if content.startswith(JPEG) and content.count(START_OF_SCAN) > MAX_SCANS:
        raise BadImage(_("The picture is built in too many layers. Save it again as a plain JPEG or PNG."))


def _too_many_pixels() -> BadImage:
    millions = MAX_PIXELS // 1_000_000
    return BadImage(
        _("The picture has more than %(max)d million pixels. Make it smaller.") % {"max": millions}
    )


def _shrunk(picture: Image.Image) -> Image.Image:
    from PIL import ImageOps  # noqa: PLC0415

    picture.seek(0)
    pixels = picture.convert("RGBA" if picture.has_transparency_data else "RGB")
    pixels.thumbnail((MAX_SIDE, MAX_SIDE))
    ImageOps.exif_transpose(pixels, in_place=True)
    pixels.info = {}  # colour profile, EXIF, comments
    return pixels


def _encoded(pixels: Image.Image) -> ContentFile:
    """PNG, which every mail program shows; WebP where that would be heavy, as with photos."""
    kind, content = "png", _written(pixels, format="PNG", optimize=True)
    if len(content) > SMALL:
        kind, content = "webp", _written(pixels, format="WEBP", quality=85)
    return ContentFile(content, name=f"{secrets.token_urlsafe(18)}.{kind}")


def _written(pixels: Image.Image, **options: Any) -> bytes:
    target = BytesIO()
    pixels.save(target, **options)
    return target.getvalue()
