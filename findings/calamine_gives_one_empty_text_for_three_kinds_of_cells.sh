#!/usr/bin/env bash
# One would guess that a reader of workbooks tells an empty cell from one that shows #DIV/0!, and both from a
# formula that was never calculated.
# python-calamine gives "" for all three, whatever the kind of file, and says neither which rows are hidden nor how a
# number is shown; there is no call that asks for it (the type stub of the package lists all there are).
# python-calamine 0.9.1, which binds the Rust crate calamine; workbooks as openpyxl 3.1.5 writes them.
# It bites who counts missing values after reading by calamine or by pandas with engine="calamine": a column of
# formulas that no program has calculated yet looks like a column without data.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check python-calamine==0.9.1 openpyxl==3.1.5

cat >"$folder/look.py" <<'EOF'
import importlib.metadata
import sys

import openpyxl
from python_calamine import CalamineWorkbook

for package in ("python-calamine", "openpyxl"):
    print(package, importlib.metadata.version(package))
book = openpyxl.Workbook()
sheet = book.worksheets[0]
sheet.append(["empty", "error", "formula", "number"])
sheet.append([None, "#DIV/0!", "=D2*2", 1.5])
sheet.append([None, "#N/A", "=D3*2", 2.5])
path = f"{sys.argv[1]}/book.xlsx"
book.save(path)
kinds = [cell.data_type for cell in openpyxl.load_workbook(path).worksheets[0][2]]
rows = CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python()
print("openpyxl tells the kinds of the cells of a row:", kinds)
print("calamine gives the same row as:", rows[1])
assert kinds == ["n", "e", "f", "n"], "openpyxl writes or reads the three cells in another way now"
assert rows[1:] == [["", "", "", 1.5], ["", "", "", 2.5]], "calamine tells the three kinds of cells apart now"
print("An empty cell, an error and a formula that was never calculated are the same empty text.")
EOF
"$folder/venv/bin/python" "$folder/look.py" "$folder"
