"""What people upload is looked at by its content, and written anew."""

import logging
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import ExifTags, Image
from PIL.PngImagePlugin import PngInfo

from apps.core.images import MAX_BYTES, BadImage, clean_image
from apps.core.tests.pictures import SVG, bomb, gif_bomb, layered, noise, picture, webp_bomb, written


def cleaned(content):
    """The picture a browser would get."""
    file = clean_image(BytesIO(content))
    image = Image.open(BytesIO(file.read()))
    image.load()
    return image


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF"])
def test_a_picture_of_each_kind_is_taken(kind):
    image = cleaned(picture(kind, (300, 200)))

    assert image.size == (300, 200)
    assert image.convert("RGB").getpixel((150, 100))[0] > 250


def test_a_large_one_is_made_smaller_and_keeps_its_shape():
    assert cleaned(picture("JPEG", (3000, 2000))).size == (512, 341)


def test_a_photo_that_comes_in_layers_is_taken():
    assert cleaned(written(noise((300, 200)), "JPEG", progressive=True)).size == (300, 200)


def test_one_of_endless_layers_is_not_unpacked():
    with pytest.raises(BadImage, match="too many layers"):
        cleaned(layered(scans=5_000))


def test_what_is_drawn_becomes_png_and_a_photo_webp():
    assert cleaned(picture("WEBP")).format == "PNG"
    assert cleaned(written(noise((512, 512)), "JPEG")).format == "WEBP"


def test_what_is_transparent_stays_so():
    image = cleaned(written(Image.new("RGBA", (64, 64), (0, 0, 0, 0)), "PNG"))

    assert image.convert("RGBA").getpixel((0, 0))[3] == 0


def test_the_palette_of_a_gif_may_be_transparent_too():
    see_through = Image.new("P", (64, 64), 0)

    image = cleaned(written(see_through, "GIF", transparency=0))

    assert image.convert("RGBA").getpixel((0, 0))[3] == 0


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "CMYK", "I;16", "YCbCr"])
def test_colours_of_every_sort_become_a_picture(mode):
    kind = "JPEG" if mode in ("CMYK", "YCbCr") else "PNG"

    assert cleaned(written(Image.new(mode, (64, 64)), kind)).mode in ("RGB", "RGBA")


def test_a_photo_lies_as_it_was_taken_and_does_not_say_where():
    sideways = Image.new("RGB", (200, 100), "blue")
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = 6
    exif.get_ifd(ExifTags.IFD.GPSInfo)[ExifTags.GPS.GPSLatitude] = (52.0, 31.0, 0.0)

    image = cleaned(written(sideways, "JPEG", exif=exif, comment=b"secret"))

    assert image.size == (100, 200)
    assert not image.getexif()
    assert "comment" not in image.info


def test_nothing_is_hidden_behind_the_picture():
    info = PngInfo()
    info.add_text("Comment", "secret words")
    content = picture("PNG", pnginfo=info) + b"<script>alert(1)</script>"

    kept = clean_image(BytesIO(content)).read()

    assert b"secret" not in kept
    assert b"script" not in kept


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_a_colour_profile_says_nothing_either(kind):
    image = cleaned(picture(kind, icc_profile=b"whose screen it was"))

    assert "icc_profile" not in image.info


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG"])
def test_of_a_moving_picture_the_first_frame_stays(kind):
    frames = [Image.new("RGB", (64, 64), colour) for colour in ("red", "blue", "green")]

    image = cleaned(written(frames[0], kind, save_all=True, append_images=frames[1:]))

    assert getattr(image, "n_frames", 1) == 1
    assert image.convert("RGB").getpixel((5, 5))[0] > 250


def test_names_are_random_and_say_what_is_inside():
    names = {clean_image(BytesIO(picture())).name for _each in range(3)}

    assert len(names) == 3
    assert all(name.endswith(".png") and len(name) > 24 for name in names)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "empty"),
        (SVG, "SVG"),
        (b"\xef\xbb\xbf<!-- c -->\n<SVG onload=alert(1)>", "SVG"),
        (b"<html><script>alert(1)</script>", "not a picture"),
        (b"MZ\x90\x00" * 500, "not a picture"),
        (b"\x89PNG\r\n\x1a\n", "not a picture"),
        (b"GIF89a", "not a picture"),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 64 64\n", "not a picture"),
        (picture("BMP"), "not a picture"),
        (picture("TIFF"), "not a picture"),
        (picture("ICO"), "not a picture"),
        (bomb(30_000, 30_000), "more than 16 million pixels"),
        (bomb(4001, 4000), "more than 16 million pixels"),
        (gif_bomb(30_000, 30_000), "more than 16 million pixels"),
        (webp_bomb(16_384, 16_384), "more than 16 million pixels"),
        (bomb(0, 64), "not a picture"),
        (picture(size=(31, 64)), "too small"),
        (picture(size=(320, 64)), "too long"),
        (b"x" * (MAX_BYTES + 1), "larger than 2 MB"),
    ],
    ids=[
        "nothing", "svg", "svg in disguise", "html", "a program", "a png's head", "a gif's head",
        "postscript", "bmp", "tiff", "ico", "a bomb", "a small bomb", "a gif bomb", "a webp bomb",
        "no width", "tiny", "a banner",
        "too large",
    ],
)  # fmt: skip
def test_what_is_no_picture_is_refused_with_a_reason(content, said):
    with pytest.raises(BadImage) as refusal:
        clean_image(BytesIO(content))

    assert said in refusal.value.text


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF"])
def test_what_is_a_picture_and_something_else_at_once_becomes_a_picture_alone(kind):
    """A browser that is lied to about the type could take it for a page, an archive or a program."""
    page, program = b"<html><script>alert(1)</script>", b"PK\x03\x04 evil.js"

    kept = clean_image(BytesIO(picture(kind) + page + program)).read()

    assert b"<script>" not in kept
    assert b"evil.js" not in kept


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF"])
@pytest.mark.parametrize("kept", [0.3, 0.9])
def test_a_file_that_was_cut_off_is_refused(kind, kept):
    whole = written(noise((128, 128)), kind)

    with pytest.raises(BadImage):
        clean_image(BytesIO(whole[: int(len(whole) * kept)]))


WHOLE = {kind: written(noise((64, 64)), kind) for kind in ("PNG", "JPEG", "WEBP", "GIF")}


@given(st.sampled_from(sorted(WHOLE)), st.data())
def test_a_damaged_file_is_a_picture_or_a_refusal_and_nothing_else(kind, data):
    content = bytearray(WHOLE[kind])
    for _each in range(data.draw(st.integers(1, 8))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))

    assert answer(bytes(content)) in ("a picture", "refused")


def answer(content):
    try:
        cleaned(content)
    except BadImage:
        return "refused"
    return "a picture"


def test_the_log_says_why_and_nothing_of_the_file(caplog):
    caplog.set_level(logging.INFO, "apps.core.images")

    with pytest.raises(BadImage):
        clean_image(BytesIO(b"my private letter"))

    assert [record.getMessage() for record in caplog.records] == [
        "Upload refused: The file is not a picture, or is damaged. Use PNG, JPEG, WebP or GIF."
    ]
