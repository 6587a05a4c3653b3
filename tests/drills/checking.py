"""After the storm: nothing acknowledged is lost, nothing is there twice, every proof is green."""

import random
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

from tests.drills.records import REJECTED, Placed, Records
from tests.drills.roads import Connection
from tests.drills.site import DrillSite
from tests.drills.traders import ask_until_answered

ASKED_AGAIN_MAX = 40
ASKED_AT_ONCE = 8


def check_everything(site: DrillSite, records: Records, *, seed: str) -> None:
    """Fail with all that is wrong. The site must be quiet, and nobody may send anything."""
    wrong = [*records.surprises, *find_lost_and_doubled(site, records)]
    wrong += find_changed_answers(site, records, seed=seed)
    assert wrong == [], "\n".join(wrong[:20])
    site.run("-m", "tests.drills.prove")


def find_lost_and_doubled(site: DrillSite, records: Records) -> list[str]:
    """Hold the orders that were sent against those that are there."""
    there: dict[tuple[int, str], list[Any]] = defaultdict(list)
    by_id = {}
    for row in site.ask(_ORDERS):
        account, key, order_id, *_ = row
        there[account, key].append(row)
        by_id[str(order_id)] = row
    wrong = [
        line
        for placed in records.placed
        for line in _judge(placed, there[placed.account, placed.key])
    ]
    sent = {(placed.account, placed.key) for placed in records.placed}
    wrong += [
        f"nobody sent {rows}" for key, rows in there.items() if rows and key[1] and key not in sent
    ]
    return wrong + [
        f"order {change.order_id} was to be {change.quantity}, is {by_id[change.order_id]}"
        for change in records.changed
        if not _is_changed(by_id[change.order_id], change.quantity)
    ]


def _judge(placed: Placed, rows: list[Any]) -> list[str]:
    if len(rows) > 1:
        return [f"doubled: {rows}"]
    if not rows:
        return [f"lost: {placed.key}, acknowledged {placed.answers}"] if placed.answers else []
    _, _, order_id, status, *_ = rows[0]
    said = {answer for answer in placed.answers if answer[0] != 202}
    meant = {(REJECTED if status == "rejected" else 201, str(order_id))}
    wrong = [] if said <= meant else [f"{placed.key} is {rows[0]}, was told {said}"]
    if {told for _, told in placed.answers} - {str(order_id)}:
        wrong.append(f"{placed.key} is order {order_id}, was told {placed.answers}")
    return wrong


def _is_changed(row: Any, quantity: int) -> bool:
    *_, filled, opened = row
    return opened == 0 if not quantity else opened + filled <= max(quantity, filled)


def find_changed_answers(site: DrillSite, records: Records, *, seed: str) -> list[str]:
    """Send orders again under their keys: those sent more than once, and some of the others."""
    decided = [placed for placed in records.placed if placed.is_decided]
    chance = random.Random(seed)
    retried = [placed for placed in decided if placed.tries > 1]
    asked = chance.sample(retried, min(len(retried), ASKED_AGAIN_MAX))
    asked += chance.sample(decided, min(len(decided), ASKED_AGAIN_MAX // 2))
    with ThreadPoolExecutor(ASKED_AT_ONCE) as pool:
        return [line for line in pool.map(partial(_ask_again, site), asked) if line]


def _ask_again(site: DrillSite, placed: Placed) -> str:
    connection = Connection(site.members[placed.member], site.urls)
    answer = ask_until_answered(connection, "POST", "/api/v1/orders/", placed.body)
    if answer is None:
        return f"{placed.key}: no answer when asked again"
    body = answer.json()
    said = next(answer for answer in placed.answers if answer[0] != 202)
    told = (answer.status_code, body.get("id") or body.get("order"))
    return "" if told == said else f"{placed.key}: was {said}, is {told}"


_ORDERS = """
SELECT account_id, client_order_id, id, status, filled_quantity, open_quantity FROM trading_order
"""
