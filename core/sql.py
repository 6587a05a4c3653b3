"""SQL that differs by database, for migrations."""

from django.db.backends.base.schema import BaseDatabaseSchemaEditor

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


def make_append_only(editor: BaseDatabaseSchemaEditor, table: str) -> None:
    """Have the database refuse every UPDATE and DELETE of a table's rows."""
    postgresql = editor.connection.vendor == "postgresql"
    if postgresql:
        editor.execute(_POSTGRESQL_FUNCTION, params=None)
    for verb in ("update", "delete"):
        statement = (_POSTGRESQL if postgresql else _SQLITE).format(table=table, verb=verb)
        editor.execute(statement, params=None)
