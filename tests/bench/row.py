"""One line of the benchmark: a figure and what it should be."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """A measured `figure` in `unit` (empty for a ratio), and the least or the most that it should be.

    With neither it is there to be compared with.
    """

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
        if self.least is None and self.most is None:
            return ""
        bound = f"at least {self.least:g}" if self.least is not None else f"at most {self.most:g}"
        return f"{bound} {self.unit}".strip()

    def cells(self) -> tuple[str, str, str, str]:
        """The line of the table."""
        met = ("yes" if self.met else "no") if self.target else ""
        return self.name, f"{self._written()} {self.unit}".strip(), self.target, met

    def _written(self) -> str:
        """The figure with three digits, or all those before the point."""
        return f"{self.figure:,.0f}" if abs(self.figure) >= 100 else f"{self.figure:.3g}"

    def as_json(self) -> dict[str, object]:
        """The line for a program."""
        return {
            "name": self.name,
            "figure": self.figure,
            "unit": self.unit,
            "target": self.target,
            "met": self.met,
        }
