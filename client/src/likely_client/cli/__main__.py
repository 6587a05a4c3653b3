"""python -m likely_client.cli is the `likely` command."""

import sys

from likely_client.cli.main import main

sys.exit(main())
