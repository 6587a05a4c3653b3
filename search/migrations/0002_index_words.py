from django.db import migrations
from django.db.utils import DatabaseError

# Whoever alters search_document or search_word on SQLite makes the triggers anew: Django then
# makes another table of the same name, and drops the old one with them.
_SQLITE = (
    """
    CREATE VIRTUAL TABLE search_terms USING fts5(
        words, context_words, content='search_document', content_rowid='id', prefix='1 2 3',
        tokenize="unicode61 remove_diacritics 0 categories 'L* N* M* Co'"
    )
    """,
    """
    CREATE TRIGGER search_document_inserted AFTER INSERT ON search_document BEGIN
        INSERT INTO search_terms (rowid, words, context_words)
        VALUES (new.id, new.words, new.context_words);
    END
    """,
    """
    CREATE TRIGGER search_document_deleted AFTER DELETE ON search_document BEGIN
        INSERT INTO search_terms (search_terms, rowid, words, context_words)
        VALUES ('delete', old.id, old.words, old.context_words);
    END
    """,
    """
    CREATE TRIGGER search_document_updated AFTER UPDATE ON search_document
    WHEN old.words <> new.words OR old.context_words <> new.context_words BEGIN
        INSERT INTO search_terms (search_terms, rowid, words, context_words)
        VALUES ('delete', old.id, old.words, old.context_words);
        INSERT INTO search_terms (rowid, words, context_words)
        VALUES (new.id, new.words, new.context_words);
    END
    """,
    """
    CREATE VIRTUAL TABLE search_word_parts USING fts5(
        word, content='search_word', content_rowid='id', tokenize='trigram'
    )
    """,
    """
    CREATE TRIGGER search_word_inserted AFTER INSERT ON search_word BEGIN
        INSERT INTO search_word_parts (rowid, word) VALUES (new.id, new.word);
    END
    """,
    """
    CREATE TRIGGER search_word_deleted AFTER DELETE ON search_word BEGIN
        INSERT INTO search_word_parts (search_word_parts, rowid, word)
        VALUES ('delete', old.id, old.word);
    END
    """,
)
_SQLITE_BACK = (
    "DROP TRIGGER search_document_inserted",
    "DROP TRIGGER search_document_deleted",
    "DROP TRIGGER search_document_updated",
    "DROP TRIGGER search_word_inserted",
    "DROP TRIGGER search_word_deleted",
    "DROP TABLE search_terms",
    "DROP TABLE search_word_parts",
)
_EXTENSION = "CREATE EXTENSION IF NOT EXISTS pg_trgm"
# No pending list of the indexes: a reader would have to walk through it.
_POSTGRESQL = (
    r"""
    ALTER TABLE search_document ADD COLUMN terms tsvector GENERATED ALWAYS AS (
        array_to_tsvector(
            string_to_array(btrim(words), ' ')
            || string_to_array(btrim(regexp_replace(context_words, '(\S+)', '~\1', 'g')), ' ')
        )
    ) STORED
    """,
    "CREATE INDEX search_document_terms ON search_document USING gin (terms) WITH (fastupdate = off)",
    "CREATE INDEX search_word_parts ON search_word USING gin (word gin_trgm_ops)",
)
_POSTGRESQL_BACK = (
    "DROP INDEX search_word_parts",
    "ALTER TABLE search_document DROP COLUMN terms",
)


def index_words(apps, editor):
    if editor.connection.vendor == "postgresql":
        make_extension(editor)
        run(editor, _POSTGRESQL)
    else:
        run(editor, _SQLITE)


def make_extension(editor):
    # A trusted extension: whoever may create in the database may have it.
    try:
        editor.execute(_EXTENSION, params=None)
    except DatabaseError as error:
        database = editor.connection.settings_dict["NAME"]
        message = (
            "Searching needs PostgreSQL's extension pg_trgm (package postgresql-contrib), and this "
            f"user may not create it. As an administrator, in database {database}, run: "
            f"{_EXTENSION}; then migrate again."
        )
        raise RuntimeError(message) from error


def drop_index(apps, editor):
    is_postgresql = editor.connection.vendor == "postgresql"
    run(editor, _POSTGRESQL_BACK if is_postgresql else _SQLITE_BACK)


def run(editor, statements):
    for statement in statements:
        editor.execute(statement, params=None)


class Migration(migrations.Migration):
    dependencies = [("search", "0001_documents_and_words")]

    operations = [migrations.RunPython(index_words, drop_index)]
