"""Random commands about accounts, markets and trades."""

from exchange.engine import commands
from exchange.engine.commands import Command
from exchange.engine.enums import MarketStatus
from tests.engine.generating.choices import (
    GROUPS,
    PAYOUT,
    UNKNOWN,
    UNKNOWN_MARKET,
    UNKNOWN_TRADE,
    Choices,
)
from tests.engine.reference.world import Market

WRONG_BANDS = (
    ((10, 3),),
    ((5, 5), (5, 5)),
    ((10, 5), (5, 5)),
    ((0, 1),),
    ((20, 1),),
    ((10, 0),),
    ((10, 20),),
)


class Others(Choices):
    """Funds and limits accounts, opens and ends markets, crosses and voids trades."""

    def fund(self) -> Command:
        amount = self.choose.randint(1, 60) if self.chance(0.9) else self.choose.randint(-2, 0)
        return commands.Fund(self.account(), amount, **self.when())

    def set_limits(self) -> Command:
        choose = self.choose

        def limit(most: int) -> int | None:
            if self.chance(0.02):
                return -1
            return choose.randint(0, most) if self.chance(0.3) else None

        suspended = self.chance(0.02)
        return commands.SetLimits(
            self.account(), limit(9), limit(250), limit(300), suspended, **self.when()
        )

    def set_group(self) -> Command:
        choose = self.choose
        limit, window = choose.randint(1, 15), choose.choice((1, 3, 10, 20, 30))
        if self.chance(0.05):
            limit, window = choose.choice(((0, 5), (5, 0), (-1, -1)))
        tripped = [key for key, group in self.world.groups.items() if group.tripped]
        account, group = self.account(), choose.choice(GROUPS)
        if tripped and self.chance(0.8):
            account, group = choose.choice(tripped)
        return commands.SetGroup(account, group, limit, window, **self.when())

    # Markets and trades

    def open_market(self, shape: dict) -> Command:
        shape = {"payout_ticks": None, **shape}
        market, count = self.market_id(), shape.pop("contracts")
        self.markets_named += 1
        contracts = [10 * market + outcome for outcome in range(1, count + 1)]
        self.choose.shuffle(contracts)
        return commands.OpenMarket(market, tuple(contracts), **shape, **self.when())

    def open_wrongly(self) -> Command:
        """Open a market, or ask for one that cannot be."""
        choose = self.choose
        known = self.market()
        fresh = 10 * self.market_id()
        wrong = choose.choice(
            (
                {"market": known.market},
                {"contracts": ()},
                {"contracts": (fresh, fresh)},
                {"contracts": (fresh, known.contracts[0])},
                {"payout_ticks": choose.choice((-1, 0, 1))},
                {"price_step_ticks": choose.choice((-1, 0, PAYOUT, 99))},
                {"price_bands": choose.choice(WRONG_BANDS)},
                {"collar_ticks": choose.choice((-1, 0))},
            )
        )
        usual = {"market": self.market_id(), "contracts": (fresh,), "payout_ticks": None}
        return commands.OpenMarket(**(usual | wrong), **self.when())

    def halt(self, market: Market | None = None) -> Command:
        return commands.HaltMarket((market or self.market()).market, **self.when())

    def resume(self) -> Command:
        return self.wake_up(self.market())

    def wake_up(self, market: Market) -> Command:
        """Let a market trade again, at once or after an auction; end one that is closed."""
        choose, when = self.choose, self.when()
        if market.status == MarketStatus.CLOSED:
            winner = choose.choice((*market.contracts, None))
            return commands.SettleMarket(market.market, winner, **when)
        if not self.does("auction"):
            return commands.ResumeMarket(market.market, self.chance(0.1), **when)
        ends_at = self.world.now + choose.choice((0, 1, 5, 10, 20, 30, 60))
        return commands.ResumeMarket(market.market, self.chance(0.97), ends_at, **when)

    def end(self) -> Command:
        """Close, settle or void a market, rather one that had a long life."""
        market, choose = self.market(), self.choose
        if self.chance(0.6):
            market = max(market, self.market(), key=lambda each: len(each.trades))
        if self.chance(0.3):
            return commands.CloseMarket(market.market, **self.when())
        if self.chance(0.2):
            return commands.VoidMarket(market.market, **self.when())
        winner = choose.choice((*market.contracts, *market.contracts, None))
        winner = UNKNOWN if self.chance(0.05) else winner
        return commands.SettleMarket(market.market, winner, **self.when())

    def end_none(self) -> Command:
        """Name a market that never was."""
        made = self.choose.choice(
            (commands.HaltMarket, commands.ResumeMarket, commands.CloseMarket, commands.VoidMarket)
        )
        return made(UNKNOWN_MARKET, **self.when())

    def cross(self) -> Command:
        market = self.trading_market()
        contract = UNKNOWN if self.chance(0.02) else self.choose.choice(market.contracts)
        price = self.price(market, contract)
        return commands.CrossTrade(
            contract, self.account(), self.account(), price, self.quantity(), **self.when()
        )

    def void_trade(self) -> Command:
        trades = [trade for market in self.world.live() for trade in market.trades[-6:]]
        number = self.choose.choice(trades).trade if trades else 1
        return commands.VoidTrade(UNKNOWN_TRADE if self.chance(0.03) else number, **self.when())

    def tick(self) -> Command:
        time = self.world.now + self.choose.choice((0, 1, 2, 5, 20))
        return commands.Tick(**({"time": time} | self.when()))
