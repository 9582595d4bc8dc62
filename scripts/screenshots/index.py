"""docs/screens.md: every picture, in groups."""

from __future__ import annotations

from scripts.screenshots.table import GROUPS, Group, Shot

HEAD = """# Screens

Every page, on a desk and on a phone. Light or dark is what your own screen prefers. Long pages are cut.
`make screenshots` takes the pictures anew and writes this page; `make screenshots ONLY="home pricing"`
takes these alone.

"""
CELL = """<td valign="top"><picture>
<source media="(prefers-color-scheme: dark)" srcset="images/{name}-{size}-dark.webp">
<img src="images/{name}-{size}-light.webp" width="{width}" alt="{title}, {where}">
</picture></td>"""
WHERE = {"desktop": ("on a desk", 620), "phone": ("on a phone", 190)}


def page() -> str:
    names = " · ".join(f"[{group.title}](#{group.title.lower().replace(' ', '-')})" for group in GROUPS)
    return HEAD + names + "\n\n" + "\n".join(_group(group) for group in GROUPS)


def _group(group: Group) -> str:
    return f"## {group.title}\n\n" + "\n".join(_shot(shot) for shot in group.shots)


def _shot(shot: Shot) -> str:
    cells = "\n".join(
        CELL.format(name=shot.name, size=size, title=shot.title, where=where, width=width)
        for size, (where, width) in WHERE.items()
    )
    return f"### {shot.title}\n\n<table><tr>\n{cells}\n</tr></table>\n"
