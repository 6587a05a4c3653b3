"""What a trader reads in tests/engine/scenarios/ is what happens."""

from collections import Counter
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

import pytest

from exchange.engine import CancelReason, RejectReason, events
from tests.engine.dsl import INDENT, Scenario, play

FOLDER = Path(__file__).parent / "scenarios"


def read_scenarios() -> Iterator[tuple[str, str, str]]:
    """Yield subject, title and text: of each headline what stands indented below it."""
    for path in sorted(FOLDER.glob("*.md")):
        if path.name == "README.md":
            continue
        for section in path.read_text().split("\n## ")[1:]:
            title, _, body = section.partition("\n")
            yield (
                path.stem,
                title,
                "\n".join(line for line in body.splitlines() if line.startswith(INDENT)),
            )


SCENARIOS = list(read_scenarios())


@pytest.mark.parametrize(
    ("subject", "title", "text"), SCENARIOS, ids=[f"{one[0]}: {one[1]}" for one in SCENARIOS]
)
def test_scenario(subject, title, text):
    play(text)


def test_titles_are_given_once_a_subject():
    counted = Counter((subject, title) for subject, title, _ in SCENARIOS)
    assert [each for each, count in counted.items() if count > 1] == []


def test_every_event_and_reason_occurs():
    happened = list(chain.from_iterable(_events_of(text) for _, _, text in SCENARIOS))
    assert {type(event) for event in happened} == set(events.Event.__args__)
    cancels = [event for event in happened if isinstance(event, events.OrderCancelled)]
    assert {event.reason for event in cancels} == set(CancelReason)
    rejects = (events.OrderRejected, events.CancelRejected, events.CommandRejected)
    assert {event.reason for event in happened if isinstance(event, rejects)} == set(
        RejectReason
    ) - {RejectReason.INTERNAL_ERROR}


def _events_of(text: str) -> list[events.Event]:
    scenario = Scenario()
    scenario.play(text)
    return scenario.events


def test_scenario_that_goes_otherwise_is_told_as_it_goes():
    wrong = """
        > open 1: 11
            opened 2
        > fund alice 100
        > alice buys 1 @ 45 #1
        book 11
            buy 2 @ 45 #1 alice
        alice: exposure 0, available 0, cash 0, holds 0
    """
    assert Scenario().play(wrong) == (
        "> open 1: 11\n"
        "    opened 1\n"
        "> fund alice 100\n"
        "> alice buys 1 @ 45 #1\n"
        "    accepted #1\n"
        "book 11\n"
        "    buy 1 @ 45 #1 alice\n"
        "alice: exposure 45, available 55, cash 0, holds 0\n"
    )


@pytest.mark.parametrize(
    "line",
    [
        "> alice buys 1 @ 45 of 11 #1 postonly",
        "> alice wants 1 @ 45 #1",
        "> alice buys 1 at market down to 40 #1",
        "> mallory buys 1 @ 45 #1",
        "> limits alice: 3 trades",
        "books 11",
    ],
)
def test_line_that_says_nothing_is_no_scenario(line):
    with pytest.raises(AssertionError):
        Scenario().play(line)
