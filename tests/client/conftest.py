"""One live site for all tests of the Python client, and members who trade on it by keys."""

import csv
import json
from collections.abc import Callable, Iterator

import pytest
from likely_client import Client

from tests.browser.conftest import browser, open_page  # noqa: F401 -- fixtures
from tests.browser.people import PASSWORD
from tests.browser.sites import Site, start_site
from tests.client.proxies import Proxy

MEMBERS = ("ann", "ben", "cem", "bot1", "bot2", "bot3", "bot4", "bot5", "dan", "eve", "fay")
SET_UP = """
import json
from django.core.management import call_command
from allauth.account.models import EmailAddress
from accounts.keys.services import create_key
from accounts.models import User
from exchange.ledger.services import grant, open_member_account
keys = {{}}
for handle in {members}:
    password = {password!r} if handle in ("dan", "eve") else None
    user = User.objects.create_user(f"{{handle}}@example.com", handle, password)
    EmailAddress.objects.create(user=user, email=user.email, primary=True, verified=True)
    account = open_member_account(user=user)
    grant(account=account, amount_ticks=100_000 * 10_000, reference="tests")
    keys[handle] = create_key(user=user, name="tests", scopes=["read", "trade"]).secret
    keys[f"{{handle}}:read"] = create_key(user=user, name="look", scopes=["read"]).secret
call_command("import_questions", {file!r}, "--open")
print("KEYS" + json.dumps(keys))
"""
MARKETS = [
    ("Weather", "Rain", "Will it rain?", "Yes"),
    ("Weather", "Snow", "Will it snow?", "Yes"),
    ("Weather", "Wind", "Will it blow?", "Yes"),
    ("Weather", "Hail", "Will it hail?", "Yes"),
    ("Weather", "Fog", "Will it be foggy?", "Yes"),
    ("Weather", "Dew", "Will there be dew?", "Yes"),
    ("Weather", "Sleet", "Will there be sleet?", "Yes"),
    ("Weather", "Frost", "Will it freeze?", "Yes"),
    ("Weather", "Thaw", "Will it thaw?", "Yes"),
    ("Weather", "Mist", "Will there be mist?", "Yes"),
    ("Weather", "Gale", "Will there be a gale?", "Yes"),
    ("Sport", "Cup", "Who wins the cup?", "Reds|Blues|Greens"),
    ("Sport", "League", "Who wins the league?", "Reds|Blues|Greens"),
]


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with start_site(tmp_path_factory.mktemp("client_site")) as running:
        yield running


@pytest.fixture(scope="session")
def keys(site: Site, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Make the members and the markets; return each member's key."""
    file = tmp_path_factory.mktemp("questions") / "questions.csv"
    with file.open("w", newline="") as lines:
        rows = csv.writer(lines)
        rows.writerow(["event", "category", "market", "rules", "closes_at", "outcomes"])
        for category, event, market, outcomes in MARKETS:
            rows.writerow([event, category, market, "", "2030-01-01T00:00Z", outcomes])
    printed = site.manage(
        "shell", "-c", SET_UP.format(members=MEMBERS, password=PASSWORD, file=str(file))
    )
    return json.loads(printed[printed.index("KEYS") + 4 :].splitlines()[0])


@pytest.fixture(scope="session")
def slugs(site: Site, keys: dict[str, str]) -> dict[str, str]:
    """Each market's slug by its event."""
    with Client(site.url) as client:
        found = client.markets(limit=None)
    assert len(found) == len(MARKETS)
    return {market.event_title: market.slug for market in found}


@pytest.fixture
def client_of(site: Site, keys: dict[str, str]) -> Iterator[Callable[..., Client]]:
    """Open a member's client; all are closed after the test."""
    clients: list[Client] = []

    def open_one(handle: str | None, url: str | None = None, **options: object) -> Client:
        key = None if handle is None else keys[handle]
        clients.append(Client(url or site.url, key=key, **options))
        return clients[-1]

    yield open_one
    for client in clients:
        client.close()


@pytest.fixture
def proxy(site: Site) -> Iterator[Proxy]:
    """A line to the site that can be told to fail."""
    line = Proxy(site.url)
    yield line
    line.close()


@pytest.fixture
def ann(client_of: Callable[..., Client]) -> Client:
    return client_of("ann")


@pytest.fixture
def ben(client_of: Callable[..., Client]) -> Client:
    return client_of("ben")
