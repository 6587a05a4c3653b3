from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    """Mails about orders and markets."""

    name = "notifications"
    verbose_name = "Mail"
