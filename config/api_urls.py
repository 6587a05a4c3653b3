"""Addresses of the API: /api/v1/..., its description, and a problem for everything else."""

from django.urls import path, re_path, register_converter

from core.api.converters import ApiSlugConverter
from core.api.pages import DocsView, SchemaView, UnknownView, show_problems
from exchange.ledger import api as ledger
from exchange.marketdata import api as marketdata
from exchange.markets import api as markets
from exchange.trading import account_api, batch_api
from exchange.trading import api as trading

register_converter(ApiSlugConverter, "apislug")

app_name = "api"
urlpatterns = [
    path("schema/", SchemaView.as_view(), name="schema"),
    path("docs/", DocsView.as_view(), name="docs"),
    path("docs/problems/", show_problems, name="problems"),
    path("v1/events/", markets.EventsView.as_view(), name="events"),
    path("v1/events/<apislug:slug>/", markets.EventView.as_view(), name="event"),
    path("v1/markets/", markets.MarketsView.as_view(), name="markets"),
    path("v1/markets/<apislug:slug>/", markets.MarketView.as_view(), name="market"),
    path("v1/markets/<apislug:slug>/book/", marketdata.BookView.as_view(), name="book"),
    path("v1/markets/<apislug:slug>/trades/", marketdata.TradesView.as_view(), name="trades"),
    path("v1/orders/", trading.OrdersView.as_view(), name="orders"),
    path("v1/orders/batch/", batch_api.BatchView.as_view(), name="batch"),
    path("v1/orders/preview/", trading.PreviewView.as_view(), name="preview"),
    path("v1/orders/<str:order_id>/", trading.OrderView.as_view(), name="order"),
    path("v1/account/", ledger.AccountView.as_view(), name="account"),
    path("v1/account/ledger/", ledger.TransfersView.as_view(), name="ledger"),
    path("v1/account/positions/", account_api.PositionsView.as_view(), name="positions"),
    path("v1/account/fills/", account_api.FillsView.as_view(), name="fills"),
    re_path("", UnknownView.as_view()),
]
