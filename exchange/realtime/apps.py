from django.apps import AppConfig


class RealtimeConfig(AppConfig):
    """The live feed."""

    name = "exchange.realtime"

    def ready(self) -> None:
        from exchange.realtime.endings import connect_signals  # noqa: PLC0415 -- once apps are there

        connect_signals()
