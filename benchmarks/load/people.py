"""Bots with sessions and open markets for a load, made beside the running site.

    python -m benchmarks.load.people BOTS MARKETS [--mails]

Prints one JSON object: {"cookies": [...], "contracts": [...], "slugs": [...]}. Bots are marked as
such, and so get no mail; with --mails they are members, with confirmed addresses.
"""

import argparse
import json
import os

import django

GRANT_TICKS = 10**13
CSRF = "l" * 32


def make_cookie(number: int, *, mails: bool) -> str:
    """Make one bot with money; return the cookie header of its session."""
    from allauth.account.models import EmailAddress  # noqa: PLC0415 -- after Django is set up
    from django.conf import settings  # noqa: PLC0415 -- after Django is set up
    from django.test import Client  # noqa: PLC0415 -- after Django is set up

    from accounts.models import User  # noqa: PLC0415 -- after Django is set up
    from exchange.ledger.services import grant, open_member_account  # noqa: PLC0415 -- as above

    kind = "member" if mails else "bot"
    user, is_new = User.objects.get_or_create(
        handle=f"load-{kind}-{number}",
        defaults={"email": f"load-{kind}-{number}@example.com", "is_bot": not mails},
    )
    if is_new:
        EmailAddress.objects.create(user=user, email=user.email, primary=True, verified=True)
        account = open_member_account(user=user)
        grant(account=account, amount_ticks=GRANT_TICKS, reference=f"load:{number}")
    browser = Client()
    browser.force_login(user)
    key = browser.cookies[settings.SESSION_COOKIE_NAME].value
    return f"{settings.SESSION_COOKIE_NAME}={key}; {settings.CSRF_COOKIE_NAME}={CSRF}"


def open_markets(count: int) -> tuple[list[str], list[str]]:
    """Open yes/no markets; return the ids of their contracts, and their slugs."""
    from exchange.markets.services import create_event, create_market  # noqa: PLC0415 -- as above
    from exchange.trading.gateway import submit_lifecycle  # noqa: PLC0415 -- as above

    event = create_event(title="A load", category="Benchmark")
    markets = [
        create_market(event=event, title=f"Load {number}", outcomes=["Yes"], rules="As measured.")
        for number in range(count)
    ]
    for market in markets:
        answer = submit_lifecycle(user=None, market=market, action="open")
        assert not answer.pending, "no book worker serves the market"
        assert not answer.reason, answer.reason
    contracts = [str(market.contracts.get().pk) for market in markets]
    return contracts, [market.slug for market in markets]


def main() -> None:
    """Make what a load needs and print how to use it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("bots", type=int)
    parser.add_argument("markets", type=int)
    parser.add_argument("--mails", action="store_true")
    options = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    cookies = [make_cookie(number, mails=options.mails) for number in range(options.bots)]
    contracts, slugs = open_markets(options.markets)
    print(json.dumps({"cookies": cookies, "contracts": contracts, "slugs": slugs}))


if __name__ == "__main__":
    main()
