"""Cancelling all: each order is named once, by the command that ended it."""

import pytest

from exchange.trading.cancelling import OrderFilter, cancel_all_sendings, summarize_cancels
from exchange.trading.gateway import cancel_order, submit
from exchange.trading.models import Outcome
from tests.factories import first_contract, make_account, make_market
from tests.trading.test_order_kinds import place

pytestmark = pytest.mark.django_db


@pytest.fixture
def contract(books):
    return first_contract(books.open(make_market(status="draft")))


def test_orders_are_named_once_where_two_cancels_are_judged_together(contract):
    alice = make_account()
    ids = [place(alice, contract, price_ticks=ticks).command_id for ticks in (4_000, 4_100, 4_200)]
    sell = place(alice, contract, "sell", 6_000).command_id
    sendings = [
        sending
        for wanted in (OrderFilter(side="sell"), OrderFilter(), OrderFilter())
        for sending in cancel_all_sendings(account=alice, user=None, wanted=wanted)
    ]

    answers = submit(sendings)

    assert len({answer.account_seq for answer in answers}) == 1  # one batch
    named = [[order.pk for order in summarize_cancels(alice, [one]).orders] for one in answers]
    assert named == [[sell], ids[::-1], []]
    together = summarize_cancels(alice, answers).orders
    assert [order.pk for order in together] == [sell, *ids[::-1]]


def test_outcome_keeps_which_orders_a_cancel_all_ended(contract):
    alice = make_account()
    one, two = (place(alice, contract, price_ticks=ticks).command_id for ticks in (4_000, 4_100))
    [sending] = cancel_all_sendings(account=alice, user=None, wanted=OrderFilter())
    [answer] = submit([sending])
    outcome = Outcome.objects.get(pk=answer.command_id)
    assert sorted(map(int, outcome.cancelled.split())) == [one, two]


def test_refused_cancel_is_a_step_of_the_account_of_its_own(contract):
    alice = make_account()
    placed = place(alice, contract, price_ticks=4_000)
    done, refused = (
        cancel_order(account=alice, user=None, order_id=placed.command_id) for _ in range(2)
    )
    assert refused.reason == "unknown_order"
    assert (done.account_seq, refused.account_seq) == (3, 4)
    alice.refresh_from_db()
    assert alice.account_seq == 4
