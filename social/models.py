"""The tables of social's packages: Django looks for models here."""

from social.activities.models import Activity, Verb
from social.badges.models import Badge
from social.challenges.models import Challenge, ChallengeStatus
from social.comments.models import Comment, CommentReport, CommentRevision, ReportReason
from social.following.models import MarketFollow
from social.leaderboards.models import LeaderboardBuild, Standing

__all__ = [
    "Activity",
    "Badge",
    "Challenge",
    "ChallengeStatus",
    "Comment",
    "CommentReport",
    "CommentRevision",
    "LeaderboardBuild",
    "MarketFollow",
    "ReportReason",
    "Standing",
    "Verb",
]
