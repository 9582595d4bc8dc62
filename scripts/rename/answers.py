"""What somebody asks for, as an identity; or why it cannot be, and what can be done about it."""

from __future__ import annotations

import keyword
import re
import sys
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, replace

from scripts.rename.colour import NoHue, hue_of
from scripts.rename.identity import Identity

# PostgreSQL has 63 bytes for a name, a Linux user 32; both are called by the slug.
LONGEST_SLUG, LONGEST_NAME, LONGEST_HOLDER = 32, 40, 80
NAME = re.compile(r"[^\W_][\w .&'+-]*")
SLUG = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
ADDRESS = re.compile(r"[\w.+-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*", re.ASCII)
DOMAIN = re.compile(r"[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")
# Folders and packages of the project, and names that PostgreSQL, Docker and Unix keep for themselves.
TAKEN = {"apps", "assets", "config", "docs", "load", "bench", "locale", "requirements", "scripts", "static"}
TAKEN |= {"stripe-sandbox", "templates", "tests", "var", "django", "celery", "redis", "stripe", "postgres"}
TAKEN |= {"template0", "template1", "public", "root", "daemon", "nobody", "www-data", "web", "worker", "demo"}


class Refused(Exception):
    """Nothing was changed. Says why, and what to do."""


@dataclass(frozen=True)
class Answers:
    """As they come from `make`; an empty one was not given."""

    name: str = ""
    slug: str = ""
    sender: str = ""
    domain: str = ""
    holder: str = ""
    colour: str = ""


def from_variables(variables: Mapping[str, str]) -> Answers:
    return Answers(**{key: variables.get(key.upper(), "").strip() for key in Answers.__dataclass_fields__})


def identity_for(answers: Answers, present: Identity, version: str) -> Identity:
    """What was not answered stays as it is, or follows the name."""
    name = _name(answers.name)
    return replace(
        present,
        name=name,
        slug=_slug(answers.slug or (present.slug if name == present.name else _slug_of(name)), name),
        sender=_sender(answers, present),
        holder=_holder(answers.holder or _holder_after(present, name)),
        hue=_hue(answers.colour, present),
        starter=present.starter or version,
    )


def _name(name: str) -> str:
    name = " ".join(name.split())
    if not name:
        raise Refused('There is no name. Give one: make rename NAME="Your Product"')
    if not NAME.fullmatch(name):
        raise Refused(
            f"{name!r} cannot be written into code, mails and Docker as it is. Use letters, digits, blanks "
            "and . & ' + -, a letter or digit first. For pages and mails alone, set PROJECT_NAME in "
            "config/settings/base.py afterwards: it may hold anything."
        )
    if len(name) > LONGEST_NAME:
        raise Refused(
            f"{name!r} has {len(name)} characters; titles have room for {LONGEST_NAME}. Shorten it."
        )
    return name


def _slug_of(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower().replace("'", "")
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")


def _slug(slug: str, name: str) -> str:
    cure = "Give another one: SLUG=your-product"
    if not SLUG.fullmatch(slug):
        raise Refused(
            f"{slug!r} cannot name a database and an image: small letters a to z, digits and single hyphens, "
            f"a letter first. {cure}"
        )
    if len(slug) > LONGEST_SLUG:
        raise Refused(
            f"{slug!r} has {len(slug)} characters; the container's user may have {LONGEST_SLUG}. {cure}"
        )
    if slug in TAKEN or slug in sys.stdlib_module_names or keyword.iskeyword(slug):
        raise Refused(f"{slug!r} already names a part of Python, Docker or this project. {cure}")
    if slug == name:
        raise Refused(f"Name and slug are both {name!r}: nobody could tell them apart later. {cure}")
    return slug


def _sender(answers: Answers, present: Identity) -> str:
    if answers.domain and not DOMAIN.fullmatch(answers.domain):
        raise Refused(f"{answers.domain!r} is no domain. Give it as DOMAIN=example.com, without https://")
    sender = answers.sender or (f"hello@{answers.domain}" if answers.domain else present.sender)
    if not ADDRESS.fullmatch(sender):
        raise Refused(f"{sender!r} is no address to send mails from. Give one: SENDER=hello@example.com")
    return sender


def _holder_after(present: Identity, name: str) -> str:
    is_the_projects = not present.starter or present.holder == present.name
    return name if is_the_projects else present.holder


def _holder(holder: str) -> str:
    if len(holder) > LONGEST_HOLDER or not re.fullmatch(r"[^\W_][\w .,&'()+-]*", holder):
        raise Refused(
            f"{holder!r} cannot stand in LICENSE: at most {LONGEST_HOLDER} letters, digits, blanks "
            'and . , & \' ( ) + -. Give the company or person: HOLDER="Your Company Ltd"'
        )
    return holder


def _hue(colour: str, present: Identity) -> int:
    try:
        return hue_of(colour) if colour else present.hue
    except NoHue as problem:
        raise Refused(f"{problem} Give COLOUR=#0a7d4f, or the angle itself: COLOUR=165") from problem
