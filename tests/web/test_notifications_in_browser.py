"""The bell and the edits of operators, live, in a real Chromium."""

import csv
import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.conftest import browser, open_page, site

__all__ = ["browser", "open_page", "site"]
pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]

MARKET = "/markets/will-it-rain/"
QUESTIONS = (
    ("event", "category", "market", "rules", "closes_at", "outcomes"),
    ("Weather", "Weather", "Will it rain?", "Yes if it rains.", "2035-01-01T00:00:00Z", "Yes|No"),
)
PEOPLE = (
    "from accounts.models import User; from allauth.account.models import EmailAddress;"
    "from exchange.ledger.services import open_member_account;"
    "u = User.objects.create_user('mia@example.com', 'mia', 'rain or shine');"
    "EmailAddress.objects.create(user=u, email=u.email, verified=True, primary=True);"
    "open_member_account(user=u);"
    "a = User.objects.create_superuser('ada@example.com', 'ada', 'rain or shine');"
    "EmailAddress.objects.create(user=a, email=a.email, verified=True, primary=True)"
)
LIVE_MS = 1_000


@pytest.fixture(scope="module", autouse=True)
def content(site, tmp_path_factory) -> None:
    file = tmp_path_factory.mktemp("questions") / "questions.csv"
    with file.open("w", newline="") as rows:
        csv.writer(rows).writerows(QUESTIONS)
    site.manage("import_questions", str(file), "--open")
    site.manage("shell", "-c", PEOPLE)


def log_in(page: Page, name: str = "mia") -> Page:
    page.goto("/accounts/login/")
    page.get_by_label("E-mail").fill(f"{name}@example.com")
    page.get_by_label("Password").fill("rain or shine")
    page.locator("main").get_by_role("button", name="Log in").click()
    expect(page.locator("[data-bell]")).to_be_visible()
    return page


def place_and_cancel(page: Page) -> None:
    page.goto(MARKET)
    page.locator("#ticket-price").fill("0.10")
    page.locator("#ticket-quantity").fill("3")
    page.locator("[data-place]").click()
    page.locator("tr[data-order]").first.get_by_role("button", name=re.compile("Cancel")).click()
    expect(page.locator("tr[data-order]")).to_have_count(0)


def test_bell_counts_live_opens_by_keyboard_and_knows_what_was_read(open_page):
    watching, trading = log_in(open_page()), log_in(open_page())
    watching.goto("/notifications/")
    expect(watching.get_by_text("Nothing yet")).to_be_visible()
    place_and_cancel(trading)
    expect(watching.locator("[data-unread]")).to_have_text("1")
    expect(watching.locator("[data-notifications]")).to_contain_text("Cancelled: buy 3 Yes at 0.10")

    bell = watching.get_by_role("button", name="Notifications, 1 unread")
    bell.focus()
    watching.keyboard.press("Space")
    panel = watching.get_by_role("dialog", name="Notifications")
    expect(panel).to_be_focused()
    expect(panel).to_contain_text("Cancelled: buy 3 Yes at 0.10")
    violations = Axe().run(watching).response["violations"]
    assert violations == [], violations
    watching.keyboard.press("Escape")
    expect(panel).to_have_count(0)
    expect(bell).to_be_focused()

    watching.keyboard.press("Enter")
    panel.get_by_role("link", name=re.compile("Cancelled")).click()
    expect(watching).to_have_url(re.compile(MARKET))
    expect(watching.get_by_role("button", name="Notifications", exact=True)).to_be_visible()


def test_without_scripts_the_bell_is_a_link_and_all_is_marked_as_read(open_page):
    place_and_cancel(log_in(open_page()))
    page = log_in(open_page(java_script_enabled=False))
    link = page.locator("[data-bell] a")
    for _ in range(20):  # what is told comes a moment later, and nothing here is live
        if "unread" in link.get_attribute("aria-label"):
            break
        page.wait_for_timeout(500)
        page.reload()
    expect(link).to_have_attribute("aria-label", re.compile("unread"))
    link.click()
    page.get_by_role("button", name="Mark all as read").click()
    expect(link).to_have_attribute("aria-label", "Notifications")
    page.get_by_role("link", name="Settings").last.click()
    page.get_by_label("Your order trades: mail").select_option("off")
    page.get_by_role("button", name="Save").click()
    expect(page.locator(".messages")).to_have_text("Saved.")
    expect(page.get_by_label("Your order trades: mail")).to_have_value("off")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", ["/notifications/", "/accounts/settings/notifications/"])
def test_pages_have_no_fault_that_axe_finds(open_page, scheme, path):
    page = log_in(open_page(color_scheme=scheme))
    page.goto(path)
    violations = Axe().run(page).response["violations"]
    assert violations == [], violations


def test_edit_of_an_operator_shows_on_open_pages_within_a_second(open_page):
    market, event, admin = open_page(), open_page(), log_in(open_page(), "ada")
    market.goto(MARKET)
    expect(market.locator("[data-live=live]")).to_be_visible()
    event.goto("/events/weather/")
    admin.goto("/admin/markets/event/")
    admin.locator("#result_list").get_by_role("link", name="Weather").click()
    admin.get_by_label("Title").fill("Stormy weather")
    admin.get_by_role("button", name="Save", exact=True).click()
    expect(market.locator("[data-edited=crumbs]")).to_contain_text("Stormy", timeout=LIVE_MS)
    expect(event.get_by_role("heading", level=1)).to_have_text("Stormy weather", timeout=LIVE_MS)
