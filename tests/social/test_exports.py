"""What a member did among others, and was told, in the export of their data."""

import json

import pytest

from accounts.export import write_export
from core.notices import Notice
from notifications.kinds import Concern, MailChoice, Wish
from notifications.services import save_wishes, take_notices
from social.badges.models import Badge
from social.comments.services import post_comment
from social.following.services import follow_market, follow_member
from tests.factories import first_contract, make_market, make_member
from tests.social.challenges.scenes import make_challenge

pytestmark = pytest.mark.django_db


@pytest.fixture
def dora():
    return make_member("dora")


@pytest.fixture
def bob():
    return make_member("bob")


def exported(user):
    return json.loads(b"".join(write_export(user)))


def test_export_has_what_a_member_did_among_others(dora, bob):
    market = make_market(title="Will it rain?")
    follow_market(follower=dora, market=market)
    post_comment(author=dora, market=market, body="**Rain** it is")
    make_challenge(dora, first_contract(market), bob, message="Well?")
    make_challenge(bob, first_contract(market), dora, side="sell")
    Badge.objects.get_or_create(member=dora, name="voice")
    told = exported(dora)
    assert [row["market"] for row in told["followed_markets"]] == ["will-it-rain"]
    assert [(row["body"], row["state"]) for row in told["comments"]] == [
        ("**Rain** it is", "shown")
    ]
    names = ("is_mine", "with", "side", "price", "message", "status")
    assert [tuple(row[name] for name in names) for row in told["challenges"]] == [
        (True, "bob", "buy", "0.4500", "Well?", "open"),
        (False, "bob", "buy", "0.4500", "", "open"),
    ]
    assert [row["name"] for row in told["badges"]] == ["voice"]
    assert {row["verb"] for row in told["activities"]} >= {"commented", "challenged"}


def test_export_has_what_a_member_was_told_and_wished(dora, bob):
    follow_member(follower=bob, followed=dora)
    notice = Notice(user_id=dora.pk, key="x:1", kind="mention", url="/", actor_id=bob.pk, data={})
    take_notices(notices=[notice])
    save_wishes(
        user=dora,
        wishes={Concern.FILLS: Wish(bell=True, mail=MailChoice.OFF)},
        is_mailed=False,
    )
    told = exported(dora)
    assert "bob mentioned you" in [row["title"] for row in told["notifications"]]
    assert {row["recipient"] for row in told["mails"]} == {"dora@example.com"}
    assert told["notification_preferences"] == [{"concern": "fills", "bell": True, "mail": "off"}]
    assert told["mail_switch"] == [{"is_off": True}]


def test_export_has_nothing_that_others_did(dora, bob):
    market = make_market(title="Their secret?")
    follow_market(follower=bob, market=market)
    post_comment(author=bob, market=market, body="Whispered words")
    text = json.dumps(exported(dora))
    assert "secret" not in text
    assert "hispered" not in text
