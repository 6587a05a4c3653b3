"""manage.py replay MARKET: a market's book as its journal makes it."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from core.progress import progress_bar
from exchange.markets.models import Market
from exchange.trading.journals.faults import BadJournalError
from exchange.trading.journals.market_books import ReplayedMarket, replay_market
from exchange.trading.management.markets import find_market
from exchange.trading.models import Shard, Trade


class Command(BaseCommand):
    """Exit 0 when the rows agree, 1 when they do not, 2 when nothing could be replayed."""

    help = "Rebuild a market's book from the journal, print it, and say where the rows differ."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("market", help="Its slug or id.")
        parser.add_argument(
            "--explain", type=int, metavar="TRADE", help="Print the queue this trade was won in."
        )

    def handle(self, *args: Any, market: str, explain: int | None = None, **options: Any) -> None:
        found = find_market(market)
        if explain is not None:
            _check_trade(found, explain)
        replayed = _replay(found, explain)
        for line in (*replayed.book, f"digest {replayed.digest}", *replayed.explained):
            self.stdout.write(line)
        for line in replayed.wrong:
            self.stdout.write(self.style.ERROR(f"FAIL {line}"))
        if explain is not None and not replayed.explained:
            raise CommandError(f"trade {explain} is not in the journal", returncode=1)
        if replayed.wrong:
            raise SystemExit(1)


def _replay(market: Market, trade: int | None) -> ReplayedMarket:
    shard = Shard.objects.filter(number=market.shard).first()
    if shard is None:
        raise CommandError("there is no journal yet: no book worker has run", returncode=2)
    try:
        with progress_bar(shard.journal_number, market.slug, "batch") as bar:
            return replay_market(market, trade=trade, seen=bar.update)
    except BadJournalError as error:
        raise CommandError(str(error), returncode=1) from error


def _check_trade(market: Market, trade: int) -> None:
    """Refuse a trade of another market before the journal is read."""
    elsewhere = Trade.objects.filter(pk=trade).exclude(market=market).first()
    if elsewhere is not None:
        raise CommandError(f"trade {trade} is of market {elsewhere.market_id}", returncode=2)
