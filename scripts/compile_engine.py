"""Compile the engine's hot modules with mypyc, unchanged.

    scripts/compile_engine.py [FOLDER]

The folder (var/compiled) gets a copy of the package `exchange`, and in it an extension module
beside each compiled source; Python prefers these. Put the folder on PYTHONPATH before the
repository to run on it, or copy the extensions into exchange/engine. A wheel of the engine alone
is left in FOLDER/dist. Needs a C compiler; the pure modules stay the default and the reference.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ENGINE = Path("exchange") / "engine"
# What an order passes through. The rest is called now and then, and stays as it is.
HOT = (
    "structs", "enums", "terms", "order_commands", "order_events", "accounts", "grid", "stops",
    "book", "position", "market", "undo", "state", "living", "funds", "groups", "leaving",
    "matching", "working", "admission", "placing", "amending", "replacing", "packing", "binary",
    "run", "engine",
)  # fmt: skip
SETUP = """
from glob import glob
from setuptools import setup
setup(
    name="likely-engine",
    version="0.1.0",
    license="Apache-2.0",
    python_requires=">=3.11",
    install_requires=["sortedcontainers==2.4.0"],
    packages=["exchange", "exchange.engine"],
    package_data={"exchange.engine": ["*.so", "*.pyd"]},
    data_files=[("", glob("*__mypyc*"))],
    has_ext_modules=lambda: True,
)
"""


def compile_into(folder: Path) -> None:
    """Copy the package and compile the hot modules in the copy."""
    shutil.rmtree(folder, ignore_errors=True)
    ignored = shutil.ignore_patterns("__pycache__", "*.so")
    shutil.copytree(ROOT / "exchange", folder / "exchange", ignore=ignored)
    sources = [str(ENGINE / f"{name}.py") for name in HOT]
    mypyc = Path(sys.executable).parent / "mypyc"
    run([str(mypyc), "--config-file=", "--python-version=3.11", *sources], folder)
    shutil.rmtree(folder / "build")


def build_wheel(folder: Path) -> Path:
    """Return the wheel of the compiled engine."""
    (folder / "setup.py").write_text(SETUP, encoding="utf-8")
    run([sys.executable, "setup.py", "--quiet", "bdist_wheel"], folder)
    for left in (folder / "build", folder / "setup.py"):
        shutil.rmtree(left) if left.is_dir() else left.unlink()
    (wheel,) = (folder / "dist").glob("*.whl")
    return wheel


def run(command: list[str], folder: Path) -> None:
    """Run a command in a folder; what it says is shown only when it fails."""
    done = subprocess.run(
        command,
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(folder)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode:
        sys.exit(f"{done.stdout}\n{command[0]} failed. Is a C compiler installed?")


def main() -> None:
    """Compile, then say where it is."""
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else ROOT / "var" / "compiled").resolve()
    print(f"Compiling {len(HOT)} modules into {folder} (half a minute)", flush=True)
    compile_into(folder)
    print(f"The wheel is {build_wheel(folder).name}")


if __name__ == "__main__":
    main()
