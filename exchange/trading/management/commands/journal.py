"""manage.py journal: prove the journal, compare it with the rows, export and ship it."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from django.core.files.storage import Storage, storages
from django.core.management.base import BaseCommand, CommandError, CommandParser

from core.progress import progress_bar
from exchange.trading.journals.comparing import Comparison, compare_shard
from exchange.trading.journals.directory import SyncedDirectory
from exchange.trading.journals.faults import BadJournalError
from exchange.trading.journals.following import ship_until_stopped
from exchange.trading.journals.market_journals import export_market
from exchange.trading.journals.rows import JournalEnd, read_ends, read_rows
from exchange.trading.journals.shipping import Shipper
from exchange.trading.journals.store import SegmentStore
from exchange.trading.journals.verifying import replay_shard
from exchange.trading.management.markets import find_market

_WRONG = 1
_NOT_RUN = 2


class Command(BaseCommand):
    """Exit 0 when all is well, 1 when something differs, 2 when nothing could be done."""

    help = "verify, compare, export or ship the journal (docs/operations.md, The journal)."

    def add_arguments(self, parser: CommandParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True)
        verify = actions.add_parser("verify", help="Walk the chain and re-run it.")
        verify.add_argument(
            "--from",
            dest="shipped",
            metavar="FOLDER",
            nargs="?",
            const="",
            help="Shipped segments instead: of a folder, or of JOURNAL_STORAGE.",
        )
        compare = actions.add_parser("compare", help="Books from rows with those of the journal.")
        for parser_of_shards in (verify, compare):
            parser_of_shards.add_argument("--shard", type=int, help="This shard only.")
        export = actions.add_parser("export", help="Write segments, or a market, to a folder.")
        export.add_argument("folder", type=Path)
        export.add_argument("--market", help="A market (slug or id) as a journal of the engine.")
        ship = actions.add_parser("ship", help="Write segments to JOURNAL_STORAGE, or a folder.")
        ship.add_argument("folder", type=Path, nargs="?")
        ship.add_argument("--once", action="store_true", help="What is there now, then end.")
        ship.add_argument("--every", type=int, default=10, metavar="SECONDS")

    def handle(self, *args: Any, action: str, **options: Any) -> None:
        try:
            wrong = _ACTIONS[action](self, **options)
        except (BadJournalError, OSError) as error:
            raise CommandError(str(error), returncode=_WRONG) from error
        if wrong:
            raise SystemExit(_WRONG)

    def verify(self, *, shipped: str | None, shard: int | None, **_: Any) -> bool:
        """Verify the database's journal or a shipped one; say whether something is wrong."""
        wrong = False
        for end, rows in _journals(shipped, shard):
            with progress_bar(end.number, f"shard {end.shard}", "batch") as bar:
                found = list(replay_shard(rows, end, bar.update))
            wrong |= self._tell(found, f"shard {end.shard}: {end.number} batches, {end.digest}")
        return wrong

    def compare(self, *, shard: int | None, **_: Any) -> bool:
        """Compare the books of rows and journal; say whether something differs."""
        wrong = False
        for end in _chosen(read_ends(), shard):
            with progress_bar(end.number, f"shard {end.shard}", "batch") as bar:
                compared = compare_shard(end.shard, seen=bar.update)
            wrong |= self._tell(compared.wrong, _digests(compared))
        return wrong

    def export(self, *, folder: Path, market: str | None, **_: Any) -> bool:
        """Write what a folder lacks of the journal; or a market's own."""
        if market is None:
            self._ship_once(SyncedDirectory(location=folder))
            return False
        found = find_market(market)
        total = sum(end.number for end in read_ends() if end.shard == found.shard)
        with progress_bar(total, found.slug, "batch") as bar:
            path, summary = export_market(found, folder, bar.update)
        self.stdout.write(f"{path}\n{summary}")
        return False

    def ship(self, *, folder: Path | None, once: bool, every: int, **_: Any) -> bool:
        """Write what the place lacks of the journal, once or until it is stopped."""
        storage = _storage(folder)
        if once:
            self._ship_once(storage)
        else:
            ship_until_stopped(Shipper(storage), period_s=every)
        return False

    def _ship_once(self, storage: Storage) -> None:
        shipper = Shipper(storage)
        with progress_bar(shipper.count_new(), "ship", "batch") as bar:
            count = shipper.ship(bar.update)
        self.stdout.write(f"{count} batches shipped.")

    def _tell(self, found: list[str] | tuple[str, ...], summary: str) -> bool:
        self.stdout.write(f"{'FAIL' if found else 'ok  '} {summary}")
        for line in found:
            self.stdout.write(self.style.ERROR(f"     {line}"))
        return bool(found)


_ACTIONS: dict[str, Callable[..., bool]] = {
    "verify": Command.verify,
    "compare": Command.compare,
    "export": Command.export,
    "ship": Command.ship,
}


def _digests(compared: Comparison) -> str:
    rows, journal = compared.rows_digest or "none", compared.journal_digest or "none"
    digests = rows if rows == journal else f"rows {rows}, journal {journal}"
    return f"shard {compared.shard} after batch {compared.number}: {digests}"


def _journals(shipped: str | None, shard: int | None) -> Iterator[tuple[JournalEnd, Any]]:
    if shipped is None:
        for end in _chosen(read_ends(), shard):
            yield end, read_rows(end.shard, until=end.number)
        return
    store = SegmentStore(_storage(Path(shipped) if shipped else None))
    if not store.shards():
        raise CommandError(
            f"{shipped or 'JOURNAL_STORAGE'}: holds no segments", returncode=_NOT_RUN
        )
    for end in _chosen([store.end(number) for number in store.shards()], shard):
        yield end, store.rows(end.shard)


def _storage(folder: Path | None) -> Storage:
    return storages["journal"] if folder is None else SyncedDirectory(location=folder)


def _chosen(ends: list[JournalEnd], shard: int | None) -> list[JournalEnd]:
    chosen = [end for end in ends if shard in {None, end.shard}]
    if shard is not None and not chosen:
        raise CommandError(f"there is no shard {shard}", returncode=_NOT_RUN)
    return chosen
