"""A stop, an order until a time, and a change of an order, as a member makes them."""

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]

MARKET = "/markets/will-it-rain/"
SETUP = (
    "from accounts.models import User; from allauth.account.models import EmailAddress;"
    "from exchange.ledger.services import open_member_account;"
    "u = User.objects.create_user('mia@example.com', 'mia', 'rain or shine',"
    " time_zone='Asia/Tokyo');"
    "EmailAddress.objects.create(user=u, email=u.email, verified=True, primary=True);"
    "open_member_account(user=u)"
)
QUESTIONS = """event,category,market,rules,closes_at,outcomes
Weather,Weather,Will it rain?,Yes if it rains.,2035-01-01T00:00:00Z,Yes|No
"""


@pytest.fixture(scope="module", autouse=True)
def content(site, tmp_path_factory) -> None:
    file = tmp_path_factory.mktemp("questions") / "questions.csv"
    file.write_text(QUESTIONS)
    site.manage("import_questions", str(file), "--open")
    site.manage("shell", "-c", SETUP)


@pytest.fixture
def page(open_page) -> Iterator[Page]:
    """The market, by a member; afterwards no order is open."""
    page = log_in(open_page(bypass_csp=True))
    page.goto(MARKET)
    expect(page.locator("[data-live=live]")).to_be_visible()
    yield page
    page.goto("/orders/cancel-all/")
    page.locator("[data-cancel-all] :is(button, a)").first.click()


def log_in(page: Page) -> Page:
    page.goto("/accounts/login/")
    page.get_by_label("E-mail").fill("mia@example.com")
    page.get_by_label("Password").fill("rain or shine")
    page.locator("main").get_by_role("button", name="Log in").click()
    expect(page.locator("#nav-balance")).to_be_visible()
    return page


def fill(page: Page, **fields: str) -> None:
    for name, value in fields.items():
        page.locator(f"#ticket-{name}").fill(value)


def choose(page: Page, label: str) -> None:
    page.locator("[data-options]").get_by_label(label).check()


def open_options(page: Page) -> None:
    page.locator("[data-options] summary").click()


def row(page: Page):
    return page.locator("[data-orders] tr[data-order]")


def axe(page: Page) -> list[tuple[str, list[str]]]:
    found = Axe().run(page).response["violations"]
    return [(one["id"], [node["html"] for node in one["nodes"]]) for one in found]


def test_stop_waits_and_is_no_part_of_the_book(page):
    expect(page.locator("#ticket-stop_price")).to_be_hidden()  # simple, until it is asked for
    open_options(page)
    choose(page, "Stop a market")
    fill(page, stop_price="0.60", price="0.65", quantity="10")
    expect(page.locator("[data-trigger-help]")).to_contain_text("Yes last traded at 0.60 or more")
    expect(page.locator("[data-row=rests]")).to_contain_text("Waits for the trigger price")
    expect(page.locator("[data-place]")).to_have_text("Buy Yes: 10 once at 0.60")
    assert axe(page) == []
    page.locator("[data-place]").click()
    expect(page.locator("[data-placed]")).to_contain_text("10 waiting for the trigger price")
    expect(row(page)).to_contain_text("waits for 0.60, then market")
    expect(page.locator("[data-ladder]")).not_to_contain_text("you: 10")
    page.reload()
    expect(row(page)).to_contain_text("waits for 0.60, then market")
    expect(page.locator("[data-options]")).to_have_attribute("open", "")  # as it was left
    page.goto("/portfolio/orders/?status=waiting")
    expect(page.locator("main tbody tr")).to_contain_text("Waiting")


def test_order_until_a_time_of_the_members_zone(page):
    open_options(page)
    expect(page.locator("[data-options] [data-zone]")).to_have_text("(Asia/Tokyo)")
    choose(page, "Until a time")
    fill(page, price="0.30", quantity="10", expires_at="2034-12-24T18:00")
    page.locator("[data-place]").click()
    expect(row(page)).to_contain_text("until 24 Dec 2034, 18:00")
    page.goto("/portfolio/")
    at = page.locator("[data-part=orders] time")
    expect(at).to_have_attribute("datetime", "2034-12-24T18:00:00+09:00")
    expect(at).to_contain_text("24 Dec 2034, 18:00")


def test_order_is_changed_in_place_and_says_what_becomes_of_its_place(page):
    fill(page, price="0.30", quantity="10")
    page.locator("[data-place]").click()
    expect(row(page)).to_contain_text("first in the queue", timeout=10_000)
    edit = row(page).get_by_role("link", name="Edit Buy Yes at 0.30")
    edit.click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_label("Price")).to_have_value("0.30")
    assert axe(page) == []
    dialog.get_by_label("Quantity").fill("6")
    expect(dialog.locator("[data-place-note]")).to_have_text("It keeps its place in the queue.")
    dialog.get_by_role("button", name="Change order").click()
    expect(dialog).to_have_count(0)
    expect(row(page).locator("td").nth(1)).to_have_text("6")

    row(page).get_by_role("link", name="Edit").click()
    dialog.get_by_label("Price").fill("0.31")
    expect(dialog.locator("[data-place-note]")).to_contain_text("loses its place")
    dialog.get_by_label("Price").press("Enter")
    expect(dialog).to_have_count(0)
    expect(row(page)).to_have_count(1)
    expect(row(page)).to_contain_text("0.31")
    expect(page.locator("[data-ladder]")).to_contain_text("you: 6")


def test_all_are_cancelled_after_a_question(page):
    for price in ("0.20", "0.21"):
        fill(page, price=price, quantity="10")
        page.locator("[data-place]").click()
        expect(page.locator("[data-orders]")).to_contain_text(price)
    page.get_by_role("link", name="Cancel all").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("link", name="Keep them").click()
    expect(row(page)).to_have_count(2)
    page.get_by_role("link", name="Cancel all").click()
    dialog.get_by_role("button", name="Cancel all 2").click()
    expect(row(page)).to_have_count(0)
    expect(page.locator("#toasts")).to_contain_text("2 orders cancelled.")


def test_without_scripts_a_stop_is_placed_and_changed(open_page):
    page = log_in(open_page(java_script_enabled=False, viewport={"width": 360, "height": 800}))
    page.goto(MARKET)
    open_options(page)
    choose(page, "Stop limit")
    fill(page, stop_price="0.60", price="0.61", quantity="10")
    page.get_by_role("button", name="Place order").click()
    expect(page.locator(".messages")).to_contain_text("10 waiting for the trigger price")
    row(page).get_by_role("link", name="Edit").click()
    page.get_by_label("Price").fill("0.62")
    page.get_by_role("button", name="Change order").click()
    expect(page.locator("h1")).to_have_text("Buy Yes: 10 at 0.62")
    expect(page.locator("main")).to_contain_text("waits for 0.60, then limit")
    page.get_by_role("button", name="Cancel this order").click()
    expect(page.locator(".messages")).to_have_text("Order cancelled.")
    expect(page.locator("main")).to_contain_text("Cancelled: by you")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_on_the_pages_of_orders(open_page, scheme):
    page = log_in(open_page(color_scheme=scheme, bypass_csp=True))
    page.goto(MARKET)
    open_options(page)
    assert axe(page) == []
    fill(page, price="0.20", quantity="10")
    page.locator("[data-place]").click()
    href = row(page).first.get_by_role("link", name="Edit").get_attribute("href")
    for path in (href, "/orders/cancel-all/", "/portfolio/orders/?status=open"):
        page.goto(path)
        page.wait_for_timeout(300)
        assert axe(page) == [], path
