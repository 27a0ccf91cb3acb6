"""Workbooks as programs write them that openpyxl cannot imitate, from the XML of their sheets."""

from __future__ import annotations

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
