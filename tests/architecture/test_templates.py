"""Templates fit together: mistakes here would only show as an empty place on a page."""

import re

import pytest
from django.contrib.staticfiles import finders
from django.template import engines
from django.template.base import Node, NodeList
from django.template.loader_tags import BlockNode, ExtendsNode

from tests.architecture.sources import ROOT, files, text

TEMPLATES = [
    path.relative_to(ROOT / "templates").as_posix()
    for path in files(".html", ".txt", folders=("templates",))
]
STATIC = re.compile(r"{%\s*static\s+[\"']([^\"']+)[\"']\s*%}")
INCLUDE = re.compile(r"{%\s*include\s+[\"']([^\"']+)[\"']")


def _load(name: str) -> NodeList:
    return engines["django"].engine.get_template(name).nodelist


def _parent(nodes: NodeList) -> str | None:
    for node in nodes:
        if isinstance(node, ExtendsNode):
            # A parent chosen while rendering cannot be followed here.
            return node.parent_name.var if isinstance(node.parent_name.var, str) else None
    return None


def _blocks_offered(name: str) -> set[str]:
    nodes = _load(name)
    offered = {node.name for node in nodes.get_nodes_by_type(BlockNode)}
    parent = _parent(nodes)
    return offered | (_blocks_offered(parent) if parent else set())


def _blocks_filled(nodes: NodeList) -> list[str]:
    inside: list[Node] = [
        child for node in nodes if isinstance(node, ExtendsNode) for child in node.nodelist
    ]
    return [node.name for node in inside if isinstance(node, BlockNode)]


@pytest.mark.parametrize("name", TEMPLATES)
def test_template_compiles_and_fills_only_blocks_of_its_parents(name):
    nodes = _load(name)
    parent = _parent(nodes)
    offered = _blocks_offered(parent) if parent else set(_blocks_filled(nodes))
    assert [block for block in _blocks_filled(nodes) if block not in offered] == []


def test_included_templates_exist():
    names = {
        name
        for path in files(".html", folders=("templates",))
        for name in INCLUDE.findall(text(path))
    }
    for name in sorted(names):
        _load(name)


def test_static_files_of_the_templates_exist():
    names = {
        name
        for path in files(".html", folders=("templates",))
        for name in STATIC.findall(text(path))
    }
    assert sorted(name for name in names if finders.find(name) is None) == []
