"""Reading XHTML pages and Atom feeds as strangers' programs do."""

from pathlib import Path
from typing import Any

import feedparser
from django.http import HttpResponse
from lxml import etree

ATOM = "application/atom+xml"
XHTML = "application/xhtml+xml"
_NAMES = {"a": "http://www.w3.org/2005/Atom", "h": "http://www.w3.org/1999/xhtml"}
_PARSER = etree.XMLParser(resolve_entities=False, no_network=True)
_SCHEMA = etree.RelaxNG(etree.parse(Path(__file__).parent / "schemas" / "atom.rng"))


def read_feed(response: HttpResponse) -> Any:
    """The feed of an answer, which must be one by RFC 4287, as feedparser understands it."""
    assert response.status_code == 200, response.content
    assert response["Content-Type"] == f"{ATOM}; charset=utf-8"
    document = etree.fromstring(response.content, _PARSER)
    _SCHEMA.assertValid(document)
    # What the schema leaves to prose: one self and one alternate link; no id twice in a feed.
    assert len(document.xpath("a:link[@rel='self']", namespaces=_NAMES)) == 1
    assert len(document.xpath("a:link[@rel='alternate']", namespaces=_NAMES)) == 1
    ids = document.xpath("//a:id/text()", namespaces=_NAMES)
    assert len(set(ids)) == len(ids)
    assert all(one.startswith("tag:") for one in ids)
    feed = feedparser.parse(response.content)
    assert not feed.bozo, feed.get("bozo_exception")
    return feed


def read_page(response: HttpResponse) -> Any:
    """The page of an answer, which must be well-formed; `cells(page)` are its rows."""
    assert response.status_code == 200, response.content
    assert response["Content-Type"] == f"{XHTML}; charset=utf-8"
    return etree.fromstring(response.content, _PARSER)


def cells(page: Any) -> list[list[str]]:
    """The rows of a page's table, each the text of its cells."""
    rows = page.xpath("//h:tbody/h:tr", namespaces=_NAMES)
    return [[" ".join("".join(cell.itertext()).split()) for cell in row] for row in rows]


def link_of(page: Any, relation: str) -> str:
    """The address a page's head links to by a relation; "" for none."""
    found = page.xpath(f"//h:head/h:link[@rel='{relation}']/@href", namespaces=_NAMES)
    return str(found[0]) if found else ""
