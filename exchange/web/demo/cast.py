"""What the members of the demo's past did beside trading: questions of their own, and talk."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Final

from exchange.markets.models import Market
from exchange.web.demo.past import Past, deals_of, play
from exchange.web.demo.people import Trader
from social.comments.services import post_comment
from social.following.services import follow_market, follow_member

_RESULTS: Final = (
    Past(
        event="The autumn league",
        category="Games",
        title="Who wins the autumn quiz league?",
        rules="The team at the top after the last evening. A demo market: it is over.",
        outcomes=("Owls", "Foxes", "Badgers"),
        winner="Foxes",
        deals=deals_of(
            ("Owls", "ines", "jun", 44, 60),
            ("Owls", "kofi", "lena", 41, 45),
            ("Foxes", "lena", "ines", 33, 80),
            ("Foxes", "nadia", "olek", 36, 50),
            ("Foxes", "rosa", "mateo", 38, 25),
            ("Badgers", "mateo", "nadia", 24, 40),
            ("Badgers", "olek", "rosa", 21, 30),
        ),
    ),
    Past(
        event="The long run",
        category="Sport",
        title="Does anybody finish the town's long run in under three hours?",
        rules="Yes if the list of results says so. A demo market: it is over.",
        outcomes=("Yes",),
        winner="Yes",
        deals=deals_of(
            ("Yes", "jun", "kofi", 58, 70),
            ("Yes", "ines", "mateo", 61, 40),
            ("Yes", "rosa", "olek", 66, 55),
            ("Yes", "nadia", "lena", 70, 20),
        ),
    ),
    Past(
        event="The first frost",
        category="Weather",
        title="Is there frost in the valley before the middle of November?",
        rules="Yes if the station in the valley reports 0 °C or less. A demo market: it is over.",
        outcomes=("Yes",),
        winner=None,
        deals=deals_of(
            ("Yes", "olek", "ines", 47, 30),
            ("Yes", "mateo", "jun", 52, 35),
        ),
    ),
)
# Who says what where: the start of the market's title.
_TALK: Final = (
    ("lena", "Who lands people", "The lander is the late part, not the rocket."),
    ("kofi", "Who lands people", "Two test flights have slipped this year. I sell above 0.50."),
    ("nadia", "Will arabica trade", "Stocks are the **lowest in 20 years**; one frost is enough."),
    ("jun", "Will Python lead", "It led three of the last five surveys. 0.25 seems cheap to me."),
    ("ines", "Will a night train", "The carriages are ordered, the paths in Italy are not."),
    ("rosa", "How many named", "The sea is as warm as in the record year."),
    ("mateo", "How many named", "> as warm as in the record year\n\nBut the wind shear is not."),
    ("olek", "Will a marathon", "In open competition, mind: pacers out of a car do not count."),
)


def make_results(cast: Sequence[Trader], *, admin: Trader) -> None:
    """Play the questions that the cast traded and that are over."""
    traders = {trader.user.handle: trader for trader in cast}
    for past in _RESULTS:
        play(past, traders=traders, admin=admin)


def talk(cast: Sequence[Trader]) -> None:
    """Let the cast talk about markets, which they follow, and follow each other in a circle."""
    members = {trader.user.handle: trader.user for trader in cast}
    for handle, title, body in _TALK:
        market = Market.objects.filter(title__startswith=title).earliest("pk")
        follow_market(follower=members[handle], market=market)
        post_comment(author=members[handle], market=market, body=body)
    for one, other in pairwise([*members.values(), cast[0].user]):
        follow_member(follower=one, followed=other)
