"""What the demo's members do with each other, so that a new site is not silent."""

from datetime import timedelta
from itertools import permutations
from typing import Final

from django.utils.timezone import now

from core.clock import now_ms
from exchange.markets.models import Contract, Market
from exchange.trading.models import Side
from exchange.web.demo.markets import open_demo_contracts, starting_prices
from exchange.web.demo.people import People, Trader
from social.badges.services import back_fill
from social.challenges.accepting import accept_challenge
from social.challenges.models import Challenge
from social.challenges.services import Offer, offer_challenge
from social.comments.models import Comment
from social.comments.services import post_comment
from social.following.services import follow_market, follow_member
from social.leaderboards.services import build_leaderboards

_OPEN_FOR: Final = timedelta(days=29)
_MARKETS_FOLLOWED: Final = 3


def make_social(people: People) -> None:
    """Let members follow and challenge each other, and count badges and leaderboards.

    Needs a book worker that answers. Again, it changes nothing but what is counted anew.
    """
    contracts = list(open_demo_contracts()[:_MARKETS_FOLLOWED])
    _follow(people, contracts)
    if contracts and not Challenge.objects.filter(challenger=people.alice.user).exists():
        _challenge(people, contracts)
    if contracts and not Comment.objects.filter(author=people.bob.user).exists():
        _talk(people, contracts[0].market)
    back_fill()
    # As of now: nobody else trades yet, and a new site is to show the results it begins with.
    build_leaderboards(as_of_ms=now_ms())


def _follow(people: People, contracts: list[Contract]) -> None:
    for one, other in permutations((people.alice, people.bob, people.admin), 2):
        follow_member(follower=one.user, followed=other.user)
    for contract in contracts:
        follow_market(follower=people.alice.user, market=contract.market)


def _challenge(people: People, contracts: list[Contract]) -> None:
    """Have one challenge accepted, one wait for Alice, and one be open to whoever has its link."""
    first, last = contracts[0], contracts[-1]
    accepted = _offer(people.alice, people.bob, first, Side.BUY, "I am sure of this one.")
    accept_challenge(challenge=accepted, user=people.bob.user)
    _offer(people.bob, people.alice, last, Side.SELL, "You cannot mean that. Five credits?")
    _offer(people.alice, None, last, Side.BUY, "Who dares?")


def _talk(people: People, market: Market) -> None:
    """Have them talk about a market: a question, an answer that mentions, one more view."""
    alice, bob = people.alice.user, people.bob.user
    opinion = "Half of all days in June bring some rain, I think. **Does anybody have numbers?**"
    answer = "@alice about 15 days of 30 in the record, and 0.1 mm is not much. I buy below 0.45."
    question = post_comment(author=alice, market=market, body=opinion)
    post_comment(author=bob, market=market, body=answer, parent=question)
    post_comment(author=people.admin.user, market=market, body="> 0.1 mm\n\nThe gauge decides.")


def _offer(
    challenger: Trader, opponent: Trader | None, contract: Contract, side: Side, message: str
) -> Challenge:
    ends = [now() + _OPEN_FOR, contract.market.closes_at]
    offer = Offer(
        contract=contract,
        side=side,
        price_ticks=starting_prices()[contract.pk],
        quantity=10,
        deadline_at=min(end for end in ends if end is not None),
        opponent=None if opponent is None else opponent.user,
        message=message,
    )
    return offer_challenge(challenger=challenger.user, offer=offer)
