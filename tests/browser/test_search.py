"""The search of the header, by keyboard alone, in a real browser."""

import csv

import pytest
from playwright.sync_api import expect

from tests.browser.test_account_pages import expect_good_page

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]
QUESTIONS = (
    ("event", "category", "market", "rules", "closes_at", "outcomes"),
    ("Weather", "Weather", "Will it rain?", "R", "2035-01-01T00:00:00Z", "Yes|No"),
    ("Rain cup", "Sport", "Who wins <b>rain</b>?", "R", "2035-01-01T00:00:00Z", "Reds|Blues"),
)


@pytest.fixture(scope="module", autouse=True)
def content(site, tmp_path_factory) -> None:
    file = tmp_path_factory.mktemp("questions") / "questions.csv"
    with file.open("w", newline="") as rows:
        csv.writer(rows).writerows(QUESTIONS)
    site.manage("import_questions", str(file), "--open")
    site.manage("rebuild_index")


def test_type_ahead_is_a_combobox_for_the_keyboard(open_page):
    page = open_page()
    page.goto("/")
    page.locator("h1").first.wait_for()
    page.keyboard.press("/")
    field = page.get_by_role("combobox", name="Search markets, events and members")
    expect(field).to_be_focused()
    page.keyboard.type("rain")
    options = page.locator(".site-search [role=option]")  # selects have options, too
    expect(options).to_have_count(3)
    expect(field).to_have_attribute("aria-expanded", "true")
    expect(page.get_by_role("group", name="Markets").get_by_role("option")).to_have_count(2)
    expect(page.locator(".site-search [role=status]")).to_have_text("3 suggestions")
    expect(options.locator("mark")).to_have_text(["rain", "Rain", "rain", "Rain"])
    expect_good_page(page)

    field.press("ArrowUp")
    expect(options.last).to_have_attribute("aria-selected", "true")
    active = options.last.get_attribute("id")
    expect(field).to_have_attribute("aria-activedescendant", active)
    field.press("Escape")
    expect(page.get_by_role("listbox")).to_have_count(0)
    expect(field).to_have_value("rain")
    field.press("ArrowDown")
    expect(page.get_by_role("listbox")).to_be_visible()
    field.press("ArrowDown")
    field.press("ArrowDown")
    field.press("Enter")
    page.wait_for_url("**/markets/will-it-rain/")


def test_enter_without_a_choice_leads_to_all_results(open_page):
    page = open_page()
    page.goto("/search/")
    expect_good_page(page)
    page.keyboard.press("/")
    page.keyboard.type("rain")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search/?q=rain")
    expect(page.get_by_role("heading", level=1)).to_have_text("Results for “rain”")
    expect(page.locator(".search-result")).to_have_count(3)
    expect_good_page(page)


def test_slash_is_a_letter_where_somebody_types(open_page):
    page = open_page()
    page.goto("/search/")
    words = page.get_by_label("Words")
    words.press_sequentially("a/b")
    expect(words).to_have_value("a/b")


def test_question_mark_lists_the_shortcuts(open_page):
    page = open_page()
    page.goto("/")
    button = page.get_by_role("button", name="Keyboard shortcuts")
    expect(button).to_be_visible()
    page.keyboard.press("?")
    dialog = page.get_by_role("dialog", name="Keyboard shortcuts")
    expect(dialog).to_be_visible()
    expect(dialog.get_by_role("button", name="Close")).to_be_focused()
    expect_good_page(page)
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    button.press("Enter")
    page.keyboard.press("Enter")  # its button has the focus
    expect(dialog).to_be_hidden()
    expect(button).to_be_focused()
    page.keyboard.press("/")
    page.keyboard.type("why?")
    expect(page.get_by_role("combobox", name="Search markets, events and members")).to_have_value(
        "why?"
    )
    expect(dialog).to_be_hidden()
