"""Candles: what was traded in each window of time."""

from django.db import models
from django.db.models import F, Q

from exchange.markets.models import Contract, Market


class Interval(models.IntegerChoices):
    """How long a window is, in seconds. Windows begin at whole multiples of it, by UTC."""

    FIVE_MINUTES = 300, "5m"
    HOUR = 3_600, "1h"
    DAY = 86_400, "1d"


class Candle(models.Model):
    """What was traded of a contract in one window; a window without trades has none.

    Trades in the book and in auctions count, crosses and voided trades do not. The mean of the
    odds is `price_sum_ticks / trades`, the VWAP `notional_ticks / volume`: kept as their parts,
    which add up to those of a longer window exactly.
    """

    market = models.ForeignKey(
        Market, on_delete=models.PROTECT, db_index=False, db_constraint=False, related_name="+"
    )
    contract = models.ForeignKey(
        Contract,
        on_delete=models.PROTECT,
        db_index=False,
        db_constraint=False,
        related_name="candles",
    )
    interval_s = models.PositiveIntegerField(choices=Interval)
    start_s = models.BigIntegerField(help_text="When the window begins, in Unix seconds.")
    open_ticks = models.PositiveIntegerField()
    high_ticks = models.PositiveIntegerField()
    low_ticks = models.PositiveIntegerField()
    close_ticks = models.PositiveIntegerField()
    price_sum_ticks = models.BigIntegerField()
    notional_ticks = models.BigIntegerField(help_text="Sum of price x quantity.")
    volume = models.BigIntegerField()
    trades = models.BigIntegerField()
    # Which trades it was made of: none of them is counted again.
    first_trade = models.BigIntegerField()
    last_trade = models.BigIntegerField()
    last_seq = models.BigIntegerField()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["contract", "interval_s", "start_s"], name="candle_once"
            ),
            models.CheckConstraint(
                condition=Q(
                    low_ticks__lte=F("high_ticks"),
                    low_ticks__gt=0,
                    trades__gt=0,
                    volume__gte=F("trades"),
                ),
                name="candle_of_trades",
            ),
        )
        indexes = (models.Index(fields=["market", "interval_s", "-start_s"], name="candle_market"),)

    def __str__(self) -> str:
        return f"{self.contract_id}, {self.interval_s} s from {self.start_s}"


class VoidedTrade(models.Model):
    """A trade that never counted, as the journal says."""

    trade_id = models.BigIntegerField(primary_key=True)

    def __str__(self) -> str:
        return f"trade {self.trade_id}"
