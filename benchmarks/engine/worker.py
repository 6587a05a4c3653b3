"""A process that measures one section: a line in is a round, the line out are its figures.

    python benchmarks/engine/worker.py SECTION (full | quick) [ENGINE]

ENGINE is a folder in which another build of the package `exchange` stands. The first line out says
whether the engine is compiled.
"""

import importlib
import json
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def main(section: str, scale: str, engine: str = str(ROOT)) -> None:
    """Prepare the section, then measure a round for each line."""
    sys.path[0] = engine
    book = importlib.import_module("exchange.engine.book")
    # The engine is found once and for all; everything else is of this repository.
    sys.path[0] = str(ROOT)
    sections = importlib.import_module("benchmarks.engine.sections")
    sections.pin()
    is_compiled = not str(book.__file__).endswith(".py")
    measure = sections.prepare(section, scale)
    print(json.dumps({"is_compiled": is_compiled}), flush=True)
    for _ in sys.stdin:
        print(json.dumps(measure()), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
