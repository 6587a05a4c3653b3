"""What a member holds, in the words of the pages. Pure arithmetic over rows already read."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from core.money import PAYOUT_TICKS
from exchange.markets.outcomes import name_other_outcome
from exchange.trading.models import Position, Side
from exchange.web.formatting import divide_ticks, other_side
from exchange.web.outcomes import name_held


@dataclass(frozen=True, slots=True)
class Holding:
    """A position valued at the contract's last price.

    In a yes/no market a negative quantity is shown as what it is there: No contracts, at the
    prices of No. Elsewhere it stays a sold outcome. `gain_ticks` is exact; the average is the
    net cost of one contract, to the nearest tick.
    """

    position: Position
    is_yes_no: bool

    @property
    def outcome(self) -> str:
        """What is held: "Yes", "No", "Brazil" or "Brazil, sold"."""
        side = Side.SELL if self.position.quantity < 0 else Side.BUY
        return name_held(self.position.contract.name, side, is_yes_no=self.is_yes_no)

    @property
    def quantity(self) -> int:
        """The contracts held."""
        return abs(self.position.quantity)

    @property
    def closing_link(self) -> str:
        """The query of a market page whose ticket closes it, at the best price."""
        side = Side.BUY if self.position.quantity < 0 else Side.SELL
        fields = {"contract": self.position.contract_id, "side": side.value}
        return f"?{urlencode(fields | {'quantity': self.quantity})}#ticket"

    @property
    def closing_word(self) -> str:
        """What closing it is called: a sold outcome is bought back."""
        return "Buy back" if self.position.quantity < 0 and not self.is_yes_no else "Sell"

    @property
    def average_ticks(self) -> int | None:
        """The net cost of a contract; None once trading has paid it back."""
        if self.position.quantity == 0:
            return None
        average = divide_ticks(-self.position.cash_ticks, self.position.quantity)
        return self._as_held(average) if 0 <= average <= PAYOUT_TICKS else None

    @property
    def last_ticks(self) -> int | None:
        """The last trade's price of what is held."""
        last = self.position.contract.last_price_ticks
        return None if last is None else self._as_held(last)

    @property
    def value_ticks(self) -> int | None:
        """What it would bring at the last price; a sold outcome costs that to buy back."""
        if self.last_ticks is None:
            return None
        return self.last_ticks * (self.quantity if self.is_yes_no else self.position.quantity)

    @property
    def gain_ticks(self) -> int | None:
        """Cash from trades plus the position at the last price."""
        last = self.position.contract.last_price_ticks
        return None if last is None else self.position.cash_ticks + self.position.quantity * last

    @property
    def winner(self) -> str:
        """The outcome that won, in a settled market."""
        market = self.position.market
        if market.winner is not None:
            return market.winner.name
        return name_other_outcome([contract.name for contract in market.contracts.all()])

    def _as_held(self, yes_ticks: int) -> int:
        is_no = self.is_yes_no and self.position.quantity < 0
        return other_side(yes_ticks) if is_no else yes_ticks


def sum_gains(holdings: Sequence[Holding]) -> int:
    """Return the gains of all holdings that have a last price, in ticks."""
    return sum(holding.gain_ticks or 0 for holding in holdings)
