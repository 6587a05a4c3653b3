"""How PostgreSQL finds words: by the column's own index, and parts of words by theirs."""

import hashlib

import pytest
from django.db import connection

from search.dialects import words_with
from search.models import Word
from search.nearness import Piece

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(connection.vendor != "postgresql", reason="of PostgreSQL's indexes"),
]


@pytest.fixture
def many_words():
    names = (hashlib.sha256(b"%d" % number).hexdigest()[:12] for number in range(3_000))
    Word.objects.bulk_create(Word(word=name) for name in names)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE search_word")


def plan_of(sql, params):
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(f"EXPLAIN {sql}", params)
        return "\n".join(line for (line,) in cursor.fetchall())


def test_known_words_are_not_looked_up_by_their_parts(many_words):
    words = list(Word.objects.values_list("word", flat=True)[:300])
    plan = plan_of("SELECT word FROM search_word WHERE word = ANY(%s)", [words])
    assert "search_word_parts" not in plan


def test_parts_of_words_are_looked_up_by_their_index(many_words):
    assert "search_word_parts" in plan_of(*words_with([Piece("a1b2c", at_start=False)]))
