#!/usr/bin/env python
"""Django's command line: every operation of the site is a command of this file."""

import os
import sys


def main() -> None:
    """Run the command named on the command line."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    from django.core.management import execute_from_command_line  # noqa: PLC0415 -- after settings

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
