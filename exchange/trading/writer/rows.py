"""Which rows a batch is: its effects, and who has which number by now, as columns."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from core.money import PAYOUT_TICKS
from exchange.engine.commands import PlaceOrder, ReplaceOrder
from exchange.engine.events import TradeExecuted
from exchange.trading.effects import Effects, MarketChange, OrderChange
from exchange.trading.journal import JournalRow
from exchange.trading.taking import Entry
from exchange.trading.terms import terms_text
from exchange.trading.times import to_column
from exchange.trading.writer import statements
from exchange.trading.writer.store import Done, Row, Store

# (account, market) -> exposure in ticks before the batch and after it
Exposures = Mapping[tuple[int, int], tuple[int, int]]


def trade_rows(trades: Iterable[TradeExecuted], time_ms: int) -> list[Row]:
    """Return the rows of trades."""
    now = to_column(time_ms)
    return [
        (
            trade.trade,
            trade.kind,
            trade.market,
            trade.contract,
            trade.price_ticks,
            trade.quantity,
            trade.maker_order,
            trade.taker_order,
            trade.maker_account,
            trade.taker_account,
            "sell" if trade.maker_side == "buy" else "buy",
            trade.seq,
            now,
        )
        for trade in trades
    ]


class Writer:
    """Writes one batch, but for its trades. Requires its transaction, the touched accounts locked.

    `account_seqs` are the new account_seq of every account of the effects.
    """

    def __init__(
        self, store: Store, effects: Effects, *, account_seqs: Mapping[int, int], time_ms: int
    ) -> None:
        self.effects = effects
        self.account_seqs = account_seqs
        self.time_ms = time_ms
        self._store = store
        self._now = to_column(time_ms)

    @contextmanager
    def inserting_orders(self) -> Iterator[None]:
        """Insert new orders as they are after the batch, until the block ends.

        The database goes on inserting meanwhile; nothing else may be said to it.
        """
        placed = [
            (order, change)
            for order, change in self.effects.orders.items()
            if change.placed is not None
        ]
        with self._store.insert(statements.ORDERS, may_wait=True) as sink:
            for some in _in_parts(placed):
                sink.write([self._placed_order(order, change) for order, change in some])
            yield

    def _placed_order(self, order: int, change: OrderChange) -> Row:
        entry = change.placed
        assert entry is not None
        command, old, now = entry.command, change.replaced, self._now
        assert type(command) is PlaceOrder or type(command) is ReplaceOrder
        like = command if type(command) is PlaceOrder else old
        assert like is not None, "it stands in the place of another"
        terms = like.terms
        return (
            order,
            change.account,
            entry.user_id,
            change.market,
            change.contract,
            str(like.side),
            terms.kind,
            command.price_ticks,
            command.quantity,
            change.filled,
            change.open_quantity,
            change.cancelled,
            change.expired,
            0,
            change.notional_ticks,
            terms.tif,
            terms.stp,
            command.client_order_id or "",
            terms_text(terms),
            terms.group,
            bool(change.is_waiting),
            None if old is None else old.order,
            change.status,
            change.reason or "",
            change.accepted_seq,
            change.market_seq,
            self.account_seqs[change.account],
            to_column(entry.received_at_ms),
            now,
            now,
        )

    def change_orders(self) -> None:
        """Change the orders that lived before the batch; few of them expire or are triggered."""
        usual: list[Row] = []
        rare: list[Row] = []
        for order, change in self.effects.orders.items():
            if change.placed is None:
                columns = (
                    change.filled,
                    change.open_quantity,
                    change.cancelled,
                    change.notional_ticks,
                    change.status,
                    change.reason,
                    change.market_seq,
                    self.account_seqs[change.account],
                    self._now,
                )
                if change.expired or change.is_waiting is not None:
                    rare.append(
                        (*columns, change.expired, change.is_waiting, change.accepted_seq, order)
                    )
                else:
                    usual.append((*columns, order))
        self._store.change(statements.CHANGE_ORDERS, usual)
        self._store.change(statements.END_WAITS, rare)

    def change_markets(self) -> None:
        """Add the trades to positions and prices; move the markets' seqs, states and figures."""
        effects, store = self.effects, self._store
        positions = sorted(effects.positions.items())
        store.change(
            statements.ADD_POSITIONS, [(*key, held, cash) for key, (held, cash) in positions]
        )
        prices = sorted(effects.last_prices.items())
        store.change(statements.SET_LAST_PRICES, [(price, contract) for contract, price in prices])
        changes = sorted(effects.markets.items())
        store.change(
            statements.CHANGE_MARKETS,
            [(one.seq, one.status, one.volume, one.trade_count, key) for key, one in changes],
        )
        for market, change in changes:
            self._end_market(market, change)

    def _end_market(self, market: int, change: MarketChange) -> None:
        execute = self._store.execute
        if change.status == "settled":
            execute(statements.END_MARKET, (change.winner, self._now, market))
            execute(statements.SETTLE_POSITIONS, (change.winner, PAYOUT_TICKS, market))
        elif change.status == "voided":
            execute(statements.END_MARKET, (None, self._now, market))
            execute(statements.VOID_POSITIONS, (market,))

    def insert_transfers(self, clearing: Mapping[int, int]) -> None:
        """Insert the transfers of settlements: debits into the clearing account, then credits.

        `clearing`: market -> its clearing account.
        """
        lines = sorted(self.effects.settled, key=lambda event: (event.amount_ticks > 0, event.seq))
        rows = [
            (
                event.account if event.amount_ticks < 0 else clearing[event.market],
                clearing[event.market] if event.amount_ticks < 0 else event.account,
                abs(event.amount_ticks),
                "settlement",
                f"market:{event.market}",
                self._now,
            )
            for event in lines
        ]
        with self._store.insert(statements.TRANSFERS, may_wait=True) as sink:
            sink.write(rows)

    def change_money(self, exposures: Exposures) -> None:
        """Write exposures and balances.

        One UPDATE per account, so that no state in between breaks balance >= exposure.
        """
        released: dict[int, int] = {}
        changed: list[Row] = []
        for key, (before, after) in sorted(exposures.items()):
            if after != before:
                released[key[0]] = released.get(key[0], 0) + after - before
                changed.append((*key, after))
        paid: dict[int, int] = {}
        for event in self.effects.settled:
            paid[event.account] = paid.get(event.account, 0) + event.amount_ticks
        self._store.change(statements.SET_EXPOSURES, changed)
        self._store.change(
            statements.CHANGE_ACCOUNTS,
            [
                (paid.get(account, 0), released.get(account, 0), seq, account)
                for account, seq in sorted(self.account_seqs.items())
            ],
        )

    def insert_outcomes(self) -> None:
        """Write down what commands other than orders came to."""
        rows = [
            (
                entry.command_id,
                entry.kind,
                reason,
                seq,
                self.account_seqs.get(getattr(entry.command, "account", 0)),
                self._now,
                " ".join(map(str, cancelled)),
            )
            for entry, reason, seq, cancelled in self.effects.outcomes
            if entry.command_id is not None
        ]
        with self._store.insert(statements.OUTCOMES, may_wait=True) as sink:
            sink.write(rows)

    def append_journal(self, row: JournalRow, *, next_trade: int) -> Done:
        """Append the batch to the journal and move the shard's end there.

        The second of these changes one row, or another owner has the shard now.
        """
        self._store.execute(statements.INSERT_JOURNAL, row)
        end = (row.number, row.digest, next_trade, row.time_ms)
        return self._store.execute(
            statements.ADVANCE_SHARD, (*end, row.shard, row.epoch, row.number - 1)
        )

    def bury(self, shard: int, broken: Iterable[tuple[Entry, str]]) -> None:
        """Keep commands that were answered as broken, with what is known of why."""
        rows = [
            (entry.command_id, shard, entry.kind, entry.payload, error, self._now)
            for entry, error in broken
        ]
        with self._store.insert(statements.DEAD_LETTERS, may_wait=True) as sink:
            sink.write(rows)


_ROWS_AT_ONCE = 250


def _in_parts(rows: Sequence[Any]) -> Iterator[Sequence[Any]]:
    """Iterate over parts small enough that the database begins while the next are made."""
    for start in range(0, len(rows), _ROWS_AT_ONCE):
        yield rows[start : start + _ROWS_AT_ONCE]
