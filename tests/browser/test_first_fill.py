"""From sign-up to settlement, in two browsers: the whole main job."""

import json
import re

import pytest
from playwright.sync_api import expect

from tests.browser.people import LIVE_MS, PASSWORD, Person

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]

TITLE = "will the first order be filled?"
QUESTIONS = """event,category,market,rules,closes_at,outcomes
The first fill,Science,Will the first order be filled?,Yes if so.,2035-01-01T00:00:00Z,Yes|No
"""


@pytest.fixture
def market(site, tmp_path) -> str:
    """An open yes/no market; its page's path."""
    file = tmp_path / "questions.csv"
    file.write_text(QUESTIONS)
    site.manage("import_questions", str(file), "--open")
    return "/markets/will-the-first-order-be-filled/"


@pytest.fixture
def admin(site, open_page) -> Person:
    make = (
        "from accounts.models import User; from allauth.account.models import EmailAddress;"
        f"u = User.objects.create_superuser('boss@example.com', 'boss', '{PASSWORD}');"
        "EmailAddress.objects.create(user=u, email=u.email, verified=True, primary=True)"
    )
    site.manage("shell", "-c", make)
    return Person("boss", open_page())


def test_two_members_from_sign_up_to_settlement(site, open_page, market, admin):
    maker, taker = Person("maker", open_page()), Person("taker", open_page())
    for person in (maker, taker):
        person.sign_up(site)
        person.page.goto(market)
        person.expect_live()
    portfolio = Person("taker", taker.page.context.new_page())
    portfolio.page.goto("/portfolio/")
    portfolio.expect_live()

    maker.place("Buy No", "0.55", 10)
    for person in (maker, taker):
        person.expect_rungs("asks", "0.45")
    maker.expect_text("[data-orders]", "10")
    expect(maker.page.locator("[data-orders] tr[data-order]")).to_have_count(1, timeout=LIVE_MS)

    taker.place("Buy Yes", "0.45", 4)
    for person in (maker, taker):
        person.expect_rungs("asks", "0.45")
        person.expect_text("[data-tape]", "4")
        person.expect_text("[data-positions]", "4")
    maker.expect_text("[data-ladder] tbody[data-side=asks]", "6")
    expect(maker.page.locator("[data-orders] tr[data-order] td").nth(1)).to_have_text(
        "6", timeout=LIVE_MS
    )
    portfolio.expect_text("[data-exposure]", "1.80")
    portfolio.expect_text("[data-available]", "998.20")
    portfolio.expect_text('[data-part="positions"]', "Will the first order be filled?")

    taker.place("Buy Yes", "0.45", 6)
    for person in (maker, taker):
        person.expect_rungs("asks")
    expect(maker.page.locator("[data-orders] tr[data-order]")).to_have_count(0, timeout=LIVE_MS)
    portfolio.expect_text("[data-exposure]", "4.50")

    site.wait_for_mail(maker.email, "(?i)accepted")
    site.wait_for_mail(taker.email, "(?i)filled")

    settle(admin, "Yes")
    taker.expect_balance("1,005.50", LIVE_MS)
    maker.expect_balance("994.50", LIVE_MS)
    portfolio.expect_text("[data-balance]", "1,005.50")
    expect_mailed_in_order(site, maker, "accepted", "partially filled", "filled", "settled")
    expect_mailed_in_order(site, taker, "filled", "settled")
    assert_exact(site, maker=9_945_000, taker=10_055_000)


def expect_mailed_in_order(site, person: Person, *changes: str) -> None:
    """The first change was mailed at once, the others together a minute later: in two mails."""
    site.wait_for_text(person.email, f"(?i){changes[-1]}:", timeout_s=80)
    told = [mail.get_body(("plain",)).get_content() for mail in site.mails(person.email)]
    texts = [text.lower().replace(TITLE, "") for text in told if "/confirm-email/" not in text]
    assert len(texts) == 2, texts
    text, place = " ".join(texts), -1
    for change in changes:
        place = text.find(change, place + 1)
        assert place != -1, (change, texts)


def settle(admin: Person, winner: str) -> None:
    """Settle the only market through its page in the admin."""
    page = admin.page
    page.goto("/admin/login/?next=/admin/markets/market/")
    page.get_by_label("E-mail address").fill(admin.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    page.get_by_role("link", name="Will the first order be filled?").click()
    page.get_by_role("link", name=re.compile("Settle")).click()
    page.get_by_label(winner, exact=True).check()
    page.get_by_role("button", name=re.compile("Settle|Yes")).click()
    expect(page.locator("body")).to_contain_text("settled")


def assert_exact(site, **balances: int) -> None:
    """Balances are right to the tick and the ledger sums to nothing."""
    read = (
        "import json; from exchange.ledger.models import Account;"
        "print(json.dumps(dict(Account.objects.filter(kind='member')"
        ".values_list('owner__handle', 'balance_ticks'))))"
    )
    printed = site.manage("shell", "-v", "0", "-c", read).splitlines()[-1]
    assert json.loads(printed) == balances
    assert "FAIL" not in site.manage("check_exchange")
    assert "total 0.0000" in site.manage("ledger", "check")
