"""Queries that are put together once."""

import pytest
from django.db.models import BigIntegerField, Value

from accounts.models import User
from core.prepared import PreparedQuery
from exchange.trading.models import Shard
from tests.factories import make_user

pytestmark = pytest.mark.django_db


def test_prepared_query_gives_the_rows_of_each_values():
    built = []

    def build(first, last):
        built.append((first, last))
        rows = User.objects.filter(pk__gte=first, pk__lte=last, is_bot=False).order_by("pk")
        return rows.values_list("handle", "pk")

    users = [make_user(name) for name in ("alice", "bob", "carol")]
    query = PreparedQuery(build, "first", "last")
    ids = [user.pk for user in users]

    assert query.ask(first=ids[0], last=ids[1]) == [("alice", ids[0]), ("bob", ids[1])]
    assert query.ask(first=ids[2], last=ids[2]) == [("carol", ids[2])]
    assert query.ask(first=1, last=0) == []
    assert len(built) == 1


def test_prepared_query_takes_texts_beside_numbers():
    alice, bob = make_user("alice"), make_user("bob")

    def build(first, handle):
        return User.objects.filter(pk__gte=first, handle=handle).values_list("pk")

    query = PreparedQuery(build, "first", texts=("handle",))

    assert query.ask(first=alice.pk, handle="bob") == [(bob.pk,)]
    assert query.ask(first=alice.pk, handle="alice") == [(alice.pk,)]
    assert query.ask(first=bob.pk, handle="alice") == []


def test_column_of_small_numbers_is_compared_with_a_value():
    def build(number):
        mark = Value(number, output_field=BigIntegerField())
        return Shard.objects.filter(number=mark).values_list("number")

    Shard.objects.create(number=7, next_trade=1)
    query = PreparedQuery(build, "number")

    assert query.ask(number=7) == [(7,)]
    assert query.ask(number=8) == []


def test_prepared_query_takes_one_query(django_assert_num_queries):
    query = PreparedQuery(lambda pk: User.objects.filter(pk=pk).values_list("pk"), "pk")

    with django_assert_num_queries(1):
        query.ask(pk=7)


def test_value_that_is_no_parameter_is_noticed():
    query = PreparedQuery(lambda pk: User.objects.values_list("pk"), "pk")

    with pytest.raises(AssertionError, match="every value is a parameter"):
        query.ask(pk=7)
