"""The pages for programmers in a browser: they work under the site's policy, light and dark."""

import pytest

pytestmark = pytest.mark.browser


@pytest.mark.parametrize(("scheme", "is_dark"), [("light", False), ("dark", True)])
def test_reference_shows_operations_without_breaking_the_policy(browser, site, scheme, is_dark):
    context = browser.new_context(color_scheme=scheme, viewport={"width": 360, "height": 800})
    page = context.new_page()
    told, elsewhere = [], []
    page.on("console", lambda message: told.append(message.text))
    page.on("pageerror", lambda error: told.append(str(error)))
    page.on("request", lambda asked: asked.url.startswith(site.url) or elsewhere.append(asked.url))

    page.goto(f"{site.url}/api/docs/reference/")
    page.locator("#operations-orders-place_order .opblock-summary-control").click()
    page.get_by_role("button", name="Try it out").wait_for()

    assert (told, [one for one in elsewhere if not one.startswith("data:")]) == ([], [])
    is_shown_dark = page.evaluate("document.documentElement.classList.contains('dark-mode')")
    assert is_shown_dark is is_dark
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.get_by_role("link", name="API", exact=True).click()
    page.get_by_role("heading", name="Getting started").wait_for()
    context.close()
