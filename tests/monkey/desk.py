"""What lies on the monkey's desk: files good and bad, and texts to type and to paste."""

from __future__ import annotations

import shutil
from pathlib import Path

from core.experiment import Experiment, Settings, generate, save_experiment
from core.experiment.file import save_work
from core.experiment.slots import take_slot
from tests.spreadsheets import xlsx

MESSY = Path(__file__).parents[1] / "messy"
LEFT_OUT = ("bomb.xlsx", "EXPECTED.tsv")
HOSTILE_NAMES = ("-dash.csv", "quo'te\".csv", "line\nbreak.csv", "长" * 60 + ".csv", "[*] &amp; <b>bold.csv")
TABLE = "x,y\n" + "".join(f"{i},{0.5 * i + 1}\n" for i in range(40))

TYPED = (
    *("0.1", "1e-3", "0.01", "5", "2", "1", "0", "0.5", "0.9", "20", "100", "7"),
    *("", "-1", "abc", "1e", "1,5", "nan", "inf", "-0", "2147483647", "99999999999", "1e300", "1e-300"),
    *("１２", " 3 ", "0.1, 0.2", "1 2 3", "--"),
)
PASTED = (
    TABLE,
    "1\t2\n3\t4\n5\t7\n",
    "1;2,5\n2;3,5\n3;4,5\n",
    "",
    "   \n",
    "no numbers here",
    "1 2\n3\n",
    "x\ty\n2020-01-01\t1\n2020-01-02\t3\n",
    "\x00\x01",
    "1e308\t1e308\n-1e308\t2\n3\t4\n",
)
SHEET = "<sheetData>{rows}</sheetData>"
ROW = "<row><c><v>{x}</v></c><c><v>{y}</v></c></row>"
DATES = "day,y\n" + "".join(f"0{i}/0{i + 1}/2020,{i}\n" for i in range(1, 9))  # which are days, which months?


def leave_work(folder: Path) -> None:
    """Leave in `folder` what three windows had that were killed."""
    slots = [take_slot(folder, lambda slot: not slot.path.exists()) for _window in range(3)]
    for number, slot in enumerate(slots):
        save_work(Experiment(generate("line", {"count": 20 + number}), Settings()), slot.path)
        slot.release()


def fill(folder: Path) -> list[str]:
    """Put files into `folder`; their names, in order."""
    folder.mkdir(parents=True, exist_ok=True)
    for file in MESSY.iterdir():
        if file.name not in LEFT_OUT:
            shutil.copyfile(file, folder / file.name)
    for name in HOSTILE_NAMES:
        (folder / name).write_text(TABLE, encoding="utf-8")
    (folder / "dates.csv").write_text(DATES, encoding="utf-8")
    rows = "".join(ROW.format(x=x, y=2 * x) for x in range(9))
    xlsx(folder / "sheets.xlsx", {name: SHEET.format(rows=rows) for name in ("one", "other")})
    for name, settings in {
        "line": Settings(),
        "adam": Settings(model="polynomial", optimizer="adam", learning_rate=0.05, batch_size=8),
        "mlp": Settings(model="mlp", loss="huber", optimizer="sgd", validation=0.2),
    }.items():
        save_experiment(Experiment(generate("line", {"count": 60}), settings), folder / f"{name}.fit.json")
    return sorted(file.name for file in folder.iterdir())
