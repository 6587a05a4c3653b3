"""Addresses of the API: /api/v1/..., its description, and a problem for everything else."""

from django.urls import path, re_path, register_converter

from accounts.devices import api as devices
from accounts.keys import api as keys
from core.api.converters import ApiSlugConverter
from core.api.examples_page import show_examples
from core.api.limits_api import LimitsView
from core.api.pages import ReferenceView, SchemaView, UnknownView, show_docs, show_problems
from exchange.ledger import api as ledger
from exchange.marketdata import api as marketdata
from exchange.marketdata.candles import api as candles
from exchange.marketdata.figures import api as figures
from exchange.marketdata.settlements import SettlementsView
from exchange.markets import api as markets
from exchange.realtime.pages import show_asyncapi
from exchange.trading import account_api, batch_api, many_api, order_api, queue_api
from exchange.trading import api as trading
from exchange.trading import member_api as members
from exchange.trading.snapshots import api as snapshots
from notifications import api as notifications
from search import api as search
from social.activities import api as activities
from social.badges import api as badges
from social.challenges import api as challenges
from social.comments import api as comments
from social.following import api as social_following
from social.leaderboards import api as leaderboards

register_converter(ApiSlugConverter, "apislug")

app_name = "api"
urlpatterns = [
    path("schema/", SchemaView.as_view(), name="schema"),
    path("asyncapi/", show_asyncapi, name="asyncapi"),
    path("docs/", show_docs, name="docs"),
    path("docs/reference/", ReferenceView.as_view(), name="reference"),
    path("docs/examples/", show_examples, name="examples"),
    path("docs/problems/", show_problems, name="problems"),
    path("v1/events/", markets.EventsView.as_view(), name="events"),
    path("v1/events/<apislug:slug>/", markets.EventView.as_view(), name="event"),
    path("v1/markets/", figures.MarketsView.as_view(), name="markets"),
    path("v1/markets/<apislug:slug>/", figures.MarketView.as_view(), name="market"),
    path("v1/settlements/", SettlementsView.as_view(), name="settlements"),
    path("v1/markets/<apislug:slug>/book/", marketdata.BookView.as_view(), name="book"),
    path("v1/markets/<apislug:slug>/trades/", marketdata.TradesView.as_view(), name="trades"),
    path("v1/markets/<apislug:slug>/candles/", candles.CandlesView.as_view(), name="candles"),
    path("v1/orders/", trading.OrdersView.as_view(), name="orders"),
    path("v1/orders/batch/", batch_api.BatchView.as_view(), name="batch"),
    path("v1/orders/batch/cancel/", many_api.CancelOrdersView.as_view(), name="cancel-orders"),
    path("v1/orders/cancel-all/", many_api.CancelAllView.as_view(), name="cancel-all"),
    path("v1/orders/preview/", trading.PreviewView.as_view(), name="preview"),
    path("v1/orders/queues/", queue_api.QueuesView.as_view(), name="queues"),
    path("v1/orders/<str:order_id>/", order_api.OrderView.as_view(), name="order"),
    path("v1/orders/<str:order_id>/queue/", queue_api.QueueView.as_view(), name="queue"),
    path("v1/account/", ledger.AccountView.as_view(), name="account"),
    path("v1/account/export/", ledger.ExportView.as_view(), name="export"),
    path("v1/account/limits/", LimitsView.as_view(), name="limits"),
    path("v1/account/ledger/", ledger.TransfersView.as_view(), name="ledger"),
    path("v1/account/positions/", account_api.PositionsView.as_view(), name="positions"),
    path("v1/device/code/", devices.DeviceCodeView.as_view(), name="device-code"),
    path("v1/device/token/", devices.DeviceTokenView.as_view(), name="device-token"),
    path("v1/account/keys/", keys.KeysView.as_view(), name="keys"),
    path("v1/account/keys/<str:key_id>/", keys.KeyView.as_view(), name="key"),
    path("v1/account/fills/", account_api.FillsView.as_view(), name="fills"),
    path("v1/markets/<apislug:slug>/comments/", comments.CommentsView.as_view(), name="comments"),
    path("v1/comments/<str:comment_id>/", comments.CommentView.as_view(), name="comment"),
    path(
        "v1/comments/<str:comment_id>/report/",
        comments.ReportView.as_view(),
        name="comment-report",
    ),
    path("v1/feed/", activities.FeedView.as_view(), name="feed"),
    path(
        "v1/markets/<apislug:slug>/activity/",
        activities.MarketActivityView.as_view(),
        name="market-activity",
    ),
    path(
        "v1/markets/<apislug:slug>/follow/",
        social_following.MarketFollowView.as_view(),
        name="market-follow",
    ),
    path(
        "v1/members/<str:handle>/activity/",
        activities.MemberActivityView.as_view(),
        name="member-activity",
    ),
    path(
        "v1/members/<str:handle>/follow/",
        social_following.MemberFollowView.as_view(),
        name="member-follow",
    ),
    path(
        "v1/leaderboards/<slug:name>/",
        leaderboards.LeaderboardView.as_view(),
        name="leaderboard",
    ),
    path("v1/badges/", badges.BadgesView.as_view(), name="badges"),
    path(
        "v1/members/<str:handle>/badges/", badges.MemberBadgesView.as_view(), name="member-badges"
    ),
    path("v1/challenges/", challenges.ChallengesView.as_view(), name="challenges"),
    path("v1/challenges/<str:challenge_id>/", challenges.ChallengeView.as_view(), name="challenge"),
    path(
        "v1/challenges/<str:challenge_id>/accept/",
        challenges.AcceptChallengeView.as_view(),
        name="accept-challenge",
    ),
    path(
        "v1/challenges/<str:challenge_id>/decline/",
        challenges.DeclineChallengeView.as_view(),
        name="decline-challenge",
    ),
    path(
        "v1/challenges/<str:challenge_id>/withdraw/",
        challenges.WithdrawChallengeView.as_view(),
        name="withdraw-challenge",
    ),
    path("v1/members/<str:handle>/", members.MemberView.as_view(), name="member"),
    path(
        "v1/members/<str:handle>/trades/",
        members.MemberTradesView.as_view(),
        name="member-trades",
    ),
    path(
        "v1/members/<str:handle>/positions/",
        members.MemberPositionsView.as_view(),
        name="member-positions",
    ),
    path("v1/members/<str:handle>/followers/", members.FollowersView.as_view(), name="followers"),
    path("v1/members/<str:handle>/following/", members.FollowingView.as_view(), name="following"),
    path("v1/notifications/", notifications.NotificationsView.as_view(), name="notifications"),
    path("v1/notifications/unread/", notifications.UnreadView.as_view(), name="unread"),
    path("v1/notifications/read/", notifications.ReadView.as_view(), name="read"),
    path("v1/notifications/settings/", notifications.SettingsView.as_view(), name="wishes"),
    path(
        "v1/books/<int:shard>/snapshots/", snapshots.BookSnapshotsView.as_view(), name="snapshots"
    ),
    path(
        "v1/books/<int:shard>/snapshots/<str:sha256>/",
        snapshots.BookSnapshotView.as_view(),
        name="snapshot",
    ),
    path("v1/search/", search.SearchView.as_view(), name="search"),
    path("v1/search/suggest/", search.SuggestView.as_view(), name="suggest"),
    re_path("", UnknownView.as_view()),
]
