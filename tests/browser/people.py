"""What people do on the site, as steps of browser tests."""

import re
from dataclasses import dataclass

from playwright.sync_api import Page, expect

from tests.browser.sites import Site

PASSWORD = "a long way to the first fill"
LIVE_MS = 1_000


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody with a page, and where their mail goes."""

    handle: str
    page: Page

    @property
    def email(self) -> str:
        return f"{self.handle}@example.com"

    def sign_up(self, site: Site) -> None:
        """Sign up, read the mail, confirm: one has credits then."""
        self.page.goto("/accounts/signup/")
        self.page.get_by_label("E-mail").fill(self.email)
        self.page.get_by_label("Handle").fill(self.handle)
        self.page.get_by_label("Password", exact=True).fill(PASSWORD)
        self.page.locator("main").get_by_role("button", name="Sign up").click()
        expect(self.page.locator("main")).to_contain_text("Look into your mailbox")
        self.page.goto(self.link_in_mail(site))
        self.page.get_by_role("button", name="confirm").click()
        self.expect_balance("1,000.00")

    def link_in_mail(self, site: Site) -> str:
        """Read the confirmation mail, on the site's own mail page where it has one."""
        mail = site.wait_for_mail(self.email, "(?i)confirm")
        if site.sink is None:
            self.page.goto(f"/dev/mail/?to={self.email}")
            self.page.get_by_role("link", name=re.compile("confirm", re.IGNORECASE)).first.click()
            expect(self.page.locator("main")).to_contain_text("confirm-email")
        text = mail.get_body(("plain",)).get_content()
        return re.search(r"https?://\S+/confirm-email/\S+", text).group(0)

    def log_in(self) -> None:
        self.page.goto("/accounts/login/")
        self.page.get_by_label("E-mail").fill(self.email)
        self.page.get_by_label("Password", exact=True).fill(PASSWORD)
        self.page.locator("main").get_by_role("button", name="Log in").click()
        expect(self.page.locator("main")).not_to_contain_text("Log in")

    def place(self, side: str, price: str, quantity: int) -> None:
        """Fill the ticket in and place the order."""
        ticket = self.page.locator("[data-ticket]")
        ticket.get_by_label(side, exact=True).check()
        ticket.get_by_role("spinbutton", name="Price").fill(price)
        ticket.get_by_label("Quantity").fill(str(quantity))
        ticket.locator("[data-place]").click()

    def expect_live(self) -> None:
        expect(self.page.locator("[data-live]")).to_contain_text("Live")

    def expect_balance(self, amount: str, timeout_ms: float = 5_000) -> None:
        expect(self.page.locator("#nav-balance")).to_contain_text(amount, timeout=timeout_ms)

    def expect_rungs(self, side: str, *rungs: str) -> None:
        """The ladder shows these levels of bids or asks, within a second."""
        shown = self.page.locator(f'[data-ladder] tbody[data-side="{side}"] tr.rung')
        expect(shown).to_have_count(len(rungs), timeout=LIVE_MS)
        for number, rung in enumerate(rungs):
            expect(shown.nth(number)).to_contain_text(rung, timeout=LIVE_MS)

    def expect_text(self, selector: str, text: str, timeout_ms: float = LIVE_MS) -> None:
        expect(self.page.locator(selector)).to_contain_text(text, timeout=timeout_ms)
