from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Users, and their way in."""

    name = "accounts"
    verbose_name = "Members"

    def ready(self) -> None:
        from accounts import (  # noqa: PLC0415 -- they register what is in them, once the apps are there
            checks,  # noqa: F401 -- as above
            closed_addresses,  # noqa: F401 -- as above
        )
