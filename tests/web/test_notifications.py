"""The pages about notifications, and the links that end mails."""

import re

import pytest
from django.test import Client

from core.notices import Notice, give_notices
from notifications.kinds import Concern, MailChoice
from notifications.models import Notification, Preference
from notifications.selectors import get_wishes, is_mailed
from notifications.sending import send_due_mail
from notifications.unsubscribing import unsubscribe_url
from tests.factories import make_member

pytestmark = pytest.mark.django_db
LIST, SETTINGS, READ = (
    "/notifications/",
    "/accounts/settings/notifications/",
    "/notifications/read/",
)


def give(user, number=1, **fields):
    notice = Notice(
        user_id=user.pk, kind="mentioned", key=f"mention:{number}", url="/markets/rain/", **fields
    )
    give_notices([notice])


def text_of(response):
    assert response.status_code == 200
    return response.content.decode()


def test_list_says_what_happened_and_escapes_it(trader, member):
    give(member, data={"text": "<script>alert(1)</script>", "about": "Rain & storm?"})
    page = text_of(trader.get(LIST))
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "Rain &amp; storm?" in page
    assert 'href="/markets/rain/"' in page
    assert "Mark all as read" in page


def test_list_of_nothing_says_what_comes_here(trader):
    page = text_of(trader.get(LIST))
    assert "Nothing yet" in page
    assert "Mark all as read" not in page


def test_list_has_pages(trader, member):
    for number in range(51):
        give(member, number)
    page = text_of(trader.get(LIST))
    assert page.count('class="notice-title"') == 50
    query = re.search(r'href="\?(cursor=[0-9a-z]+)" rel="next"', page)[1]
    assert text_of(trader.get(f"{LIST}?{query}")).count('class="notice-title"') == 1
    assert trader.get(f"{LIST}?cursor=!").status_code == 404


@pytest.mark.parametrize("rows", [1, 3])
def test_list_fixed_queries(trader, member, django_assert_num_queries, rows):
    for number in range(rows):
        give(member, number, actor_id=make_member().pk)
    # session, user, rows, unread, account for the balance, unread in the header
    with django_assert_num_queries(6):
        trader.get(LIST)


def test_read_one_then_all(trader, member):
    for number in range(3):
        give(member, number)
    [first, *_] = Notification.objects.order_by("pk")
    assert trader.post(READ, {"id": first.pk}).url == LIST
    assert Notification.objects.filter(read_at=None).count() == 2
    trader.post(READ)
    assert not Notification.objects.filter(read_at=None).exists()


@pytest.mark.parametrize("named", ["x", "-1", "9" * 30])
def test_read_of_what_is_no_id_marks_nothing(trader, member, named):
    give(member)
    assert trader.post(READ, {"id": named}).status_code == 302
    assert Notification.objects.filter(read_at=None).count() == 1


def test_bell_counts_the_unread_on_every_page(trader, member):
    assert 'aria-label="Notifications"' in text_of(trader.get("/"))
    for number in range(3):
        give(member, number)
    assert 'aria-label="Notifications, 3 unread"' in text_of(trader.get("/"))
    for number in range(3, 120):
        give(member, number)
    assert "99+" in text_of(trader.get("/"))


def test_stranger_has_no_bell(client):
    assert "data-bell" not in text_of(client.get("/"))


def test_settings_show_and_keep_the_matrix(trader, member):
    page = text_of(trader.get(SETTINGS))
    assert all(concern.label in page for concern in Concern)
    data = {f"{concern}_mail": "off" for concern in Concern} | {"fills_bell": "on"}
    response = trader.post(SETTINGS, data)
    assert response.url == SETTINGS
    wishes = get_wishes(member)
    assert {wish.mail for wish in wishes.values()} == {MailChoice.OFF}
    assert [concern for concern, wish in wishes.items() if wish.bell] == [Concern.FILLS]
    assert not is_mailed(member)


def test_settings_refuse_a_choice_that_is_none(trader):
    data = {f"{concern}_mail": "sometimes" for concern in Concern}
    page = text_of(trader.post(SETTINGS, data))
    assert "sometimes is not one of the available choices" in page
    assert not Preference.objects.exists()


@pytest.mark.parametrize("path", [LIST, SETTINGS])
def test_anonymous_is_sent_to_log_in(client, path):
    assert client.get(path).url == f"/accounts/login/?next={path}"


@pytest.mark.parametrize(("path", "method"), [(LIST, "post"), (READ, "get"), (SETTINGS, "delete")])
def test_wrong_method(trader, path, method):
    assert getattr(trader, method)(path).status_code == 405


def link_in(message):
    link = message["List-Unsubscribe"].strip(" <>")
    assert link.startswith("http://localhost:8000/notifications/stop/")
    return link.removeprefix("http://localhost:8000")


def test_mail_program_ends_mails_by_one_post_without_a_login(member, sink):
    give(member)
    send_due_mail()
    [message] = sink.messages
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    link = link_in(message)
    assert link in message.get_body(("plain",)).get_content()
    program = Client(enforce_csrf_checks=True)
    for _ in range(2):
        response = program.post(link, {"List-Unsubscribe": "One-Click"})
        assert "No more mails like this" in text_of(response)
    assert get_wishes(member)[Concern.MENTIONS].mail == MailChoice.OFF
    assert get_wishes(member)[Concern.MENTIONS].bell
    assert get_wishes(member)[Concern.FILLS].mail == MailChoice.NOW
    give(member, 2)
    assert send_due_mail() == 0


def test_link_opened_in_a_browser_asks_first(client, member):
    link = unsubscribe_url(member.pk, {Concern.FILLS, Concern.ACCEPTED})
    page = text_of(client.get(link.removeprefix("http://localhost:8000")))
    assert "End these mails?" in page
    assert Concern.FILLS.label in page
    assert not Preference.objects.exists()


def test_link_that_we_did_not_sign_is_unknown(client, member):
    link = unsubscribe_url(member.pk, {Concern.FILLS}).removeprefix("http://localhost:8000")
    assert client.post(f"{link[:-3]}x/").status_code == 404
    other = unsubscribe_url(make_member().pk, {Concern.FILLS}).rpartition(":")[2]
    assert client.post(f"{link.rpartition(':')[0]}:{other}").status_code == 404
    assert not Preference.objects.exists()


def test_link_of_a_member_who_is_gone_is_unknown(client, member):
    link = unsubscribe_url(10**9, {Concern.FILLS}).removeprefix("http://localhost:8000")
    assert client.get(link).status_code == 404
