from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    """What members are told: bell and mail."""

    name = "notifications"
    verbose_name = "Notifications"

    def ready(self) -> None:
        from core.notices import noticed  # noqa: PLC0415 -- once apps are there
        from notifications.services import take_notices  # noqa: PLC0415 -- as above

        noticed.connect(take_notices, dispatch_uid="notifications")
