"""Put orders that trade into every market's inbox, and wait until they are judged.

Run by the benchmark in the environment of the database:
    python -m benchmarks.recovery.tail ORDERS_EACH
"""

import sys
import time
from typing import Any

import django


def main() -> None:
    """Put the orders in."""
    django.setup()
    from exchange.ledger.models import Account  # noqa: PLC0415 -- needs setup
    from exchange.markets.models import Contract  # noqa: PLC0415 -- as above
    from exchange.trading import inbox  # noqa: PLC0415 -- as above
    from exchange.trading.gateway import submit_many  # noqa: PLC0415 -- as above

    each = int(sys.argv[1])
    account = Account.objects.get(code="flow-0").pk
    for contract in Contract.objects.select_related("market"):
        submit_many([row(contract, account, number) for number in range(each)])
    while inbox.depth():
        time.sleep(0.05)


def row(contract: Any, account: int, number: int) -> Any:
    """Return an order that takes a contract from the other side."""
    from core.ids import new_id  # noqa: PLC0415 -- needs setup
    from exchange.trading import inbox  # noqa: PLC0415 -- as above

    order, buys = new_id(), number % 2 == 0
    command = {
        "type": "PlaceOrder", "order": order, "account": account, "contract": contract.pk,
        "side": "buy" if buys else "sell", "price_ticks": 5_200 if buys else 4_800, "quantity": 1,
        "stp": "allow",
    }  # fmt: skip
    return inbox.new_row(
        command_id=order, shard=contract.market.shard, command=command, account_id=account
    )


if __name__ == "__main__":
    main()
