"""Which accounts changed is told at once, and then of many batches together."""

import asyncio

import pytest
from channels.layers import get_channel_layer

from exchange.trading.channels import ACCOUNTS_GROUP
from exchange.trading.publisher import Publication
from exchange.trading.worker import BookWorker


@pytest.fixture
async def hub():
    """The layer, and the name of a channel that hears what hubs hear."""
    layer = get_channel_layer()
    channel = await layer.new_channel()
    await layer.group_add(ACCOUNTS_GROUP, channel)
    return layer, channel


async def test_first_batch_is_told_at_once_and_a_burst_after_it_in_one_message(hub):
    layer, channel = hub
    worker = BookWorker()
    telling = asyncio.create_task(worker._publish_accounts(layer))
    worker._unsent.append(Publication(accounts={"1": 1}))
    await worker._publish_rest(layer)
    first = await asyncio.wait_for(layer.receive(channel), 5)

    for seq in range(2, 52):
        worker._unsent.append(Publication(accounts={"1": seq, str(seq): 1}))
        await worker._publish_rest(layer)
    burst = await asyncio.wait_for(layer.receive(channel), 5)
    telling.cancel()

    assert first == {"type": "accounts.batch", "accounts": {"1": 1}}
    others = {str(seq): 1 for seq in range(2, 52)}
    assert burst == {"type": "accounts.batch", "accounts": {"1": 51, **others}}
