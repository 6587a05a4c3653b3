"""`python -m tests.simulation --seeds FROM TO`: run seeds; --trace tells one of them in full."""

import os

if __name__ == "__main__":
    # Before the settings are read: a file is made for the runs, whatever database is used else.
    os.environ["DATABASE_URL"] = "sqlite:////dev/null"
    os.environ["BOOK_SHARDS"] = "2"
    os.environ.pop("REDIS_URL", None)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    import django

    django.setup()

    from tests.simulation.program import main

    main()
