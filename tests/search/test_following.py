"""What the book worker does reaches the index by the journal, and the checks see the rest."""

import pytest
from django.core.management import call_command

from exchange.markets.models import Event, Market
from search.checks import search_index_says_what_is_there, words_are_known
from search.documents import popularity_of
from search.following import follow_journal
from search.models import Document, Kind, Word
from tests.factories import make_event, make_market, make_member
from tests.notifications.scenes import lifecycle, open_market, place

pytestmark = pytest.mark.usefixtures("books")


def market_document():
    return Document.objects.get(kind=Kind.MARKET)


def differences():
    return list(search_index_says_what_is_there())


def test_opened_market_is_found_and_settled_one_is_no_more_open():
    market = open_market(outcomes=("Reds", "Blues"))
    assert not Document.objects.filter(kind=Kind.MARKET).exists()
    assert follow_journal() == 4  # the market, two contracts, the category
    assert (market_document().status, market_document().is_open) == ("open", True)

    lifecycle(market, "halt")
    follow_journal()
    assert (market_document().status, market_document().is_open) == ("halted", True)

    lifecycle(market, "close")
    lifecycle(market, "settle", winner=market.contracts.first())
    follow_journal()
    assert (market_document().status, market_document().is_open) == ("settled", False)
    assert not Document.objects.filter(is_open=True).exists()
    assert follow_journal() == 0


def test_trades_make_popular_but_not_with_each_of_them():
    alice, bob = make_member("alice"), make_member("bob")
    market = open_market()
    place(alice, market, "sell", 6_000, 500)
    place(bob, market, "buy", 6_000, 120)
    follow_journal()
    assert market_document().popularity == 120

    place(bob, market, "buy", 6_000, 9)
    assert follow_journal() == 0
    place(bob, market, "buy", 6_000, 1)
    assert follow_journal() == 1
    assert (market_document().popularity, Market.objects.get().volume) == (130, 130)


@pytest.mark.parametrize(
    ("volume", "popularity"),
    [(0, 0), (9, 9), (99, 99), (100, 100), (109, 100), (12_345, 12_000), (999_999, 990_000)],
)
def test_popularity_is_a_volume_to_two_digits(volume, popularity):
    assert popularity_of(volume) == popularity


def test_check_is_content_while_the_index_follows():
    open_market()
    make_member("alice")
    assert differences() == []  # the journal is ahead: no difference yet
    follow_journal()
    assert differences() == []
    assert list(words_are_known()) == []


def test_check_says_what_differs():
    market = make_market(title="Rain?", event=make_event("Storms"), outcomes=("A", "B"))
    alice = make_member("alice")
    Event.objects.update(title="Floods")
    Document.objects.filter(kind=Kind.MEMBER).update(title="Bob")
    Document.objects.filter(kind=Kind.CONTRACT, title="B").delete()
    Document.objects.create(kind=Kind.MEMBER, key="999", title="Ghost", words=" ghost ")
    Word.objects.filter(word="alice").delete()

    rest = "sport a b"
    assert differences() == [
        f"event {market.event_id}: Floods: title is 'Storms', not 'Floods'",
        f"event {market.event_id}: Floods: words is ' storms ', not ' floods '",
        f"market {market.pk}: Rain?: context is 'Storms', not 'Floods'",
        f"market {market.pk}: Rain?: context_words is ' storms {rest} ', not ' floods {rest} '",
        f"contract {market.contracts.last().pk}: B is not in the index",
        f"member {alice.pk}: alice: title is 'Bob', not 'alice'",
        "member 999: Ghost is in the index, but not to be found",
    ]
    assert list(words_are_known()) == [
        "the word 'alice' is not known",
        "the word 'ghost' is not known",
    ]


def test_commands_mend_and_say_so(capsys):
    make_market(title="Rain?")
    call_command("check_index")
    Market.objects.update(title="Snow?")
    with pytest.raises(SystemExit, match="1"):
        call_command("check_index")
    assert "title is 'Rain?', not 'Snow?'" in capsys.readouterr().out

    call_command("rebuild_index")  # the market, and the word that nothing has any more
    call_command("check_index")
    said = capsys.readouterr().out
    assert said == "2 rows of the index changed.\nThe index says what is there.\n"


def test_index_of_a_site_without_one_is_made_by_migrating():
    make_market(title="Rain?")
    Document.objects.all().delete()
    call_command("migrate", verbosity=0)
    assert differences() == []
    assert Document.objects.filter(title="Rain?").exists()
