"""Awarding badges: once each, whoever finds first that one has been earned."""

from collections.abc import Collection, Sequence
from typing import Final

from django.db import transaction
from django.urls import reverse
from django.utils.timezone import now

from accounts.models import User
from core.notices import Notice, give_notices
from core.slices import slices
from social.activities.models import Verb
from social.activities.services import NewActivity, record_activities
from social.badges.models import Badge
from social.badges.rules import RULES, Rule, Trigger

NOTICE_KIND: Final = "badge"
_ROWS_AT_ONCE: Final = 500


def award_badges(
    *, among: Collection[int], triggers: Collection[Trigger], trades: Collection[int] = ()
) -> int:
    """Award what these members have earned by now and not got yet, and tell them; return how many.

    `trades` are those since it was last asked, by their ids: what was earned by a trade before is
    not looked for again. Requires a transaction. Asks the rules of these triggers, a few queries
    each.
    """
    rules = [rule for rule in RULES if rule.trigger in triggers]
    return sum(_award_among(rule, ids, trades) for ids in slices(among) for rule in rules)


def back_fill() -> dict[str, int]:
    """Award whatever has been earned so far, and tell nobody; return how many by badge.

    Runs a transaction for each badge.
    """
    return {rule.name: _back_fill(rule) for rule in RULES}


@transaction.atomic
def _back_fill(rule: Rule) -> int:
    held = Badge.objects.filter(name=rule.name).values_list("member", flat=True)
    return len(_award(rule, rule.earners(None) - set(held)))


def _award_among(rule: Rule, among: Collection[int], trades: Collection[int]) -> int:
    held = Badge.objects.filter(name=rule.name, member__in=among)
    without = set(among) - set(held.values_list("member", flat=True))
    fresh = _award(rule, rule.earners_by(trades, without)) if without else []
    _tell(rule, fresh)
    return len(fresh)


def _award(rule: Rule, earned: Collection[int]) -> Sequence[int]:
    fresh = sorted(earned)
    # Another may award the same at the same moment; the constraint lets one of them.
    Badge.objects.bulk_create(
        (Badge(member_id=member, name=rule.name, awarded_at=now()) for member in fresh),
        batch_size=_ROWS_AT_ONCE,
        ignore_conflicts=True,
    )
    return fresh


def _tell(rule: Rule, member_ids: Sequence[int]) -> None:
    if not member_ids:
        return
    members = User.objects.filter(pk__in=member_ids)
    pages = {
        member.pk: reverse("accounts:member-tab", args=[member.handle, "badges"])
        for member in members
    }
    give_notices([_notice(rule, member, url) for member, url in pages.items()])
    record_activities([_activity(rule, member, url) for member, url in pages.items()])


def _notice(rule: Rule, member_id: int, url: str) -> Notice:
    data = {"badge": rule.name, "text": f"You earned the badge {rule.title}"}
    return Notice(
        user_id=member_id,
        kind=NOTICE_KIND,
        key=f"badge:{rule.name}",
        url=url,
        data=data | {"excerpt": f"{rule.meaning}."},
    )


def _activity(rule: Rule, member_id: int, url: str) -> NewActivity:
    return NewActivity(
        verb=Verb.BADGE,
        kind=rule.kind.value if rule.kind is not None else "",
        key=f"badge:{rule.name}:{member_id}",
        actor_id=member_id,
        data={"name": rule.title, "badge": rule.name, "url": url},
    )
