from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Users, and their way in."""

    name = "accounts"
    verbose_name = "Members"

    def ready(self) -> None:
        # They register what is in them, once the apps are there.
        from accounts import checks, closed_addresses  # noqa: F401, PLC0415
