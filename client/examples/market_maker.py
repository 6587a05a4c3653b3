"""A market maker: quotes both sides around what it takes the outcome to be worth.

LIKELY_KEY=lk_... python client/examples/market_maker.py MARKET --size 10 --half-spread 0.02

It earns the spread from those who trade against it, and leans away from what it already holds: the
more it holds, the lower it quotes, so that others take it off its hands.
"""

from collections.abc import Callable
from decimal import Decimal

from bot_tools import Bot, cancel, client, middle, parser, without_own
from likely_client import Account, Book, Client, MarketNotTradingError, NewOrder, Order, Side


class MarketMaker(Bot):
    """Keeps bids and asks in the book of one outcome, `levels` of each, the best one first."""

    def __init__(
        self,
        client: Client,
        book: Book,
        account: Account,
        *,
        outcome: str | None = None,
        size: int = 10,
        levels: int = 1,
        half_spread: Decimal = Decimal("0.02"),
        position_max: int = 100,
        fair: Callable[[], Decimal] | None = None,
    ) -> None:
        super().__init__(client, book, account, outcome=outcome)
        self.size = size
        self.levels = levels
        self.half_spread = half_spread
        self.position_max = position_max
        self.fair = fair or self.guess

    def step(self) -> None:
        """Bring the quotes to where they should be now; touch nothing that is right already."""
        if not self.is_live:
            return
        wanted = self.quotes()
        stale = [order for order in self.own_orders() if not _take(wanted, order)]
        changed = cancel(self.client, stale)
        for result in self.client.batch(wanted) if wanted else []:
            if isinstance(result.error, MarketNotTradingError):
                raise result.error
            changed += [result.order] if result.order else []
        self.account.wait_for(changed)  # else the next step would quote the same again

    def quotes(self) -> list[NewOrder]:
        """Return the bids and asks that we want; none that would add to a full hand."""
        held = self.account.position(self.contract)
        lean = self.half_spread * held / self.position_max
        fair = self.fair() - lean
        away = [self.half_spread * (level + 1) for level in range(self.levels)]
        made = []
        if held < self.position_max:
            made += [self._quote("buy", fair - one) for one in away]
        if held > -self.position_max:
            made += [self._quote("sell", fair + one) for one in away]
        return made

    def guess(self) -> Decimal:
        """Return the middle of what others quote; else the last price; else a half."""
        others = without_own(self.book[self.outcome].depth(), self.own_orders())
        if others.bids and others.asks:
            return middle(others)
        last = self.client.trades(self.book.market.slug, self.outcome, limit=1)
        return last[0].price if last else Decimal("0.5")

    def _quote(self, side: Side, price: Decimal) -> NewOrder:
        return NewOrder(
            market=self.book.market.slug,
            outcome=self.outcome,
            side=side,
            price=self.book.market.on_tick(price, side=side),
            quantity=self.size,
            post_only=True,  # a quote that would trade at once is no quote: it is refused
        )


def _take(wanted: list[NewOrder], order: Order) -> bool:
    """Whether an order is one of those wanted; that one is then no longer looked for."""
    for quote in wanted:
        if (quote.side, quote.price) == (order.side, order.price):
            wanted.remove(quote)
            return True
    return False


def main() -> None:
    """Quote until interrupted, then take the quotes away."""
    arguments = parser(__doc__)
    arguments.add_argument("--size", type=int, default=10)
    arguments.add_argument("--half-spread", type=Decimal, default=Decimal("0.02"))
    asked = arguments.parse_args()
    with (
        client() as trader,
        trader.book(asked.market, asked.outcome) as book,
        trader.account() as account,
    ):
        bot = MarketMaker(
            trader,
            book,
            account,
            outcome=asked.outcome,
            size=asked.size,
            half_spread=asked.half_spread,
        )
        try:
            while True:
                bot.step()
                print(f"{bot.outcome}: {book.best_bid} / {book.best_ask}", flush=True)
                book.changed(timeout_s=5)
        except (KeyboardInterrupt, MarketNotTradingError) as end:
            print(f"That was it: {end or 'interrupted'}")
        finally:
            trader.cancel_all(market=asked.market)


if __name__ == "__main__":
    main()
