"""The demo's members and bots, with confirmed addresses and money to trade with."""

from dataclasses import dataclass
from typing import Final

from allauth.account.models import EmailAddress
from django.db import transaction

from accounts.models import User
from exchange.ledger.models import Account, Transfer
from exchange.ledger.services import grant, open_member_account
from notifications.kinds import Concern, MailChoice, Wish
from notifications.services import save_wishes

PASSWORD: Final = "likely-demo"  # noqa: S105 -- the demo's own, printed where it is made
BOT_CREDITS_TICKS: Final = 50_000 * 10_000
_CAST_CREDITS_TICKS: Final = 5_000 * 10_000
_TOLD_NOTHING: Final = Wish(bell=False, mail=MailChoice.OFF)
_CAST: Final = ("Ines", "Jun", "Kofi", "Lena", "Mateo", "Nadia", "Olek", "Rosa")


@dataclass(frozen=True, slots=True, kw_only=True)
class Trader:
    """A user with the account they trade with."""

    user: User
    account: Account


@dataclass(frozen=True, slots=True, kw_only=True)
class People:
    """Everybody of the demo."""

    alice: Trader
    bob: Trader
    admin: Trader
    maker: Trader
    noise: tuple[Trader, ...]

    @property
    def bots(self) -> tuple[Trader, ...]:
        """The market maker and the others that trade by themselves."""
        return self.maker, *self.noise

    @property
    def everybody(self) -> tuple[Trader, ...]:
        """All of them."""
        return self.alice, self.bob, self.admin, *self.bots


def make_people() -> People:
    """Make the demo's people, or find them as they are. One transaction."""
    with transaction.atomic():
        return People(
            alice=_member("alice", name="Alice"),
            bob=_member("bob", name="Bob"),
            admin=_member("site-admin", "admin@example.com", is_staff=True, is_superuser=True),
            maker=_bot("demo-maker"),
            noise=tuple(_bot(f"demo-bot-{number}") for number in (1, 2, 3)),
        )


def make_cast() -> tuple[Trader, ...]:
    """Make the members who traded before anybody came, or find them. One transaction."""
    with transaction.atomic():
        return tuple(_extra(name) for name in _CAST)


def make_clients(count: int) -> tuple[Trader, ...]:
    """Make so many bots that are no part of the demo's crowd, or find them. One transaction."""
    with transaction.atomic():
        return tuple(_bot(f"demo-client-{number}") for number in range(1, count + 1))


def top_up(trader: Trader, *, amount_ticks: int, reference: str) -> None:
    """Grant credits once for each reference."""
    if not Transfer.objects.filter(credit=trader.account, reference=reference).exists():
        grant(account=trader.account, amount_ticks=amount_ticks, reference=reference)


def _member(handle: str, email: str = "", **fields: object) -> Trader:
    return _trader(handle, email or f"{handle}@example.com", PASSWORD, **fields)


def _extra(name: str) -> Trader:
    handle = name.lower()
    trader = _trader(handle, f"{handle}@example.com", None, name=name)
    top_up(trader, amount_ticks=_CAST_CREDITS_TICKS, reference=f"demo:{handle}")
    # Nobody reads what they would be told of a month of trades.
    save_wishes(user=trader.user, wishes=dict.fromkeys(Concern, _TOLD_NOTHING), is_mailed=False)
    return trader


def _bot(handle: str) -> Trader:
    trader = _trader(handle, f"{handle}@example.com", None, is_bot=True)
    top_up(trader, amount_ticks=BOT_CREDITS_TICKS, reference=f"demo:{handle}")
    return trader


def _trader(handle: str, email: str, password: str | None, **fields: object) -> Trader:
    user = User.objects.filter(email__iexact=email).first()
    if user is None:
        user = User.objects.create_user(email, handle, password, **fields)
    EmailAddress.objects.get_or_create(
        user=user, email=user.email, defaults={"primary": True, "verified": True}
    )
    return Trader(user=user, account=open_member_account(user=user))
