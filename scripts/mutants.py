"""Change the engine in one place at a time and see whether the tests notice: `make mutants`.

    scripts/mutants.py [MODULE ...]          of exchange/engine; matching position exposure

cosmic-ray makes the changes, in a copy of the repository under var/mutants, which also keeps what
is finished: started again, it goes on. Changes that no test noticed are printed at the end;
docs/engine-proofs.md explains those that are left.
"""

import os
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "var" / "mutants"
TOOLS, TREE = FOLDER / "tools", FOLDER / "tree"
COSMIC_RAY = "cosmic-ray==8.7.0"
MODULES = ("matching", "position", "exposure")
CONFIG = """\
[cosmic-ray]
module-path = "exchange/engine/{module}.py"
timeout = 300.0
excluded-modules = []
test-command = "{python} -m tests.engine.noticing"
[cosmic-ray.distributor]
name = "local"
"""
SURVIVORS = """
SELECT diff FROM work_results WHERE test_outcome = 'SURVIVED' ORDER BY job_id
"""


def prepare() -> None:
    """Install cosmic-ray apart from everything else, and copy the engine with its tests."""
    if not TOOLS.is_dir():
        pip = (sys.executable, "-m", "pip", "install", "--quiet", "--target", str(TOOLS))
        subprocess.run([*pip, COSMIC_RAY], check=True)
    ignored = shutil.ignore_patterns("__pycache__", "*.so")
    for package in ("exchange", "tests"):
        target = TREE / package
        shutil.copytree(
            ROOT / package / "engine", target / "engine", ignore=ignored, dirs_exist_ok=True
        )
        if (init := ROOT / package / "__init__.py").exists():
            shutil.copy(init, target)


def cosmic_ray(*arguments: str) -> None:
    """Run a command of cosmic-ray in the copy."""
    variables = {**os.environ, "PYTHONPATH": str(TOOLS), "PYTHONDONTWRITEBYTECODE": "1"}
    command = (sys.executable, "-m", "cosmic_ray.cli", *arguments)
    subprocess.run(command, cwd=TREE, env=variables, check=True)


def survivors(module: str) -> list[str]:
    """Return the changes of a module that no test noticed, after trying those that are left."""
    config, session = FOLDER / f"{module}.toml", FOLDER / f"{module}.sqlite"
    config.write_text(CONFIG.format(module=module, python=sys.executable), encoding="utf-8")
    if not session.exists():
        cosmic_ray("init", str(config), str(session))
    with sqlite3.connect(session) as connection:
        (count,) = connection.execute("SELECT count(*) FROM work_items").fetchone()
    print(f"{module}: {count} changes", flush=True)
    cosmic_ray("exec", str(config), str(session))
    with sqlite3.connect(session) as connection:
        return [diff for (diff,) in connection.execute(SURVIVORS)]


def main() -> None:
    """Try every change of the modules, and print what nobody noticed."""
    prepare()
    for module in sys.argv[1:] or MODULES:
        found = survivors(module)
        print("\n\n".join(found))
        print(f"{module}: {len(found)} changes that no test noticed", flush=True)


if __name__ == "__main__":
    main()
