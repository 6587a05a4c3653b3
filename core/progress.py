"""Progress of long commands, for those who watch: nothing where stderr is no terminal."""

import sys
from typing import Any

from tqdm import tqdm


def progress_bar(total: int, what: str, unit: str) -> "tqdm[Any]":
    """Return a bar on stderr; `update` it by what is done, and close it."""
    return tqdm(total=total, desc=what, unit=unit, disable=None, file=sys.stderr)
