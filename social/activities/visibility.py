"""Which activities a viewer may see: the policy of accounts.visibility, as a condition on rows."""

from django.db.models import Exists, OuterRef, Q

from accounts.models import User
from accounts.visibility import Kind, Viewer, seen_by, seen_by_kind


def visible_to(viewer: Viewer) -> Q:
    """Return the condition that everybody concerned lets the viewer see an activity.

    A challenge concerns both its members, who see it themselves in any case. Being followed is
    nothing to hide. Nobody sees what a closed account did.
    """
    seen = seen_by_kind(viewer, "kind", "actor") & _target_lets(viewer)
    if viewer is not None and viewer.is_authenticated:
        seen |= Q(actor=viewer) | Q(target_user=viewer, kind=Kind.TRADES)
    is_there = Q(actor=None) | Q(actor__is_active=True)
    return (Q(kind="") | seen) & is_there


def _target_lets(viewer: Viewer) -> Q:
    """Return the condition that who was challenged shows their trades."""
    # Looked up where there is one: few activities have a target, and a join would cost them all.
    targets = User.objects.filter(seen_by(viewer, Kind.TRADES), pk=OuterRef("target_user_id"))
    return ~Q(kind=Kind.TRADES) | Q(target_user=None) | Q(Exists(targets))
