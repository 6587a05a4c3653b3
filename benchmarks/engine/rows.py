"""The table: which figures it has, and how they are printed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median

Figures = Mapping[str, float | str]


@dataclass(frozen=True, slots=True)
class Row:
    """One figure. `floor` names the one that its ratio is to; `aim` is what it should be.

    `compiled` is the aim of a compiled engine, where it has another one.
    """

    key: str
    label: str
    unit: str
    floor: str | None = None
    aim: str = ""
    compiled: str = ""


@dataclass(slots=True)
class Measured:
    """The figures of one engine in all rounds; a ratio is the median of the rounds' own."""

    name: str = ""
    rounds: list[dict[str, float | str]] = field(default_factory=list)

    def add(self, number: int, figures: Figures) -> None:
        """Add figures of a section to those that others gave in the same round."""
        while len(self.rounds) <= number:
            self.rounds.append({})
        self.rounds[number].update(figures)

    def value(self, row: Row) -> str:
        """Return the median of a figure as it is printed, or what stood in its place."""
        values = [figures[row.key] for figures in self.rounds if row.key in figures]
        words = [value for value in values if isinstance(value, str)]
        if words:
            return words[0]
        return (
            number(median(value for value in values if not isinstance(value, str)))
            if values
            else "-"
        )

    def ratio(self, row: Row) -> str:
        """Return how many times as fast as the floor: below 1 is slower."""
        ratios = [
            ratio
            for figures in self.rounds
            if (ratio := _ratio(figures.get(row.key), figures.get(row.floor or ""), row.unit))
        ]
        if not ratios:
            return ""
        ratio = median(ratios)
        return f"{ratio:.2f}" if ratio >= 0.01 else f"{ratio:.4f}"


def _ratio(value: float | str | None, floor: float | str | None, unit: str) -> float | None:
    if not isinstance(value, float | int) or not isinstance(floor, float | int):
        return None
    return value / floor if unit.endswith("/s") else floor / value


def number(value: float) -> str:
    """Return a number with as many digits as matter."""
    return f"{value:,.0f}" if value >= 1_000 else f"{value:.3g}"


def table(rows: Sequence[Row], measured: Sequence[Measured]) -> str:
    """Return all figures, a line each, the engines side by side."""
    is_compiled = [one.name.startswith("compiled") for one in measured]
    titles = ["figure"]
    for one in measured:
        titles += [one.name, "x floor"]
    lines = [[*titles, "unit", "aim"]]
    for row in rows:
        cells = [row.label]
        for one in measured:
            cells += [one.value(row), one.ratio(row)]
        lines.append([*cells, row.unit, _aim(row, is_compiled)])
    widths = [max(len(line[place]) for line in lines) for place in range(len(lines[0]))]
    return "\n".join(_line(line, widths) for line in lines)


def _aim(row: Row, is_compiled: Sequence[bool]) -> str:
    aims = [(row.compiled or row.aim) if compiled else row.aim for compiled in is_compiled]
    return " | ".join(dict.fromkeys(aim for aim in aims if aim))


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    """Return one line: words to the left, numbers to the right."""
    last = len(cells) - 2
    padded = [
        cell.rjust(width) if 0 < place < last else cell.ljust(width)
        for place, (cell, width) in enumerate(zip(cells, widths, strict=True))
    ]
    return "  ".join(padded).rstrip()
