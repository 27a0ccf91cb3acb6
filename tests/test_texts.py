"""Every text is there in both languages, says the same, and can be drawn."""

from __future__ import annotations

import ast
import io
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from PySide6.QtGui import QFontDatabase, QGuiApplication, QRawFont, QTextLayout
from pytestqt.qtbot import QtBot

from core.texts import LANGUAGES, _, language, n_, system_language, use_language
from gui import theme
from tests.messages import SOURCE_LANGUAGE, catalogue_file, read, sources, template

FONT = theme.RESOURCES / "fonts" / "FitscopeCJK-Regular.otf"
every_translation = pytest.mark.parametrize("code", sorted(LANGUAGES.keys() - {SOURCE_LANGUAGE}))


@pytest.fixture(scope="module")
def wanted() -> Catalog:
    """Every message in the sources."""
    return template()


def forms(text: object) -> list[str]:
    """The singular and the plural forms of a message or of a translation."""
    return [text] if isinstance(text, str) else list(text)  # type: ignore[call-overload]


def placeholders(texts: list[str]) -> set[str]:
    """What str.format fills in in any of `texts`."""
    return {name for text in texts for _literal, name, _spec, _conversion in Formatter().parse(text) if name}


def translated(code: str) -> list[Message]:
    """The messages of one catalogue, without its header."""
    return [message for message in read(code) if message.id]


@every_translation
def test_every_message_is_translated(code: str, wanted: Catalog) -> None:
    there = {message.id: message for message in translated(code)}
    missing = [message.id for message in wanted if message.id and message.id not in there]
    empty = [message.id for message in there.values() if not all(forms(message.string))]
    assert missing == []
    assert empty == []


def test_every_text_of_the_sources_is_looked_for(wanted: Catalog) -> None:
    """What gathers the texts does not see one that stands within an f-string."""
    known = {text for message in wanted for text in forms(message.id)}
    for file in sources():
        written = [text for call in calls(file) for text in call.args if isinstance(text, ast.Constant)]
        assert [text.value for text in written if text.value not in known] == [], file.name


@every_translation
def test_no_translation_is_a_guess_or_left_over(code: str, wanted: Catalog) -> None:
    known = {message.id for message in wanted}
    assert [message.id for message in translated(code) if message.fuzzy or message.id not in known] == []


@every_translation
def test_every_translation_has_the_placeholders_of_its_message(code: str) -> None:
    differing = {
        message.id: message.string
        for message in translated(code)
        for form in forms(message.string)
        if placeholders([form]) != placeholders(forms(message.id))
    }
    assert differing == {}


@every_translation
def test_the_compiled_catalogue_is_that_of_the_readable_one(code: str) -> None:
    compiled = io.BytesIO()
    write_mo(compiled, read(code))
    assert catalogue_file(code).with_suffix(".mo").read_bytes() == compiled.getvalue()


def test_the_bundled_font_has_every_character_of_the_chinese_texts(qapp: QGuiApplication) -> None:
    font = QRawFont(str(FONT), 16)
    texts = [form for message in translated("zh_CN") for form in forms(message.string)]
    characters = {character for text in [*texts, *LANGUAGES.values()] for character in text}
    assert {
        each for each in characters if ord(each) > 0x2E7F and not font.supportsCharacter(ord(each))
    } == set()


def test_chinese_is_drawn_from_the_bundled_font_where_the_system_has_none(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(theme, "CHINESE_FONTS", ())
    before = QGuiApplication.font()
    latin = drawn_with("Learning rate 0.01")
    try:
        theme.add_fonts()
        assert drawn_with("学习率") == {"Fitscope CJK"}
        assert drawn_with("Learning rate 0.01") == latin
    finally:
        QGuiApplication.setFont(before)
        QFontDatabase.removeAllApplicationFonts()


def drawn_with(text: str) -> set[str]:
    """The families of the fonts that the program's font leads to for `text`; none may draw it as boxes."""
    layout = QTextLayout(text, theme.Theme().font())
    layout.beginLayout()
    layout.createLine()
    layout.endLayout()
    runs = layout.glyphRuns()
    assert all(glyph for run in runs for glyph in run.glyphIndexes())
    return {run.rawFont().familyName() for run in runs}


@pytest.mark.parametrize(
    ("variables", "code"),
    [
        ({"LANG": "zh_CN.UTF-8"}, "zh_CN"),
        ({"LANG": "zh_TW.UTF-8"}, "zh_CN"),
        ({"LANG": "en_GB.UTF-8"}, "en"),
        ({"LANG": "de_DE.UTF-8"}, "en"),
        ({"LANG": "en_GB.UTF-8", "LC_MESSAGES": "zh_CN.UTF-8"}, "zh_CN"),
        ({"LANG": "zh_CN.UTF-8", "LC_ALL": "en_GB.UTF-8"}, "en"),
        ({"LANG": "zh_CN.UTF-8", "LC_ALL": ""}, "zh_CN"),
        ({"LANG": "C"}, "en"),
        ({}, "en"),
    ],
)
def test_the_language_follows_the_system(
    variables: dict[str, str], code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr("sys.platform", "linux")
    assert system_language() == code


def test_an_unknown_language_is_english() -> None:
    use_language("tlh")
    assert language() == "en"


@every_translation
def test_a_translation_is_what_a_person_reads(code: str) -> None:
    english, other = next(
        (str(each.id), each.string) for each in translated(code) if isinstance(each.id, str)
    )
    assert _(english) == english
    use_language(code)
    assert language() == code
    assert _(english) == other


def test_english_counts() -> None:
    assert [n_("{n} row", "{n} rows", count).format(n=count) for count in (0, 1, 2)] == [
        "0 rows",
        "1 row",
        "2 rows",
    ]


def calls(file: Path) -> Iterator[ast.Call]:
    """Every call of one of the functions of core/texts.py in `file`."""
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Name)
            and node.func.id in ("_", "N_", "n_")
        ):
            yield node


@pytest.mark.parametrize("file", sources(), ids=lambda file: file.name)
def test_every_text_can_be_found_in_the_catalogue(file: Path) -> None:
    """A text that is put together before it is looked up is never found there."""
    for call in calls(file):
        assert isinstance(call.func, ast.Name)
        name = call.func.id
        texts = call.args[:2] if name == "n_" else call.args[:1]
        allowed = (ast.Constant, ast.Name, ast.Attribute, ast.Subscript) if name == "_" else (ast.Constant,)
        assert all(isinstance(text, allowed) for text in texts), f"{file.name}:{call.lineno}"
