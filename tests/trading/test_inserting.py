"""The inserting task: groups, in order of arrival, each with its own receipt."""

import threading

import pytest
from django.db import OperationalError, connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from core.errors import Code, Problem
from core.ids import new_id
from exchange.trading import inbox, inserting
from exchange.trading.inserting import Inserter
from exchange.trading.models import CommandKey, InboxCommand, Outcome
from exchange.trading.sending import make_sending
from tests.factories import make_account


def sending(account=None, *, key="", quantity=1, shard=0):
    command_id = new_id()
    command = {"type": "PlaceOrder", "order": command_id, "quantity": quantity, "note": 'a\\"\tb'}
    return make_sending(
        command,
        command_id=command_id,
        shard=shard,
        account_id=account and account.pk,
        client_order_id=key,
    )


def in_inbox():
    return list(InboxCommand.objects.order_by("pk").values_list("pk", flat=True))


@pytest.fixture
def inserter():
    return Inserter()


@pytest.mark.django_db
def test_command_is_written_as_it_was_sent(inserter):
    account = make_account()
    sent = sending(account, shard=3)
    assert inserter.insert([sent]) == [sent.command_id]
    row = InboxCommand.objects.get()
    assert (row.pk, row.shard, row.kind, row.account_id) == (
        sent.command_id, 3, "PlaceOrder", account.pk,
    )  # fmt: skip
    assert (row.payload, row.received_at_ms) == (sent.payload, sent.received_at_ms)
    assert row.user_id is None


@pytest.mark.django_db
def test_what_was_posted_meanwhile_goes_in_together(inserter):
    postings = [inserter.post([sending(), sending()]) for _ in range(50)]
    with CaptureQueriesContext(connection) as queries:
        inserter.flush()
    receipts = [one for posting in postings for one in posting.receipts.result(0)]
    assert in_inbox() == receipts == sorted(receipts)
    # One statement on PostgreSQL, one transaction on SQLite; and the inbox may be counted.
    assert len([one for one in queries if "COUNT" not in one["sql"]]) <= 2


@pytest.mark.django_db
def test_group_has_an_end_and_the_rest_is_the_next(inserter):
    postings = [inserter.post([sending() for _ in range(900)]) for _ in range(4)]
    inserter.flush()
    assert [posting.receipts.done() for posting in postings] == [True, True, True, False]
    assert inserter.has_posted()
    inserter.flush()
    assert (len(in_inbox()), inserter.has_posted()) == (3_600, False)


@pytest.mark.django_db
def test_same_key_and_body_is_the_same_command(inserter):
    account, other = make_account(), make_account()
    first = sending(account, key="mine")
    again, same, elses = (sending(one, key="mine") for one in (account, account, other))
    assert inserter.insert([first]) == [first.command_id]
    assert inserter.insert([again, same, elses]) == [
        first.command_id, first.command_id, elses.command_id,
    ]  # fmt: skip
    assert in_inbox() == sorted([first.command_id, elses.command_id])


@pytest.mark.django_db
def test_same_key_twice_in_a_group_is_one_command(inserter):
    account = make_account()
    first, again, another = (sending(account, key="mine", quantity=n) for n in (1, 1, 2))
    receipts = inserter.insert([first, again, another])
    assert receipts[:2] == [first.command_id] * 2
    assert isinstance(receipts[2], Problem)
    assert receipts[2].code is Code.CLIENT_ORDER_ID_REUSED
    assert receipts[2].data == {"order": str(first.command_id)}
    assert in_inbox() == [first.command_id]
    assert CommandKey.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_error_of_one_is_the_receipt_of_that_one_alone(inserter):
    account = make_account()
    before, after = sending(account, key="before"), sending(account, key="after")
    twice = before._replace(client_order_id="")  # an id that is taken
    nobodys = sending(key="nobody")._replace(account_id=2**40)
    postings = [inserter.post(group) for group in ([before, twice], [nobodys], [after])]
    inserter.flush()
    receipts = [posting.receipts.result(0) for posting in postings]
    assert receipts[0][0] == before.command_id
    assert [type(receipt).__name__ for receipt in (receipts[0][1], *receipts[1])] == [
        "IntegrityError", "IntegrityError",
    ]  # fmt: skip
    assert receipts[2] == [after.command_id]
    assert in_inbox() == [before.command_id, after.command_id]
    assert set(CommandKey.objects.values_list("client_order_id", flat=True)) == {"before", "after"}


@pytest.mark.django_db(transaction=True)
def test_threads_share_inserts_and_lose_nothing(inserter):
    senders = [[sending() for _ in range(20)] for _ in range(8)]
    receipts = {}

    def send(number):
        try:
            for one in senders[number]:
                receipts[one.command_id] = inserter.insert([one])
        finally:
            connection.close()

    threads = [threading.Thread(target=send, args=[number]) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert receipts == {one.command_id: [one.command_id] for group in senders for one in group}
    assert in_inbox() == sorted(receipts)


@pytest.mark.skipif(connection.vendor != "postgresql", reason="a file is never away")
@pytest.mark.django_db(transaction=True)
def test_connection_that_was_lost_is_made_anew_and_nothing_is_sent_twice(inserter):
    account = make_account()
    inserter.insert([sending(account, key="first")])
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        [pid] = cursor.fetchone()
    other = connection.copy()
    with other.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s)", [pid])
    other.close()
    sent = [sending(account, key="second"), sending()]
    assert inserter.insert(sent) == [one.command_id for one in sent]
    assert in_inbox()[1:] == [one.command_id for one in sent]


@pytest.mark.django_db(transaction=True)
def test_commit_that_succeeded_although_it_failed_is_found_out(inserter):
    """The commands are there, and their sender heard of an error: nothing is written again."""
    sent = [sending(), sending(make_account(), key="mine")]
    inserter.insert(sent)
    assert inserting._settle(sent, OperationalError("lost while committing")) == {
        one.command_id for one in sent
    }
    assert len(in_inbox()) == 2
    new = [sending()]
    assert inserting._settle(new, OperationalError("lost before")) == {new[0].command_id}
    assert len(in_inbox()) == 3


@pytest.mark.django_db(transaction=True)
def test_commands_whose_commit_came_late_are_not_written_again(inserter):
    waits, judged = sending(), sending()
    inserter.insert([waits])
    assert inserting._receive_again([waits]) == {waits.command_id}
    Outcome.objects.create(
        command_id=judged.command_id, kind="CancelOrder", decided_at=timezone.now()
    )
    assert inserting._receive_again([judged]) == {judged.command_id}
    assert in_inbox() == [waits.command_id]


@pytest.mark.django_db
def test_owners_are_woken_once_for_each_shard_that_got_something(inserter):
    woken = []
    unlisten = inbox.listen(woken.append)
    account = make_account()
    first = sending(account, key="mine", shard=5)
    inserter.insert([first, sending(shard=2), sending(shard=2)])
    inserter.insert([sending(account, key="mine", shard=5)])
    unlisten()
    assert sorted(woken) == [2, 5]
