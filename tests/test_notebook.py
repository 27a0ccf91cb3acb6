"""The notebook of a fit: valid, run from the top down, and the same code as the script."""

from __future__ import annotations

import contextlib
import io
import json
import random
import re
from collections.abc import Iterator

import nbformat
import pytest
import torch

from core.experiment import Points, Settings, generate
from core.export import SECTIONS, program
from core.export.notebook import notebook
from core.export.program import BETWEEN
from core.export.words import plain
from core.texts import use_language
from core.training import Trainer

FEW = generate("line", {"count": 11})
HOSTILE = (
    *(
        '"',
        "\\",
        "\n",
        "\0",
        "\u2028",
        "\ud800",
        "<img src=x onerror=alert(1)>",
        "</script>",
        "[a](http://b)",
    ),
    *("$x$", "`", "#", "![](x)", "%%html", "\x85", "]]>", "\u202e", "x" * 300, '"]}', "https://a.b"),
)


@pytest.fixture(autouse=True)
def as_it_was() -> Iterator[None]:
    """What a program changes for a whole process is put back."""
    threads, state = torch.get_num_threads(), torch.get_rng_state()
    yield
    torch.set_num_threads(threads)
    torch.set_rng_state(state)


def sources(text: str, kind: str) -> list[str]:
    return ["".join(cell["source"]) for cell in json.loads(text)["cells"] if cell["cell_type"] == kind]


@pytest.mark.parametrize("language", ["en", "zh_CN"])
@pytest.mark.parametrize(
    "settings", [Settings(), Settings("mlp", "quantile", "lbfgs", batch_size=4, standardise=True)]
)
def test_it_is_valid_and_its_code_is_that_of_the_script(settings: Settings, language: str) -> None:
    use_language(language)
    made = program(FEW, settings, name="a.csv")
    text = notebook(made)
    nbformat.validate(nbformat.reads(text, as_version=nbformat.NO_CONVERT))
    assert json.loads(text)["nbformat_minor"] == 5
    assert BETWEEN.join(sources(text, "code")) + "\n" == made.text()


def test_every_section_is_a_cell_of_words_and_a_cell_of_code() -> None:
    cells = json.loads(notebook(program(FEW, Settings())))["cells"]
    assert [cell["cell_type"] for cell in cells] == ["markdown", "code"] * len(SECTIONS)
    assert [cell["id"] for cell in cells[1::2]] == list(SECTIONS)
    assert len({cell["id"] for cell in cells}) == len(cells)
    for cell in cells[::2]:
        assert re.search("^## ", "".join(cell["source"]), re.MULTILINE)


def test_the_same_fit_gives_the_same_notebook() -> None:
    assert notebook(program(FEW, Settings())) == notebook(program(FEW, Settings()))


def test_its_cells_run_from_the_top_down_to_the_bits_of_the_run() -> None:
    settings = Settings("polynomial", batch_size=4, steps=8, epochs=None, standardise=True)
    names: dict[str, object] = {}
    with contextlib.redirect_stdout(io.StringIO()) as out:
        for cell in sources(notebook(program(FEW, settings)), "code"):
            exec(cell, names)
    trainer = Trainer(FEW, settings)
    while trainer.stopped is None:
        trainer.step()
    printed = dict(row.split(" ", 1) for row in out.getvalue().splitlines())
    assert json.loads(printed["layer.weight"]) == trainer.latest.arrays[0].tolist()


def test_no_name_comes_into_its_words_nor_breaks_it() -> None:
    draw = random.Random(20260101)
    words = sources(notebook(program(FEW, Settings())), "markdown")
    for _number in range(300):
        names = ["".join(draw.choices(HOSTILE, k=draw.randrange(1, 6))) for _name in range(3)]
        made = program(Points(FEW.x, FEW.y, *names[:2]), Settings(), name=names[2])
        text = notebook(made)
        assert sources(text.encode().decode(), "markdown") == words
        assert BETWEEN.join(sources(text, "code")) + "\n" == made.text()
    nbformat.validate(nbformat.reads(text, as_version=nbformat.NO_CONVERT))


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_its_words_hold_no_html_and_lead_nowhere(language: str) -> None:
    use_language(language)
    for text in sources(notebook(program(FEW, Settings(), name="<b>")), "markdown"):
        assert not re.search(r"[<>]|\]\(|http", text)


@pytest.mark.parametrize(
    ("name", "shown"),
    [("a\nb", "a�b"), ("好 é", "好 é"), ("x" * 61, "x" * 60 + "…"), ("\ud800\u2028", "��"), ("", "")],
)
def test_a_name_is_shown_in_one_line(name: str, shown: str) -> None:
    assert plain(name) == shown
