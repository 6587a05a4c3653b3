"""The index: one row for each thing that can be found, and the words that they have.

Two things stand beside these tables that Django does not know (migration 0001): on PostgreSQL a
column with an index of all words, and one of parts of words (pg_trgm); on SQLite a table of FTS5
for each, kept by triggers.
"""

from django.db import models
from django.db.models import F

from search.folding import WORD_LENGTH_MAX


class Kind(models.TextChoices):
    """What a document stands for, in the order in which they are shown."""

    MARKET = "market"
    EVENT = "event"
    CONTRACT = "contract"
    CATEGORY = "category"
    MEMBER = "member"


class Document(models.Model):
    """Something that can be found, as it was when it was last written.

    The rank: open before not, then the more popular, then the newer. `popularity` is the volume
    to its first two digits (search/documents.py), so that a busy market is seldom written again.
    """

    kind = models.CharField(max_length=8, choices=Kind)
    key = models.CharField(max_length=60, help_text="The id; of a category the name.")
    title = models.CharField(max_length=300)
    context = models.CharField(max_length=300, blank=True, help_text="What stands beside it.")
    slug = models.CharField(max_length=200, help_text="What its address is made of.")
    category = models.CharField(max_length=60, blank=True)
    status = models.CharField(max_length=8, blank=True, help_text="Of markets and contracts.")
    words = models.TextField(help_text="The folded words of the title, each between spaces.")
    context_words = models.TextField(help_text="Those of what stands around it.")
    is_open = models.BooleanField(default=True)
    popularity = models.BigIntegerField(default=0)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["kind", "key"], name="document_once"),)
        indexes = (
            models.Index(
                F("kind"),
                F("is_open").desc(),
                F("popularity").desc(),
                F("id").desc(),
                name="document_kind_rank",
            ),
            models.Index(
                F("is_open").desc(), F("popularity").desc(), F("id").desc(), name="document_rank"
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.key}: {self.title}"


class Word(models.Model):
    """A word that some document has or had: what a mistyped one is compared with."""

    word = models.CharField(max_length=WORD_LENGTH_MAX, unique=True)

    def __str__(self) -> str:
        return self.word
