"""Brings the catalogues up to date with the sources: python -m tests.messages, then fill what is empty."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_file
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from core.catalogue import DOMAIN
from core.texts import CATALOGUES, LANGUAGES

ROOT = Path(__file__).resolve().parent.parent
KEYWORDS = {"_": None, "N_": None, "n_": (1, 2)}
SOURCE_LANGUAGE = "en"
WIDTH = 110
STARTED = datetime(2026, 1, 1, tzinfo=UTC)  # a date of each run would hide what else has changed


def sources() -> list[Path]:
    """Every file whose texts a person may see."""
    return [ROOT / "main.py", *sorted((ROOT / "core").rglob("*.py")), *sorted((ROOT / "gui").rglob("*.py"))]


def empty(language: str | None = None) -> Catalog:
    """A catalogue with nothing but its header."""
    return Catalog(
        locale=language,
        domain=DOMAIN,
        header_comment="# The texts of Fitscope.",
        project="Fitscope",
        version="0",
        last_translator="Fitscope contributors",
        language_team="Fitscope contributors",
        msgid_bugs_address="-",
        revision_date=STARTED,
        creation_date=STARTED,
        fuzzy=False,
    )


def template() -> Catalog:
    """Every message in the sources, untranslated."""
    catalogue = empty()
    for file in sources():
        for _line, message, _comments, context in extract_from_file("python", file, keywords=KEYWORDS):
            catalogue.add(message, locations=[(file.relative_to(ROOT).as_posix(), 0)], context=context)
    return catalogue


def catalogue_file(language: str) -> Path:
    """Where the translations into `language` are written."""
    return CATALOGUES / language / "LC_MESSAGES" / f"{DOMAIN}.po"


def read(language: str) -> Catalog:
    """The translations into `language`; none where there is no file yet."""
    file = catalogue_file(language)
    if not file.exists():
        return empty(language)
    with file.open("rb") as stream:
        return read_po(stream, locale=language, domain=DOMAIN)


def update(language: str) -> Catalog:
    """Take new messages up, drop old ones, and compile; the translations into `language` there are now."""
    catalogue = read(language)
    catalogue.update(template(), no_fuzzy_matching=True)
    file = catalogue_file(language)
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("wb") as stream:
        write_po(
            stream, catalogue, width=WIDTH, ignore_obsolete=True, include_lineno=False, sort_by_file=True
        )
    written = read(language)
    with file.with_suffix(".mo").open("wb") as stream:
        write_mo(stream, written)
    return written


def main() -> None:
    """Update every catalogue, and say which messages wait for a translation."""
    for language in LANGUAGES.keys() - {SOURCE_LANGUAGE}:
        waiting = [message.id for message in update(language) if message.id and not any(message.string or ())]
        for message in waiting:
            sys.stdout.write(f"{language}: {message}\n")
        sys.stdout.write(f"{language}: {len(waiting)} messages to translate\n")


if __name__ == "__main__":
    main()
