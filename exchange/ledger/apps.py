from django.apps import AppConfig


class LedgerConfig(AppConfig):
    name = "exchange.ledger"
    verbose_name = "Ledger"

    def ready(self) -> None:
        """Listen for confirmed addresses."""
        from exchange.ledger import receivers  # noqa: F401, PLC0415 -- models are loaded now
