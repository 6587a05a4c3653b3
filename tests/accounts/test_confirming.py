"""Confirming an address: the account opens once, with its credits, and the member is in."""

import pytest
from allauth.account.models import EmailAddress, EmailConfirmationHMAC
from django.core import mail
from django.core.cache import cache
from django.db import transaction
from django.test import Client

from accounts.closing import close_user
from accounts.models import ClosedAddress, User
from exchange.ledger import receivers
from exchange.ledger.models import Account, Transfer
from tests.accounts.conftest import PASSWORD, last_link
from tests.factories import make_user

pytestmark = pytest.mark.django_db
NEW = {"password1": PASSWORD}


def messages_of(response):
    return [str(message) for message in response.context["messages"]]


def confirm(client, link):
    return client.post(link, follow=True)


def test_opening_the_link_confirms_nothing_by_itself(client, sign_up):
    sign_up()
    page = client.get(last_link()).content.decode()
    assert "anna@example.com" in page
    assert "Yes, confirm" in page
    assert not EmailAddress.objects.get().verified
    assert not Account.objects.filter(owner__handle="anna").exists()


def test_confirming_opens_the_account_logs_in_and_greets_with_the_balance(client, sign_up):
    sign_up()
    response = confirm(client, last_link())
    assert response.redirect_chain == [("/", 302)]
    assert messages_of(response) == [
        "Welcome, anna! Your address is confirmed, and your balance is 1,000.00 demo credits."
    ]
    user = User.objects.get()
    assert client.session["_auth_user_id"] == str(user.pk)
    account = Account.objects.get(owner=user)
    assert account.balance_ticks == 10_000_000
    assert Transfer.objects.filter(credit=account).count() == 1


@pytest.mark.parametrize("email", ["anna@example.com", "ANNA@Example.com"])
def test_who_closed_an_account_gets_no_credits_again(client, sign_up, email):
    sign_up()
    confirm(client, last_link())
    with transaction.atomic():
        close_user(user=User.objects.get(handle="anna"))
    stranger = Client()
    stranger.post("/accounts/signup/", NEW | {"email": email, "username": "annette"})

    back = User.objects.get(handle="annette")
    address = EmailAddress.objects.get(user=back)
    response = confirm(stranger, f"/accounts/confirm-email/{EmailConfirmationHMAC(address).key}/")

    assert messages_of(response) == [
        "Welcome, annette! Your address is confirmed, and your balance is 0.00 demo credits.",
        (
            "This address has belonged to a member before, so there are no new credits: "
            "each address gets them once."
        ),
    ]
    account = Account.objects.get(owner=back)
    assert (account.balance_ticks, Transfer.objects.filter(credit=account).count()) == (0, 0)
    assert "anna" not in str(ClosedAddress.objects.values().get())


def test_address_given_up_for_another_gets_no_credits_again(client, sign_up):
    sign_up()
    confirm(client, last_link())
    anna = User.objects.get(handle="anna")
    EmailAddress.objects.create(user=anna, email="anna@example.org", verified=True)
    EmailAddress.objects.get(email="anna@example.com").remove()
    stranger = Client()
    stranger.post("/accounts/signup/", NEW | {"email": "anna@example.com", "username": "annette"})

    address = EmailAddress.objects.get(user__handle="annette")
    confirm(stranger, f"/accounts/confirm-email/{EmailConfirmationHMAC(address).key}/")

    account = Account.objects.get(owner__handle="annette")
    assert (account.balance_ticks, Transfer.objects.filter(credit=account).count()) == (0, 0)


def test_closing_before_the_address_is_confirmed_uses_it_up_for_nobody(client, sign_up):
    sign_up()
    with transaction.atomic():
        close_user(user=User.objects.get(handle="anna"))
    assert not ClosedAddress.objects.exists()


def test_confirming_leads_to_where_the_sign_up_was_asked_for(client, sign_up):
    sign_up(next="/portfolio/")
    assert confirm(client, last_link()).redirect_chain == [("/portfolio/", 302)]


def test_pressing_the_button_twice_grants_once_and_is_no_error(client, sign_up):
    sign_up()
    link = last_link()
    confirm(client, link)
    assert client.post(link)["Location"] == "/"
    account = Account.objects.get(owner__handle="anna")
    assert Transfer.objects.filter(credit=account).count() == 1


def test_used_link_says_so_in_another_browser(client, sign_up):
    sign_up()
    link = last_link()
    confirm(client, link)
    stranger = Client()
    for response in (stranger.get(link), stranger.post(link)):
        assert response.status_code == 200
        assert b"This link does not work any more" in response.content
    assert "_auth_user_id" not in stranger.session


def test_link_confirms_in_another_browser_but_logs_nobody_in(client, sign_up):
    """Who only has the link, say from a log file, gets no session by it."""
    sign_up()
    elsewhere = Client()
    response = confirm(elsewhere, last_link())
    assert response.redirect_chain[-1][0] == "/accounts/login/"
    assert messages_of(response)[0].startswith("Welcome, anna!")
    assert "_auth_user_id" not in elsewhere.session
    assert Account.objects.get(owner__handle="anna").balance_ticks == 10_000_000


@pytest.mark.parametrize("key", ["nonsense", "MQ:1abcde:wrong", "x" * 2000])
def test_forged_link_says_that_it_does_not_work(client, key):
    assert (
        b"This link does not work any more" in client.get(f"/accounts/confirm-email/{key}/").content
    )


def test_old_link_does_not_work(client, sign_up, settings):
    sign_up()
    settings.ACCOUNT_EMAIL_CONFIRMATION_EXPIRE_DAYS = 0
    assert b"This link does not work any more" in client.post(last_link()).content
    assert not EmailAddress.objects.get().verified


def test_address_stays_unconfirmed_where_the_account_could_not_be_opened(
    client, sign_up, monkeypatch
):
    sign_up()

    def refuse(**_):
        raise RuntimeError("no account today")

    monkeypatch.setattr(receivers, "open_member_account", refuse)
    with pytest.raises(RuntimeError, match="no account today"):
        client.post(last_link())
    assert not EmailAddress.objects.get().verified


def test_link_of_one_member_opened_by_another_logs_the_other_out(client, sign_up):
    sign_up()
    other = Client()
    other.force_login(make_user("berta"))
    other.get(last_link())
    assert "_auth_user_id" not in other.session


def test_sending_again_is_throttled_and_works_later(client, sign_up, commit):
    sign_up()
    with commit():
        response = client.post("/accounts/confirm-email/resend/", follow=True)
    assert messages_of(response) == [
        "A link was sent a moment ago. Wait three minutes before asking for another."
    ]
    assert len(mail.outbox) == 1
    cache.clear()  # three minutes later
    with commit():
        client.post("/accounts/confirm-email/resend/")
    assert [message.to for message in mail.outbox] == [["anna@example.com"]] * 2
    assert confirm(client, last_link()).redirect_chain == [("/", 302)]


def test_sending_again_to_an_address_with_an_account_tells_it_so(client, sign_up, commit):
    make_user("anna")
    sign_up(username="somebody")
    cache.clear()
    with commit():
        response = client.post("/accounts/confirm-email/resend/")
    assert response["Location"] == "/accounts/confirm-email/"
    assert [message.subject for message in mail.outbox] == ["You have an account at Likely"] * 2


def test_sending_again_needs_somebody_who_is_signing_up(client):
    response = client.post("/accounts/confirm-email/resend/")
    assert response["Location"] == "/accounts/login/"
    assert mail.outbox == []


def test_sending_again_is_a_post(client):
    assert client.get("/accounts/confirm-email/resend/").status_code == 405


@pytest.mark.parametrize(("dev_mail", "shown"), [(True, True), (False, False)])
def test_page_after_sign_up_links_to_the_mailbox_only_where_there_is_one(
    client, sign_up, settings, dev_mail, shown
):
    settings.DEV_MAIL = dev_mail
    sign_up()
    page = client.get("/accounts/confirm-email/").content.decode()
    assert ('href="/dev/mail/"' in page) is shown
