from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    """What members are told: bell and mail."""

    name = "notifications"
    verbose_name = "Notifications"

    def ready(self) -> None:
        from core.notices import noticed, withdrawn  # noqa: PLC0415 -- once apps are there
        from notifications.services import (  # noqa: PLC0415 -- as above
            take_back_notices,
            take_notices,
        )

        noticed.connect(take_notices, dispatch_uid="notifications")
        withdrawn.connect(take_back_notices, dispatch_uid="notifications")
