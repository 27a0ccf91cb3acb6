"""Files made wrong on purpose, each from a seed: how, and what may be said of them."""

from __future__ import annotations

import io
import random
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
FOLDERS = ("reports", "messy", "exports")
SEPARATORS = ";\t|,"
LONG_CELL = 200_000  # characters
MANY_CELLS = 300
TOO_MANY_CELLS = 25_000
LENGTHENED = (  # whose last rows are repeated, so that most of them are behind those that are looked at first
    *("plain.csv", "quoted.csv", "tabs.tsv", "semicolon_decimal_comma.csv", "utf8_bom.csv"),
    *(
        "excel_de.csv",
        "excel_percent.csv",
        "excel_unicode_text.txt",
        "excel_de_dates.csv",
        "r_write_table.txt",
    ),
)
REPEATED, TIMES = 3, 700
HUGE = ("1e400", "9" * 400, "-1e9999", "1e308")
ENCODINGS = ("utf-8", "utf-16", "utf-32", "gb18030", "big5", "shift_jis", "cp1251", "cp1252", "latin-1")
MARKS = {"utf-16": b"\xff\xfe", "utf-8-sig": b"\xef\xbb\xbf"}

# What a sentence may name as the cause. Those of DATA follow when a table has lost its numbers.
EMPTY, NO_ROWS, ONE_COLUMN, NO_NUMBERS, NO_FINITE = (
    "empty",
    "no rows",
    "one column",
    "no numbers",
    "not finite",
)
NO_TEXT, ENCODING, QUOTE, WEB_PAGE = "no text", "encoding", "quote", "web page"
TOO_LARGE, TOO_LONG, DAMAGED, FORMULAS = "too large", "too long", "damaged", "formulas"
SHEET, EXPERIMENT, NOTATION = "sheet", "experiment", "notation"
LOST = frozenset({NO_ROWS, ONE_COLUMN, NO_NUMBERS, NO_FINITE})
OPEN_QUOTE = frozenset({QUOTE, TOO_LONG})
BYTES = LOST | {NOTATION, NO_TEXT, ENCODING, WEB_PAGE}

# Why a row may be left out, as ReadPoints.dropped_because has it.
NO_NUMBER = frozenset({"not_a_number", "not_a_date"})
NOTHING = frozenset({"missing"})
INFINITE = frozenset({"not_finite", "not_a_date", "other_notation"})


@dataclass(frozen=True)
class Source:
    """A file to be made wrong: its text as Latin 1 or UTF-16 give it, "" where it is none."""

    name: str
    content: bytes

    @property
    def codec(self) -> str:
        """What turns the content into text and back without loss."""
        return "utf-16" if self.content.startswith(MARKS["utf-16"]) else "latin-1"

    @property
    def is_workbook(self) -> bool:
        return self.name.endswith((".xlsx", ".xls", ".ods"))

    @property
    def is_experiment(self) -> bool:
        return self.name.endswith(".fit.json")

    @property
    def is_zip(self) -> bool:
        return zipfile.is_zipfile(io.BytesIO(self.content))

    def lines(self) -> list[str]:
        """The lines with their ends."""
        return self.content.decode(self.codec).splitlines(keepends=True)

    def separator(self) -> str:
        """The first of the usual separators that most lines have, or a space."""
        text = self.content.decode(self.codec)
        return next((mark for mark in SEPARATORS if 2 * text.count(mark) >= text.count("\n")), " ")


@dataclass(frozen=True)
class Mutant:
    """A file that was made wrong.

    `causes` may be named in a refusal, `reasons` are why the row that was changed may be left out, where that
    is known; `keeps` says that it holds the same numbers still. `line` was changed, counted from the end.
    """

    source: Source
    mutation: str
    name: str
    content: bytes
    causes: frozenset[str]
    reasons: frozenset[str] = frozenset()
    keeps: bool = False
    line: int | None = None


Random = random.Random
Change = Callable[[Source, Random], Mutant | None]


def sources() -> list[Source]:
    """All files of the tests that people have sent or programs have exported, and some of them lengthened."""
    paths = [path for folder in FOLDERS for path in sorted((HERE / folder).iterdir())]
    found = [
        Source(path.name, path.read_bytes()) for path in paths if path.stem not in ("EXPECTED", "POINTS")
    ]
    return found + [_lengthened(source) for source in found if source.name in LENGTHENED]


def _lengthened(source: Source) -> Source:
    lines = source.lines()
    rows = [line.rstrip("\r\n") + "\n" for line in lines[-REPEATED:]]
    text = "".join([*lines[:-REPEATED], *rows * TIMES])
    return Source(f"long_{source.name}", text.encode(source.codec))


def mutants(count: int, seed: int) -> list[Mutant]:
    """`count` mutants, the kinds in turn; the same ones for a seed."""
    draw, found, files = random.Random(seed), list[Mutant](), sources()
    while len(found) < count:
        for change in CHANGES:
            mutant = None
            while mutant is None:
                mutant = change(draw.choice(files), draw)
            found.append(mutant)
    return found[:count]


def _made(
    source: Source, mutation: str, content: bytes | list[str], causes: frozenset[str], **more: object
) -> Mutant:
    if isinstance(content, list):
        content = "".join(content).encode(source.codec, "replace")
    if source.is_workbook:
        causes |= {DAMAGED, SHEET, FORMULAS, TOO_LARGE}
    if source.is_experiment:
        causes |= {EXPERIMENT}
    return Mutant(source, mutation, source.name, content, causes, **more)  # type: ignore[arg-type]


def _some_line(lines: list[str], draw: Random) -> int:
    return draw.randrange(len(lines))


# --- any file


def cut(source: Source, draw: Random) -> Mutant | None:
    """The file ends somewhere."""
    end = draw.randrange(len(source.content) + 1)
    return _made(source, "cut", source.content[:end], BYTES | OPEN_QUOTE | {EMPTY})


def random_bytes(source: Source, draw: Random) -> Mutant | None:
    """Up to eight bytes are others."""
    content = bytearray(source.content or b" ")
    for _change in range(draw.randint(1, 8)):
        content[draw.randrange(len(content))] = draw.randrange(256)
    return _made(source, "random bytes", bytes(content), BYTES | OPEN_QUOTE)


def nul_bytes(source: Source, draw: Random) -> Mutant | None:
    """A few NUL bytes stand in it."""
    at = draw.randrange(len(source.content) + 1)
    content = source.content[:at] + b"\0" * draw.randint(1, 9) + source.content[at:]
    return _made(source, "NUL bytes", content, BYTES)


def other_name(source: Source, draw: Random) -> Mutant | None:
    """The file has the ending of another kind, which changes nothing."""
    if source.is_experiment:
        return None
    ending = draw.choice([".csv", ".txt", ".xlsx", ".xls", ".ods", ".dat", ".TSV", ""])
    return Mutant(source, "other name", f"any{ending}", source.content, frozenset(), keeps=True)


# --- texts


def text_only(change: Change) -> Change:
    """`change` for files that are texts and have at least one line."""

    def changed(source: Source, draw: Random) -> Mutant | None:
        if source.is_workbook or source.is_experiment or not source.lines():
            return None
        return change(source, draw)

    return changed


@text_only
def doubled_lines(source: Source, draw: Random) -> Mutant | None:
    """A line stands there up to fifty times."""
    lines = source.lines()
    at = _some_line(lines, draw)
    lines[at:at] = [lines[at]] * draw.choice([1, 2, 50])
    return _made(source, "doubled lines", lines, LOST | OPEN_QUOTE)


@text_only
def lost_lines(source: Source, draw: Random) -> Mutant | None:
    """Some lines are missing."""
    kept = [line for line in source.lines() if draw.random() < 0.7]
    return _made(source, "lost lines", kept, LOST | OPEN_QUOTE | {EMPTY, NO_TEXT, WEB_PAGE})


@text_only
def other_separators(source: Source, draw: Random) -> Mutant | None:
    """All lines or one have another separator."""
    lines, old = source.lines(), source.separator()
    new = draw.choice([mark for mark in SEPARATORS + " :&" if mark != old])
    if draw.random() < 0.5:
        return _made(
            source, "other separators", [line.replace(old, new) for line in lines], LOST | OPEN_QUOTE
        )
    at = _some_line(lines, draw)
    lines[at] = lines[at].replace(old, new)
    return _made(source, "other separators", lines, LOST | OPEN_QUOTE, line=at - len(lines))


@text_only
def stray_quote(source: Source, draw: Random) -> Mutant | None:
    """A quotation mark too many."""
    lines = source.lines()
    at = _some_line(lines, draw)
    place = draw.randrange(len(lines[at]) + 1)
    lines[at] = lines[at][:place] + draw.choice('""\'') + lines[at][place:]
    return _made(source, "stray quote", lines, LOST | OPEN_QUOTE, line=at - len(lines))


@text_only
def open_quote(source: Source, draw: Random) -> Mutant | None:
    """A cell begins with a quotation mark and does not end with one."""
    lines, separator = source.lines(), source.separator()
    at = _some_line(lines, draw)
    cells = lines[at].split(separator)
    chosen = draw.randrange(len(cells))
    cells[chosen] = '"' + cells[chosen]
    lines[at] = separator.join(cells)
    return _made(source, "open quote", lines, LOST | OPEN_QUOTE, line=at - len(lines))


@text_only
def other_encoding(source: Source, draw: Random) -> Mutant | None:
    """The same text in another encoding, as far as that has its letters."""
    text = None
    for codec in ("utf-8-sig", "utf-16", "gb18030", "cp1252"):
        try:
            text = source.content.decode(codec)
        except UnicodeError:
            continue
        break
    if text is None:
        return None
    encoding = draw.choice(ENCODINGS)
    content = text.encode(encoding, "replace")
    return _made(source, "other encoding", content, BYTES, keeps=text.isascii())


@text_only
def byte_order_mark(source: Source, draw: Random) -> Mutant | None:
    """A mark of UTF-8 comes first."""
    if source.codec == "utf-16" or not _is_utf8(source.content):
        return None
    return _made(source, "byte order mark", MARKS["utf-8-sig"] + source.content, BYTES, keeps=True)


@text_only
def other_line_ends(source: Source, draw: Random) -> Mutant | None:
    """The lines end as on another system."""
    end = draw.choice(["\n", "\r\n", "\r"])
    text = source.content.decode(source.codec).replace("\r\n", "\n").replace("\r", "\n").replace("\n", end)
    return _made(source, "other line ends", [text], LOST, keeps=True)


@text_only
def empty_lines_behind(source: Source, draw: Random) -> Mutant | None:
    """Empty lines come last, as spreadsheets leave them."""
    lines = source.lines()
    if not lines[-1].endswith(("\n", "\r")):
        return None
    return _made(source, "empty lines behind", [*lines, "\n" * draw.randint(1, 40)], LOST, keeps=True)


def spoil(
    mutation: str, reasons: frozenset[str], cell: Callable[[Random], str], causes: frozenset[str]
) -> Change:
    """A change of one cell into what `cell` draws."""

    @text_only
    def changed(source: Source, draw: Random) -> Mutant | None:
        lines, separator = source.lines(), source.separator()
        at = _some_line(lines, draw)
        bare = lines[at].rstrip("\r\n")
        end = lines[at][len(bare) :]
        if '"' in bare:
            return None  # half of a cell in quotes would be another fault
        cells = bare.split(separator)
        cells[draw.randrange(len(cells))] = cell(draw)
        lines[at] = separator.join(cells) + end
        return _made(source, mutation, lines, causes, reasons=reasons, line=at - len(lines))

    return changed


@text_only
def extra_cells(source: Source, draw: Random) -> Mutant | None:
    """A line has more cells than the others."""
    lines, separator = source.lines(), source.separator()
    at = _some_line(lines, draw)
    bare = lines[at].rstrip("\r\n")
    more = draw.choice([1, 3, MANY_CELLS, TOO_MANY_CELLS])
    lines[at] = bare + (separator + draw.choice(["7", "word"])) * more + lines[at][len(bare) :]
    causes = LOST | ({TOO_LARGE} if more == TOO_MANY_CELLS else frozenset())
    reasons = frozenset({"too_many_cells"})
    return _made(source, "extra cells", lines, causes, reasons=reasons, line=at - len(lines))


# --- workbooks


def zip_only(change: Change) -> Change:
    """`change` for workbooks that are zip archives."""

    def changed(source: Source, draw: Random) -> Mutant | None:
        return change(source, draw) if source.is_workbook and source.is_zip else None

    return changed


@zip_only
def truncated_zip(source: Source, draw: Random) -> Mutant | None:
    """The archive ends before its list of contents."""
    end = draw.randint(4, len(source.content) - 1)
    return Mutant(source, "truncated zip", source.name, source.content[:end], frozenset({DAMAGED}))


@zip_only
def other_member(source: Source, draw: Random) -> Mutant | None:
    """One part of the workbook is missing, empty, or has other bytes."""
    with zipfile.ZipFile(io.BytesIO(source.content)) as old:
        parts = {name: old.read(name) for name in old.namelist()}
    name = draw.choice(sorted(parts))
    how = draw.choice(["lost", "empty", "bytes", "cut"])
    part = bytearray(parts.pop(name))
    if how != "lost":
        for _change in range(draw.randint(1, 8) if how == "bytes" and part else 0):
            part[draw.randrange(len(part))] = draw.randrange(256)
        parts[name] = bytes(part)[: {"empty": 0, "cut": len(part) // 2}.get(how, len(part))]
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        for member, content in parts.items():
            new.writestr(member, content)
    return _made(source, "other member", made.getvalue(), LOST)


def _is_utf8(content: bytes) -> bool:
    try:
        content.decode("utf-8")
    except UnicodeError:
        return False
    return True


CHANGES: tuple[Change, ...] = (
    *(cut, random_bytes, nul_bytes, other_name, doubled_lines, lost_lines, other_separators),
    *(stray_quote, open_quote, other_encoding, byte_order_mark, other_line_ends, empty_lines_behind),
    spoil("word in a cell", NO_NUMBER, lambda draw: draw.choice(["word", "12 apples 3"]), LOST),
    spoil("missing cell", NOTHING, lambda draw: draw.choice(["", "NA", "nan"]), LOST | {EMPTY}),
    spoil("huge number", INFINITE, lambda draw: draw.choice(HUGE), LOST | {TOO_LARGE}),
    spoil("long cell", NO_NUMBER, lambda draw: "x" * LONG_CELL, LOST | {TOO_LONG}),
    *(extra_cells, truncated_zip, other_member),
)
