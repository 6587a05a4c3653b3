"""How fast the matching engine is, beside a bare book: `python -m benchmarks.engine --help`."""
