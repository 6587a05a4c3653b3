"""What the one-command mode makes for itself on first start."""

import os
import secrets
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured


def local_secret_key(var_dir: Path, *, site_is_local: bool) -> str:
    """Return the key kept in VAR_DIR, made on first use; refuse to do so for a public site."""
    if not site_is_local:
        message = "SECRET_KEY must be set when SITE_URL is not local: export SECRET_KEY=..."
        raise ImproperlyConfigured(message)
    path = var_dir / "secret_key"
    var_dir.mkdir(parents=True, exist_ok=True)
    try:
        # O_EXCL: of two processes starting together one makes the key, the other reads it.
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text().strip()
    with os.fdopen(descriptor, "w") as file:
        file.write(secrets.token_urlsafe(50))
    return path.read_text().strip()
