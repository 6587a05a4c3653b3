"""The only code that writes orders, trades, positions, exposures and the journal.

Plain SQL through `executemany`, the same on PostgreSQL and SQLite, in the batch's transaction.
"""

from collections.abc import Iterable, Sequence
from typing import Any, Final

from django.db import connection

from core.money import PAYOUT_TICKS
from exchange.engine.commands import PlaceOrder
from exchange.engine.events import TradeExecuted
from exchange.trading.effects import Effects, Judged, MarketChange, OrderChange
from exchange.trading.times import to_datetime

_INSERT_ORDER: Final = """
INSERT INTO trading_order (id, account_id, user_id, market_id, contract_id, side, kind,
    price_ticks, quantity, filled_quantity, open_quantity, cancelled_quantity, expired_quantity,
    voided_quantity, notional_ticks, time_in_force, stp, client_order_id, status, reason,
    accepted_seq, market_seq, account_seq, received_at, journaled_at, updated_at)
VALUES (%s,%s,%s,%s,%s,%s,%s,%s,%s,%s,%s,%s,0,0,%s,%s,%s,%s,%s,%s,%s,%s,%s,%s,%s,%s)
"""
_UPDATE_ORDER: Final = """
UPDATE trading_order SET filled_quantity = filled_quantity + %s, open_quantity = %s,
    cancelled_quantity = cancelled_quantity + %s, notional_ticks = notional_ticks + %s,
    status = COALESCE(%s, status), reason = COALESCE(%s, reason), market_seq = %s,
    account_seq = %s, updated_at = %s
WHERE id = %s
"""
_INSERT_TRADE: Final = """
INSERT INTO trading_trade (id, kind, market_id, contract_id, price_ticks, quantity,
    maker_order_id, taker_order_id, maker_account_id, taker_account_id, taker_side, market_seq,
    executed_at)
VALUES (%s,%s,%s,%s,%s,%s,%s,%s,%s,%s,%s,%s,%s)
"""
_ADD_POSITION: Final = """
INSERT INTO trading_position (account_id, market_id, contract_id, quantity, cash_ticks)
VALUES (%s,%s,%s,%s,%s)
ON CONFLICT (account_id, contract_id) DO UPDATE SET
    quantity = trading_position.quantity + excluded.quantity,
    cash_ticks = trading_position.cash_ticks + excluded.cash_ticks
"""
_SET_EXPOSURE: Final = """
INSERT INTO trading_marketexposure (account_id, market_id, exposure_ticks) VALUES (%s,%s,%s)
ON CONFLICT (account_id, market_id) DO UPDATE SET exposure_ticks = excluded.exposure_ticks
"""
_UPDATE_ACCOUNT: Final = """
UPDATE ledger_account SET balance_ticks = balance_ticks + %s,
    exposure_ticks = exposure_ticks + %s, account_seq = %s
WHERE id = %s
"""
_INSERT_TRANSFER: Final = """
INSERT INTO ledger_transfer (debit_id, credit_id, amount_ticks, kind, reference, created_at)
VALUES (%s,%s,%s,'settlement',%s,%s)
"""
_UPDATE_MARKET: Final = """
UPDATE markets_market SET seq = %s, status = COALESCE(%s, status), volume = volume + %s,
    trade_count = trade_count + %s
WHERE id = %s
"""
_END_MARKET: Final = "UPDATE markets_market SET winner_id = %s, settled_at = %s WHERE id = %s"
_SETTLE_POSITIONS: Final = """
UPDATE trading_position SET settled_ticks =
    cash_ticks + CASE WHEN contract_id = %s THEN quantity * %s ELSE 0 END
WHERE market_id = %s
"""
_VOID_POSITIONS: Final = """
UPDATE trading_position SET quantity = 0, cash_ticks = 0, settled_ticks = 0 WHERE market_id = %s
"""
_LAST_PRICE: Final = "UPDATE markets_contract SET last_price_ticks = %s WHERE id = %s"
_INSERT_OUTCOME: Final = """
INSERT INTO trading_outcome (command_id, kind, reason, market_seq, account_seq, decided_at)
VALUES (%s,%s,%s,%s,%s,%s)
"""
_INSERT_JOURNAL: Final = """
INSERT INTO trading_journalbatch (shard, number, epoch, time_ms, facts, entries, digest)
VALUES (%s,%s,%s,%s,%s,%s,%s)
"""
_ADVANCE_SHARD: Final = """
UPDATE trading_shard SET journal_number = %s, digest = %s, next_trade = %s, last_time_ms = %s
WHERE number = %s AND epoch = %s AND journal_number = %s
"""

Rows = Iterable[Sequence[Any]]


class Writer:
    """Writes one batch. Requires the batch's transaction, the touched accounts locked.

    `account_seqs` are the new account_seq of every account of the effects.
    """

    def __init__(self, effects: Effects, *, account_seqs: dict[int, int], time_ms: int) -> None:
        self._effects = effects
        self._seqs = account_seqs
        self._now = _to_column(time_ms)

    def write_orders(self) -> None:
        """Insert new orders as they are after the batch, and change those that rested."""
        placed, changed = [], []
        for order_id, change in self._effects.orders.items():
            if change.placed is None:
                changed.append(self._changed_order(order_id, change))
            else:
                placed.append(self._placed_order(order_id, change, change.placed))
        _many(_INSERT_ORDER, placed)
        _many(_UPDATE_ORDER, changed)

    def _placed_order(self, order_id: int, change: OrderChange, judged: Judged) -> Sequence[Any]:
        command = judged.command
        assert isinstance(command, PlaceOrder)
        return (
            order_id,
            change.account,
            judged.user_id,
            change.market,
            change.contract,
            str(command.side),
            command.terms.kind,
            command.price_ticks,
            command.quantity,
            change.filled,
            change.open_quantity,
            change.cancelled,
            change.notional_ticks,
            command.terms.tif,
            command.terms.stp,
            command.client_order_id or "",
            str(change.status),
            change.reason or "",
            change.accepted_seq,
            change.market_seq,
            self._seqs[change.account],
            _to_column(judged.received_at_ms),
            self._now,
            self._now,
        )

    def _changed_order(self, order_id: int, change: OrderChange) -> Sequence[Any]:
        return (
            change.filled,
            change.open_quantity,
            change.cancelled,
            change.notional_ticks,
            None if change.status is None else str(change.status),
            change.reason,
            change.market_seq,
            self._seqs[change.account],
            self._now,
            order_id,
        )

    def write_trades(self) -> None:
        """Insert the batch's trades and add them to positions and last prices."""
        _many(_INSERT_TRADE, (self._trade(trade) for trade in self._effects.trades))
        _many(
            _ADD_POSITION,
            (
                (*key, quantity, cash_ticks)
                for key, (quantity, cash_ticks) in sorted(self._effects.positions.items())
            ),
        )
        _many(
            _LAST_PRICE,
            ((price, contract) for contract, price in sorted(self._effects.last_prices.items())),
        )

    def _trade(self, trade: TradeExecuted) -> Sequence[Any]:
        return (
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
            self._now,
        )

    def write_markets(self) -> None:
        """Move the markets' seqs, states and figures; end positions of settled markets."""
        changes = sorted(self._effects.markets.items())
        _many(
            _UPDATE_MARKET,
            (
                (change.seq, change.status, change.volume, change.trade_count, market)
                for market, change in changes
            ),
        )
        for market, change in changes:
            self._end_market(market, change)

    def _end_market(self, market: int, change: MarketChange) -> None:
        if change.status == "settled":
            _many(_END_MARKET, [(change.winner, self._now, market)])
            _many(_SETTLE_POSITIONS, [(change.winner, PAYOUT_TICKS, market)])
        elif change.status == "voided":
            _many(_END_MARKET, [(None, self._now, market)])
            _many(_VOID_POSITIONS, [(market,)])

    def write_money(
        self,
        *,
        exposures: dict[tuple[int, int], tuple[int, int]],
        clearing: dict[int, int],
    ) -> None:
        """Write exposures and settlements: debits into the clearing account, then credits.

        `exposures`: (account, market) -> before, after. `clearing`: market -> clearing account.
        One UPDATE per account, so that no state in between breaks balance >= exposure.
        """
        released: dict[int, int] = {}
        for (account, _), (before, after) in exposures.items():
            released[account] = released.get(account, 0) + after - before
        paid: dict[int, int] = {}
        for event in self._effects.settled:
            paid[event.account] = paid.get(event.account, 0) + event.amount_ticks
        _many(
            _SET_EXPOSURE,
            (
                (*key, after)
                for key, (before, after) in sorted(exposures.items())
                if after != before
            ),
        )
        _many(_INSERT_TRANSFER, self._transfers(clearing))
        _many(
            _UPDATE_ACCOUNT,
            (
                (paid.get(account, 0), released.get(account, 0), seq, account)
                for account, seq in sorted(self._seqs.items())
            ),
        )

    def _transfers(self, clearing: dict[int, int]) -> list[Sequence[Any]]:
        lines = sorted(self._effects.settled, key=lambda event: (event.amount_ticks > 0, event.seq))
        return [
            (
                event.account if event.amount_ticks < 0 else clearing[event.market],
                clearing[event.market] if event.amount_ticks < 0 else event.account,
                abs(event.amount_ticks),
                f"market:{event.market}",
                self._now,
            )
            for event in lines
        ]

    def write_outcomes(self) -> None:
        """Write down what commands other than orders came to."""
        _many(
            _INSERT_OUTCOME,
            (
                (
                    judged.command_id,
                    judged.kind,
                    reason,
                    seq,
                    self._seqs.get(getattr(judged.command, "account", 0)),
                    self._now,
                )
                for judged, reason, seq in self._effects.outcomes
                if judged.command_id is not None
            ),
        )


def write_journal(row: Sequence[Any]) -> None:
    """Append a batch: shard, number, epoch, time_ms, facts, entries, digest."""
    _many(_INSERT_JOURNAL, [row])


def advance_shard(
    *, shard: int, epoch: int, number: int, digest: str, next_trade: int, time_ms: int
) -> bool:
    """Move the shard's end of the journal to `number`; False when another owner has it now."""
    with connection.cursor() as cursor:
        cursor.execute(
            _ADVANCE_SHARD, [number, digest, next_trade, time_ms, shard, epoch, number - 1]
        )
        return bool(cursor.rowcount == 1)


def _many(statement: str, rows: Rows) -> None:
    parameters = list(rows)
    if parameters:
        with connection.cursor() as cursor:
            cursor.executemany(statement, parameters)


def _to_column(time_ms: int) -> Any:
    """Return milliseconds as the connected database's driver takes a DateTimeField."""
    return connection.ops.adapt_datetimefield_value(to_datetime(time_ms))
