"""SQL that differs by database."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from django.db import connection
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.models import CharField, Func

_SQLITE = """
CREATE TRIGGER {table}_no_{verb} BEFORE {verb} ON {table}
BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END
"""
_POSTGRESQL_FUNCTION = """
CREATE OR REPLACE FUNCTION likely_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME
        USING ERRCODE = 'integrity_constraint_violation';
END $$
"""
_POSTGRESQL = """
CREATE TRIGGER {table}_no_{verb} BEFORE {verb} ON {table}
FOR EACH ROW EXECUTE FUNCTION likely_append_only()
"""


# How a list of whole numbers of any length is said, and how it is written.
_IS_ONE_OF: Final = {
    "postgresql": "= ANY(%s::bigint[])",
    "sqlite": "IN (SELECT value FROM json_each(%s))",
}
_LIST: Final = {"postgresql": "{%s}", "sqlite": "[%s]"}


def is_one_of() -> str:
    """Return the condition that a column is one of a list, given as one value: see `as_list`."""
    return _IS_ONE_OF[connection.vendor]


def as_list(numbers: Iterable[int]) -> str:
    """Return whole numbers as the one value that `is_one_of` compares with; none is fine."""
    return _LIST[connection.vendor] % ",".join(map(str, numbers))


class JsonType(Func):
    """What kind of JSON a column holds: "object", "array" and so on."""

    function = "JSON_TYPE"
    arity = 1
    output_field = CharField()

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        """Return PostgreSQL's function of the same answers."""
        return self.as_sql(compiler, connection, function="JSONB_TYPEOF", **context)


def index_json_content(editor: BaseDatabaseSchemaEditor, table: str, column: str) -> None:
    """Have PostgreSQL answer `column @> ...` from an index; SQLite has none such."""
    if editor.connection.vendor == "postgresql":
        editor.execute(
            f"CREATE INDEX {table}_{column}_content ON {table} USING gin ({column} jsonb_path_ops)",
            params=None,
        )


def drop_json_index(editor: BaseDatabaseSchemaEditor, table: str, column: str) -> None:
    """Take back what `index_json_content` made."""
    if editor.connection.vendor == "postgresql":
        editor.execute(f"DROP INDEX {table}_{column}_content", params=None)


def make_append_only(editor: BaseDatabaseSchemaEditor, table: str) -> None:
    """Have the database refuse every UPDATE and DELETE of a table's rows."""
    postgresql = editor.connection.vendor == "postgresql"
    if postgresql:
        editor.execute(_POSTGRESQL_FUNCTION, params=None)
    for verb in ("update", "delete"):
        statement = (_POSTGRESQL if postgresql else _SQLITE).format(table=table, verb=verb)
        editor.execute(statement, params=None)


def set_storage(
    editor: BaseDatabaseSchemaEditor, table: str, parameters: Mapping[str, int | str]
) -> None:
    """Set a table's storage parameters on PostgreSQL; SQLite has none. Holds for new pages."""
    if editor.connection.vendor == "postgresql":
        listed = ", ".join(f"{name} = {value}" for name, value in parameters.items())
        editor.execute(f"ALTER TABLE {table} SET ({listed})", params=None)


def compress_quickly(editor: BaseDatabaseSchemaEditor, table: str, column: str) -> None:
    """Have PostgreSQL compress long values by lz4, a third of the usual cost, where it can."""
    if editor.connection.vendor != "postgresql":
        return
    with editor.connection.cursor() as cursor:
        cursor.execute(
            "SELECT 'lz4' = ANY(enumvals) FROM pg_settings WHERE name = 'default_toast_compression'"
        )
        known = cursor.fetchone()
    if known == (True,):
        editor.execute(f"ALTER TABLE {table} ALTER {column} SET COMPRESSION lz4", params=None)
