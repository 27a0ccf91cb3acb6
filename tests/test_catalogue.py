"""A catalogue that is damaged costs the translation, and never a command or the window."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from pytestqt.qtbot import QtBot

import main
from core import texts
from core.experiment import Points
from core.log import data_folder
from core.texts import WITHOUT_CATALOGUE, _, language, language_complaint, n_, use_language
from tests.messages import read
from tests.windows import message, opened, ready, text, windows

CODE = "zh_CN"
Write = Callable[[bytes], None]


@pytest.fixture
def write_catalogue(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Write:
    """Puts bytes in the place of the Chinese texts."""
    monkeypatch.setattr(texts, "CATALOGUES", tmp_path)
    file = texts.catalogue_file(CODE)
    file.parent.mkdir(parents=True)
    return lambda content: (file.write_bytes(content), None)[1]


def compiled(catalogue: Catalog) -> bytes:
    """What gettext reads."""
    stream = io.BytesIO()
    write_mo(stream, catalogue)
    return stream.getvalue()


WHOLE = compiled(read(CODE))
DAMAGED = {
    "empty": b"",
    "random": Random(0).randbytes(5000),
    "cut off": WHOLE[: len(WHOLE) // 3],
    "nothing behind its mark": WHOLE[:4] + bytes(100),
    "random behind its mark": WHOLE[:4] + Random(1).randbytes(5000),
}


@pytest.mark.parametrize("content", DAMAGED.values(), ids=DAMAGED)
def test_a_damaged_catalogue_is_one_sentence_beside_what_was_asked_for(
    content: bytes,
    write_catalogue: Write,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    write_catalogue(content)
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")
    table = tmp_path / "table.csv"
    table.write_text("x,y\n0,1\n1,3\n")
    assert main.main(["export", str(table), str(tmp_path / "fit.py")]) == 0
    said = capsys.readouterr()
    assert said.err.splitlines()[0] == WITHOUT_CATALOGUE[CODE]
    assert "Traceback" not in said.err
    assert said.out.startswith("Written: ")
    assert "Traceback" in (data_folder() / "fitscope.log").read_text("utf-8")


def test_no_catalogue_at_all_is_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(texts, "CATALOGUES", tmp_path)
    use_language(CODE)
    assert (language(), language_complaint()) == ("en", WITHOUT_CATALOGUE[CODE])
    use_language("en")
    assert not language_complaint()


def test_the_window_says_that_it_cannot_speak_the_language_as_long_as_it_is_so(
    qtbot: QtBot, write_catalogue: Write
) -> None:
    write_catalogue(DAMAGED["random"])
    with opened(qtbot, Points()) as window:
        assert not text(window, "notice")
        window.workspace.preferences.put("language", CODE)
        window.look_changed.emit()
        (window,) = windows()
        assert text(window, "notice") == WITHOUT_CATALOGUE[CODE]
        window.store.add_points([0.0, 1.0], [1.0, 3.0])
        ready(qtbot, window)
        window.session.step()
        qtbot.waitUntil(lambda: message(window).startswith("Paused"))
        assert text(window, "notice") == WITHOUT_CATALOGUE[CODE]
        window.workspace.preferences.put("language", "en")
        window.look_changed.emit()
        assert not text(windows()[0], "notice")


def test_a_translation_that_does_not_fit_its_text_is_english(write_catalogue: Write) -> None:
    catalogue = Catalog(locale=CODE)
    wrong = ("第 {stpe} 步", "{", "{0}", "{step:d}", "{step!x}", "{step.real}", "第 {} 步")
    for number, translation in enumerate(wrong):
        catalogue.add(f"step {{step}} {number}", translation)
    catalogue.add(("{count} row", "{count} rows"), ("{conut} 行",))
    catalogue.add("step {step}", "第 {step} 步")
    write_catalogue(compiled(catalogue))
    use_language(CODE)
    for number in range(len(wrong)):
        assert _(f"step {{step}} {number}").format(step="9") == f"step 9 {number}"
    assert n_("{count} row", "{count} rows", 2).format(count=2) == "2 rows"
    assert _("step {step}").format(step="9") == "第 9 步"


def test_a_rule_of_counting_that_divides_by_zero_counts_as_english_does(write_catalogue: Write) -> None:
    catalogue = Catalog(locale=CODE)
    catalogue.add(("{count} row", "{count} rows"), ("{count} 行",))
    write_catalogue(compiled(catalogue).replace(b"nplurals=1; plural=0;", b"nplurals=1;plural=n%0"))
    use_language(CODE)
    assert language() == CODE
    assert [n_("{count} row", "{count} rows", count).format(count=count) for count in (1, 2)] == [
        "1 row",
        "2 rows",
    ]
