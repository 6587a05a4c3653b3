from django.apps import AppConfig
from django.db.backends.signals import connection_created
from django.db.models import CharField

from core.lookups import Finds, add_sqlite_functions


class CoreConfig(AppConfig):
    name = "core"

    def ready(self) -> None:
        CharField.register_lookup(Finds)
        connection_created.connect(add_sqlite_functions)
