"""The index follows what changes, on both databases."""

import pytest
from django.db import connection, transaction

from accounts.models import User
from exchange.markets.models import Contract, Event, Market
from exchange.markets.services import create_event, create_market
from search.models import Document, Kind, Word
from search.selectors import suggest
from search.services import drop_unused_words, index_events, index_markets, rebuild_index
from tests.factories import make_event, make_market, make_member, make_user

pytestmark = pytest.mark.django_db


def titles(kind=None):
    documents = Document.objects.all() if kind is None else Document.objects.filter(kind=kind)
    return sorted(documents.values_list("title", flat=True))


def found(text):
    return [(result.document.kind, result.document.title) for result in suggest(text)]


def test_draft_is_not_in_the_index():
    event = create_event(title="Cup final", category="Sport")
    create_market(event=event, title="Who wins?", outcomes=["A", "B"], rules="R")
    event.save()
    assert titles() == []


def test_market_brings_its_event_contracts_and_category():
    make_market(title="Who wins?", event=make_event("Cup final"), outcomes=("Reds", "Blues"))
    assert titles(Kind.EVENT) == ["Cup final"]
    assert titles(Kind.MARKET) == ["Who wins?"]
    assert titles(Kind.CONTRACT) == ["Blues", "Reds"]
    assert titles(Kind.CATEGORY) == ["Sport"]


def test_event_of_one_market_with_its_title_is_found_once():
    event = make_event("Will it rain?")
    make_market(title="Will it rain?", event=event)
    assert titles() == ["Sport", "Will it rain?"]
    make_market(title="How much rain?", event=event)
    assert titles(Kind.EVENT) == ["Will it rain?"]


def test_yes_is_no_contract_to_be_found():
    make_market(outcomes=("Yes",))
    assert titles(Kind.CONTRACT) == []


@pytest.mark.parametrize("status", ["open", "halted"])
def test_living_market_is_open(status):
    make_market(title="Rain?", status=status)
    assert Document.objects.get(kind=Kind.MARKET).is_open


@pytest.mark.parametrize("status", ["closed", "settled", "voided"])
def test_ended_market_is_not_open(status):
    make_market(title="Rain?", status=status)
    assert not Document.objects.filter(is_open=True).exists()


def test_saved_title_is_found_in_the_same_transaction():
    market = make_market(title="Rain in Oslo?")
    with transaction.atomic():
        market.title = "Snow in Bergen?"
        market.save()
        assert found("bergen") == [(Kind.MARKET, "Snow in Bergen?")]
    assert found("oslo") == []


def test_saved_event_changes_its_markets_and_both_categories():
    event = make_event("Cup final", category="Sport")
    make_market(title="Who wins?", event=event)
    event.category = "Chess"
    event.metadata = {"venue": "Wembley"}
    event.save()
    assert titles(Kind.CATEGORY) == ["Chess"]
    assert (Kind.MARKET, "Who wins?") in found("wembley")


def test_saved_contract_is_found_by_its_new_name():
    market = make_market(title="Who wins?", outcomes=("Reds", "Blues"))
    contract = market.contracts.get(name="Reds")
    contract.name = "Greens"
    contract.save()
    assert found("greens") == [(Kind.MARKET, "Who wins?"), (Kind.CONTRACT, "Greens")]
    assert found("reds") == []


def test_deleted_rows_leave_the_index():
    market = make_market(title="Who wins?", event=make_event("Final"), outcomes=("Reds", "Blues"))
    Contract.objects.all().delete()
    assert titles(Kind.CONTRACT) == []
    Market.objects.filter(pk=market.pk).delete()
    Event.objects.all().delete()
    assert titles(Kind.MARKET) == titles(Kind.EVENT) == []


def test_member_is_found_from_the_first_account_on():
    make_user("nobody_yet")
    make_member("alice", name="Ada Lovelace")
    assert titles(Kind.MEMBER) == ["Ada Lovelace"]
    assert found("lovel") == found("alice") == [(Kind.MEMBER, "Ada Lovelace")]


def test_member_leaves_with_the_account_closed_and_comes_back():
    alice = make_member("alice")
    alice.is_active = False
    alice.save(update_fields=["is_active"])
    assert found("alice") == []
    alice.is_active = True
    alice.save(update_fields=["is_active"])
    assert found("alice") == [(Kind.MEMBER, "alice")]


def test_log_in_does_not_touch_the_index(django_assert_num_queries):
    alice = make_member("alice")
    with django_assert_num_queries(1):
        alice.save(update_fields=["last_login"])


def test_indexing_again_changes_nothing():
    market = make_market(title="Who wins?", outcomes=("Reds", "Blues"))
    before = list(Document.objects.order_by("pk").values())
    assert index_events(event_ids=[market.event_id]) == index_markets(market_ids=[market.pk]) == 0
    assert list(Document.objects.order_by("pk").values()) == before


def test_rebuild_mends_whatever_differs_and_then_nothing():
    make_market(title="Who wins?", event=make_event("Final"), outcomes=("Reds", "Blues"))
    make_member("alice")
    gone = make_market(title="Gone?", category="Lost")
    expected = list(Document.objects.exclude(category="Lost").order_by("kind", "key").values())
    Document.objects.filter(kind=Kind.MARKET).update(title="Stale", words=" stale ")
    Document.objects.filter(kind=Kind.MEMBER).delete()
    Market.objects.filter(pk=gone.pk).update(status="draft")
    looked_at = []

    assert rebuild_index(done=looked_at.append) > 0

    kept = Document.objects.order_by("kind", "key").values()
    for row in (*kept, *expected):
        del row["id"]
    assert list(kept) == expected
    assert sum(looked_at) == Event.objects.count() + User.objects.count()
    assert rebuild_index() == 0


def test_words_that_nothing_has_any_more_are_forgotten():
    market = make_market(title="Zanzibar?")
    market.title = "Oslo?"
    market.save()
    assert Word.objects.filter(word="zanzibar").exists()
    assert drop_unused_words() == 1
    assert not Word.objects.filter(word="zanzibar").exists()


def test_members_of_two_transactions_take_turns():
    if connection.vendor != "postgresql":
        return
    make_member("alice")
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'")
        assert cursor.fetchone()[0] >= 1
