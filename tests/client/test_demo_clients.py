"""manage.py demo_clients: many clients that trade with each other on a live site."""

import re

import pytest
from django.core.management import CommandError, call_command

OPEN_OF_CLIENTS = """
from exchange.trading.models import Order
from accounts.keys.models import ApiKey
print(Order.objects.filter(user__handle__startswith="demo-client-").count(),
    Order.objects.filter(user__handle__startswith="demo-client-", open_quantity__gt=0).count(),
    ApiKey.objects.filter(name="demo_clients", revoked_at=None).count())
"""


@pytest.mark.process
def test_clients_trade_and_come_to_the_same_books(site, slugs, client_of):
    output = site.manage("demo_clients", slugs["Gale"], "--n", "3", "--seconds", "4")

    assert output.startswith(f"3 clients trade in {slugs['Gale']} at {site.url} for 4 s\n")
    seqs = re.search(r"3 clients, (\d+) seqs: equal at each, and to the site at \d+\.", output)
    assert seqs is not None, output
    assert int(seqs[1]) > 1
    placed, still_open, keys = map(int, site.manage("shell", "-c", OPEN_OF_CLIENTS).split()[-3:])
    assert placed > 3
    assert (still_open, keys) == (0, 0)
    assert client_of(None).market(slugs["Gale"]).volume > 0


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--n", "0"], "--n must be 1 to 200."),
        (["--n", "201"], "--n must be 1 to 200."),
        ([], "No demo market is open. manage.py demo makes some."),
    ],
)
def test_demo_clients_says_what_is_wrong(arguments, said):
    with pytest.raises(CommandError, match=said):
        call_command("demo_clients", *arguments)


@pytest.mark.django_db
def test_demo_clients_trade_on_no_public_site(settings):
    settings.SITE_URL, settings.DEBUG = "https://likely.example", False
    with pytest.raises(CommandError, match=r"https://likely\.example is public"):
        call_command("demo_clients")
    with pytest.raises(CommandError, match="No demo market is open"):
        call_command("demo_clients", "--force")
