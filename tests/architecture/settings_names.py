"""The environment variables that the settings read."""

import re

from tests.architecture.sources import files, text

READ = re.compile(r"\benv\.(?:str|bool|int|list|float|url|json)\(\s*\"([A-Z][A-Z0-9_]*)\"")


def environment_variables() -> set[str]:
    """Return every name that config/ asks the environment for."""
    return {name for path in files(".py", folders=("config",)) for name in READ.findall(text(path))}
