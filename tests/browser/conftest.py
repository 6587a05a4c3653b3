"""A real Chromium, a real site."""

import atexit
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Response, sync_playwright

from scripts.find_chromium import find_chromium
from tests.browser.sites import Site, start_site

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

LOG_LINES_SHOWN = 60


@cache
def _start_browser() -> Browser:
    chromium = find_chromium()
    assert chromium, "install chromium, or leave the browser tests out: -m 'not browser'"
    playwright = sync_playwright().start()
    running = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
    atexit.register(playwright.stop)
    atexit.register(running.close)
    return running


@pytest.fixture(scope="session")
def browser() -> Browser:
    """One for the process: a second driver beside it refuses to start.

    A fixture imported by another folder is another fixture, so its scope alone does not do.
    """
    return _start_browser()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Iterator[pytest.TestReport]:
    """Let a failure show what the site logged last."""
    report: pytest.TestReport = yield
    site = getattr(item, "funcargs", {}).get("site")
    if report.failed and isinstance(site, Site):
        lines = site.log.read_text(errors="replace").splitlines()[-LOG_LINES_SHOWN:]
        report.sections.append(("the site's log", "\n".join(lines)))
    return report


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder: Path = tmp_path_factory.mktemp("site")
    with start_site(folder) as running:
        yield running


@pytest.fixture
def open_page(browser: Browser, site: Site) -> Iterator[Callable[..., Page]]:
    """Open a page in a browser context of its own; script errors and refusals fail."""
    contexts, complaints = [], []

    def note_refusal(response: Response) -> None:
        if response.status >= 400:
            complaints.append(f"{response.status} {response.request.method} {response.url}")

    def open_one(**options: object) -> Page:
        context = browser.new_context(base_url=site.url, **options)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("response", note_refusal)
        return page

    yield open_one
    for context in contexts:
        context.close()
    assert complaints == []
