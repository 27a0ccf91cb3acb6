"""One line of the benchmark: a figure and what it should be."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """A measured `figure` in `unit` (empty for a ratio), and the least or the most that it should be."""

    name: str
    figure: float
    unit: str = ""
    least: float | None = None
    most: float | None = None

    @property
    def met(self) -> bool:
        """Whether the figure is on the right side of its target."""
        return (self.least is None or self.figure >= self.least) and (
            self.most is None or self.figure <= self.most
        )

    @property
    def target(self) -> str:
        """What the figure should be, in words."""
        bound = f"at least {self.least:g}" if self.least is not None else f"at most {self.most:g}"
        return f"{bound} {self.unit}".strip()

    def cells(self) -> tuple[str, str, str, str]:
        """The line of the table."""
        return self.name, f"{self.figure:.4g} {self.unit}".strip(), self.target, "yes" if self.met else "no"

    def as_json(self) -> dict[str, object]:
        """The line for a program."""
        return {
            "name": self.name,
            "figure": self.figure,
            "unit": self.unit,
            "target": self.target,
            "met": self.met,
        }
