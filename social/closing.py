"""What ends between members when one of them closes the account."""

from django.db.models import Q

from accounts.access import is_own
from accounts.models import User
from social.activities.models import Activity
from social.challenges.models import Challenge, ChallengeStatus
from social.challenges.services import decline_challenge, withdraw_challenge
from social.following.models import MarketFollow


def end_social(*, user: User) -> None:
    """Answer the open challenges, end the follows, and forget what others did to the member.

    What the member did is hidden with the account, comments lose the name. Requires a transaction.
    """
    concerned = Q(challenger=user) | Q(opponent=user, is_by_link=False)
    for challenge in Challenge.objects.filter(concerned, status=ChallengeStatus.OPEN):
        if challenge.shown_status != ChallengeStatus.OPEN:
            continue  # late: beat writes it down
        if is_own(user.pk, challenge.challenger_id):
            withdraw_challenge(challenge=challenge, user=user)
        else:
            decline_challenge(challenge=challenge, user=user)
    MarketFollow.objects.filter(follower=user).delete()
    Activity.objects.filter(target_user=user).delete()
