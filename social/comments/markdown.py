"""Markdown of members, as HTML that is safe on a page: no HTML of theirs, no images, no scripts.

Two libraries stand between a member and a page: the parser gives no tag that it was not told of,
and the sanitiser lets none through, whatever the parser thinks.
"""

import re
from collections.abc import Collection, Iterator, Sequence
from functools import lru_cache
from typing import Final

import nh3
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt
from markdown_it.token import Token

_RULES: Final = (
    "newline",
    "linkify",
    "escape",
    "backticks",
    "emphasis",
    "link",
    "autolink",
    "entity",
    "blockquote",
    "list",
    "fence",
)
_TAGS: Final = {"p", "br", "em", "strong", "a", "code", "pre", "blockquote", "ul", "ol", "li"}
_MENTION: Final = re.compile(r"(?<![\w@/.-])@([A-Za-z0-9][A-Za-z0-9_-]{2,29})", re.ASCII)
_LINK: Final = re.compile(r"(https?://|mailto:)", re.IGNORECASE)
# A thread is drawn again and again; what it says changes seldom.
_TEXTS_KEPT: Final = 2_000


class _Markdown(MarkdownIt):
    """A parser that links to elsewhere only: whoever follows a link is not to do something here."""

    def validateLink(self, url: str) -> bool:  # noqa: N802 -- the library's name
        """Whether an address may be linked to."""
        return _LINK.match(url) is not None


_markdown: Final = _Markdown(
    "zero", {"linkify": True, "breaks": True, "html": False, "maxNesting": 12}
).enable(list(_RULES))
assert _markdown.linkify is not None, "it is installed"
# Only what says https:// is meant as a link: "closed.no" is not.
_markdown.linkify.set({"fuzzy_link": False, "fuzzy_email": False})


def to_html(text: str, mentioned: Collection[str] = ()) -> SafeString:
    """Return Markdown as safe HTML; the handles that are `mentioned` lead to their members."""
    return _to_html(text, frozenset(handle.lower() for handle in mentioned))


def find_mentions(text: str) -> list[str]:
    """Return the handles that a Markdown text mentions outside of code and links, each once."""
    found: dict[str, str] = {}
    for block in _markdown.parse(text):
        for token in _texts(block.children or ()):
            for match in _MENTION.finditer(token.content):
                found.setdefault(match[1].lower(), match[1])
    return list(found.values())


def excerpt_of(text: str, length: int = 140) -> str:
    """Return how a Markdown text begins, as plain text in one line."""
    blocks = (block.children or () for block in _markdown.parse(text))
    words = " ".join(_plain(children) for children in blocks)
    plain = " ".join(words.split())
    return plain if len(plain) <= length else f"{plain[: length - 1].rstrip()}…"


@lru_cache(maxsize=_TEXTS_KEPT)
def _to_html(text: str, mentioned: frozenset[str]) -> SafeString:
    tokens = _markdown.parse(text)
    for block in tokens:
        if block.children:
            block.children = list(_with_mentions(block.children, mentioned))
    html = _markdown.renderer.render(tokens, _markdown.options, {})
    clean = nh3.clean(
        html,
        tags=_TAGS,
        attributes={"a": {"href"}, "*": set()},
        url_schemes={"http", "https", "mailto"},
        link_rel="nofollow ugc noopener noreferrer",
    )
    return mark_safe(clean)  # noqa: S308 -- the sanitiser's own output


def _plain(children: Sequence[Token]) -> str:
    parts = (
        " " if token.type in {"softbreak", "hardbreak"} else token.content for token in children
    )
    return "".join(parts)


def _texts(children: Sequence[Token]) -> Iterator[Token]:
    """Iterate over what is said outside of links and code."""
    depth = 0
    for token in children:
        depth += {"link_open": 1, "link_close": -1}.get(token.type, 0)
        if token.type == "text" and depth == 0:
            yield token


def _with_mentions(children: Sequence[Token], mentioned: frozenset[str]) -> Iterator[Token]:
    outside = {id(token) for token in _texts(children)}
    for token in children:
        if id(token) in outside:
            yield from _split(token, mentioned)
        else:
            yield token


def _split(token: Token, mentioned: frozenset[str]) -> Iterator[Token]:
    """Iterate over a text's parts, with a link around each handle that is mentioned."""
    text, start = token.content, 0
    for match in _MENTION.finditer(text):
        if match[1].lower() in mentioned:
            yield _text(text[start : match.start()])
            yield from _link(match[0], match[1])
            start = match.end()
    yield _text(text[start:])


def _text(content: str) -> Token:
    return Token("text", "", 0, content=content)


def _link(words: str, handle: str) -> Iterator[Token]:
    href = reverse("accounts:member", args=[handle])
    yield Token("link_open", "a", 1, attrs={"href": href})
    yield _text(words)
    yield Token("link_close", "a", -1)
