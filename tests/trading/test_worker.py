"""The book worker's loop, with what goes wrong around it."""

import pytest

from core.failpoints import arm
from exchange.trading.gateway import OrderRequest, place_order, submit_lifecycle
from exchange.trading.models import Order
from tests.factories import first_contract, make_account, make_market
from tests.running import worker_thread

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def disarmed_afterwards():
    yield
    arm("")


def test_worker_goes_on_when_the_database_was_away_for_a_moment(settings):
    settings.REPLY_TIMEOUT_S = 15
    account, market = make_account(), make_market(status="draft")
    with worker_thread():
        assert submit_lifecycle(user=None, market=market, action="open").reason == ""
        contract = first_contract(market)
        contract.market.refresh_from_db()
        arm("batch.judged=fail@1")
        request = OrderRequest(contract=contract, side="buy", price_ticks=4_000, quantity=3)
        answer = place_order(account=account, user=None, order=request)
    assert (answer.pending, answer.reason) == (False, "")
    assert Order.objects.get(pk=answer.command_id).open_quantity == 3
