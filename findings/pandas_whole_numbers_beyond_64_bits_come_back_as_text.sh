#!/usr/bin/env bash
# One would guess that read_csv makes float64 of a column of numbers that are too large for int64, as it does of one
# with a decimal point anywhere.
# It does not: one whole number beyond uint64 makes "object" (Python integers) of a column of whole numbers, and text of one that
# also has 1.5 or 2e3, without a warning. Written with a point the same number makes float64 of both, and
# pandas.to_numeric of the text does as well.
# pandas 3.1.1, the C parser (seen here; pandas/_libs/parsers.pyx has the attempts at each type). It bites who takes the dtype
# "str" of a column for words: identifiers, factorials, counts of particles.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check pandas==3.1.1

cat >"$folder/look.py" <<'EOF'
import io

import pandas as pd

LARGE = "123456789012345678901234567890"


def kind(*cells):
    """What read_csv makes of a column of these cells."""
    return str(pd.read_csv(io.StringIO("\n".join(("a", *cells)) + "\n"))["a"].dtype)


print("pandas", pd.__version__)
found = {
    "two whole numbers": kind("1", "2"),
    "one beyond int64": kind("18446744073709551615", "2"),
    "one of 30 digits": kind(LARGE, "2"),
    "one of 30 digits, and 1.5": kind(LARGE, "1.5"),
    "one of 30 digits with a point": kind(LARGE + ".0", "1.5"),
}
for cells, dtype in found.items():
    print(f"{cells}: {dtype}")
numbers = pd.to_numeric(pd.read_csv(io.StringIO(f"a\n{LARGE}\n1.5\n"))["a"])
print("to_numeric:", numbers.dtype)
assert found["two whole numbers"] == "int64"
assert found["one beyond int64"] == "uint64"
assert found["one of 30 digits"] == "object"
assert found["one of 30 digits, and 1.5"] == "str"
assert found["one of 30 digits with a point"] == "float64" == str(numbers.dtype)
print("One whole number that 64 bits do not hold makes objects or text of a column of numbers.")
EOF
"$folder/venv/bin/python" "$folder/look.py"
