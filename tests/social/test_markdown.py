"""Markdown of members: what it may say, and what nobody may make it do."""

import re

import pytest
from lxml import html as parser

from social.comments.markdown import excerpt_of, find_mentions, to_html
from tests.social.scripts import XSS

TAGS = {"p", "br", "em", "strong", "a", "code", "pre", "blockquote", "ul", "ol", "li"}
REL = 'rel="nofollow ugc noopener noreferrer"'


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("Hello", "<p>Hello</p>"),
        ("**bold** and *soft*", "<p><strong>bold</strong> and <em>soft</em></p>"),
        ("one\ntwo", "<p>one<br>\ntwo</p>"),
        ("`a < b`", "<p><code>a &lt; b</code></p>"),
        ("> said", "<blockquote>\n<p>said</p>\n</blockquote>"),
        ("- a\n- b", "<ul>\n<li>a</li>\n<li>b</li>\n</ul>"),
        ("1. a", "<ol>\n<li>a</li>\n</ol>"),
        ("```\nx\n```", "<pre><code>x\n</code></pre>"),
        ("[l](https://a.org)", f'<p><a href="https://a.org" {REL}>l</a></p>'),
        ("https://a.org.", f'<p><a href="https://a.org" {REL}>https://a.org</a>.</p>'),
        ("the market closed.no", "<p>the market closed.no</p>"),
        ("# not a heading", "<p># not a heading</p>"),
        ("<b>no tags</b>", "<p>&lt;b&gt;no tags&lt;/b&gt;</p>"),
        ("50 < 60 & 3 > 2", "<p>50 &lt; 60 &amp; 3 &gt; 2</p>"),
    ],
)
def test_markdown_is_drawn(text, html):
    assert to_html(text).strip() == html


def test_image_is_drawn_as_a_link_at_most():
    assert "<img" not in to_html("![x](https://a.org/x.png)")


@pytest.mark.parametrize("text", XSS)
def test_markdown_gives_nothing_but_its_tags_and_safe_links(text):
    for element in parser.fromstring(f"<div>{to_html(text, ['alice'])}</div>").iterdescendants():
        assert element.tag in TAGS
        assert set(element.attrib) <= {"href", "rel"}
        assert re.match(r"https?://|mailto:|/members/", element.get("href", "https://"))


def test_mentions_lead_to_members_that_there_are():
    html = to_html("Hi @Alice, not @nobody, nor a@alice.org", ["alice"])

    assert html.strip() == (
        f'<p>Hi <a href="/members/Alice/" {REL}>@Alice</a>, not @nobody, nor a@alice.org</p>'
    )


@pytest.mark.parametrize(
    ("text", "handles"),
    [
        ("@alice and @bob-2, @alice again", ["alice", "bob-2"]),
        ("(@alice) **@bob** @carol.", ["alice", "bob", "carol"]),
        ("@al", []),
        ("mail me@alice.org or https://x.org/@alice", []),
        ("`@alice`\n\n```\n@bob\n```", []),
        ("[@alice](https://x.org)", []),
        ("- @alice\n\n> @bob", ["alice", "bob"]),
        ("", []),
    ],
)
def test_mentions_are_found_outside_of_code_and_links(text, handles):
    assert find_mentions(text) == handles


@pytest.mark.parametrize(
    ("text", "excerpt"),
    [
        ("**Hello** [you](https://x.org)\n\n> and me", "Hello you and me"),
        ("x" * 200, "x" * 139 + "…"),
        ("<b>", "<b>"),
        ("a\nb", "a b"),
    ],
)
def test_excerpt_is_plain(text, excerpt):
    assert excerpt_of(text) == excerpt


def test_deep_nesting_ends():
    assert len(to_html("> " * 2_000 + "x")) < 20_000
    assert len(to_html("[" * 4_000)) < 20_000
    assert len(to_html("*a **b " * 500)) < 20_000
