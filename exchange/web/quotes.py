"""What a market's contracts trade at now: best prices, last price, the chance they imply."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from exchange.marketdata.figures.selectors import (
    BestPrices,
    get_best_prices,
    get_day_closes,
)
from exchange.markets.models import Contract, Market
from exchange.markets.outcomes import name_other_outcome
from exchange.trading.models import Side
from exchange.web.charts.sparks import DayCloses, Spark, make_spark
from exchange.web.formatting import other_side

# A mid price says something only while the two sides are near each other.
SPREAD_TRUSTED_TICKS_MAX: Final = 1_000


@dataclass(frozen=True, slots=True)
class Quote:
    """One contract's best bid and ask, its last price; None where there is none."""

    contract: Contract
    bid_ticks: int | None = None
    ask_ticks: int | None = None

    @property
    def last_ticks(self) -> int | None:
        """The last trade's price."""
        return self.contract.last_price_ticks

    @property
    def no_ask_ticks(self) -> int | None:
        """What No costs at best: the other side of the best bid."""
        return None if self.bid_ticks is None else other_side(self.bid_ticks)

    @property
    def chance_ticks(self) -> int | None:
        """The implied chance: the mid of a near spread, else the last price."""
        return self._near_mid_ticks() or self.last_ticks

    def _near_mid_ticks(self) -> int | None:
        if self.bid_ticks is None or self.ask_ticks is None:
            return None
        if self.ask_ticks - self.bid_ticks > SPREAD_TRUSTED_TICKS_MAX:
            return None
        return (self.bid_ticks + self.ask_ticks) // 2


@dataclass(frozen=True, slots=True)
class MarketCard:
    """A market as lists show it."""

    market: Market
    quotes: Sequence[Quote]
    hidden_count: int  # outcomes the list leaves to the market's own page
    spark: Spark | None = None  # the likeliest outcome's last day

    @property
    def is_yes_no(self) -> bool:
        """Whether the market has one contract, No being its other side."""
        return len(self.quotes) + self.hidden_count == 1

    @property
    def no_name(self) -> str:
        """What the other side of a yes/no market is called; "" in other markets."""
        if not self.is_yes_no:
            return ""
        return name_other_outcome([self.quotes[0].contract.name])


def list_cards(markets: Sequence[Market], *, outcomes_max: int) -> list[MarketCard]:
    """Return cards of markets whose contracts are prefetched; one query for all their prices."""
    contracts = [contract.pk for market in markets for contract in market.contracts.all()]
    best, closes = get_best_prices(contracts), get_day_closes(contracts)
    return [_card(market, best, closes, outcomes_max) for market in markets]


def list_quotes(contracts: Sequence[Contract]) -> list[Quote]:
    """Return the quotes of contracts in one query."""
    best = get_best_prices(contract.pk for contract in contracts)
    return [_quote(contract, best) for contract in contracts]


def _card(market: Market, best: BestPrices, closes: DayCloses, outcomes_max: int) -> MarketCard:
    quotes = [_quote(contract, best) for contract in market.contracts.all()]
    # The likeliest first: with many outcomes they are what a reader looks for.
    ranked = sorted(quotes, key=lambda quote: -(quote.chance_ticks or 0))
    hidden_count = max(0, len(quotes) - outcomes_max)
    spark = make_spark(closes.get(ranked[0].contract.pk, ())) if ranked else None
    return MarketCard(market, ranked[:outcomes_max], hidden_count, spark)


def _quote(contract: Contract, best: BestPrices) -> Quote:
    bid = best.get((contract.pk, Side.BUY))
    ask = best.get((contract.pk, Side.SELL))
    return Quote(contract, bid[1] if bid else None, ask[0] if ask else None)
