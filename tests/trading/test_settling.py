"""A COMMIT that fails: rolled back, or found to have succeeded; never half-applied, never twice."""

from contextlib import suppress

import pytest
from django.db import IntegrityError, InterfaceError, OperationalError, connection

from core.ids import new_id
from exchange.trading import inbox, lease
from exchange.trading.bisecting import judge_next
from exchange.trading.checks import run_checks
from exchange.trading.gateway import OrderRequest, lifecycle_command, place_order_command
from exchange.trading.lease import LeaseLostError
from exchange.trading.models import DeadLetter, InboxCommand, JournalBatch, Order, Shard
from exchange.trading.owner import BooksOwner
from tests.factories import first_contract, make_account, make_market

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("one_shard")]
LOST = OperationalError("server closed the connection unexpectedly")


@pytest.fixture
def owner(one_shard):
    owner = BooksOwner([0])
    owner.keep_leases()
    yield owner
    owner.stop()
    assert {name: wrong for name, wrong in run_checks() if wrong} == {}


@pytest.fixture
def contract(owner):
    market = make_market(status="draft")
    put(lifecycle_command(market, "open"), new_id())
    assert judge_next(owner.books[0], most=10) is not None
    return first_contract(market)


@pytest.fixture
def order_id(contract):
    """An order that waits in the inbox."""
    order_id, account = new_id(), make_account()
    request = OrderRequest(contract=contract, side="buy", price_ticks=4_500, quantity=1)
    put(place_order_command(request, order_id=order_id, account_id=account.pk), order_id)
    return order_id


def put(command, command_id):
    account = command.get("account")
    inbox.put([inbox.new_row(command_id=command_id, shard=0, command=command, account_id=account)])


def commit_fails(monkeypatch, *, after_it_happened, error=LOST, times=1):
    """Have the next COMMITs fail, before or after the database has carried them out."""
    commit, left = connection._commit, [times]

    def failing_commit():
        if not left[0]:
            return commit()
        left[0] -= 1
        if after_it_happened:
            commit()
        raise error

    monkeypatch.setattr(connection, "_commit", failing_commit)


def test_commit_that_failed_is_rolled_back_in_memory(owner, order_id, monkeypatch):
    books = owner.books[0]
    before, number = books.engine.digest(), books.journal_number
    with monkeypatch.context() as patched:
        commit_fails(patched, after_it_happened=False)
        with pytest.raises(OperationalError):
            judge_next(books, most=10)
    assert (books.engine.digest(), books.journal_number) == (before, number)
    assert InboxCommand.objects.get().pk == order_id
    assert judge_next(books, most=10).number == number + 1
    assert Order.objects.get().pk == order_id


def test_commit_that_succeeded_unheard_is_found_and_told(owner, order_id, monkeypatch):
    books = owner.books[0]
    number = books.journal_number
    with monkeypatch.context() as patched:
        commit_fails(patched, after_it_happened=True)
        batch = judge_next(books, most=10)
    assert batch.number == books.journal_number == number + 1
    assert [judged.entry.command_id for judged in batch.judged] == [order_id]
    assert judge_next(books, most=10) is None
    assert Order.objects.count() == 1
    assert JournalBatch.objects.count() == number + 1


def test_commit_is_settled_first_when_the_database_is_back(owner, order_id, monkeypatch):
    books = owner.books[0]
    with monkeypatch.context() as patched:
        # The COMMIT is done but unheard of, and the question about it fails as well.
        commit_fails(patched, after_it_happened=True, times=2)
        with pytest.raises(OperationalError):
            judge_next(books, most=10)
        assert books.unsettled is not None
    batch = judge_next(books, most=10)
    assert [judged.entry.command_id for judged in batch.judged] == [order_id]
    assert books.unsettled is None


def test_unsettled_batch_of_a_lost_shard_is_dropped(owner, order_id, monkeypatch):
    books = owner.books[0]
    with monkeypatch.context() as patched:
        commit_fails(patched, after_it_happened=False, times=2)
        with pytest.raises(OperationalError):
            judge_next(books, most=10)
    Shard.objects.filter(number=0).update(epoch=books.epoch + 1)
    with pytest.raises(LeaseLostError):
        judge_next(books, most=10)
    assert InboxCommand.objects.count() == 1
    lease.hand_over([0], owner=owner.name)


def test_restart_after_a_lost_commit_reads_the_same_books(owner, order_id, monkeypatch):
    with monkeypatch.context() as patched:
        commit_fails(patched, after_it_happened=True)
        judge_next(owner.books[0], most=10)
    digest = owner.books[0].engine.digest()
    owner.stop()
    again = BooksOwner([0])
    again.keep_leases()
    assert again.books[0].engine.digest() == digest
    again.stop()


@pytest.mark.parametrize("error", [InterfaceError("closed"), RuntimeError("who knows")])
def test_commit_that_failed_for_whatever_reason_is_no_commands_fault(
    owner, order_id, monkeypatch, error
):
    with monkeypatch.context() as patched:
        commit_fails(patched, after_it_happened=False, error=error)
        # Closing the connection may have carried the COMMIT out after all: the books know.
        with suppress(OperationalError, InterfaceError):
            judge_next(owner.books[0], most=10)
    judge_next(owner.books[0], most=10)
    assert list(Order.objects.values_list("pk", "status")) == [(order_id, "new")]
    assert InboxCommand.objects.count() == DeadLetter.objects.count() == 0


def test_commit_that_a_rule_forbids_is_the_commands_fault(owner, order_id, monkeypatch):
    with monkeypatch.context() as patched:
        commit_fails(patched, after_it_happened=False, error=IntegrityError("a deferred rule"))
        judge_next(owner.books[0], most=10)
    assert Order.objects.get().reason == "internal_error"
    assert DeadLetter.objects.get().command_id == order_id
