"""The package: that it builds, and that its parts are typed."""

import subprocess
import sys
import tomllib
import zipfile

import likely_client

from tests.browser.sites import ROOT


def test_wheel_is_built_with_its_types_and_its_command(tmp_path):
    done = subprocess.run(
        [
            sys.executable, "-m", "pip", "wheel", "--no-deps", "--no-build-isolation", "--quiet",
            "--disable-pip-version-check", "--wheel-dir", str(tmp_path), copy_of_client(tmp_path),
        ],
        capture_output=True, text=True, check=False, timeout=100,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    [wheel] = tmp_path.glob("likely_client-*-py3-none-any.whl")
    with zipfile.ZipFile(wheel) as file:
        names = set(file.namelist())
        commands = next(name for name in names if name.endswith("entry_points.txt"))
        assert "likely = likely_client.cli.main:main" in file.read(commands).decode()
    assert {"likely_client/py.typed", "likely_client/cli/main.py"} <= names


def copy_of_client(folder):
    """A copy: building leaves files beside the sources."""
    import shutil

    shutil.copytree(ROOT / "client", folder / "client")
    return str(folder / "client")


def test_version_is_that_of_the_package():
    project = tomllib.loads((ROOT / "client" / "pyproject.toml").read_text())["project"]
    assert likely_client.__version__ == project["version"]


def test_everything_named_is_there():
    assert [name for name in likely_client.__all__ if not hasattr(likely_client, name)] == []
