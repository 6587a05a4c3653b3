"""The admin's front page: what waits for whoever looks."""

import re
from datetime import UTC, date, datetime

import pytest

from exchange.trading.lease import ensure_shards
from exchange.trading.models import DeadLetter, Shard
from exchange.trading.reconciliation_models import Reconciliation
from notifications.models import Mail
from social.comments.models import CommentReport
from social.comments.services import post_comment
from tests.factories import make_market, make_user

pytestmark = pytest.mark.django_db
WHEN = datetime(2027, 1, 1, tzinfo=UTC)


def waiting(client) -> list[tuple[str, str, bool]]:
    """Address, words, is it an alarm: of each line."""
    page = client.get("/admin/").content.decode()
    lines = re.findall(r'<li( class="waiting-alarm")?><a href="([^"]*)">(.*?)</a></li>', page)
    return [(path, re.sub("<.*?>", "", text), bool(alarm)) for alarm, path, text in lines]


def test_front_page_says_that_nothing_waits(client, operator):
    make_market(status="open")
    assert waiting(client) == []
    assert "Nothing: no market waits" in client.get("/admin/").content.decode()


def test_front_page_lists_markets_that_wait_for_a_step(client, operator):
    for status in ("closed", "closed", "halted", "draft", "settled"):
        make_market(status=status)
    path = "/admin/markets/market/?status__exact="
    assert waiting(client) == [
        (f"{path}closed", "2 markets closed, the result is awaited", False),
        (f"{path}halted", "1 market halted", False),
        (f"{path}draft", "1 market not open yet", False),
    ]
    for path, text, _ in waiting(client):
        page = client.get(path).content.decode()
        assert page.count('class="action-select"') == int(text.split()[0])


def test_front_page_counts_a_comment_once_however_often_it_is_reported(client, operator):
    comment = post_comment(author=make_user(), market=make_market(), body="First words")
    for handle in ("one", "two"):
        CommentReport.objects.create(comment=comment, reporter=make_user(handle), reason="spam")
    line = ("/admin/social/comment/?reports=waiting", "1 reported comment", False)
    assert waiting(client) == [line]
    CommentReport.objects.update(resolved_at=WHEN)
    assert waiting(client) == []


def test_front_page_puts_what_broke_first(client, operator):
    make_market(status="halted")
    ensure_shards([3])
    Shard.objects.update(stopped="books differ")
    for kind in ("SettleMarket", "PlaceOrder"):
        DeadLetter.objects.create(
            command_id=len(kind), shard=3, kind=kind, payload="{}", error="?", created_at=WHEN
        )
    for day, count in ((1, 9), (2, 4), (3, None)):
        Reconciliation.objects.create(
            day=date(2027, 1, day), started_at=WHEN, difference_count=count
        )
    assert sorted(waiting(client)[:3]) == [
        ("/admin/trading/deadletter/", "1 step of markets that broke", True),
        ("/admin/trading/reconciliation/", "4 differences found by the last reconciliation", True),
        ("/admin/trading/shard/", "1 shard stopped: nobody can trade there", True),
    ]
    assert waiting(client)[3][1] == "1 market halted"


def test_front_page_lists_mails_that_were_given_up(client, operator):
    Mail.objects.create(
        user=operator,
        recipient="a@example.com",
        thread="notices",
        status="dead",
        planned_at=WHEN,
        due_at=WHEN,
        created_at=WHEN,
    )
    line = "/admin/notifications/mail/?status__exact=dead"
    assert waiting(client) == [(line, "1 mail given up, to be tried again", False)]


def test_front_page_shows_nobody_what_they_may_not_see(client):
    make_market(status="closed")
    client.force_login(make_user("clerk", is_staff=True))
    assert waiting(client) == []
