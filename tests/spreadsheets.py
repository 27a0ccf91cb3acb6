"""Workbooks as programs write them that openpyxl cannot imitate, from the XML of their sheets."""

from __future__ import annotations

import struct
import zipfile
from html import escape
from pathlib import Path

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_ODS = "application/vnd.oasis.opendocument.spreadsheet"
_OASIS = "urn:oasis:names:tc:opendocument:xmlns"
_NAMESPACES = " ".join(
    [
        *(f'xmlns:{name}="{_OASIS}:{name}:1.0"' for name in ("office", "text", "table", "style")),
        'xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0"',
    ]
)


def xlsx(path: Path, sheets: dict[str, str], recalculate: bool = False, prefix: str = "") -> Path:
    """An XLSX file; `sheets` are the contents of each worksheet element.

    With `recalculate` it asks for its formulas to be calculated; with a `prefix` every element has it.
    """
    names = list(sheets)
    calculation = '<calcPr fullCalcOnLoad="1"/>' if recalculate else "<calcPr calcId='191029'/>"
    listed = "".join(
        f'<sheet name="{escape(name)}" sheetId="{n}" r:id="rId{n}"/>' for n, name in enumerate(names, 1)
    )
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPE}.sheet.main+xml"/>'
        + "".join(
            f'<Override PartName="/xl/worksheets/sheet{n}.xml" ContentType="{_TYPE}.worksheet+xml"/>'
            for n in range(1, len(names) + 1)
        )
        + "</Types>",
        "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1" '
        f'Type="{_RELATIONS}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_RELATIONS}">'
        f"<sheets>{listed}</sheets>{calculation}</workbook>",
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
        + "".join(
            f'<Relationship Id="rId{n}" Type="{_RELATIONS}/worksheet" Target="worksheets/sheet{n}.xml"/>'
            for n in range(1, len(names) + 1)
        )
        + "</Relationships>",
    }
    for n, content in enumerate(sheets.values(), 1):
        if prefix:
            content = content.replace("</", f"</{prefix}:").replace("<", f"<{prefix}:")
            content = content.replace(f"<{prefix}:/{prefix}:", f"</{prefix}:")
        colon, attribute = (f"{prefix}:", f":{prefix}") if prefix else ("", "")
        parts[f"xl/worksheets/sheet{n}.xml"] = (
            f'<{colon}worksheet xmlns{attribute}="{_MAIN}">{content}</{colon}worksheet>'
        )
    return _packed(path, parts)


def data(*rows: str, attributes: dict[int, str] | None = None) -> str:
    """The rows of a sheet in XLSX, each the XML of its cells; `attributes` those of some rows, from 1."""
    found = attributes or {}
    numbered = enumerate(rows, 1)
    content = "".join(f'<row r="{n}" {found.get(n, "")}>{cells}</row>' for n, cells in numbered)
    return f"<sheetData>{content}</sheetData>"


def text(place: str, content: str) -> str:
    """A cell with a text."""
    return f'<c r="{place}" t="inlineStr"><is><t>{escape(content)}</t></is></c>'


def number(place: str, value: float) -> str:
    """A cell with a number."""
    return f'<c r="{place}"><v>{value!r}</v></c>'


def formula(place: str, content: str, result: str | None, kind: str = "n") -> str:
    """A cell with a formula and what is stored as its result; None for nothing."""
    value = "" if result is None else f"<v>{escape(result)}</v>"
    return f'<c r="{place}" t="{kind}"><f>{escape(content)}</f>{value}</c>'


def ods(path: Path, sheets: dict[str, str]) -> Path:
    """An ODS file; `sheets` are the contents of each table element."""
    tables = "".join(
        f'<table:table table:name="{escape(name)}">{content}</table:table>'
        for name, content in sheets.items()
    )
    manifest = f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{_ODS}"/>'
    return _packed(
        path,
        {
            "mimetype": _ODS,
            "content.xml": f'<office:document-content {_NAMESPACES} office:version="1.3"><office:body>'
            f"<office:spreadsheet>{tables}</office:spreadsheet></office:body></office:document-content>",
            "META-INF/manifest.xml": f'<manifest:manifest xmlns:manifest="{_OASIS}:manifest:1.0">{manifest}'
            "</manifest:manifest>",
        },
    )


def ods_row(*cells: str, attributes: str = "") -> str:
    """A row of a sheet in ODS."""
    return f"<table:table-row {attributes}>{''.join(cells)}</table:table-row>"


def ods_cell(content: str | float | None = None, attributes: str = "") -> str:
    """A cell of a sheet in ODS, with a text, a number or nothing."""
    if content is None:
        return f"<table:table-cell {attributes}/>"
    kind = "string" if isinstance(content, str) else "float"
    value = "" if isinstance(content, str) else f'office:value="{content!r}"'
    return (
        f'<table:table-cell office:value-type="{kind}" {value} {attributes}>'
        f"<text:p>{escape(str(content))}</text:p></table:table-cell>"
    )


def _packed(path: Path, parts: dict[str, str]) -> Path:
    """A ZIP file with these members."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            is_kind = name == "mimetype"
            whole = content if is_kind else f'<?xml version="1.0" encoding="UTF-8"?>{content}'
            archive.writestr(name, whole, zipfile.ZIP_STORED if is_kind else zipfile.ZIP_DEFLATED)
    return path


def xls(path: Path, records: list[bytes], styles: tuple[int, ...] = (0,), name: str = "Data") -> Path:
    """An XLS file with one sheet of these records; `styles` are the formats that cells can have."""
    begin, end = 0x0809, xls_record(0x0A)
    sheet = xls_record(begin, "<4H2I", 0x0600, 0x10, 0, 0, 0, 0) + b"".join(records) + end
    title = name.encode("latin-1")
    before = xls_record(begin, "<4H2I", 0x0600, 0x05, 0, 0, 0, 0) + xls_record(0x42, "<H", 1200)
    before += b"".join(xls_record(0xE0, "<2H16x", 0, style) for style in styles)
    bound = 4 + 8 + len(title)
    where = len(before) + bound + len(end)
    whole = before + xls_record(0x85, f"<I4B{len(title)}s", where, 0, 0, len(title), 0, title) + end + sheet
    path.write_bytes(_ole("Workbook", whole))
    return path


def xls_record(kind: int, layout: str = "", *values: float | bytes) -> bytes:
    """A record of an XLS file."""
    content = struct.pack(layout, *values)
    return struct.pack("<2H", kind, len(content)) + content


def xls_number(row: int, column: int, value: float, style: int = 0) -> bytes:
    """A cell with a number."""
    return xls_record(0x203, "<3Hd", row, column, style, value)


def xls_formula(row: int, column: int, result: bytes, flags: int = 0) -> bytes:
    """A cell with a formula, a reference to A1, and the 8 bytes that stand for its result."""
    return xls_record(0x06, "<3H8sHIHB2H", row, column, 0, result, flags, 0, 5, 0x44, 0, 0xC000)


def _ole(name: str, stream: bytes) -> bytes:
    """An OLE file with one stream, of as many sectors as a long one has at least."""
    sector, free, last = 512, 0xFFFFFFFF, 0xFFFFFFFE
    stream = stream.ljust(4096, b"\0")
    count = -(-len(stream) // sector)
    stream = stream.ljust(count * sector, b"\0")
    table = [0xFFFFFFFD, last, *range(3, 2 + count), last]
    assert len(table) <= sector // 4
    table += [free] * (sector // 4 - len(table))
    header = struct.pack(
        "<8s16x5H6x9I109I",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        *(0x3E, 3, 0xFFFE, 9, 6),
        *(0, 1, 1, 0, 4096, last, 0, last, 0),
        *(0, *[free] * 108),
    )
    entries = b""
    for title, kind, child, start, size in (
        ("Root Entry", 5, 1, last, 0),
        (name, 2, free, 2, len(stream)),
    ):
        title_and_size = title.encode("utf-16-le"), 2 * len(title) + 2
        entries += struct.pack("<64sH2B3I36x2II", *title_and_size, kind, 1, free, free, child, start, size, 0)
    return header + struct.pack("<128I", *table) + entries.ljust(sector, b"\0") + stream
