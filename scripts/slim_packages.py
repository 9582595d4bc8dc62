"""Take out of installed packages what the image never reads: about half of what they weigh.

python scripts/slim_packages.py SITE_PACKAGES LOCALE_FOLDER

Licences stay, and so does every module: only data of other languages, descriptions of AWS services that are
not called, sources of translations, and tests of packages go. A language stays when it stands in `locale/`.
"""

import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

# Files in a bucket, mail by SES, and how botocore comes by a role of the machine.
AWS_SERVICES = {"s3", "ses", "sesv2", "sns", "sso", "sso-oidc", "sts"}


def main() -> None:
    packages, locale = Path(sys.argv[1]), Path(sys.argv[2])
    languages = {"en", *(folder.name for folder in locale.iterdir() if folder.is_dir())}
    rules = {
        "translations to other languages": _other_languages(packages, languages),
        "sources of translations": packages.rglob("*.po"),
        "numbers and dates of other languages": _other_formats(packages / "babel" / "locale-data", languages),
        "AWS services nobody calls": _other_services(packages / "botocore" / "data"),
        "tests of packages": _tests(packages),
    }
    for title, found in rules.items():
        print(f"{sum(map(_remove, list(found))) / 1e6:6.1f} MB  {title}")


def _other_languages(packages: Path, languages: set[str]) -> Iterator[Path]:
    """Django's own folders hold formats.py beside the texts; both follow the language."""
    for texts in packages.glob("**/locale/*/LC_MESSAGES"):
        if not _is_kept(texts.parent.name, languages):
            yield texts.parent


def _other_formats(folder: Path, languages: set[str]) -> Iterator[Path]:
    for path in folder.glob("*.dat"):
        if path.stem != "root" and not _is_kept(path.stem, languages):
            yield path


def _is_kept(name: str, languages: set[str]) -> bool:
    """en_GB goes with en."""
    return name.replace("-", "_").split("_")[0] in {language.split("_")[0] for language in languages}


def _other_services(folder: Path) -> Iterator[Path]:
    return (path for path in folder.iterdir() if path.is_dir() and path.name not in AWS_SERVICES)


def _tests(packages: Path) -> Iterator[Path]:
    """Only at the top of a package: below it, a folder of that name may be part of the product."""
    return (path for path in packages.glob("*/tests") if path.is_dir())


def _remove(path: Path) -> int:
    if path.is_file():
        size = path.stat().st_size
        path.unlink()
        return size
    size = sum(file.stat().st_size for file in path.rglob("*") if file.is_file())
    shutil.rmtree(path)
    return size


if __name__ == "__main__":
    main()
