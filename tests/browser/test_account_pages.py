"""The account pages in a real browser: readable for everybody, at every width, in both themes."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.people import PASSWORD, Person

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]
WIDTHS = (320, 360, 768, 1280)
GRAVE = {"serious", "critical"}


def expect_good_page(page: Page) -> None:
    """No grave finding of axe in light and dark, and nothing wider than the screen."""
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        # The policy of the site holds for axe too: it is put in from outside of the page.
        found = Axe().run(page).response["violations"]
        grave = [
            (rule["id"], node["html"])
            for rule in found
            if rule["impact"] in GRAVE
            for node in rule["nodes"]
        ]
        assert grave == [], f"{page.url} in {scheme}"
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        widest = page.evaluate("document.documentElement.scrollWidth")
        assert widest <= width, f"{page.url} at {width}"
    page.set_viewport_size({"width": 1280, "height": 800})


def test_open_pages(open_page):
    page = open_page()
    for path in (
        "/accounts/login/",
        "/accounts/signup/",
        "/accounts/password/reset/",
        "/accounts/password/reset/done/",
        "/accounts/confirm-email/",
        "/accounts/confirm-email/nonsense/",
        "/accounts/inactive/",
    ):
        page.goto(path)
        expect_good_page(page)


def test_form_with_errors_says_them_at_the_fields(open_page):
    page = open_page()
    page.goto("/accounts/signup/")
    page.locator("main form").evaluate("form => { form.noValidate = true; }")
    page.get_by_label("Handle").fill("x")
    page.get_by_label("E-mail").fill("nope")
    page.get_by_label("Password").fill("12345678")
    page.locator("main").get_by_role("button", name="Sign up").click()
    handle = page.get_by_label("Handle")
    expect(handle).to_have_attribute("aria-invalid", "true")
    expect(handle).to_have_accessible_description(
        "3 to 30 letters, digits, _ or -. Everybody sees it. "
        "Use 3 to 30 letters, digits, _ or -, starting with a letter or digit."
    )
    expect_good_page(page)


def test_members_pages_and_the_mailbox(site, open_page):
    anna = Person("anna_of_the_long_handle_30_long", open_page())
    anna = Person(anna.handle[:30], anna.page)
    anna.sign_up(site)
    paths = ["/accounts/email/", "/accounts/password/change/", "/accounts/logout/"]
    paths += ["/dev/mail/"] if site.sink is None else []
    for path in paths:
        anna.page.goto(path)
        expect_good_page(anna.page)
    if site.sink is None:
        anna.page.goto(f"/dev/mail/?to={anna.email}")
        anna.page.locator("main .list a").first.click()
        expect_good_page(anna.page)


def test_one_click_in_the_mail_and_one_on_the_page_confirm(site, open_page):
    if site.sink is not None:
        pytest.skip("the site has a mail server: its mail is not shown on a page")
    berta = Person("berta", open_page())
    page = berta.page
    page.goto("/accounts/signup/?next=/portfolio/")
    page.get_by_label("Handle").fill(berta.handle)
    page.get_by_label("E-mail").fill(berta.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.locator("main").get_by_role("button", name="Sign up").click()
    page.get_by_role("link", name="Open the site's mailbox").click()
    page.get_by_role("link", name=berta.email).click()
    page.frame_locator("iframe").get_by_role("link", name="Confirm your address").click()
    page.get_by_role("button", name="Yes, confirm").click()
    expect(page).to_have_url(f"{site.url}/portfolio/")
    expect(page.locator(".message-success")).to_have_text(
        "Welcome, berta! Your address is confirmed, and your balance is 1,000.00 demo credits."
    )


def test_theme_is_chosen_by_one_button_and_stays(open_page):
    page = open_page(color_scheme="light")
    page.goto("/accounts/login/")
    root, switch = page.locator("html"), page.locator(".theme-switch")
    expect(switch).to_have_accessible_name("Colours: auto. Change")
    switch.click()
    expect(root).to_have_attribute("data-theme", "light")
    switch.click()
    expect(root).to_have_attribute("data-theme", "dark")
    page.reload()
    expect(root).to_have_attribute("data-theme", "dark")
    expect(switch).to_have_accessible_name("Colours: dark. Change")
    dark = page.locator("body").evaluate("body => getComputedStyle(body).backgroundColor")
    switch.click()
    assert page.locator("html").get_attribute("data-theme") is None
    light = page.locator("body").evaluate("body => getComputedStyle(body).backgroundColor")
    assert dark != light


def test_pages_work_without_javascript(site, open_page):
    clara = Person("clara", open_page(java_script_enabled=False, color_scheme="dark"))
    clara.page.goto("/accounts/login/")
    expect(clara.page.locator(".theme-switch")).to_be_hidden()
    clara.sign_up(site)
