"""Snapshots of books, by the hash of their content, and proving books by them at start."""
