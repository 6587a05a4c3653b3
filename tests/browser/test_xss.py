"""Whatever members and operators write runs nothing in anybody's browser.

The policy of the pages would stop most of it; so the pages are looked at too, for what the policy
would have had to stop.
"""

import pytest

from tests.browser.conftest import browser, open_page, site
from tests.social.scripts import XSS

__all__ = ["browser", "open_page", "site"]
pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]

CONTENT = """
from accounts.models import User
from exchange.markets.models import Market
from exchange.markets.services import create_event, create_market
from social.activities.models import Verb
from social.activities.services import NewActivity, record_activity
from social.comments.models import Comment
from social.comments.services import post_comment
from tests.social.scripts import XSS

handles = dict.fromkeys(text[:30].lower().replace("/", "|") for text in XSS)
people = [User.objects.create_user(f"x{n}@example.com", one) for n, one in enumerate(handles)]
for n, text in enumerate(XSS):
    User.objects.create_user(f"p{n}@example.com", f"plain-{n}", bio=text[:300], name=text[:80])
event = create_event(title=XSS[0], category=XSS[11][:60])
for n, text in enumerate(XSS[::4]):
    market = create_market(event=event, title=text[:300], outcomes=[text[:120], "B"],
                           rules="\\n\\n".join(XSS))
    Market.objects.filter(pk=market.pk).update(slug=f"evil-{n}", status="open", seq=1)
market = Market.objects.get(slug="evil-0")
root = post_comment(author=people[0], market=market, body="@alice")
Comment.objects.bulk_create(
    Comment(market=market, author=people[n % len(people)], parent=root, body=text)
    for n, text in enumerate(XSS)
)
for n, text in enumerate(XSS):
    data = {"name": text, "excerpt": text}
    record_activity(NewActivity(verb=Verb.BADGE, key=f"x{n}", actor_id=people[n % 9].pk, data=data))
"""
# What there may never be: handlers, addresses that run, scripts that are not the site's files.
FOUND = r"""() => {
  const runs = /^[\s\x00-\x1f]*(javascript|vbscript|data):/i;
  const handler = /^(on.*|srcdoc|style)$/i, address = /^(href|src|action|formaction|data)$/i;
  const tag = /^(IFRAME|OBJECT|EMBED|BASE|MARQUEE|FOREIGNOBJECT)$/i;
  const ours = (script) => script.src || script.type === "application/json";
  return [...document.querySelectorAll("*")].flatMap((element) => [
    ...[...element.attributes]
      .filter(({ name, value }) => handler.test(name) || (address.test(name) && runs.test(value)))
      // The chart's own library styles what it draws, by script, as the policy allows.
      .filter(({ name }) => name !== "style" || !element.closest(".chart-live"))
      .map(({ name, value }) => `${element.tagName} ${name}=${value}`),
    ...(tag.test(element.tagName) ? [element.tagName] : []),
    ...(element.tagName === "SCRIPT" && !ours(element) ? ["SCRIPT"] : []),
  ]);
}"""
PATHS = (
    "/",
    "/feed/",
    "/markets/evil-0/",
    "/markets/evil-3/",
    "/markets/evil-0/activity/",
    "/comments/1/",
)


@pytest.fixture(scope="module", autouse=True)
def content(site) -> None:
    site.manage("shell", "-c", CONTENT)


@pytest.mark.parametrize("path", PATHS)
def test_text_from_people_runs_nothing(open_page, path):
    page = open_page()
    page.goto(path)
    page.wait_for_load_state("load")
    assert "window.ran" in page.content(), "the texts are there"
    assert page.evaluate(FOUND) == []
    assert page.evaluate("window.ran") is None


def test_profile_of_a_member_runs_nothing(open_page):
    page = open_page()
    for number in range(0, len(XSS), 9):
        page.goto(f"/members/plain-{number}/")
        assert page.evaluate(FOUND) == []
        assert page.evaluate("window.ran") is None
