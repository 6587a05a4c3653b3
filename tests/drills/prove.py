"""Prove the database of the environment: check_exchange, then journal verify; exit 1 if not.

python -m tests.drills.prove
"""

import os

import django


def main() -> None:
    """Make both proofs in one process."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    from django.core.management import call_command

    call_command("check_exchange")
    call_command("journal", "verify")


if __name__ == "__main__":
    main()
