"""One site for all drills of a run: each leaves it whole."""

import logging
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.drills.servers import missing_programs
from tests.drills.site import DrillSite, drill_site

for name in ("httpx", "mail.log"):
    logging.getLogger(name).setLevel(logging.WARNING)  # else a line for each request
FULL = os.environ.get("DRILL_FULL") == "1"
only_in_full = pytest.mark.skipif(not FULL, reason="only in full: make drills")


@pytest.fixture(scope="session")
def servers_and_site(request: pytest.FixtureRequest) -> Iterator[DrillSite]:
    if missing := missing_programs():
        pytest.skip(f"drills start servers of their own, and there is no {', '.join(missing)}")
    folder = Path(tempfile.mkdtemp(prefix="likely-drills-"))
    folder.chmod(0o711)  # the database server's own user passes through
    with drill_site(folder) as site:
        yield site
    if request.session.testsfailed:
        print(f"the logs are in {folder}")
    else:
        shutil.rmtree(folder)


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
def site(servers_and_site: DrillSite) -> DrillSite:
    """A site that runs and is quiet; what was traded before may be there."""
    if not servers_and_site.runs_as_usual():
        servers_and_site.kill()
        servers_and_site.begin_anew()
        servers_and_site.start()
    servers_and_site.wait_until_quiet()
    return servers_and_site
