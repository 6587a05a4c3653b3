"""What the database itself refuses, and what it was before."""

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.migrations.executor import MigrationExecutor

from exchange.markets.models import Event
from tests.factories import make_event


@pytest.mark.django_db
@pytest.mark.parametrize("metadata", [[], ["a"], "text", 5, True, None])
def test_metadata_that_is_no_object_is_refused_by_the_database(metadata):
    event = make_event(metadata={"venue": "Wembley"})
    with pytest.raises(IntegrityError), transaction.atomic():
        Event.objects.filter(pk=event.pk).update(metadata=metadata)
    event.refresh_from_db()
    assert event.metadata == {"venue": "Wembley"}


@pytest.mark.django_db(transaction=True)
def test_metadata_of_before_is_kept_with_our_own_keys_renamed():
    before = {"a": {}, "b": {"venue": "X"}, "c": {"demo": True, "venue": "X"}, "d": ["x"], "e": "x"}
    migrate([("markets", "0002_closing_due")])
    try:
        Event.objects.bulk_create(
            Event(title=slug, slug=slug, category="C", metadata=metadata)
            for slug, metadata in before.items()
        )
    finally:
        # Every app, as theirs that build on it were taken back too.
        migrate(MigrationExecutor(connection).loader.graph.leaf_nodes())
    assert dict(Event.objects.order_by("slug").values_list("slug", "metadata")) == {
        "a": {},
        "b": {"venue": "X"},
        "c": {"_demo": True, "venue": "X"},
        "d": {"_before": ["x"]},
        "e": {"_before": "x"},
    }


def migrate(targets):
    MigrationExecutor(connection).migrate(targets)
