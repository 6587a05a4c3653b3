"""Activities in words, the same on pages, in the API and in Atom. Pure, over rows that are read.

A line is said in parts, so that a page can link each of them: who (or which market), the words,
to whom, and in which market.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from django.urls import reverse

from accounts.models import User
from core.formatting import format_gain, format_price
from exchange.markets.models import Contract, Market
from exchange.markets.outcomes import name_other_outcome, name_traded, price_traded
from exchange.trading.models import Side
from social.activities.models import Activity, Verb

_DID: Final = {Side.BUY.value: "bought", Side.SELL.value: "sold"}
_WORDS: Final = {
    Verb.COMMENTED: "commented on",
    Verb.FOLLOWED: "follows",
    Verb.CHALLENGED: "challenged",
    Verb.ACCEPTED: "accepted a challenge of",
    Verb.OPENED: "opened for trading",
    Verb.HALTED: "is halted",
    Verb.RESUMED: "trades again",
    Verb.CLOSED: "closed; its result is awaited",
    Verb.VOIDED: "was voided: every trade in it is undone",
}


@dataclass(frozen=True, slots=True)
class Line:
    """An activity in words."""

    activity: Activity

    @property
    def words(self) -> str:
        """What was done: "bought 10 Yes at 0.45"."""
        if self.average_ticks is None or self.market is None:
            return self.deed
        return f"{self.deed} {format_price(self.average_ticks, self.market.price_step_ticks)}"

    @property
    def deed(self) -> str:
        """The same without the price, which a page shows in its reader's odds: it comes last."""
        verb = Verb(self.activity.verb)
        if verb == Verb.TRADED:
            return self._traded()
        if verb == Verb.WON:
            return f"won {format_gain(self.activity.data['amount_ticks'])}"
        if verb == Verb.SETTLED:
            return f"was settled: {self._winner()} won"
        if verb == Verb.BADGE:
            return f"earned the badge {self.activity.data['name']}"
        return _WORDS[verb]

    @property
    def excerpt(self) -> str:
        """The beginning of what was written, where something was."""
        return str(self.activity.data.get("excerpt", ""))

    @property
    def actor(self) -> User | None:
        """Who did it; None where the market itself is what the line is about."""
        return self.activity.actor

    @property
    def target(self) -> User | None:
        """To whom it was done."""
        return self.activity.target_user

    @property
    def market(self) -> Market | None:
        """Where it was done."""
        return self.activity.market

    @property
    def text(self) -> str:
        """The whole line: "alice bought 10 Yes at 0.45: Will it rain?"."""
        market = self.market
        if self.actor is None:
            return f"{market.title if market else 'The exchange'} {self.words}"
        said = f"{self.actor.handle} {self.words}"
        if self.target is not None:
            return f"{said} {self.target.handle}{f': {market.title}' if market else ''}"
        if market is None:
            return said
        is_object = self.activity.verb in {Verb.COMMENTED, Verb.FOLLOWED}
        return f"{said}{' ' if is_object else ': '}{market.title}"

    @property
    def url(self) -> str:
        """The page where it is to be seen."""
        if "url" in self.activity.data:
            return str(self.activity.data["url"])
        if self.market is not None:
            return reverse("web:market", args=[self.market.slug])
        person = self.target or self.actor
        return person.get_absolute_url() if person is not None else reverse("web:home")

    @property
    def quantity(self) -> int | None:
        """How many contracts were traded."""
        quantity: int | None = self.activity.data.get("quantity")
        return quantity

    @property
    def amount_ticks(self) -> int | None:
        """What was won."""
        amount_ticks: int | None = self.activity.data.get("amount_ticks")
        return amount_ticks

    @property
    def average_ticks(self) -> int | None:
        """What a contract cost on average, to the nearest tick, in terms of what was traded."""
        data = self.activity.data
        if self.activity.verb != Verb.TRADED:
            return None
        average = round(Fraction(data["notional_ticks"], data["quantity"]))
        return price_traded(average, data["side"], is_yes_no=self._is_yes_no())

    def _traded(self) -> str:
        data = self.activity.data
        name = self._contract_name()
        side, name = name_traded(name, data["side"], is_yes_no=self._is_yes_no())
        return f"{_DID[side]} {data['quantity']:,} {name} at"

    def _winner(self) -> str:
        winner = self.activity.data.get("winner")
        names = {contract.pk: contract.name for contract in self._contracts()}
        return names.get(winner) or name_other_outcome(list(names.values()))

    def _contract_name(self) -> str:
        wanted = self.activity.data["contract"]
        return next(contract.name for contract in self._contracts() if contract.pk == wanted)

    def _is_yes_no(self) -> bool:
        return len(self._contracts()) == 1

    def _contracts(self) -> Sequence[Contract]:
        assert self.market is not None, "contracts are a market's"
        return list(self.market.contracts.all())


def lines_of(activities: Iterable[Activity]) -> list[Line]:
    """Return activities in words, in their order."""
    return [Line(activity) for activity in activities]
