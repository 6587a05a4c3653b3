"""The invariants of a live exchange, each a function that yields what is wrong (checks.py)."""
