"""A database whose disk is full: nothing is lost, and orders flow once there is room."""

import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from tests.drills.acting import place, place_in_each_book, prove, seconds_until
from tests.drills.checking import check_everything
from tests.drills.conftest import only_in_full
from tests.drills.records import Records
from tests.drills.servers import missing_programs
from tests.drills.site import DrillSite, drill_site
from tests.drills.traders import Load

pytestmark = [pytest.mark.drill, pytest.mark.timeout(0)]
DISK_MB = 220
# Little log, so that the disk holds tables and not what was written before.
SETTINGS = {"max_wal_size": "48MB", "min_wal_size": "32MB", "wal_keep_size": "0"}


@contextmanager
def small_disk() -> Iterator[Path]:
    """A disk of its own of so many megabytes; skips where this machine mounts none."""
    folder = Path(tempfile.mkdtemp(prefix="likely-disk-"))
    mount = ["mount", "-t", "tmpfs", "-o", f"size={DISK_MB}m,mode=711", "tmpfs", str(folder)]
    try:
        done = subprocess.run(mount, capture_output=True, text=True, check=False)
        if done.returncode:
            pytest.skip(f"this machine mounts no small disk: {done.stderr.strip()}")
        yield folder
        subprocess.run(["umount", str(folder)], check=True)
    finally:
        folder.rmdir()


@pytest.fixture
def crammed_site() -> Iterator[DrillSite]:
    if missing := missing_programs():
        pytest.skip(f"there is no {', '.join(missing)}")
    with small_disk() as folder, drill_site(folder, **SETTINGS) as site:
        site.start()
        yield site


def fill_up(folder: Path) -> Path:
    """Leave not a byte on the disk; return what has to go again."""
    ballast = folder / "ballast"
    with suppress(OSError), ballast.open("wb", buffering=0) as file:
        while True:
            file.write(bytes(2**16))
    assert shutil.disk_usage(folder).free < 2**16
    return ballast


@only_in_full
def test_full_disk_is_waited_for(crammed_site: DrillSite) -> None:
    site, records = crammed_site, Records()
    place_in_each_book(site)
    with Load(site, records, seed="disk", traders=4):
        ballast = fill_up(site.folder)
        took_s = seconds_until(lambda: place(site).status_code != 201, 120)
        print(f"\nno order is taken any more {took_s:.0f} s after the disk is full")
        ballast.unlink()
        if not site.database.is_running():
            print("PostgreSQL has ended, as it does where it cannot write its log")
            site.database.start()
        took_s = seconds_until(lambda: place(site).status_code == 201)
        print(f"orders are taken again {took_s:.1f} s after there is room")
    prove(site)
    check_everything(site, records, seed="disk")
