"""manage.py shards: who owns each book, how far its standby is, and moving them by hand."""

import argparse
from typing import Any, Final

from django.core.management.base import BaseCommand, CommandError, CommandParser

from exchange.trading.lease import allow_shards
from exchange.trading.models import Shard
from exchange.trading.owning.pinning import live_labels, pin_shards, unpin_shards
from exchange.trading.owning.shown import (
    lease_of,
    owner_of,
    standby_lag_of,
    state_of,
    with_registry,
)

_LINE: Final = "{:>5}  {:<20}{:>6}{:>12}{:>12}{:>9}  {:<14}{:<12}{}"
_HEADS: Final = (
    "shard", "owner", "epoch", "lease", "batch", "waiting", "standby lag", "pinned to", "state",
)  # fmt: skip


class Command(BaseCommand):
    """Print one line for each shard, after moving or allowing those that were asked for."""

    help = "List the shards: owner, lease, journal, standby; --move hands some to another worker."

    def add_arguments(self, parser: CommandParser) -> None:
        wish = parser.add_mutually_exclusive_group()
        wish.add_argument(
            "--move", nargs="+", type=int, metavar="SHARD",
            help="Hand these to the worker of --to, a standby too, and keep them there.",
        )  # fmt: skip
        wish.add_argument(
            "--unpin", nargs="+", type=int, metavar="SHARD", help="Spread these again."
        )
        wish.add_argument(
            "--allow", nargs="+", type=int, metavar="SHARD", help="Check stopped shards once more."
        )
        parser.add_argument("--to", metavar="LABEL", help="The label of a worker that lives.")

    def handle(self, *args: Any, **options: Any) -> None:
        self._carry_out(argparse.Namespace(**options))
        self.stdout.write(_LINE.format(*_HEADS))
        for shard in with_registry(Shard.objects.order_by("number")):
            self.stdout.write(
                _LINE.format(
                    shard.number, owner_of(shard), shard.epoch, lease_of(shard),
                    shard.journal_number, shard.waiting, standby_lag_of(shard), shard.pinned_to,
                    state_of(shard),
                ).rstrip()
            )  # fmt: skip

    def _carry_out(self, asked: argparse.Namespace) -> None:
        wished = asked.move or asked.unpin or asked.allow or []
        known = set(Shard.objects.values_list("number", flat=True))
        if unknown := sorted(set(wished) - known):
            raise CommandError(f"There is no shard {unknown[0]}; there are {sorted(known)}.")
        if asked.move:
            living = live_labels()
            if asked.to not in living:
                raise CommandError(
                    f"--to names a worker that lives: {', '.join(living) or 'none'}."
                )
            pin_shards(asked.move, label=asked.to)
        elif asked.unpin:
            unpin_shards(asked.unpin)
        elif asked.allow:
            allow_shards(asked.allow)
