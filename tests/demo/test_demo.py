"""manage.py demo: what it makes, that it makes it once, and the bots."""

import signal
from io import StringIO

import pytest
from allauth.account.models import EmailAddress
from django.core.management import CommandError, call_command

from accounts.keys.models import ApiKey
from accounts.models import User
from core.money import format_ticks
from exchange.ledger.models import Account, Transfer
from exchange.ledger.selectors import get_trading_account
from exchange.markets.models import Contract, Market
from exchange.trading.models import InboxCommand, Order, Position, Trade
from exchange.web.demo import bots as demo_bots
from exchange.web.demo.bots import demo_markets, keep_in_money
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
    markets = Market.objects.filter(status="open")
    assert markets.count() == 24
    assert sum(market.contracts.count() > 1 for market in markets) == 2
    assert markets.values("event__category").distinct().count() >= 8
    assert markets.order_by("closes_at")[0].closes_at.year >= 2027
    for contract in Contract.objects.filter(market__in=markets):
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


def test_bots_are_given_open_demo_markets_with_prices(books):
    run()
    open_market("A real one?")
    before = demo_markets()
    assert len(before) == 24
    assert {name for market in before for name in market["fair"]} >= {"Yes"}
    keep = Market.objects.get(slug=before[0]["slug"])
    for market in Market.objects.filter(status="open").exclude(pk=keep.pk):
        lifecycle(market, "halt")
    assert demo_markets() == before[:1]
    start_ticks = starting_prices()[keep.contracts.get().pk]
    assert before[0]["fair"] == {"Yes": format_ticks(start_ticks)}


def test_bots_out_of_money_get_more(books, monkeypatch):
    run()
    people = make_people()
    keep_in_money(people)
    assert Transfer.objects.filter(reference__startswith="demo-top-up:").count() == 0
    monkeypatch.setattr(demo_bots, "AVAILABLE_TICKS_MIN", 10**12)
    keep_in_money(people)
    assert Transfer.objects.filter(reference__startswith="demo-top-up:").count() == 4


@pytest.mark.django_db(transaction=True)  # no transaction may wait for the bots to look
def test_bots_without_a_site_say_where_they_looked(books, settings):
    run()
    settings.SITE_URL = "http://127.0.0.1:9"
    handlers = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)]
    with pytest.raises(CommandError, match=r"Does a site run at http://127\.0\.0\.1:9"):
        run("--bots")
    assert [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)] == handlers
    assert not ApiKey.objects.filter(revoked_at=None).exists()
