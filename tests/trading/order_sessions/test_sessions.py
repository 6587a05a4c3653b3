"""Orders that end with a connection: when it ends, when its process dies, when time is up."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import IntegrityError, connection, transaction

from core.errors import Code, Problem
from exchange.trading.amendments import replace_sending
from exchange.trading.gateway import OrderRequest, sending_of, submit, submit_one
from exchange.trading.models import InboxCommand, Order, OrderSession, SessionHost, SessionOrder
from exchange.trading.order_sessions import services, sweeping
from exchange.trading.receiving import receive
from tests.factories import first_contract, make_account, make_market

pytestmark = pytest.mark.django_db


@pytest.fixture
def contract(books):
    return first_contract(books.open(make_market(status="draft")))


@pytest.fixture
def account(contract):
    return make_account()


@pytest.fixture
def host():
    return services.open_host()


@pytest.fixture
def session(host, account):
    return services.open_session(host_id=host, account_id=account.pk, user_id=None)


def sending(contract, account, session, *, on_disconnect=False, name=""):
    order = OrderRequest(
        contract=contract, side="buy", price_ticks=4_000, quantity=5, client_order_id=name
    )
    sent = sending_of(order, account_id=account.pk, user_id=None)
    return sent._replace(session_id=session, on_disconnect=on_disconnect)


def place(*args, **kwargs):
    """Place an order that ends with a session; return its id."""
    [answer] = submit([sending(*args, **kwargs)], is_order=True)
    if isinstance(answer, Exception):
        raise answer
    assert not answer.reason
    return answer.command_id


def statuses():
    return list(Order.objects.order_by("pk").values_list("status", flat=True))


def counts():
    return SessionHost.objects.count(), OrderSession.objects.count(), SessionOrder.objects.count()


def set_terms(session, *, cancels=False, dead_man_ms=0, **more):
    return services.set_terms(
        session_id=session, cancels_on_disconnect=cancels, dead_man_ms=dead_man_ms, **more
    )


def kill(host):
    """As if the process had not been heard of for long."""
    SessionHost.objects.filter(pk=host).update(expires_at_ms=1)


def closing(work):
    """Do it in a thread that leaves no connection behind."""
    try:
        return work()
    finally:
        connection.close()


def end_time(session):
    """As if the session's time were up."""
    OrderSession.objects.filter(pk=session, cancel_at_ms__gt=1).update(cancel_at_ms=1)


def test_end_of_the_connection_cancels_all_where_the_session_says_so(
    books, contract, account, session
):
    place(contract, account, session)
    place(contract, account, session)
    place(contract, account, None)
    set_terms(session, cancels=True)
    services.end_connections(session_ids=[session])
    books.pump()
    assert statuses() == ["cancelled", "cancelled", "new"]
    assert counts() == (1, 0, 0)


def test_end_of_the_connection_cancels_the_orders_that_say_so(books, contract, account, session):
    place(contract, account, session, on_disconnect=True)
    place(contract, account, session)
    services.end_connections(session_ids=[session])
    books.pump()
    assert statuses() == ["cancelled", "new"]
    assert counts() == (1, 0, 0)


def test_rest_is_cancelled_when_nobody_comes_back_in_time(books, contract, account, session):
    place(contract, account, session)
    place(contract, account, session, on_disconnect=True)
    set_terms(session, dead_man_ms=60_000)
    services.end_connections(session_ids=[session])
    books.pump()
    assert statuses() == ["new", "cancelled"]
    assert sweeping.sweep() == 0
    end_time(session)
    assert sweeping.sweep() == 1
    books.pump()
    assert statuses() == ["cancelled", "cancelled"]
    assert counts() == (1, 0, 0)


def test_who_comes_back_in_time_takes_the_rest_over(books, contract, account, session, host):
    place(contract, account, session)
    set_terms(session, dead_man_ms=60_000)
    services.end_connections(session_ids=[session])
    later = services.open_session(host_id=host, account_id=account.pk, user_id=None)
    assert set_terms(later, cancels=True, take_over_id=session) == 1
    assert sweeping.sweep() == 0
    assert OrderSession.objects.get().pk == later
    with pytest.raises(Problem) as again:
        set_terms(later, take_over_id=session)
    assert again.value.code == Code.SESSION_ENDED
    services.end_connections(session_ids=[later])
    books.pump()
    assert statuses() == ["cancelled"]


def test_nobody_takes_over_the_session_of_another(contract, account, session, host):
    place(contract, account, session)
    stranger = make_account()
    own = services.open_session(host_id=host, account_id=stranger.pk, user_id=None)
    with pytest.raises(Problem) as refused:
        set_terms(own, cancels=True, take_over_id=session)
    assert refused.value.code == Code.SESSION_ENDED
    assert SessionOrder.objects.get().session_id == session
    assert not OrderSession.objects.get(pk=own).cancels_on_disconnect, "all of it, or nothing"


def test_death_of_the_process_ends_its_connections(books, contract, account, session, host):
    place(contract, account, session)
    set_terms(session, cancels=True)
    other = services.open_host()
    living = services.open_session(host_id=other, account_id=account.pk, user_id=None)
    place(contract, account, living, on_disconnect=True)
    assert sweeping.sweep() == 0
    kill(host)
    assert sweeping.sweep() == 1
    books.pump()
    assert statuses() == ["cancelled", "new"]
    assert (SessionHost.objects.get().pk, OrderSession.objects.get().pk) == (other, living)


def test_process_that_was_taken_for_dead_does_not_live_on(contract, account, session, host):
    assert services.beat(host_id=host)
    kill(host)
    assert not services.beat(host_id=host)
    sweeping.sweep()
    assert not services.beat(host_id=host)
    with pytest.raises(Problem) as ended:
        set_terms(session, cancels=True)
    assert ended.value.code == Code.SESSION_ENDED


@pytest.mark.django_db(transaction=True)
def test_order_that_comes_in_after_its_session_ended_is_not_received(
    books, contract, account, session
):
    services.end_connections(session_ids=[session])
    with pytest.raises(IntegrityError):
        place(contract, account, session)
    assert not Order.objects.exists()
    assert not InboxCommand.objects.exists()


def test_order_that_waits_for_its_judgement_is_cancelled_behind_it(
    books, contract, account, session
):
    books.unlisten()
    books.unlisten = lambda: None
    receive([sending(contract, account, session)], reply_to="")
    set_terms(session, cancels=True)
    services.end_connections(session_ids=[session])
    kinds = InboxCommand.objects.order_by("pk").values_list("kind", flat=True)
    assert list(kinds) == ["PlaceOrder", "CancelOrder"]
    books.pump()
    assert statuses() == ["cancelled"]


def test_silence_cancels_and_the_session_goes_on(books, contract, account, session):
    place(contract, account, session)
    assert services.cancel_session_orders(session_id=session) == 1
    assert services.cancel_session_orders(session_id=session) == 0
    place(contract, account, session)
    books.pump()
    assert statuses() == ["cancelled", "new"]
    assert counts() == (1, 1, 1)


def test_order_sent_twice_is_bound_once(contract, account, session):
    first = place(contract, account, session, name="mine")
    assert place(contract, account, session, name="mine") == first
    assert SessionOrder.objects.get().order_id == first


def replace(account, contract, order_id, price_ticks):
    sending = replace_sending(
        account_id=account.pk,
        user_id=None,
        order_id=order_id,
        market=contract.market,
        price_ticks=price_ticks,
        quantity=5,
    )
    answer = submit_one(sending)
    assert not answer.reason
    return answer.command_id


def test_order_in_the_place_of_another_ends_with_the_session_of_that(
    books, contract, account, session
):
    order = place(contract, account, session, on_disconnect=True)
    for price_ticks in (3_000, 2_000):
        order = replace(account, contract, order, price_ticks)
    sweeping.prune()
    assert list(SessionOrder.objects.values_list("order_id", "on_disconnect")) == [(order, True)]
    services.end_connections(session_ids=[session])
    books.pump()
    assert Order.objects.get(pk=order).status == "cancelled"


def test_orders_that_ended_are_forgotten_and_ask_for_no_cancel(books, contract, account, session):
    order = place(contract, account, session)
    place(contract, account, session)
    assert sweeping.prune() == 0
    [answer] = submit(
        [
            sending(contract, account, None)._replace(
                kind="CancelOrder",
                payload=f'{{"type":"CancelOrder","order":{order},"account":{account.pk}}}',
            )
        ]
    )
    assert not answer.reason
    assert sweeping.prune() == 1
    assert services.cancel_session_orders(session_id=session) == 1


def test_orders_placed_before_are_bound_later(books, contract, account, session):
    order = place(contract, account, None)
    bound = place(contract, account, session, on_disconnect=True)
    set_terms(session, cancels=True, placed=[(order, 0), (bound, 0)])
    assert dict(SessionOrder.objects.values_list("order_id", "on_disconnect")) == {
        order: False, bound: True,
    }  # fmt: skip


def test_process_that_ends_leaves_nothing(books, contract, account, session, host):
    place(contract, account, session)
    set_terms(session, cancels=True)
    services.close_host(host_id=host)
    books.pump()
    assert statuses() == ["cancelled"]
    assert counts() == (0, 0, 0)


def test_sweep_without_anything_to_do_asks_twice(session, django_assert_num_queries):
    with django_assert_num_queries(2):
        assert sweeping.sweep() == 0


def test_death_of_a_process_with_many_sessions_is_dealt_with_a_little_at_a_time(account, host):
    for _ in range(45):
        services.open_session(host_id=host, account_id=account.pk, user_id=None)
    kill(host)
    sweeper = sweeping.Sweeper()
    left = []
    for _ in range(3):
        sweeper.step()
        left.append(counts())
        sweeper.step()  # there is something to judge between
        assert counts() == left[-1]
        sweeper._sweep_at_s -= sweeping._REST_PERIOD_S
    assert left == [(1, 25, 0), (1, 5, 0), (0, 0, 0)]


@pytest.mark.django_db(transaction=True)
def test_worker_does_not_wait_for_another_that_is_at_work_on_a_session(account, host):
    if not connection.features.has_select_for_update_skip_locked:
        pytest.skip("the database locks as a whole")
    busy, *_ = [
        services.open_session(host_id=host, account_id=account.pk, user_id=None) for _ in range(3)
    ]
    kill(host)
    with transaction.atomic(), ThreadPoolExecutor(1) as other:
        OrderSession.objects.select_for_update().get(pk=busy)
        assert other.submit(closing, sweeping.sweep).result(timeout=5) == 2
        assert OrderSession.objects.get().pk == busy
    assert sweeping.sweep() == 1
    assert counts() == (0, 0, 0)


def test_worker_sweeps_on_its_own(books, contract, account, session, host):
    place(contract, account, session, on_disconnect=True)
    kill(host)
    books.restart()  # the next step of a new owner sweeps
    books.pump()
    books.pump()
    assert statuses() == ["cancelled"]
