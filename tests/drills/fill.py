"""Fill a drill's empty database: members who are logged in, bots, and open markets.

    python -m tests.drills.fill MEMBERS MARKETS

prints who and what there is, as JSON. Half of the members read mail, the others are bots.
"""

import json
import os
import sys

import django

MARKETS_OF_ONE_EVENT = "A drill"
PASSWORD = "a long way through the storm"
GRANT_TICKS = 10**12


def main() -> None:
    """Fill the database of the environment."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    members, markets = (int(argument) for argument in sys.argv[1:])
    made = {"members": _members(members), "markets": _markets(markets)}
    sys.stdout.write(json.dumps(made))


def _members(count: int) -> list[dict[str, object]]:
    from allauth.account.models import EmailAddress
    from django.test import Client

    from accounts.models import User
    from exchange.ledger.services import grant, open_member_account

    members = []
    for number in range(count):
        handle = f"member{number}"
        # Hashing a password takes a while: only the first one logs in with it.
        user = User.objects.create_user(
            f"{handle}@example.com", handle, None if number else PASSWORD, is_bot=number % 2 == 1
        )
        EmailAddress.objects.create(user=user, email=user.email, primary=True, verified=True)
        account = open_member_account(user=user)
        grant(account=account, amount_ticks=GRANT_TICKS, reference=f"drill:{handle}")
        browser = Client()
        browser.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        session = browser.cookies["session"].value
        members.append({"account": account.pk, "session": session, "email": user.email})
    return members


def _markets(count: int) -> list[dict[str, object]]:
    from django.conf import settings

    from exchange.markets.services import create_event, create_market
    from exchange.trading.openings import submit_openings
    from exchange.trading.owner import BooksOwner

    event = create_event(title=MARKETS_OF_ONE_EVENT, category="Science")
    markets = [
        create_market(event=event, title=f"Question {number}?", outcomes=["Yes"], rules="None.")
        for number in range(count)
    ]
    list(submit_openings(market_ids=[market.pk for market in markets]))
    owner = BooksOwner(range(settings.BOOK_SHARDS))
    while list(owner.step()):
        pass
    owner.stop()
    return [
        {"slug": market.slug, "shard": market.shard, "contract": str(market.contracts.get().pk)}
        for market in markets
    ]


if __name__ == "__main__":
    main()
