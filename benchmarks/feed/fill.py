"""Fill an empty database: python -m benchmarks.feed.fill MEMBERS ACTIVITIES FOLLOWED."""

import sys

import django


def main() -> None:
    """Fill the database of the environment."""
    django.setup()
    from benchmarks.feed.rows import fill  # noqa: PLC0415 -- needs setup

    members, activities, followed = map(int, sys.argv[1:])
    fill(members=members, activities=activities, followed=followed)


if __name__ == "__main__":
    main()
