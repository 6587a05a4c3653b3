from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Users, and their way in."""

    name = "accounts"
    verbose_name = "Members"

    def ready(self) -> None:
        from accounts import checks  # noqa: F401, PLC0415 -- registers them, once the apps are there
