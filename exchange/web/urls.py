"""Addresses of the trading pages."""

from django.urls import path, register_converter

from exchange.web.converters import UnicodeSlugConverter
from exchange.web.views import home, market, orders, portfolio

register_converter(UnicodeSlugConverter, "uslug")

app_name = "web"
urlpatterns = [
    path("", home.show_home, name="home"),
    path("markets/", home.show_home, name="markets"),
    path("events/<uslug:slug>/", home.show_event, name="event"),
    path("markets/<uslug:slug>/", market.show_market, name="market"),
    path("markets/<uslug:slug>/order/", orders.submit_ticket, name="order"),
    path("orders/<int:order_id>/cancel/", orders.cancel_order, name="cancel"),
    path("orders/<int:order_id>/reduce/", orders.reduce_order, name="reduce"),
    path("portfolio/", portfolio.show_portfolio, name="portfolio"),
    path("portfolio/orders/", portfolio.show_orders, name="portfolio-orders"),
    path("portfolio/fills/", portfolio.show_fills, name="portfolio-fills"),
    path("portfolio/ledger/", portfolio.show_ledger, name="portfolio-ledger"),
]
