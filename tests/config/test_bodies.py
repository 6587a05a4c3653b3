"""Bodies as the real server takes them."""

import httpx
import pytest

from tests.browser.sites import one_process


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    with one_process(tmp_path_factory.mktemp("site")) as running:
        running.wait()
        yield running


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("multipart/form-data; boundary=x", b"--x\r\nnonsense"),
        ("multipart/form-data", b"no boundary"),
        ("application/x-www-form-urlencoded", b"a=&" * 300_000),
    ],
)
def test_form_is_left_to_the_application(site, kind, body):
    """Twisted would parse it on the event loop, and answer a bad one itself."""
    answer = httpx.post(f"{site.url}/api/v1/orders/", content=body, headers={"Content-Type": kind})
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.status_code in {401, 415}


def test_body_over_the_limit_is_refused(site):
    answer = httpx.post(f"{site.url}/api/v1/orders/", content=b"{" * 5_000_000)
    assert (answer.status_code, answer.json()["code"]) == (413, "body_too_large")
