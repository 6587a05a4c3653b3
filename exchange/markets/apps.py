from django.apps import AppConfig
from django.db.models import JSONField

from exchange.markets.lookups import Says


class MarketsConfig(AppConfig):
    name = "exchange.markets"
    verbose_name = "Markets"

    def ready(self) -> None:
        JSONField.register_lookup(Says)
