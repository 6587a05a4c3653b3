"""Titles to search in: those that the labels name, and as many made-up ones as are asked for.

The made-up ones share words with the named: railways, glaciers, cups and festivals of other places.
The same seed gives the same corpus everywhere.
"""

from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Final, NamedTuple

SEED: Final = 20270301
TITLES: Final = Path(__file__).with_name("titles.txt")

_WORDS: Final = {
    name: words.split("|")
    for name, _, words in (
        line.partition(": ")
        for line in Path(__file__).with_name("words.txt").read_text("utf-8").splitlines()
    )
}
_TEMPLATES: Final = (
    "Will the {thing} of {place} open before {month} {year}?",
    "Will {person} win the {place} {thing} prize in {year}?",
    "Will {person} be mayor of {place} by the end of {year}?",
    "How many visitors will the {thing} in {place} count in {month} {year}?",
    "Will {company} ship its {word} to {place} before {year}?",
    "Does {company} merge with {other} by {month} {year}?",
    "Will {place} beat {rival} in the {word} cup {year}?",
    "Will {place} ban {word} {thing} advertising by {year}?",
    "Who leads {company} in {month} {year}, {person} or another?",
    "Will inflation in {place} exceed {number} % in {month} {year}?",
    "Will the {word} index close above {number}00 in {month} {year}?",
    "Will {person} publish another album before {month} {year}?",
    "Will it snow in {place} on the {number}th of {month} {year}?",
    "Will a {word} fish be found near {place} by {year}?",
    "Will {person} run the {place} marathon in under {number} minutes?",
    "Will the {place} to {rival} {thing} cost over {number} million?",
    "Which {thing} does {place} close first in {year}?",
    "Will {person} and {company} settle out of court by {month} {year}?",
)


class Question(NamedTuple):
    """A market of the corpus."""

    title: str
    category: str
    volume: int
    is_open: bool


def named_titles() -> list[str]:
    """Return the titles that the labels name."""
    return TITLES.read_text(encoding="utf-8").splitlines()


def make_corpus(count: int, real: list[str]) -> Iterator[Question]:
    """Yield that many questions: the named ones and the real ones given among the made-up."""
    draw = Random(SEED)  # noqa: S311 -- the same each time is the point
    titles = [*named_titles(), *real]
    made = _made_up(draw)
    seen = set(titles)
    while len(titles) < count:
        title = next(made)
        if title not in seen:
            seen.add(title)
            titles.append(title)
    draw.shuffle(titles)
    named = set(named_titles())
    for title in titles[:count]:
        volume = int(10 ** draw.uniform(0, 6))
        is_open = title in named or draw.random() < 0.7
        yield Question(title, draw.choice(_WORDS["category"]), volume, is_open)


def _made_up(draw: Random) -> Iterator[str]:
    people = [f"{_name(draw, 2)} {_name(draw, 3)}" for _ in range(4_000)]
    companies = [_name(draw, 3) for _ in range(1_500)]
    words = [_name(draw, 2).lower() for _ in range(1_500)]
    while True:
        place, rival = draw.sample(_WORDS["place"], 2)
        yield draw.choice(_TEMPLATES).format(
            thing=draw.choice(_WORDS["thing"]),
            place=place,
            rival=rival,
            person=draw.choice(people),
            company=draw.choice(companies),
            other=draw.choice(companies),
            word=draw.choice(words),
            month=draw.choice(_WORDS["month"]),
            year=draw.randrange(2027, 2036),
            number=draw.randrange(2, 99),
        )


def _name(draw: Random, syllables: int) -> str:
    parts = (
        draw.choice(_WORDS["onset"]) + draw.choice(_WORDS["vowel"]) + draw.choice(_WORDS["coda"])
        for _ in range(syllables)
    )
    return "".join(parts).capitalize()
