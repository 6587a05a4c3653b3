"""Run the engine on a file: see cli.py."""

import gc
import sys

from exchange.engine.cli import main

if __name__ == "__main__":
    # A stream of commands leaves no reference cycles but those of settled books, and the default
    # threshold of 700 would walk the young orders of a growing book thousands of times.
    gc.set_threshold(100_000)
    sys.exit(main())
