"""Addresses of the trading pages."""

from django.urls import path, register_converter
from django.views.generic import TemplateView

from exchange.web.converters import UnicodeSlugConverter
from exchange.web.views import (
    badges,
    challenges,
    closing,
    comments,
    feeds,
    following,
    home,
    leaderboards,
    market,
    orders,
    own_orders,
    portfolio,
    search,
)

register_converter(UnicodeSlugConverter, "uslug")

app_name = "web"
urlpatterns = [
    path("", home.show_home, name="home"),
    path("markets/", home.show_home, name="markets"),
    path("how-it-works/", TemplateView.as_view(template_name="web/how.html"), name="how"),
    path("search/", search.show_results, name="search"),
    path("categories/<uslug:slug>/", home.show_category, name="category"),
    path("events/<uslug:slug>/", home.show_event, name="event"),
    path("markets/<uslug:slug>/", market.show_market, name="market"),
    path("markets/<uslug:slug>/order/", orders.submit_ticket, name="order"),
    path("markets/<uslug:slug>/follow/", following.follow_market, name="market-follow"),
    path("markets/<uslug:slug>/activity/", feeds.show_market_activity, name="market-activity"),
    path("markets/<uslug:slug>/comments/", comments.post_comment, name="comments"),
    path("markets/<uslug:slug>/discussion/", comments.show_discussion, name="discussion"),
    path("comments/<int:comment_id>/", comments.show_comment, name="comment"),
    path("comments/<int:comment_id>/edit/", comments.edit_comment, name="comment-edit"),
    path("comments/<int:comment_id>/delete/", comments.delete_comment, name="comment-delete"),
    path("comments/<int:comment_id>/report/", comments.report_comment, name="comment-report"),
    path("accounts/settings/close/", closing.show_closing, name="close-account"),
    path("feed/", feeds.show_feed, name="feed"),
    path("orders/cancel-all/", own_orders.cancel_all, name="cancel-all"),
    path("orders/<int:order_id>/", own_orders.show_order, name="order-page"),
    path("orders/<int:order_id>/cancel/", own_orders.cancel_order, name="cancel"),
    path("orders/<int:order_id>/edit/", own_orders.edit_order, name="edit"),
    path("portfolio/", portfolio.show_portfolio, name="portfolio"),
    path("portfolio/orders/", portfolio.show_orders, name="portfolio-orders"),
    path("portfolio/fills/", portfolio.show_fills, name="portfolio-fills"),
    path("portfolio/ledger/", portfolio.show_ledger, name="portfolio-ledger"),
    path("challenges/", challenges.show_challenges, name="challenges"),
    path(
        "challenges/outgoing/",
        challenges.show_challenges,
        {"box": "outgoing"},
        name="challenges-outgoing",
    ),
    path(
        "challenges/decided/",
        challenges.show_challenges,
        {"box": "decided"},
        name="challenges-decided",
    ),
    path("challenges/new/", challenges.make_challenge, name="challenge-new"),
    path("challenges/<str:token>/", challenges.show_challenge, name="challenge"),
    path("challenges/<str:token>/accept/", challenges.accept, name="challenge-accept"),
    path("challenges/<str:token>/decline/", challenges.decline, name="challenge-decline"),
    path("challenges/<str:token>/withdraw/", challenges.withdraw, name="challenge-withdraw"),
    path("leaderboards/", leaderboards.show_leaderboard, name="leaderboards"),
    path("leaderboards/<slug:name>/", leaderboards.show_leaderboard, name="leaderboard"),
    path("badges/", badges.show_badges, name="badges"),
]
