"""Draw the icons and the picture that chats show, in the colours of static/css/brand.css.

.venv/bin/python scripts/brand_images.py

After a change of the mark, the accent or the name: run it and commit static/img/. The picture shows the
product as static/img/home-light.webp does.
"""

import io
import os
import sys
from base64 import b64encode
from pathlib import Path

import chromium
from PIL import Image
from playwright.sync_api import Browser, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
IMAGES = ROOT / "static" / "img"
LARGEST = 60_000  # bytes of the picture: some chats give up on more
ICO = [16, 32, 48]
# Name -> side in pixels, share of it that the mark fills. A home screen may cut a circle of 80 % out.
ICONS = {"apple-touch-icon.png": (180, 0.56), "icon-192.png": (192, 0.5), "icon-512.png": (512, 0.5)}
LINE = "Sell seats. Keep your weekends."
TEXT = "Users, teams and per-seat subscriptions on Django, with Stripe on your laptop."

PAGE = """<!doctype html><html data-theme="light"><style>{brand}
* {{ margin: 0; box-sizing: border-box }}
body {{ width: {width}px; height: {height}px; overflow: hidden; font-family: var(--font-text) }}
{css}</style><body>{body}</body></html>"""
TILE = """body { display: grid; place-items: center; background: var(--accent); color: var(--accent-ink) }"""
BARE = """body { color: var(--accent) } svg { display: block }"""
SHARE = """
body { background: var(--paper); color: var(--ink); position: relative; padding: 72px 0 0 72px }
header { display: flex; align-items: center; gap: 18px; font-size: 34px; font-weight: 700 }
header svg { color: var(--accent) }
h1 { width: 470px; margin-top: 92px; font-size: 66px; line-height: 1.06; letter-spacing: -0.03em }
p { width: 440px; margin-top: 28px; font-size: 26px; line-height: 1.4; color: var(--ink-muted) }
img { position: absolute; left: 590px; top: 88px; width: 780px; border: 1px solid var(--hairline);
  border-radius: 16px; background: var(--surface) }
"""


def main() -> int:
    _colour_mark()
    path = chromium.find_or_install()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
        for name, (side, share) in ICONS.items():
            _save(_few_colours(_drawn(browser, TILE, mark(side * share), side, side), 64), name)
        _save_ico(browser)
        picture = _few_colours(_drawn(browser, SHARE, _share_body(), 1200, 630), 96)
        _save(picture, "share.png")
        browser.close()
    if (size := (IMAGES / "share.png").stat().st_size) > LARGEST:
        print(f"share.png has {size} bytes, {LARGEST} at most")
        return 1
    return 0


def _colour_mark() -> None:
    """The tab's icon is a file of its own and reads no variable of the page."""
    _django()
    from mark_colours import in_brand_colours

    file = IMAGES / "mark.svg"
    file.write_text(in_brand_colours(file.read_text()))


def mark(side: float) -> str:
    """The mark of the sprite, in the colour of the text around it."""
    sprite = (IMAGES / "icons.svg").read_text()
    shape = sprite.partition('<symbol id="mark"')[2].partition(">")[2].partition("</symbol>")[0]
    return f'<svg viewBox="0 0 32 32" width="{side:g}" height="{side:g}" fill="currentColor">{shape}</svg>'


def _share_body() -> str:
    words = f"<header>{mark(52)}{project_name()}</header><h1>{LINE}</h1><p>{TEXT}</p>"
    return f'{words}<img src="{_data(IMAGES / "home-light.webp", "image/webp")}">'


def project_name() -> str:
    _django()
    from django.conf import settings

    return settings.PROJECT_NAME


def _django() -> None:
    sys.path.append(str(ROOT))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.test")


def _drawn(browser: Browser, css: str, body: str, width: int, height: int) -> Image.Image:
    font = _data(ROOT / "static" / "fonts" / "figtree-latin.woff2", "font/woff2")
    brand = (ROOT / "static" / "css" / "brand.css").read_text().replace("../fonts/figtree-latin.woff2", font)
    brand = brand.replace("font-display: optional", "font-display: block")  # a picture waits, a page does not
    page = browser.new_page(viewport={"width": width, "height": height})
    page.set_content(PAGE.format(brand=brand, css=css, body=body, width=width, height=height))
    page.evaluate("document.fonts.ready.then(() => Promise.all([...document.images].map(i => i.decode())))")
    shot = page.screenshot(omit_background=True)
    page.close()
    return Image.open(io.BytesIO(shot))


def _data(path: Path, kind: str) -> str:
    return f"data:{kind};base64,{b64encode(path.read_bytes()).decode()}"


def _few_colours(picture: Image.Image, colours: int) -> Image.Image:
    return picture.convert("RGB").quantize(colours, dither=Image.Dither.NONE)


def _save(picture: Image.Image, name: str) -> None:
    picture.save(IMAGES / name, optimize=True)
    print(f"static/img/{name}  {(IMAGES / name).stat().st_size} bytes")


def _save_ico(browser: Browser) -> None:
    sizes = [_drawn(browser, BARE, mark(side), side, side) for side in ICO]
    path = IMAGES / "favicon.ico"
    sizes[-1].save(path, sizes=[(side, side) for side in ICO], append_images=sizes[:-1])
    print(f"static/img/favicon.ico  {path.stat().st_size} bytes")


if __name__ == "__main__":
    sys.exit(main())
