#!/usr/bin/env bash
# One would guess that a column of durations in an ODS sheet comes as one type, datetime.timedelta, as one of an XLSX
# sheet with the format [h]:mm:ss does.
# python-calamine gives a duration below 24 hours as datetime.time, a time of day, and one of 24 hours and more as the
# text of the file, such as 'PT26H30M00S'. So a column has two types, half of it sorts and subtracts as a time of day, and a
# reader that keeps what is a time or a number loses the longest ones.
# python-calamine 0.9.1, which binds the Rust crate calamine; the sheet is written here, as its standard (OpenDocument 1.3,
# part 3, 19.387 office:time-value) has it. It bites who reads stop watches, shifts or track times from LibreOffice.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check python-calamine==0.9.1

cat >"$folder/look.py" <<'EOF'
import datetime
import importlib.metadata
import sys
import zipfile

from python_calamine import CalamineWorkbook

DURATIONS = ("PT00H30M00S", "PT23H30M00S", "PT24H00M00S", "PT26H30M00S")
NAMES = "urn:oasis:names:tc:opendocument:xmlns:"
rows = "".join(
    f'<table:table-row><table:table-cell office:value-type="time" office:time-value="{text}"/></table:table-row>'
    for text in DURATIONS
)
content = (
    f'<office:document-content xmlns:office="{NAMES}office:1.0" xmlns:table="{NAMES}table:1.0" office:version="1.3">'
    f'<office:body><office:spreadsheet><table:table table:name="a">{rows}</table:table></office:spreadsheet>'
    "</office:body></office:document-content>"
)
kind = "application/vnd.oasis.opendocument.spreadsheet"
manifest = (
    f'<manifest:manifest xmlns:manifest="{NAMES}manifest:1.0">'
    f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{kind}"/></manifest:manifest>'
)
path = f"{sys.argv[1]}/times.ods"
with zipfile.ZipFile(path, "w") as archive:
    archive.writestr("mimetype", kind)
    archive.writestr("META-INF/manifest.xml", manifest)
    archive.writestr("content.xml", content)
print("python-calamine", importlib.metadata.version("python-calamine"))
cells = [row[0] for row in CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python()]
for written, cell in zip(DURATIONS, cells, strict=True):
    print(f"{written}: {cell!r}")
assert cells[:2] == [datetime.time(0, 30), datetime.time(23, 30)], "short durations come otherwise now"
assert cells[2:] == list(DURATIONS[2:]), "long durations come otherwise now"
print("Durations of one column are times of day below 24 hours and texts from there on.")
EOF
"$folder/venv/bin/python" "$folder/look.py" "$folder"
