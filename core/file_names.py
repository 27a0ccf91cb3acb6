"""The names of files as a person reads them; a system may have names that are no text at all."""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import unquote_to_bytes

_URL = "file://"
_FORBIDDEN = set('<>:"/\\|?*')  # on Windows, whose rules are the strictest
_DEVICES = {"CON", "PRN", "AUX", "NUL", *(f"{kind}{n}" for kind in ("COM", "LPT") for n in "123456789¹²³")}
_MOST_IN_NAME = 200  # bytes, which leaves room for an ending in the 255 that a name may have


def shown_name(path: str | os.PathLike[str]) -> str:
    """The name of a file without its folder, as a person can read it."""
    return readable(Path(path).name)


def readable(path: str | os.PathLike[str]) -> str:
    """A path on one line of text, also where its bytes are in another encoding than that of the system."""
    text = os.fspath(path)
    if not _is_text(text):
        from core.tables.text.encodings import propose_encoding  # here, since hardly any name needs it

        raw = text.encode("utf-8", "surrogateescape" if _is_escaped(text) else "replace")
        text = raw.decode(propose_encoding(raw), "replace")
    return "".join(letter if letter.isprintable() else " " for letter in text)


def allowed_name(text: str) -> str:
    """`text` as the name of a file without its ending, which every system allows; nothing if none is left."""
    letters = (" " if letter in _FORBIDDEN or not letter.isprintable() else letter for letter in text)
    name = " ".join("".join(letters).split())
    name = name.encode()[:_MOST_IN_NAME].decode(errors="ignore").strip(" .")
    return f"{name}_" if name.partition(".")[0].rstrip().upper() in _DEVICES else name


def written_path(path: str) -> str:
    """A path as one line of plain text, of which path_written makes it again; itself wherever it can be."""
    if path.isprintable() and not path.startswith(_URL):
        return path
    return Path(path).absolute().as_uri()


def path_written(text: str) -> str:
    """The path that `text` was written for by written_path, or by a desktop as a URL of a file."""
    if not text.startswith(_URL):
        return text
    path = os.fsdecode(unquote_to_bytes(text.removeprefix(_URL)))
    return path.removeprefix("/") if os.name == "nt" else path


def _is_text(text: str) -> bool:
    """Whether a name has no bytes in it that are in no encoding, which Python keeps as halves of letters."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _is_escaped(text: str) -> bool:
    """Whether all such halves stand for bytes."""
    try:
        text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return False
    return True
