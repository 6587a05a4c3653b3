from django.db import migrations

# pg_trgm offers its index for equality, too, where it takes thousands of times as long as the
# column's own, and PostgreSQL holds it to be cheaper. Of an expression it serves nothing else.
_ALONE = (
    "DROP INDEX search_word_parts",
    "CREATE INDEX search_word_parts ON search_word USING gin ((word || '') gin_trgm_ops)"
    " WITH (fastupdate = off)",
)
_BACK = (
    "DROP INDEX search_word_parts",
    "CREATE INDEX search_word_parts ON search_word USING gin (word gin_trgm_ops)",
)


def index_parts(apps, editor):
    run(editor, _ALONE)


def index_words(apps, editor):
    run(editor, _BACK)


def run(editor, statements):
    if editor.connection.vendor == "postgresql":
        for statement in statements:
            editor.execute(statement, params=None)


class Migration(migrations.Migration):
    dependencies = [("search", "0002_index_words")]

    operations = [migrations.RunPython(index_parts, index_words)]
