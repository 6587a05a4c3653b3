"""One test for each status an order or holding can get: the right mail, once, equal to the ledger.

Also where Celery dies between sending and noting it, and where the mail server is away a while.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import User
from exchange.ledger.models import Account, Transfer
from exchange.markets.models import Market
from exchange.trading import gateway
from exchange.trading.models import Trade
from notifications import sending
from notifications.changes import changes_of
from notifications.composing import compose
from notifications.models import Mail, MailStatus, Notification
from notifications.sending import send_due_mail
from notifications.services import follow_journal
from notifications.telling import address, write
from tests.factories import first_contract, make_member
from tests.notifications.conftest import Sink, free_port
from tests.notifications.scenes import lifecycle, open_market, place

pytestmark = pytest.mark.usefixtures("books")


@dataclass
class Scene:
    alice: User
    bob: User
    market: Market


def accepted(scene: Scene) -> tuple[str, list[str]]:
    place(scene.alice, scene.market, "buy", 4_000, 10)
    assert Account.objects.get(pk=scene.alice.account.pk).exposure_ticks == 40_000
    return "Accepted: buy 10 Yes at 0.40", ["Your order is in the book."]


def partially_filled(scene: Scene) -> tuple[str, list[str]]:
    place(scene.alice, scene.market, "buy", 4_000, 10)
    follow_journal()
    place(scene.bob, scene.market, "sell", 4_000, 3)
    assert paid(scene.alice) == 12_000
    return "Partially filled: buy 10 Yes at 0.40", ["3 at 0.40 = 1.20", "7 of 10 are still open."]


def filled(scene: Scene) -> tuple[str, list[str]]:
    place(scene.bob, scene.market, "sell", 4_000, 4)
    place(scene.bob, scene.market, "sell", 4_500, 6)
    place(scene.alice, scene.market, "buy", 4_500, 10)
    assert paid(scene.alice) == 16_000 + 27_000
    # Two levels: what came first left it partially filled.
    return "Filled: buy 10 Yes at 0.45", ["4 at 0.40 = 1.60", "6 at 0.45 = 2.70", "All 10 are"]


def cancelled(scene: Scene) -> tuple[str, list[str]]:
    order = place(scene.alice, scene.market, "buy", 4_000, 10)
    gateway.cancel_order(account=scene.alice.account, user=scene.alice, order_id=order)
    assert Account.objects.get(pk=scene.alice.account.pk).exposure_ticks == 0
    return "Cancelled: buy 10 Yes at 0.40", ["You cancelled it.", "10 of 10 did not trade"]


def rejected(scene: Scene) -> tuple[str, list[str]]:
    place(scene.alice, scene.market, "buy", 4_000, 1_000_000)
    return "Rejected: buy 1,000,000 Yes at 0.40", ["Not enough available.", "Nothing was traded"]


def settled(scene: Scene) -> tuple[str, list[str]]:
    place(scene.bob, scene.market, "sell", 4_000, 10)
    place(scene.alice, scene.market, "buy", 4_000, 10)
    lifecycle(scene.market, "settle", first_contract(scene.market))
    [transfer] = Transfer.objects.filter(kind="settlement", credit=scene.alice.account)
    assert transfer.amount_ticks == 60_000
    return "Settled: +6.00", ["The result: Yes.", "You won 6.00. It is in your balance."]


def voided(scene: Scene) -> tuple[str, list[str]]:
    place(scene.bob, scene.market, "sell", 4_000, 10)
    place(scene.alice, scene.market, "buy", 4_000, 10)
    lifecycle(scene.market, "void")
    assert Account.objects.get(pk=scene.alice.account.pk).exposure_ticks == 0
    return "Voided: every trade is undone", ["nobody won or lost"]


def _journaled(scene: Scene, kind: str, **more: Any) -> None:
    """Tell of an event that the books of the site do not give yet, as the journal would have it."""
    order = place(scene.alice, scene.market, "buy", 4_000, 10)
    follow_journal()
    ids = {"order": order, "account": scene.alice.account.pk, "seq": 99}
    event = {"type": kind, **ids, "market": scene.market.pk, "contract": 0} | more
    assert write(address(compose(list(changes_of([[1, {}, [event]]]))))) == more.get("rows", 1)


def expired(scene: Scene) -> tuple[str, list[str]]:
    _journaled(scene, "OrderExpired", quantity=10)
    return "Expired: buy 10 Yes at 0.40", ["Its time ran out. 10 of 10 did not trade"]


def triggered(scene: Scene) -> tuple[str, list[str]]:
    _journaled(scene, "OrderTriggered")
    return "Triggered: buy 10 Yes at 0.40", ["The market reached its stop price"]


def reduced(scene: Scene) -> tuple[str, list[str]]:
    _journaled(scene, "OrderReduced", by=3, open_quantity=7)
    return "Reduced: buy 10 Yes at 0.40", ["It was made smaller and kept its place: 7 are open."]


def replaced(scene: Scene) -> tuple[str, list[str]]:
    _journaled(scene, "OrderReplaced", new_order=1, quantity=8, price_ticks=4_200)
    return "Replaced: buy 10 Yes at 0.40", ["Another order stands in its place: 8 at 0.42."]


def trade_voided(scene: Scene) -> tuple[str, list[str]]:
    sides = {"buyer": scene.alice.account.pk, "seller": scene.bob.account.pk}
    more = {"trade": 5, "price_ticks": 4_000, "quantity": 3, **sides}
    contract = first_contract(scene.market).pk
    _journaled(scene, "TradeVoided", contract=contract, rows=2, **more)
    return "Trade voided: buy 3 Yes at 0.40", ["It never counted: it was undone"]


def paid(user: User) -> int:
    """What a member has paid, as the trades have it."""
    trades = Trade.objects.filter(taker_account=user.account) | Trade.objects.filter(
        maker_account=user.account
    )
    return sum(trade.price_ticks * trade.quantity for trade in trades)


Case = Callable[[Scene], tuple[str, list[str]]]
CASES: list[Case] = [
    accepted,
    partially_filled,
    filled,
    cancelled,
    expired,
    rejected,
    triggered,
    reduced,
    replaced,
    trade_voided,
    settled,
    voided,
]


@pytest.fixture
def scene(books: object) -> Scene:
    return Scene(make_member("alice"), make_member("bob"), open_market())


def send_everything() -> None:
    """Send what is there, as if every minute that mails wait for had passed."""
    while Mail.objects.exclude(status=MailStatus.SENT).exists():
        Mail.objects.exclude(status=MailStatus.SENT).update(due_at=timezone.now())
        send_due_mail()


def told_to_alice(sink: Sink) -> str:
    """All that alice's mails say; each Message-ID once, as her mailbox has it."""
    by_id = {message["Message-ID"]: message for message in sink.to("alice@example.com")}
    texts = [message.get_body(("plain",)).get_content() for message in by_id.values()]
    return "\n".join(texts).replace("\r\n", "\n")


def check(sink: Sink, title: str, lines: list[str]) -> None:
    text = told_to_alice(sink)
    assert text.count(f"{title}\n") == 1, text
    for line in lines:
        assert text.count(line) >= 1, text
    # Nothing else is told twice, and nothing is left.
    orders = Notification.objects.filter(user__handle="alice").values_list("key", flat=True)
    assert len(orders) == len(set(orders))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.__name__)
def test_status_is_mailed_once_and_equal_to_the_ledger(scene, sink, case):
    title, lines = case(scene)
    follow_journal()
    send_everything()
    follow_journal()
    send_everything()
    check(sink, title, lines)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.__name__)
def test_status_is_mailed_once_where_celery_dies_and_the_server_is_away(
    scene, sink, settings, monkeypatch, case
):
    title, lines = case(scene)
    follow_journal()
    port, settings.EMAIL_PORT = settings.EMAIL_PORT, free_port()
    assert send_due_mail() == 0
    settings.EMAIL_PORT = port
    with monkeypatch.context() as patched:
        patched.setattr(sending, "reach", die_when_sent)
        Mail.objects.update(due_at=timezone.now())
        with pytest.raises(KeyboardInterrupt):
            send_due_mail()
    send_everything()
    check(sink, title, lines)


def die_when_sent(point: str) -> None:
    if point == "mail.sent":
        raise KeyboardInterrupt
