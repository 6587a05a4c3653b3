"""Reads of badges."""

from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Count

from accounts.models import User
from accounts.visibility import Kind
from social.badges.models import Badge
from social.badges.rules import BY_NAME, RULES, Rule


@dataclass(frozen=True, slots=True)
class Earned:
    """A badge of a member, with what it is for."""

    badge: Badge
    rule: Rule


@dataclass(frozen=True, slots=True)
class Counted:
    """What a badge is for, how many have it, and whether the viewer does."""

    rule: Rule
    holder_count: int
    is_held: bool


def list_badges(member: User, *, seen: Collection[Kind]) -> list[Earned]:
    """Return a member's badges, newest first, but those that tell what is not to be seen."""
    rows = Badge.objects.filter(member=member, name__in=BY_NAME).order_by("-awarded_at", "-pk")
    found = [Earned(row, BY_NAME[row.name]) for row in rows]
    return [one for one in found if one.rule.kind is None or one.rule.kind in seen]


def count_badges(viewer: User | None) -> list[Counted]:
    """Return every badge there is, and how many have it. Two queries at most."""
    counts = dict(Badge.objects.values_list("name").annotate(n=Count("pk")).order_by())
    own = set()
    if viewer is not None:
        own = set(Badge.objects.filter(member=viewer).values_list("name", flat=True))
    return [Counted(rule, counts.get(rule.name, 0), rule.name in own) for rule in RULES]
