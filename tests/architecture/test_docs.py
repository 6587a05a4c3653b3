"""Documents name what exists."""

import re

import pytest

from tests.architecture.settings_names import environment_variables
from tests.architecture.sources import ROOT, files, name_of, text

DOCUMENTS = [name_of(path) for path in files(".md")]
LINK = re.compile(r"!?\[[^\]]*\]\(([^)#\s]+)(?:#[^)]*)?\)")
CODE_PATH = re.compile(
    r"`((?:core|config|exchange|accounts|social|search|notifications|scripts|static|templates|docs"
    r"|deploy|tests)/[\w./-]*)`"
)


@pytest.mark.parametrize("name", DOCUMENTS)
def test_links_lead_somewhere(name):
    folder = (ROOT / name).parent
    targets = [link for link in LINK.findall(text(ROOT / name)) if "://" not in link]
    assert [link for link in targets if not (folder / link).exists()] == []


@pytest.mark.parametrize("name", DOCUMENTS)
def test_paths_named_in_the_text_exist(name):
    # The tutorial's own example is made by its reader.
    named = set(CODE_PATH.findall(text(ROOT / name))) - {"templates/web/fees.html"}
    assert sorted(path for path in named if not (ROOT / path).exists()) == []


def test_codebase_lists_ten_files():
    rows = re.findall(r"^\| (\d+) \| \[", text(ROOT / "docs" / "codebase.md"), flags=re.MULTILINE)
    assert rows == [str(number) for number in range(1, 11)]


def test_operations_lists_the_variables_of_the_settings():
    page = text(ROOT / "docs" / "operations.md")
    listed = re.findall(r"^\| `([A-Z][A-Z0-9_]*)` \|", page, flags=re.MULTILINE)
    assert sorted(listed) == sorted(environment_variables())


def test_readme_asks_for_two_commands_only():
    readme = text(ROOT / "README.md")
    assert re.findall(r"^    (.+)$", readme, flags=re.MULTILINE) == ["make run", "make test"]


def test_makefile_has_the_verbs_of_the_readme():
    verbs = set(re.findall(r"`?make ([a-z]+)", text(ROOT / "README.md")))
    offered = set(re.findall(r"^([a-z]+):.*## ", text(ROOT / "Makefile"), flags=re.MULTILINE))
    assert verbs - offered == set()


def test_decisions_have_each_number_once():
    numbers = [path.name[:4] for path in (ROOT / "docs" / "decisions").glob("*.md")]
    assert len(numbers) == len(set(numbers))
