"""The table of figures."""

from benchmarks.engine.rows import Measured, Row, table

RATE = Row("fast", "how fast", "commands/s", floor="floor", aim=">= 3", compiled=">= 9")
TIME = Row("slow", "how long", "us", floor="floor")


def measured(name, *rounds):
    one = Measured(name)
    for number, figures in enumerate(rounds):
        one.add(number, figures)
    return one


def test_figures_are_medians_and_ratios_are_of_the_same_round():
    one = measured(
        "pure",
        {"fast": 10.0, "floor": 20.0},
        {"fast": 30.0, "floor": 40.0},
        {"fast": 8.0, "floor": 8.0},
    )
    assert (one.value(RATE), one.ratio(RATE)) == ("10", "0.75")


def test_a_ratio_below_one_is_slower_for_times_too():
    one = measured("pure", {"slow": 4.0, "floor": 1.0})
    assert one.ratio(TIME) == "0.25"


def test_words_stand_in_for_a_figure():
    one = measured("pure", {"fast": "not installed", "floor": 1.0})
    assert (one.value(RATE), one.ratio(RATE)) == ("not installed", "")


def test_each_engine_has_its_aim():
    pure, compiled = measured("pure Python", {"fast": 2_000.0}), measured("compiled", {"fast": 3.0})
    title, line = table([RATE], [pure, compiled]).splitlines()
    assert title.split() == [
        "figure",
        "pure",
        "Python",
        "x",
        "floor",
        "compiled",
        "x",
        "floor",
        "unit",
        "aim",
    ]
    assert line.split() == ["how", "fast", "2,000", "3", "commands/s", ">=", "3", "|", ">=", "9"]
