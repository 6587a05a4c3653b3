"""Two members get to know each other: follow, trade, talk, challenge, win, and keep it private."""

import time

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.people import PASSWORD, Person
from tests.browser.test_first_fill import settle

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]

QUESTIONS = """event,category,market,rules,closes_at,outcomes
The first word,Science,Will the first order be filled?,Yes if so.,2035-01-01T00:00:00Z,Yes|No
"""
MARKET = "/markets/will-the-first-order-be-filled/"
SLUG = "will-the-first-order-be-filled"
# What only followers see is pushed to nobody: a feed finds it when it looks, each half minute.
FOLLOWED_MS = 40_000


@pytest.fixture
def admin(site, open_page) -> Person:
    make = (
        "from accounts.models import User; from allauth.account.models import EmailAddress;"
        f"u = User.objects.create_superuser('boss@example.com', 'boss', '{PASSWORD}');"
        "EmailAddress.objects.create(user=u, email=u.email, verified=True, primary=True)"
    )
    site.manage("shell", "-c", make)
    return Person("boss", open_page())


@pytest.fixture
def two_members(site, open_page, tmp_path) -> tuple[Person, Person]:
    file = tmp_path / "questions.csv"
    file.write_text(QUESTIONS)
    site.manage("import_questions", str(file), "--open")
    ann, ben = Person("ann", open_page()), Person("ben", open_page())
    for person in (ann, ben):
        person.sign_up(site)
    return ann, ben


def test_two_members_follow_trade_talk_challenge_and_hide(site, two_members, admin):
    ann, ben = two_members
    follow(ben, ann)
    show_trades(ann, "My followers")
    feed, bell = open_beside(ben, "/feed/"), open_beside(ben, "/portfolio/")
    orders, fills = open_beside(ann, "/portfolio/orders/"), open_beside(ben, "/portfolio/fills/")

    trade(ann, ben)
    expect(orders.locator("[data-part=orders] tbody tr")).to_have_count(1, timeout=FOLLOWED_MS)
    expect(fills.locator("[data-part=fills] tbody tr")).to_have_count(1, timeout=FOLLOWED_MS)
    expect(line_of(feed, "ann", "bought 4 Yes at")).to_be_visible(timeout=FOLLOWED_MS)
    expect(line_of(open_beside(admin, "/feed/?scope=public"), "ann", "bought")).to_have_count(0)
    talk(ann, ben, site, bell)
    expect(line_of(feed, "ann", "commented on")).to_be_visible(timeout=FOLLOWED_MS)
    challenge(ann, ben)
    settle(admin, "Yes")
    expect_standing(site, ben)

    show_trades(ann, "Only me")
    expect_hidden(ben)


def open_beside(person: Person, path: str) -> Page:
    """Open one more page of somebody who is logged in or not."""
    page = person.page.context.new_page()
    page.goto(path)
    return page


def line_of(page: Page, handle: str, text: str) -> Locator:
    """The lines of a feed that say something of a member."""
    return page.locator(".line").filter(has_text=handle).filter(has_text=text)


def follow(person: Person, other: Person) -> None:
    person.page.goto(f"/members/{other.handle}/")
    person.page.get_by_role("button", name="Follow", exact=False).first.click()
    expect(person.page.get_by_role("button", name="Unfollow")).to_be_visible()


def show_trades(person: Person, audience: str) -> None:
    """Say who sees one's trades."""
    page = person.page
    page.goto("/accounts/settings/privacy/")
    choices = page.get_by_role("group", name="Your trades")
    choices.get_by_label(audience).check()
    page.get_by_role("button", name="Save").click()
    page.goto("/accounts/settings/privacy/")
    expect(choices.get_by_label(audience)).to_be_checked()


def trade(buyer: Person, seller: Person) -> None:
    """Four contracts change hands."""
    for person in (seller, buyer):
        person.page.goto(MARKET)
        person.expect_live()
    seller.place("Buy No", "0.55", 4)
    buyer.expect_rungs("asks", "0.45")
    buyer.place("Buy Yes", "0.45", 4)
    buyer.expect_text("[data-positions]", "4", FOLLOWED_MS)


def talk(writer: Person, reader: Person, site, bell: Page) -> None:
    """Mention somebody: the comment, the bell and the mail reach them without a reload."""
    reader.page.goto(MARKET)
    writer.page.goto(MARKET)
    form = writer.page.locator("#comments form").first
    form.get_by_label("Write a comment").fill(f"**Surely** not, @{reader.handle}")
    form.get_by_role("button", name="Comment").click()
    for page in (writer.page, reader.page):
        expect(page.locator(".comment-body strong")).to_have_text("Surely", timeout=FOLLOWED_MS)
    bell.locator("[data-bell] a").first.click()
    told = bell.locator("#bell-panel .is-unread").filter(has_text="mention")
    expect(told).to_have_count(1, timeout=FOLLOWED_MS)
    expect_counted(bell)
    site.wait_for_mail(reader.email, f"(?i){writer.handle}.*mention|mention.*{writer.handle}")


def expect_counted(bell: Page) -> None:
    """The bell comes to count what the site counts, whatever else is told meanwhile."""
    deadline = time.monotonic() + FOLLOWED_MS / 1_000
    while True:
        shown = bell.locator("[data-unread]").text_content()
        counted = bell.request.get("/api/v1/notifications/unread/").json()["unread"]
        if shown == str(counted):
            return
        assert time.monotonic() < deadline, f"the bell shows {shown}, the site counts {counted}"
        bell.wait_for_timeout(100)


def challenge(challenger: Person, opponent: Person) -> None:
    """Offer a side; the other accepts it, and both hold it."""
    page = challenger.page
    page.goto(f"/challenges/new/?market={SLUG}&to={opponent.handle}")
    page.get_by_label("You take").select_option(label="Buy Yes")
    page.get_by_label("Price").fill("0.50")
    page.get_by_label("Quantity").fill("3")
    page.get_by_role("button", name="Send the challenge").click()
    expect(page.locator("main")).to_contain_text("Waiting for an answer")
    opponent.page.goto("/challenges/")
    opponent.page.get_by_role("link", name="Will the first order be filled?").click()
    opponent.page.get_by_role("button", name="Accept").click()
    for one in (opponent.page, page):
        said = one.locator("[data-part=challenge] .badge")
        expect(said).to_contain_text("accepted", ignore_case=True, timeout=FOLLOWED_MS)
    challenger.page.goto(MARKET)
    challenger.expect_text("[data-positions]", "7", FOLLOWED_MS)


def expect_standing(site, viewer: Person) -> None:
    """Who won leads, and both have earned badges."""
    page = viewer.page
    for _ in range(10):  # they are built of what is some seconds old
        site.manage("build_leaderboards")
        page.goto("/leaderboards/profit/")
        if page.locator("table.places").count():
            break
    expect(page.locator("table.places tbody tr").first).to_contain_text("ann")
    expect(page.locator("table.places tbody tr").first).to_contain_text("3.70")
    page.goto("/members/ann/badges/")
    expect(page.locator(".badge-card.is-held")).not_to_have_count(0, timeout=FOLLOWED_MS)


def expect_hidden(viewer: Person) -> None:
    """Nothing tells of ann's trades any more, though her comment stays."""
    page = viewer.page
    page.goto("/feed/")
    expect(line_of(page, "ann", "commented on")).to_have_count(1)
    expect(line_of(page, "ann", "bought")).to_have_count(0)
    page.goto("/members/ann/")
    expect(page.locator("main")).to_contain_text("keeps trades private")
    page.goto("/leaderboards/volume/")
    expect(page.locator("table.places")).not_to_contain_text("ann")
    for path in ("feed/", "feed/?format=atom", "members/ann/activity/"):
        answer = page.request.get(f"/api/v1/{path}")
        assert answer.ok
        assert "ann bought" not in answer.text()
