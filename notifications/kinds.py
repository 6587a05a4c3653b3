"""What members can be told, and the few concerns by which they choose how. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from django.db.models import TextChoices


class Kind(TextChoices):
    """What happened. Other apps give notices of kinds of their own (core/notices.py)."""

    NEW = "new", "accepted"
    PARTIALLY_FILLED = "partially_filled", "partially filled"
    FILLED = "filled"
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    REJECTED = "rejected"
    TRIGGERED = "triggered"
    REDUCED = "reduced"
    REPLACED = "replaced"
    TRADE_VOIDED = "trade_voided", "trade voided"
    SETTLED = "settled"
    VOIDED = "voided"
    MARKET_OPENED = "market_opened", "market opened"
    MARKET_HALTED = "market_halted", "market halted"
    MARKET_RESUMED = "market_resumed", "market resumed"
    MARKET_CLOSED = "market_closed", "market closed"
    MARKET_SETTLED = "market_settled", "market settled"
    MARKET_VOIDED = "market_voided", "market voided"


ORDER_KINDS: Final = frozenset(
    {
        Kind.NEW,
        Kind.PARTIALLY_FILLED,
        Kind.FILLED,
        Kind.CANCELLED,
        Kind.EXPIRED,
        Kind.REJECTED,
        Kind.TRIGGERED,
        Kind.REDUCED,
        Kind.REPLACED,
    }
)
OVER_KINDS: Final = frozenset({Kind.SETTLED, Kind.VOIDED})


class MailChoice(TextChoices):
    """When a member gets mail about a concern."""

    NOW = "now", "at once"
    DIGEST = "digest", "once a day"
    OFF = "off", "never"


class Concern(TextChoices):
    """What a member chooses about: a row of the settings."""

    ACCEPTED = "accepted", "Your order is in the book"
    FILLS = "fills", "Your order trades"
    ENDED = "ended", "Your order is cancelled, expires or changes"
    REJECTED = "rejected", "Your order is refused"
    RESULTS = "results", "A market you hold is settled or voided"
    MARKETS = "markets", "A market you follow opens, halts or ends"
    CHALLENGES = "challenges", "Challenges to you, and what becomes of yours"
    MENTIONS = "mentions", "Somebody mentions or answers you"
    FOLLOWS = "follows", "Somebody follows you"
    BADGES = "badges", "You earn a badge"
    OTHER = "other", "Everything else"


@dataclass(frozen=True, slots=True)
class Wish:
    """What a member wants of one concern."""

    bell: bool
    mail: MailChoice


# Told at once where money moved or somebody waits; what is only pleasant to know comes daily.
DEFAULTS: Final[Mapping[Concern, Wish]] = {
    Concern.ACCEPTED: Wish(bell=False, mail=MailChoice.NOW),
    Concern.FILLS: Wish(bell=True, mail=MailChoice.NOW),
    Concern.ENDED: Wish(bell=True, mail=MailChoice.NOW),
    Concern.REJECTED: Wish(bell=True, mail=MailChoice.NOW),
    Concern.RESULTS: Wish(bell=True, mail=MailChoice.NOW),
    Concern.MARKETS: Wish(bell=True, mail=MailChoice.DIGEST),
    Concern.CHALLENGES: Wish(bell=True, mail=MailChoice.NOW),
    Concern.MENTIONS: Wish(bell=True, mail=MailChoice.NOW),
    Concern.FOLLOWS: Wish(bell=True, mail=MailChoice.DIGEST),
    Concern.BADGES: Wish(bell=True, mail=MailChoice.DIGEST),
    Concern.OTHER: Wish(bell=True, mail=MailChoice.DIGEST),
}

_CONCERNS: Final[Mapping[str, Concern]] = {
    Kind.NEW: Concern.ACCEPTED,
    Kind.PARTIALLY_FILLED: Concern.FILLS,
    Kind.FILLED: Concern.FILLS,
    Kind.CANCELLED: Concern.ENDED,
    Kind.EXPIRED: Concern.ENDED,
    Kind.TRIGGERED: Concern.ENDED,
    Kind.REDUCED: Concern.ENDED,
    Kind.REPLACED: Concern.ENDED,
    Kind.REJECTED: Concern.REJECTED,
    Kind.TRADE_VOIDED: Concern.RESULTS,
    Kind.SETTLED: Concern.RESULTS,
    Kind.VOIDED: Concern.RESULTS,
}
_BY_FIRST_WORD: Final[Mapping[str, Concern]] = {
    "market": Concern.MARKETS,
    "challenge": Concern.CHALLENGES,
    "challenged": Concern.CHALLENGES,
    "mention": Concern.MENTIONS,
    "mentioned": Concern.MENTIONS,
    "reply": Concern.MENTIONS,
    "replied": Concern.MENTIONS,
    "comment": Concern.MENTIONS,
    "follow": Concern.FOLLOWS,
    "followed": Concern.FOLLOWS,
    "badge": Concern.BADGES,
}


def concern_of(kind: str) -> Concern:
    """Return the concern of a kind: by its name, else by its first word ("challenge_accepted")."""
    if kind in _CONCERNS:
        return _CONCERNS[kind]
    return _BY_FIRST_WORD.get(kind.partition("_")[0], Concern.OTHER)
