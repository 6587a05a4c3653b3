"""A stand-in for the book worker's messages: a small book whose batches are crafted by hand.

It follows the MarketBatch of exchange/trading/channels.py, so that gaps, doubles and lies can
be made of right ones.
"""

from exchange.realtime.feed import MarketSnapshot
from exchange.realtime.frames import Tape
from exchange.trading.checksums import checksum


class Source:
    """One market's truth; every change returns the batch that tells of it."""

    def __init__(self, contracts=(11,), market=1, slug="rain", epoch=1):
        self.market, self.slug, self.epoch = market, slug, epoch
        self.seq = 1
        self.status = "open"
        self.books = {contract: ({}, {}) for contract in contracts}
        self.trades = []

    def change(self, *levels, trades=(), status=None, events=1):
        """Set (contract, "bids"/"asks", price_ticks, quantity)s; one batch."""
        prev_seq, self.seq = self.seq, self.seq + events + len(trades)
        self.status = status or self.status
        changed = {}
        for contract, side, price, quantity in levels:
            book = self.books[contract][("bids", "asks").index(side)]
            if quantity:
                book[price] = quantity
            else:
                book.pop(price, None)
            entry = changed.setdefault(contract, {"bids": {}, "asks": {}})
            entry[side][price] = quantity
        return {
            "type": "market.batch",
            "market": self.market,
            "epoch": self.epoch,
            "prev_seq": prev_seq,
            "seq": self.seq,
            "time_ms": 1_700_000_000_000 + self.seq,
            "status": self.status,
            "contracts": [
                {
                    "contract": contract,
                    "bids": [list(level) for level in sides["bids"].items()],
                    "asks": [list(level) for level in sides["asks"].items()],
                    "checksum": checksum(*self.levels(contract)),
                }
                for contract, sides in changed.items()
            ],
            "trades": [self._trade(*trade, prev_seq + n) for n, trade in enumerate(trades, 1)],
        }

    def _trade(self, contract, price_ticks, quantity, seq):
        trade = {
            "id": 1_000 + seq,
            "contract": contract,
            "price_ticks": price_ticks,
            "kind": "book",
            "quantity": quantity,
            "side": "buy",
            "seq": seq,
            "time_ms": 1_700_000_000_000 + seq,
        }
        self.trades.append(trade)
        return trade

    def levels(self, contract):
        bids, asks = self.books[contract]
        return sorted(bids.items(), reverse=True), sorted(asks.items())

    def state(self):
        return {str(contract): self.levels(contract) for contract in self.books}

    def snapshot(self):
        return MarketSnapshot(
            market_id=self.market,
            slug=self.slug,
            epoch=self.epoch,
            seq=self.seq,
            status=self.status,
            books={contract: self.levels(contract) for contract in self.books},
            trades=[Tape(**trade) for trade in self.trades[-50:]],
        )
