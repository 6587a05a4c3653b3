"""One site for all drills of a run: each leaves it whole."""

import logging
import os
from collections.abc import Iterator

import pytest

from tests.drills.servers import missing_programs
from tests.drills.site import DrillSite, drill_site

for name in ("httpx", "mail.log"):
    logging.getLogger(name).setLevel(logging.WARNING)  # else a line for each request
FULL = os.environ.get("DRILL_FULL") == "1"


@pytest.fixture(scope="session")
def servers_and_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DrillSite]:
    if missing := missing_programs():
        pytest.skip(f"drills start servers of their own, and there is no {', '.join(missing)}")
    folder = tmp_path_factory.mktemp("drills")
    # The server's own user passes through.
    for path in (folder, *folder.parents[:2]):
        path.chmod(path.stat().st_mode | 0o011)
    with drill_site(folder) as site:
        yield site


@pytest.fixture
def stopped_site(servers_and_site: DrillSite) -> Iterator[DrillSite]:
    """A site of which nothing runs, with a database in which nothing has happened yet."""
    site = servers_and_site
    site.kill()
    site.begin_anew()
    site.clock.unlink(missing_ok=True)
    yield site
    site.kill()


@pytest.fixture
def site(stopped_site: DrillSite) -> DrillSite:
    """A site that runs and is quiet."""
    stopped_site.start()
    return stopped_site
