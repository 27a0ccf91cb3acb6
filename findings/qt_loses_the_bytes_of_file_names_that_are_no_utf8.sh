#!/usr/bin/env bash
# One would guess that a file whose name is not UTF-8 survives a way through Qt: Python keeps its odd bytes as lone surrogates
# (PEP 383), and a QUrl keeps them percent-encoded.
# PySide6 drops lone surrogates from every str that becomes a QString, without an error: a label, a signal of str and
# QDir have another, shorter name, which may be that of another file. QUrl.toLocalFile() puts U+FFFD in their place, whereas
# QUrl.toEncoded() of the same url still has the bytes. QUrl(bytes percent-encoded) and os.fsdecode(unquoted toEncoded())
# is a way that keeps them.
# PySide6-Essentials 6.11.3 on Linux, without a screen. It bites who hands the path of a dropped or remembered file on as
# text, for example from archives that were packed with a Latin 1 or GBK locale.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check PySide6-Essentials==6.11.3

cat >"$folder/look.py" <<'EOF'
import os
from urllib.parse import quote_from_bytes, unquote_to_bytes

import PySide6
from PySide6.QtCore import QDir, QObject, QUrl, Signal

NAME = b"/tmp/caf\xe9.csv"  # in Latin 1


class Sender(QObject):
    told = Signal(str)


print("PySide6", PySide6.__version__)
text = os.fsdecode(NAME)
heard = []
sender = Sender()
sender.told.connect(heard.append)
sender.told.emit(text)
url = QUrl.fromEncoded(b"file://" + quote_from_bytes(NAME).encode())
kept = os.fsdecode(unquote_to_bytes(bytes(url.toEncoded().data()).removeprefix(b"file://")))
print("Python:", ascii(text))
print("a signal of str:", ascii(heard[0]))
print("QDir.filePath:", ascii(QDir("/tmp").filePath(text.rpartition("/")[2])))
print("QUrl.toLocalFile:", ascii(url.toLocalFile()))
print("QUrl.toEncoded, unquoted:", ascii(kept))
assert heard == ["/tmp/caf.csv"], "lone surrogates go another way through a signal now"
assert QDir("/tmp").filePath("caf\udce9.csv") == "/tmp/caf.csv"
assert url.toLocalFile() == "/tmp/caf\ufffd.csv", "toLocalFile has other letters now"
assert kept == text
print("As text such a name loses its odd bytes in Qt; percent-encoded it keeps them.")
EOF
QT_QPA_PLATFORM=offscreen "$folder/venv/bin/python" "$folder/look.py"
