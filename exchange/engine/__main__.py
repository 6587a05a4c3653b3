"""Run the engine on a file: see cli.py."""

import sys

from exchange.engine.cli import main

if __name__ == "__main__":
    sys.exit(main())
