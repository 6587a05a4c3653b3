"""The pages in a real Chromium: without scripts, for every width, for everybody."""

import csv

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.conftest import browser, open_page, site

__all__ = ["browser", "open_page", "site"]
pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]

YES_NO = "/markets/will-it-rain/"
SEVERAL = "/markets/who-wins/"
PATHS = ("/", YES_NO, SEVERAL, "/portfolio/", "/portfolio/orders/", "/portfolio/ledger/")
CLOSES_AT = "2035-01-01T00:00:00Z"
EVIL = '</script><img src=x onerror="document.title=1">'
QUESTIONS = (
    ("event", "category", "market", "rules", "closes_at", "outcomes"),
    ("Weather", "Weather", "Will it rain?", "Yes if it rains.", CLOSES_AT, "Yes|No"),
    ("Cup", "Sport", "Who wins?", "The winner.", CLOSES_AT, "Reds|Blues|Nobody"),
    (EVIL, "Sport", f"Evil {EVIL}", EVIL, CLOSES_AT, f"A{EVIL}|B"),
)
MEMBER = (
    "from accounts.models import User; from allauth.account.models import EmailAddress;"
    "from exchange.ledger.services import open_member_account;"
    "u = User.objects.create_user('mia@example.com', 'mia', 'rain or shine');"
    "EmailAddress.objects.create(user=u, email=u.email, verified=True, primary=True);"
    "open_member_account(user=u)"
)


@pytest.fixture(scope="module", autouse=True)
def content(site, tmp_path_factory) -> None:
    file = tmp_path_factory.mktemp("questions") / "questions.csv"
    with file.open("w", newline="") as rows:
        csv.writer(rows).writerows(QUESTIONS)
    site.manage("import_questions", str(file), "--open")
    site.manage("shell", "-c", MEMBER)


def log_in(page: Page) -> Page:
    page.goto("/accounts/login/")
    page.get_by_label("E-mail").fill("mia@example.com")
    page.get_by_label("Password").fill("rain or shine")
    page.locator("main").get_by_role("button", name="Log in").click()
    expect(page.locator("#nav-balance")).to_be_visible()
    return page


def test_without_scripts_an_order_is_previewed_placed_and_cancelled(open_page):
    page = log_in(open_page(java_script_enabled=False))
    page.goto(YES_NO)
    page.get_by_label("Buy No", exact=True).check()
    page.locator("#ticket-price").fill("0.40")
    page.locator("#ticket-quantity").fill("10")
    page.get_by_role("button", name="Preview").click()
    expect(page.locator("[data-field=cost]")).to_have_text("4.00")
    expect(page.locator("[data-field=worst_outcome]")).to_have_text("Yes")
    page.get_by_role("button", name="Place order").click()
    expect(page.locator(".messages")).to_have_text("Order placed: 10 resting in the book.")
    expect(page.locator("tr[data-order]")).to_contain_text("Buy No")
    expect(page.locator("[data-ladder] tbody[data-side=asks]")).to_contain_text("0.60")
    page.get_by_role("button", name="Cancel Buy No").click()
    expect(page.locator(".messages")).to_have_text("Order cancelled.")
    expect(page.locator("tr[data-order]")).to_have_count(0)


def test_by_keyboard_alone_an_order_is_placed_and_cancelled(open_page):
    page = log_in(open_page())
    page.goto(YES_NO)
    expect(page.locator("[data-live=live]")).to_be_visible()
    page.locator("[name=side][value=buy]").focus()
    page.keyboard.press("ArrowRight")  # Buy No
    expect(page.locator("[data-place]")).to_contain_text("Buy No")
    page.locator("#ticket-price").focus()
    page.keyboard.press("Control+A")  # as Tab does by itself
    page.keyboard.type("0.30")
    page.keyboard.press("ArrowUp")
    expect(page.locator("#ticket-price")).to_have_value("0.31")
    expect(page.locator("[data-place]")).to_have_text("Buy No: 10 at 0.31")
    page.keyboard.press("Enter")
    row = page.locator("tr[data-order]")
    expect(row).to_contain_text("0.31")
    row.get_by_role("button", name="Cancel Buy No").focus()
    page.keyboard.press("Enter")
    expect(row).to_have_count(0)


def test_another_side_begins_at_its_best_price(open_page):
    page = log_in(open_page())
    page.goto(YES_NO)
    for side, price in (("Buy Yes", "0.40"), ("Buy No", "0.50")):
        page.get_by_label(side, exact=True).check()
        page.locator("#ticket-price").fill(price)
        page.locator("[data-place]").click()
        expect(page.locator("[data-ladder]")).to_contain_text("you: 10")
    expect(page.locator("tr[data-order]")).to_have_count(2)
    page.get_by_label("Buy Yes", exact=True).check()
    expect(page.locator("#ticket-price")).to_have_value("0.50")
    page.get_by_label("Buy No", exact=True).check()
    expect(page.locator("#ticket-price")).to_have_value("0.60")


def test_an_outcome_is_chosen_without_leaving_the_page(open_page):
    page = log_in(open_page())
    page.goto(SEVERAL)
    page.locator("[data-outcomes]").get_by_role("link", name="Blues").click()
    expect(page.locator("[data-book-name]")).to_have_text("Blues")
    expect(page.get_by_label("Outcome", exact=True)).to_have_value(
        page.locator("[data-ladder]").get_attribute("data-ladder")
    )
    assert "contract=" in page.url


def test_a_lost_feed_is_admitted_and_comes_back(open_page):
    page = open_page()
    silenced, sockets = [], []

    def relay(socket) -> None:
        server = socket.connect_to_server()
        sockets.append(socket)
        server.on_message(lambda message: silenced or socket.send(message))

    page.route_web_socket("**/ws/v1/", relay)
    page.goto(YES_NO)
    expect(page.locator("[data-live=live]")).to_be_visible()
    silenced.append(True)
    expect(page.locator("article[data-feed=stale]")).to_be_visible(timeout=10_000)
    expect(page.locator("[data-live]")).to_contain_text("prices may be old")
    silenced.clear()
    expect(page.locator("[data-live=live]")).to_be_visible(timeout=10_000)
    assert len(sockets) == 2


@pytest.mark.parametrize("width", [320, 360, 768, 1280])
def test_no_page_scrolls_sideways(open_page, width):
    page = log_in(open_page(viewport={"width": width, "height": 800}))
    for path in PATHS:
        page.goto(path)
        page.wait_for_load_state("networkidle")
        over = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        assert page.evaluate(over) == 0, path


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(open_page, scheme):
    # The policy of the site would keep axe's own script out.
    page = log_in(open_page(color_scheme=scheme, bypass_csp=True))
    for path in PATHS:
        page.goto(path)
        page.wait_for_timeout(500)
        found = Axe().run(page).response["violations"]
        assert [(one["id"], [node["html"] for node in one["nodes"]]) for one in found] == [], path


def test_text_from_people_stays_text(open_page):
    page = log_in(open_page())
    page.goto("/")
    page.get_by_role("link", name="Evil").first.click()
    expect(page.locator("h1")).to_have_text(f"Evil {EVIL}")
    page.locator("[data-outcomes]").get_by_role("link", name="A<").click()
    page.locator("#ticket-price").fill("0.30")
    page.locator("[data-place]").click()
    expect(page.locator("tr[data-order]")).to_contain_text(EVIL)
    assert page.title() != "1"
    assert page.locator("img[src=x]").count() == 0
