"""Where files are kept: in folders of this machine, or in two buckets (S3, or what speaks like it).

Two, because a bucket is public or it is not: what people upload for others to see stands in one that
everybody may read, what is for one person in another. No object gets rights of its own: new buckets at AWS
refuse them.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

from config.settings.environment import Environment

PLAIN = "django.core.files.storage.FileSystemStorage"
S3 = "storages.backends.s3.S3Storage"
STATIC = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
MINUTES = 60
# Names are random, and what stands under one never changes.
FOR_A_YEAR = {"CacheControl": "public, max-age=31536000, immutable"}
FOR_NOBODY = {"CacheControl": "private, no-store"}


def file_settings(env: Environment, base: Path) -> dict[str, Any]:
    """MEDIA_URL, MEDIA_ROOT and STORAGES; MEDIA_ORIGIN is the host browsers get pictures from, or empty."""
    root = base / env("MEDIA_DIR", default="var/media")
    public, private = env("MEDIA_BUCKET", default=""), env("PRIVATE_MEDIA_BUCKET", default="")
    if not public and not private:
        folder = base / env("PRIVATE_MEDIA_DIR", default="var/private")
        return {"MEDIA_URL": "/media/", "MEDIA_ROOT": root, "MEDIA_ORIGIN": "", "STORAGES": _folders(folder)}
    if not (public and private) or public == private:
        raise ImproperlyConfigured(
            "Set both MEDIA_BUCKET and PRIVATE_MEDIA_BUCKET, to two buckets, or neither:"
            " everybody may read the first, nobody the second"
        )
    address = _public_address(env, public)
    return {
        "MEDIA_URL": f"{address}/",
        "MEDIA_ROOT": root,
        "MEDIA_ORIGIN": "{0.scheme}://{0.netloc}".format(urlsplit(address)),
        "STORAGES": _buckets(env, public, private, address),
    }


def _folders(private: Path) -> dict[str, Any]:
    return {
        "default": {"BACKEND": PLAIN},
        # What is for one person's eyes (exports of their data): no address leads there.
        "private": {"BACKEND": "apps.core.private_files.PrivateFiles", "OPTIONS": {"location": private}},
        "staticfiles": STATIC,
    }


def _buckets(env: Environment, public: str, private: str, address: str) -> dict[str, Any]:
    common = {**_connection(env), "file_overwrite": False, "default_acl": None}
    place = urlsplit(address)
    shown = {
        "bucket_name": public,
        "querystring_auth": False,
        "custom_domain": place.netloc + place.path,
        "url_protocol": f"{place.scheme}:",
        "object_parameters": FOR_A_YEAR,
    }
    hidden = {
        "bucket_name": private,
        "querystring_auth": True,
        "querystring_expire": 5 * MINUTES,
        "object_parameters": FOR_NOBODY,
    }
    return {
        "default": {"BACKEND": S3, "OPTIONS": {**common, **shown}},
        "private": {"BACKEND": S3, "OPTIONS": {**common, **hidden}},
        "staticfiles": STATIC,
    }


def _connection(env: Environment) -> dict[str, Any]:
    """The keys are where all AWS tools find them: AWS_ACCESS_KEY_ID and so on, or the machine's role."""
    from botocore.config import Config  # noqa: PLC0415 - costs memory, and only who has a bucket installs it

    endpoint = _endpoint(env)
    config = Config(
        signature_version="s3v4",
        s3={"addressing_style": "path" if endpoint else "virtual"},
        # A bucket that is away costs a request seconds, not boto's default of minutes.
        connect_timeout=3,
        read_timeout=10,
        retries={"mode": "standard", "total_max_attempts": 2},
        # What speaks like S3 often does not know the checksums of 2025.
        request_checksum_calculation="when_required",
        response_checksum_validation="when_required",
    )
    region = env("MEDIA_BUCKET_REGION", default="") or None
    return {"endpoint_url": endpoint or None, "region_name": region, "client_config": config}


def _public_address(env: Environment, bucket: str) -> str:
    """Where browsers find the public bucket, without a slash at the end."""
    if address := env("MEDIA_BUCKET_URL", default=""):
        return _web_address("MEDIA_BUCKET_URL", address)
    if endpoint := _endpoint(env):
        return f"{endpoint}/{bucket}"
    region = env("MEDIA_BUCKET_REGION", default="")
    if not region:
        raise ImproperlyConfigured("Set MEDIA_BUCKET_REGION: where the bucket is, such as eu-central-1")
    return f"https://{bucket}.s3.{region}.amazonaws.com"


def _endpoint(env: Environment) -> str:
    endpoint = env("MEDIA_BUCKET_ENDPOINT", default="")
    return _web_address("MEDIA_BUCKET_ENDPOINT", endpoint) if endpoint else ""


def _web_address(name: str, value: str) -> str:
    place = urlsplit(value)
    if place.scheme not in ("http", "https") or not place.netloc or place.query or place.fragment:
        raise ImproperlyConfigured(f"{name} is {value!r}: write it like https://files.example.com")
    return value.rstrip("/")
