"""manage.py demo: what it makes, that it makes it once, and the bots."""

import random
import signal
import threading
from io import StringIO

import pytest
from allauth.account.models import EmailAddress
from django.core.management import CommandError, call_command

from accounts.models import User
from exchange.ledger.models import Account, Transfer
from exchange.ledger.selectors import get_trading_account
from exchange.markets.models import Contract, Market
from exchange.trading.models import InboxCommand, Order, Position, Trade
from exchange.web.demo import bots as demo_bots
from exchange.web.demo.bots import OPEN_ORDERS_MAX, DemoBots
from exchange.web.demo.markets import make_markets, starting_prices
from exchange.web.demo.people import make_people
from exchange.web.management.commands import demo
from tests.notifications.scenes import lifecycle, open_market

pytestmark = pytest.mark.django_db
LOGINS = ("alice@example.com", "bob@example.com", "admin@example.com")


def run(*flags, **options):
    out = StringIO()
    call_command("demo", *flags, stdout=out, **options)
    return out.getvalue()


def test_demo_makes_members_who_can_log_in_and_trade(client, books):
    out = run()
    for email in LOGINS:
        assert email in out
        user = User.objects.get(email=email)
        assert client.login(username=email, password="likely-demo")
        assert EmailAddress.objects.filter(user=user, verified=True, primary=True).exists()
        assert get_trading_account(user) is not None
        assert user.is_superuser == (email == "admin@example.com")
        assert not user.is_bot
    assert "password: likely-demo" in out
    assert User.objects.filter(is_bot=True).count() == 4


def test_demo_makes_markets_with_books_and_trades(books):
    assert "24 demo markets, 264 new orders." in run()
    assert Market.objects.filter(status="open").count() == 24
    assert sum(market.contracts.count() > 1 for market in Market.objects.all()) == 2
    assert Market.objects.values("event__category").distinct().count() >= 8
    assert Market.objects.order_by("closes_at")[0].closes_at.year >= 2027
    for contract in Contract.objects.all():
        for side in ("buy", "sell"):
            assert Order.objects.filter(contract=contract, side=side, open_quantity__gt=0).exists()
        assert Trade.objects.filter(contract=contract).exists()
    assert not Order.objects.filter(status="rejected").exists()
    for email in LOGINS[:2]:
        account = Account.objects.get(owner__email=email)
        assert Position.objects.filter(account=account).exists()


def test_demo_markets_differ_in_how_much_is_traded(books):
    run()
    volumes = set(Market.objects.values_list("volume", flat=True))
    assert len(volumes) >= 12
    assert min(volumes) > 0


@pytest.mark.parametrize("url", ["http://localhost:9000", None])
def test_demo_prints_addresses_only_of_a_site_it_knows(books, settings, monkeypatch, url):
    monkeypatch.delenv("SITE_URL", raising=False)
    if url:
        settings.SITE_URL = url
        monkeypatch.setenv("SITE_URL", url)
    assert f"Log in at {url or ''}/accounts/login/ as\n" in run()


def test_demo_twice_changes_nothing(books):
    run()
    models = (User, Account, Transfer, Market, Contract, Order, Trade)
    before = [list(model.objects.order_by("pk").values()) for model in models]
    assert "24 demo markets, 0 new orders." in run()
    assert [list(model.objects.order_by("pk").values()) for model in models] == before


def test_demo_on_two_empty_sites_is_the_same():
    rows = [
        [(item.account.code, item.order.side, item.order.price_ticks, item.order.quantity)
         for item in demo_orders()]
        for _ in range(2)
    ]  # fmt: skip
    assert rows[0] == rows[1] != []


def demo_orders():
    from exchange.web.demo.orders import _plan

    people = make_people()
    make_markets()
    Market.objects.update(status="open")
    return list(_plan(people))


def test_demo_keeps_what_a_member_changed(books):
    run()
    alice = User.objects.get(email="alice@example.com")
    alice.set_password("my own")
    alice.save()
    run()
    alice.refresh_from_db()
    assert alice.check_password("my own")


def test_demo_without_a_worker_says_so_and_goes_on_later(monkeypatch, settings):
    monkeypatch.setattr(demo, "_PATIENCE_S", 0.0)
    out = run()
    assert "No book worker answers" in out
    assert "alice@example.com" in out
    assert InboxCommand.objects.filter(kind="OpenMarket").count() == 24
    run()
    assert InboxCommand.objects.filter(kind="OpenMarket").count() == 24


@pytest.mark.parametrize("url", ["https://likely.example", "http://10.0.0.5:8000"])
def test_demo_on_a_public_site_is_refused_without_force(settings, monkeypatch, url):
    monkeypatch.setattr(demo, "_PATIENCE_S", 0.0)
    settings.SITE_URL = url
    with pytest.raises(CommandError, match="is public"):
        run()
    assert not User.objects.exists()
    run("--force")
    assert User.objects.filter(email="alice@example.com").exists()


def test_demo_rate_must_be_positive():
    with pytest.raises(CommandError, match="--rate"):
        run("--bots", rate=0)


@pytest.fixture
def bots(books):
    run()
    return DemoBots(make_people(), chance=random.Random(1))


def open_by_bot_and_contract():
    rows = Order.objects.filter(open_quantity__gt=0, account__owner__is_bot=True)
    keys = list(rows.values_list("account", "contract"))
    return {key: keys.count(key) for key in keys}


def test_bots_trade_only_in_demo_markets_and_pile_nothing_up(bots):
    real = open_market("A real one?")
    before = Trade.objects.count()
    for _ in range(150):
        answer = bots.act()
        assert answer is None or not answer.pending
    assert Trade.objects.count() > before + 20
    assert not Order.objects.filter(market=real).exists()
    assert max(open_by_bot_and_contract().values()) <= OPEN_ORDERS_MAX
    assert Order.objects.filter(reason="member").exists()
    assert not Order.objects.filter(status="rejected").exists()


def test_bots_in_few_markets_stay_bounded_and_keep_prices_near_where_they_began(bots):
    keep = Market.objects.order_by("pk")[0]
    for market in Market.objects.exclude(pk=keep.pk):
        lifecycle(market, "halt")
    for _ in range(150):
        bots.act()
    assert max(open_by_bot_and_contract().values()) <= OPEN_ORDERS_MAX
    contract = keep.contracts.get()
    assert abs(contract.last_price_ticks - starting_prices()[contract.pk]) <= 2_500


def test_bots_out_of_money_get_more(bots, monkeypatch):
    monkeypatch.setattr(demo_bots, "AVAILABLE_TICKS_MIN", 10**12)
    bots.act()
    assert Transfer.objects.filter(reference__startswith="demo-top-up:").count() == 1


def test_bots_without_open_markets_wait(bots):
    Market.objects.update(status="closed")
    bots._refresh_at = 0.0
    assert bots.act() is None


def test_bots_stop_when_told(bots):
    stop = threading.Event()
    stop.set()
    assert bots.run(stop) == 0


def test_demo_bots_command_stops_on_interrupt(books, monkeypatch):
    handlers = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)]
    acted = []

    def act_then_interrupt(self):
        acted.append(act(self))
        signal.raise_signal(signal.SIGINT)
        return acted[-1]

    act = DemoBots.act
    monkeypatch.setattr(DemoBots, "act", act_then_interrupt)
    out = run("--bots", rate=50)
    assert out.endswith("The bots stopped after 1 commands; their orders stay.\n")
    restored = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)]
    assert restored == handlers
